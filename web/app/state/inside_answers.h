#pragma once
/// The trainer's answers about the inside of the network: one per kind, each with its question, to detect
/// whether the answer is still current.

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "web/app/state/facts.h"
#include "web/app/state/mailbox.h"

namespace playground {

struct InsideAnswer {
  std::string question;  ///< the arguments of the request; empty: none was sent
  std::string what;      ///< the kind of inspection, one of the arguments
  int weights = -1;      ///< InsideAnswers::weights at that time
  int number = 0;        ///< counts the answers, to detect data derived from an older one
  bool waiting = false, answered = false;
  bool lasts = false;   ///< the pending request takes long, and can be canceled
  bool halted = false;  ///< canceled by the user: not repeated automatically
  int request = 0;      ///< id of the pending request; 0: it was canceled
  double share = 0;     ///< of the pending request that is done
  std::chrono::steady_clock::time_point asked{};
  std::chrono::steady_clock::duration took{};  ///< by the last request
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
  /// Empty if there is none of that name.
  const Array& array(std::string_view name) const;
  void take(const AppReply& reply);
};

struct InsideAnswers {
  InsideAnswer layers, picture, maps, unit, filters, top, heat, numbers, scatter;
  std::deque<InsideAnswer>
      network;      ///< the maps of each layer; grows only, since requests refer to its members
  int weights = 0;  ///< grows whenever the weights may have changed
  std::vector<InsideAnswer*> all();
  /// Drops all answers; the model or the data changed.
  void forget();
};

/// A question that a view needs answered.
struct InsideQuestion {
  InsideAnswer& answer;
  const char* type;  ///< of the request: inspect or pictures
  Json args;
  bool follows_weights = true;  ///< repeated when they change; otherwise only on request
  int own_version = -1;         ///< of the user's own picture, which is sent along; -1: it is not
  bool lasts = false;           ///< takes long
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
