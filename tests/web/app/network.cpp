#include "web/app/state/network.h"

#include "doctest/doctest.h"
#include "web/app/state/messages.h"

using namespace playground;

TEST_SUITE_BEGIN("web/network");

namespace {

Network three_layers() {
  Network network;
  network.set(*cnn::parse_json(R"({"class_name":"Sequential","config":{"name":"net","layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"Conv2D","config":{"name":"conv2d","filters":32}},
    {"class_name":"Flatten","config":{"name":"flatten"}},
    {"class_name":"Dense","config":{"name":"dense","units":10}}]}})"));
  return network;
}

std::string names(const Network& network) {
  std::string all;
  for (int i = 1; i < network.count(); ++i) all += (all.empty() ? "" : " ") + network.name(i);
  return all;
}

}  // namespace

TEST_CASE("network: inserting, moving, copying and removing layers are one step of undo each") {
  Network network = three_layers();
  CHECK(network.move(1, 3));
  CHECK(names(network) == "flatten dense conv2d");
  CHECK(network.duplicate(3));
  CHECK(names(network) == "flatten dense conv2d conv2d_1");
  CHECK(network.duplicate(4));
  CHECK(names(network) == "flatten dense conv2d conv2d_1 conv2d_2");
  CHECK(network.insert(1, "MaxPooling2D"));
  CHECK(network.name(1) == "max_pooling2d");
  CHECK(network.remove(2));
  CHECK(names(network) == "max_pooling2d dense conv2d conv2d_1 conv2d_2");
  for (int i = 0; i < 5; ++i) CHECK(network.undo());
  CHECK(names(network) == "conv2d flatten dense");
  CHECK_FALSE(network.undo());
  for (int i = 0; i < 5; ++i) CHECK(network.redo());
  CHECK(names(network) == "max_pooling2d dense conv2d conv2d_1 conv2d_2");
  CHECK_FALSE(network.redo());
}

TEST_CASE("network: the input stays, and indices outside the list change nothing") {
  Network network = three_layers();
  CHECK_FALSE(network.remove(0));
  CHECK_FALSE(network.move(0, 2));
  CHECK_FALSE(network.move(2, 0));
  CHECK_FALSE(network.insert(0, "Dense"));
  CHECK_FALSE(network.remove(9));
  CHECK_FALSE(network.duplicate(-1));
  CHECK_FALSE(network.can_undo());
}

TEST_CASE("network: a new edit clears the redo history; a set value is one step") {
  Network network = three_layers();
  CHECK(network.set_field(1, "filters", 64));
  CHECK(number_in(*network.layer(1)->find("config"), "filters") == 64);
  network.undo();
  CHECK(number_in(*network.layer(1)->find("config"), "filters") == 32);
  CHECK(network.can_redo());
  network.set_field(3, "units", 20);
  CHECK_FALSE(network.can_redo());
}

TEST_CASE("network: a network with branches keeps its order") {
  Network network;
  network.set(*cnn::parse_json(R"({"class_name":"Functional","config":{"layers":[
    {"class_name":"Dense","config":{"name":"a"}},{"class_name":"Dense","config":{"name":"b"}}]}})"));
  CHECK_FALSE(network.sequential());
  CHECK_FALSE(network.move(0, 1));
  CHECK_FALSE(network.remove(1));
  CHECK(network.set_field(1, "units", 5));
}

TEST_CASE("network: the short text of settings leaves defaults out") {
  Type type;
  const auto add = [&](const char* name, const char* kind, Json standard) {
    Field field;
    field.name = name;
    field.type = kind;
    field.standard = std::move(standard);
    type.fields.push_back(field);
  };
  add("filters", "int", nullptr);
  add("kernel_size", "size2", nullptr);
  add("padding", "choice", "valid");
  add("use_bias", "bool", true);
  const Json config =
      *cnn::parse_json(R"({"filters":32,"kernel_size":[3,3],"padding":"valid","use_bias":false})");
  CHECK(settings_text(type, config) == "32 · 3 × 3 · no use bias");
}
