// The `dataset` reply.
#include "core/archives/crc32.h"
#include "web/trainer/data_store.h"

namespace playground::trainer {

using cnn::Dataset;
using cnn::Json;

namespace {

Json describe_split(const Dataset& data) {
  const cnn::DatasetStatistics numbers = cnn::statistics(data);
  Json description = Json::object();
  description["count"] = data.size();
  Json& per_class = description["per_class"] = Json::array();
  for (const std::size_t count : numbers.per_class) per_class.push_back(count);
  Json& mean = description["mean"] = Json::array();
  for (const double value : numbers.mean) mean.push_back(value);
  Json& deviation = description["std"] = Json::array();
  for (const double value : numbers.deviation) deviation.push_back(value);
  return description;
}

/// Eight hexadecimal digits, the same for the same pictures with the same labels in the same order.
std::string fingerprint_of(const cnn::DatasetPair& pictures) {
  std::uint32_t crc = 0;
  for (const Dataset* data : {&pictures.train, &pictures.test}) {
    crc = cnn::crc32(crc, {data->labels.data(), data->size()});
    crc = cnn::crc32(crc, {data->images.data(), data->size() * cnn::kImageBytes});
  }
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(crc >> shift) & 15];
  return digits;
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value && value->string() ? *value->string() : std::string();
}

}  // namespace

Json DataStore::identity(const HeldData& data) {
  const std::string name = text_of(data.source, "name");
  Json identity = Json::object();
  identity["source"] = data.source;
  identity["label"] = name.empty() ? "No data" : name;
  if (data.growing) return identity;
  if (data.fingerprint_version != data.version) data.fingerprint = fingerprint_of(data.pictures);
  data.fingerprint_version = data.version;
  identity["fingerprint"] = data.fingerprint;
  return identity;
}

Json DataStore::describe(const HeldData& data) {
  const auto& [train, test] = data.pictures;
  Json description = identity(data);
  description["synthetic"] = train.synthetic || test.synthetic;
  description["complete"] = !data.growing;
  if (data.report.members()) description["report"] = data.report;
  Json& names = description["class_names"] = Json::array();
  for (const std::string& class_name : train.class_names) names.push_back(class_name);
  description["train"] = describe_split(train);
  description["test"] = describe_split(test);
  return description;
}

}  // namespace playground::trainer
