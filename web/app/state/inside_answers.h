// What the trainer said of the inside of the network: one answer a kind, each with the question it is about,
// so that it is seen when a newer one is needed.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "web/app/state/facts.h"
#include "web/app/state/mailbox.h"

namespace playground {

struct InsideAnswer {
  std::string question;  ///< the arguments it was asked with; empty: nothing was
  std::string what;      ///< among them: the kind of inspection
  int weights = -1;      ///< the edition of the weights at that time
  int number = 0;        ///< counts the answers, for what is made of them
  bool waiting = false, answered = false;
  bool lasts = false;   ///< the one that is waited for takes a while, and can be cancelled
  bool halted = false;  ///< cancelled by the user: not asked again by itself
  int request = 0;      ///< its id
  double share = 0;     ///< of it that is done
  std::chrono::steady_clock::time_point asked{};
  std::chrono::steady_clock::duration took{};  ///< the last one
  std::string error;
  Json args;
  struct Array {
    std::vector<int> shape;
    std::vector<float> numbers;
    int size(std::size_t axis) const { return axis < shape.size() ? shape[axis] : 1; }
  };
  std::map<std::string, Array, std::less<>> arrays;
  std::vector<std::uint8_t> pictures;  ///< RGB [n, 32, 32, 3]

  bool there() const { return answered; }
  /// Empty where there is none of that name.
  const Array& array(std::string_view name) const;
  void take(const Reply& reply);
};

struct InsideAnswers {
  InsideAnswer layers, picture, maps, unit, filters, top, heat, numbers, scatter;
  int weights = 0;  ///< grows whenever the weights may have changed
  std::array<InsideAnswer*, 9> all() {
    return {&layers, &picture, &maps, &unit, &filters, &top, &heat, &numbers, &scatter};
  }
  /// Another model, other data: nothing here is about them.
  void forget();
};

/// A question a view has.
struct InsideQuestion {
  InsideAnswer& answer;
  const char* type;  ///< of the request: inspect or pictures
  Json args;
  bool follows_weights = true;  ///< asked anew when they change; otherwise only when somebody wants it
  int own_version = -1;         ///< of the user's own picture, which goes along; -1: it does not
  bool lasts = false;           ///< takes a while
};

/// A row of the layers answer.
struct InsideLayer {
  int index = 0;
  std::string name, class_name, rule;
  std::vector<int> shape;
  bool has_activation = false, has_filters = false, sees_all = false;
  int field_rows = 1, field_columns = 1;
  int rows() const { return shape.size() == 3 ? shape[0] : 1; }
  int columns() const { return shape.size() == 3 ? shape[1] : 1; }
  int channels() const { return shape.empty() ? 1 : shape.back(); }
  bool is_row() const { return shape.size() == 1; }
};
std::vector<InsideLayer> layers_in(const InsideAnswer& answer);

}  // namespace playground
