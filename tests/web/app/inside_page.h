#pragma once
/// The Inside tab with answers as a test gives them.

#include <algorithm>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/panels/inside.h"
#include "web/app/state/messages.h"

namespace playground::test {

inline Json json(const char* text) {
  auto value = cnn::parse_json(text);
  REQUIRE(value);
  return std::move(*value);
}

inline Payload payload(const std::vector<float>& numbers) {
  return {reinterpret_cast<const std::uint8_t*>(numbers.data()),
          static_cast<std::uint32_t>(numbers.size() * sizeof(float))};
}

struct Inside {
  HeadlessGui gui{ImVec2(1280, 1000)};
  DataSetInfo data;
  ModelInfo model;
  Training training;
  InsideAnswers answers;
  OwnPicture own;
  InsidePanel ui;

  Inside() {
    data.class_names = {"cat", "dog"};
    data.train.count = 10;
    data.test.count = 10;
    model.rows.resize(2);
    model.classes = 2;
  }
  InsideState state() { return {data, model, training, answers, own, false}; }
  void answer(InsideAnswer& to, const char* args, const std::vector<std::vector<float>>& arrays = {}) {
    AppReply reply{json(args), {}, {}, {}};
    for (const auto& numbers : arrays) {
      const Payload one = payload(numbers);
      reply.payloads.emplace_back(one.data, one.size);
    }
    to.question = "asked";
    to.take(reply);
  }
  void show_maps() {
    answer(answers.layers, R"({"layers":[
      {"index":0,"name":"x","class_name":"InputLayer","shape":[32,32,3],"rule":"own"},
      {"index":1,"name":"conv","class_name":"Conv2D","shape":[5,5,2],"rule":"weights","has_activation":true,"has_filters":true,
       "receptive_field":{"size":[3,3],"whole":false}},
      {"index":2,"name":"dense","class_name":"Dense","shape":[40],"rule":"weights","receptive_field":{"size":[1,1],"whole":true}}]})");
    answer(answers.maps, R"({"layer":"conv","label":0,"predicted":1,"probabilities":[0.25,0.75],"arrays":[
      {"name":"after","type":"float32","shape":[5,5,2]},{"name":"before","type":"float32","shape":[5,5,2]}]})",
           {std::vector<float>(50, 0.5f), std::vector<float>(50, -0.5f)});
  }
  bool press(const char* name) {
    return gui.press(name, [&] {
      draw(ui, state());
      return true;
    });
  }
  std::vector<std::string> asked() {
    std::vector<std::string> list;
    for (const InsideQuestion& one : questions(ui, state()))
      list.push_back(std::string(one.type) + " " + one.args.dump());
    return list;
  }
};

inline bool has(const std::vector<std::string>& list, const std::string& part) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& one) { return one.find(part) != std::string::npos; });
}

}  // namespace playground::test
