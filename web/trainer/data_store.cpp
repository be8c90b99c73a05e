#include "web/trainer/data_store.h"

#include <algorithm>
#include <numeric>

#include "core/datasets/crc32.h"
#include "core/datasets/samples.h"

namespace playground {
namespace {

using cnn::Dataset;
using cnn::Error;
using cnn::Json;
using cnn::Result;

constexpr int kMostSamples = 1000000;
constexpr int kMostPictures = 4096;  // in one reply
constexpr std::size_t kPlane = cnn::kImageSide * cnn::kImageSide;

/// [3, 32, 32], as data sets hold pictures, to [32, 32, 3], as messages do.
void append_interleaved(const std::uint8_t* planes, Buffer& to) {
  for (std::size_t pixel = 0; pixel < kPlane; ++pixel) {
    for (std::size_t channel = 0; channel < cnn::kImageChannels; ++channel) {
      to.push_back(planes[channel * kPlane + pixel]);
    }
  }
}

void append_planes(const std::uint8_t* interleaved, std::vector<std::uint8_t>& to) {
  for (std::size_t channel = 0; channel < cnn::kImageChannels; ++channel) {
    for (std::size_t pixel = 0; pixel < kPlane; ++pixel) {
      to.push_back(interleaved[pixel * cnn::kImageChannels + channel]);
    }
  }
}

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

void shorten(Dataset& data, std::size_t limit) {
  if (data.size() <= limit) return;
  data.labels.resize(limit);
  data.images.resize(limit * cnn::kImageBytes);
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value && value->string() ? *value->string() : std::string();
}

}  // namespace

struct DataStore::Loading {
  explicit Loading(cnn::Cifar10Options options) : loader(std::move(options)) {}

  cnn::Cifar10Loader loader;
  cnn::DatasetPair pictures;  // what came decoded
  Json source;
  std::string file;  // being read; empty between files
  int files = 0;
  bool joined = false;
  std::size_t limit = 0;  // pictures of each split; 0: all

  bool decoded() const { return !pictures.train.labels.empty() || !pictures.test.labels.empty(); }
  const cnn::DatasetPair& so_far() const { return decoded() ? pictures : loader.so_far(); }
};

const cnn::DatasetPair& DataStore::pair() const {
  return loading_ && loading_->joined ? loading_->so_far() : data_;
}

Result<DataStore::Loading*> DataStore::current_load(std::string_view type) const {
  if (loading_) return loading_.get();
  return Error{"bad_message", std::string(type) + ": nothing is being loaded; load_begin comes first.", {}};
}

Result<Reply> DataStore::load_sample(const Request& request) {
  Args args(request);
  cnn::SampleOptions options;
  options.seed = args.seed("seed", options.seed);
  options.train = args.integer("train", options.train, 1, kMostSamples);
  options.test = args.integer("test", options.test, 1, kMostSamples);
  if (args.failed()) return args.error();
  loading_.reset();
  data_ = cnn::draw_samples(options);
  source_ = Json::object({{"kind", "sample"}, {"name", "Sample pictures (synthetic)"}});
  ++version_;
  return Reply{describe(), {}};
}

Result<Reply> DataStore::load_begin(const Request& request) {
  Args args(request);
  cnn::Cifar10Options options;
  options.class_names = args.texts("class_names");
  const int limit = args.integer("limit", 0, 0);
  if (args.failed()) return args.error();
  if (!options.class_names.empty() && (options.class_names.size() < 2 || options.class_names.size() > 100)) {
    return Error{"bad_data", "class_names: there are " + std::to_string(options.class_names.size()) +
                                 " classes; from 2 to 100 can be trained on.", {}};
  }
  loading_ = std::make_unique<Loading>(std::move(options));
  loading_->pictures.train.class_names = loading_->loader.so_far().train.class_names;
  loading_->pictures.test.class_names = loading_->pictures.train.class_names;
  if (const Json* source = args.find("source"); source && source->members()) loading_->source = *source;
  loading_->limit = static_cast<std::size_t>(limit);
  return Reply{};
}

Reply DataStore::counts(const Loading& loading) const {
  const cnn::DatasetPair& so_far = loading.so_far();
  const std::size_t limit = loading.limit;
  Reply reply;
  reply.args["train"] = so_far.train.size();
  reply.args["test"] = so_far.test.size();
  reply.args["files"] = loading.files;
  reply.args["full"] = limit > 0 && so_far.train.size() >= limit && so_far.test.size() >= limit;
  return reply;
}

Result<Reply> DataStore::load_chunk(const Request& request) {
  Args args(request);
  const std::string file = args.text("file");
  const bool end = args.boolean("end", false);
  if (args.failed()) return args.error();
  const auto found = current_load(request.type);
  if (!found) return found.error();
  Loading& loading = **found;
  if (loading.file != file) {
    if (!loading.file.empty()) {
      return Error{"bad_message", "load_chunk: " + file + " begins before " + loading.file + " has ended.", {}};
    }
    if (auto begun = loading.loader.begin_file(file); !begun) return begun.error();
    loading.file = file;
  }
  for (const Bytes payload : request.payloads) {
    if (auto written = loading.loader.write(payload); !written) return written.error();
  }
  if (end) {
    if (auto ended = loading.loader.end_file(); !ended) return ended.error();
    loading.file.clear();
    ++loading.files;
  }
  if (loading.joined) ++version_;
  return counts(loading);
}

Result<Reply> DataStore::load_images(const Request& request) {
  Args args(request);
  const Result<Split> which = split_argument(args, "train");
  if (!which) return which.error();
  const auto found = current_load(request.type);
  if (!found) return found.error();
  Loading& loading = **found;
  if (request.payloads.size() != 2 || request.payloads[0].size() != request.payloads[1].size() * cnn::kImageBytes) {
    return Error{"bad_message", "load_images: expected pictures [n, 32, 32, 3] and n labels, a byte each.", {}};
  }
  Dataset& to = *which == Split::train ? loading.pictures.train : loading.pictures.test;
  for (const std::uint8_t label : request.payloads[1]) {
    if (label >= to.class_names.size()) {
      return Error{"bad_data", "load_images: label " + std::to_string(label) + "; labels here are 0 to " +
                                   std::to_string(to.class_names.size() - 1) + ".", {}};
    }
  }
  for (std::size_t i = 0; i < request.payloads[1].size(); ++i) {
    append_planes(request.payloads[0].data() + i * cnn::kImageBytes, to.images);
  }
  to.labels.insert(to.labels.end(), request.payloads[1].begin(), request.payloads[1].end());
  loading.files = 1;
  if (loading.joined) ++version_;
  return counts(loading);
}

Result<void> DataStore::load_join() {
  const auto found = current_load("load_join");
  if (!found) return found.error();
  if ((*found)->so_far().train.size() == 0) {
    return Error{"no_data", "load_join: no training picture has arrived yet.", {}};
  }
  (*found)->joined = true;
  data_ = {};
  ++version_;
  return {};
}

Result<void> DataStore::load_end() {
  const auto found = current_load("load_end");
  if (!found) return found.error();
  Loading& loading = **found;
  if (!loading.file.empty()) {
    return Error{"bad_message", "load_end: " + loading.file + " has not ended.", {}};
  }
  if (loading.decoded()) {
    data_ = std::move(loading.pictures);
  } else {
    auto finished = loading.loader.finish();
    if (!finished) return finished.error();
    data_ = std::move(*finished);
  }
  source_ = std::move(loading.source);
  if (loading.limit > 0) {
    shorten(data_.train, loading.limit);
    shorten(data_.test, loading.limit);
  }
  loading_.reset();
  ++version_;
  return {};
}

void DataStore::load_abort() {
  if (!loading_) return;
  // What training has started on stays: the pictures are good, there are only fewer of them.
  if (loading_->joined) {
    data_ = loading_->so_far();
    const auto whole = [](Dataset& data) { data.images.resize(data.size() * cnn::kImageBytes); };
    whole(data_.train);
    whole(data_.test);
    source_ = std::move(loading_->source);
    ++version_;
  }
  loading_.reset();
}

Json DataStore::describe() const {
  const cnn::DatasetPair& now = pair();
  const Json& source = loading_ && loading_->joined ? loading_->source : source_;
  const std::string name = text_of(source, "name");
  Json description = Json::object();
  description["source"] = source;
  description["label"] = name.empty() ? "No data" : now.official && !loading_ ? name + ", official" : name;
  description["synthetic"] = now.train.synthetic || now.test.synthetic;
  description["official"] = now.official;
  description["complete"] = !(loading_ && loading_->joined);
  Json& names = description["class_names"] = Json::array();
  for (const std::string& class_name : now.train.class_names) names.push_back(class_name);
  description["train"] = describe_split(now.train);
  description["test"] = describe_split(now.test);
  return description;
}

Result<Reply> DataStore::pictures(const Request& request) const {
  Args args(request);
  const Result<Split> which = split_argument(args, "train");
  if (!which) return which.error();
  const Dataset& data = split(*which);
  std::vector<int> indices = args.integers("indices");
  const int label = args.integer("label", -1, -1, 255);
  const bool listed = args.find("indices") != nullptr;
  const int offset = listed ? 0 : args.integer("offset", 0);
  const int count = listed ? 0 : args.integer("count", 32, 0, kMostPictures);
  if (args.failed()) return args.error();
  std::size_t total = data.size();
  if (!listed) {
    if (label < 0) {
      const std::size_t first = std::min(static_cast<std::size_t>(offset), data.size());
      indices.resize(std::min(static_cast<std::size_t>(count), data.size() - first));
      std::iota(indices.begin(), indices.end(), static_cast<int>(first));
    } else {
      total = 0;
      for (std::size_t i = 0; i < data.size(); ++i) {
        if (data.labels[i] != label) continue;
        if (total >= static_cast<std::size_t>(offset) && indices.size() < static_cast<std::size_t>(count)) {
          indices.push_back(static_cast<int>(i));
        }
        ++total;
      }
    }
  }
  if (indices.size() > static_cast<std::size_t>(kMostPictures)) {
    return Error{"bad_argument", "pictures: " + std::to_string(indices.size()) + " indices; at most " +
                                     std::to_string(kMostPictures) + " at once.", {}};
  }
  Reply reply;
  reply.args["split"] = *which == Split::train ? "train" : "test";
  reply.args["total"] = total;
  Json& numbers = reply.args["indices"] = Json::array();
  Json labels = Json::array();
  Buffer pixels;
  pixels.reserve(indices.size() * cnn::kImageBytes);
  for (const int index : indices) {
    if (index < 0 || static_cast<std::size_t>(index) >= data.size()) {
      return Error{"bad_argument", "pictures: index " + std::to_string(index) + "; this split has " +
                                       std::to_string(data.size()) + " pictures.", {}};
    }
    numbers.push_back(index);
    labels.push_back(data.labels[static_cast<std::size_t>(index)]);
    append_interleaved(data.image(static_cast<std::size_t>(index)), pixels);
  }
  reply.args["labels"] = std::move(labels);
  reply.payloads.push_back(std::move(pixels));
  return reply;
}

Result<Reply> DataStore::records(const Request& request) const {
  Args args(request);
  const Result<Split> which = split_argument(args, "train");
  if (!which) return which.error();
  const auto offset = static_cast<std::size_t>(args.integer("offset", 0));
  const auto count = static_cast<std::size_t>(args.integer("count", 1024, 0, kMostPictures));
  if (args.failed()) return args.error();
  const Dataset& data = split(*which);
  Buffer bytes;
  for (std::size_t i = std::min(offset, data.size()); i < std::min(offset + count, data.size()); ++i) {
    bytes.push_back(data.labels[i]);
    bytes.insert(bytes.end(), data.image(i), data.image(i) + cnn::kImageBytes);
  }
  Reply reply;
  reply.args["total"] = data.size();
  reply.args["crc32"] = cnn::crc32(0, bytes);
  reply.payloads.push_back(std::move(bytes));
  return reply;
}

Result<Split> split_argument(Args& args, std::string fallback) {
  const std::string word = args.choice("split", std::move(fallback), {"train", "test"});
  if (args.failed()) return args.error();
  return word == "train" ? Split::train : Split::test;
}

}  // namespace playground
