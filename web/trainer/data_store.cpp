#include "web/trainer/data_store.h"

#include <algorithm>
#include <numeric>

#include "core/archives/crc32.h"
#include "core/datasets/samples.h"

namespace playground::trainer {
namespace {

using cnn::Dataset;
using cnn::Error;
using cnn::Json;
using cnn::Result;

/// Training pictures. With fewer, an epoch would end before more arrive.
constexpr std::size_t kEnoughToStart = 5000;

/// Adds what the loader noticed to what the page says of the load.
void add_notes(Json& report, const std::vector<std::string>& notes) {
  if (notes.empty()) return;
  if (!report.members()) report = Json::object();
  Json all = Json::array();
  const Json* words = report.find("line");
  std::string line = words && words->string() ? *words->string() : std::string();
  if (const Json* said = report.find("notes"); said && said->elements())
    for (const Json& note : *said->elements()) all.push_back(note);
  for (const std::string& note : notes) {
    all.push_back(note);
    line += (line.empty() ? "" : " ") + note;
  }
  report["notes"] = std::move(all);
  report["line"] = line;
}

}  // namespace

struct DataStore::Loading {
  explicit Loading(cnn::Cifar10Options options) : loader(std::move(options), to->pictures) {}

  // Decoded pictures go here directly, records through the loader. After a join it is the data set in use.
  std::shared_ptr<HeldData> to = std::make_shared<HeldData>();
  cnn::Cifar10Loader loader;
  bool decoded = false;
  std::string file;  // being read; empty between files
  int files = 0;
  bool joined = false;
  std::size_t limit = 0;  // pictures of each split; 0: all
};

Result<DataChange> DataStore::load_sample(const Request& request) {
  const Args args(request);
  cnn::SampleOptions options;
  options.seed = args.seed("seed", options.seed);
  options.train = args.integer("train", options.train);
  options.test = args.integer("test", options.test);
  {
    cnn::DatasetPair trial;  // freed at once: draw_samples() cannot report missing memory
    if (auto room = reserve(trial.train, static_cast<std::size_t>(options.train)); !room) return room.error();
    if (auto room = reserve(trial.test, static_cast<std::size_t>(options.test)); !room) return room.error();
  }
  drop_load();
  ++load_number_;
  auto drawn = std::make_shared<HeldData>();
  drawn->pictures = cnn::draw_samples(options);
  drawn->source = Json::object({{"kind", "sample"},
                                {"name", "Sample pictures (synthetic)"},
                                {"seed", static_cast<double>(options.seed)},
                                {"train", options.train},
                                {"test", options.test}});
  return use(std::move(drawn));
}

Result<Reply> DataStore::load_begin(const Request& request) {
  const Args args(request);
  cnn::Cifar10Options options;
  options.class_names = args.texts("class_names");
  const bool coarse = options.coarse = args.text("labels") == "coarse";
  const int limit = args.integer("limit");
  if (options.class_names.size() == 1)
    return Error{"bad_data", "load_begin: class_names has 1 class; expected 2 to 100.", {}};
  drop_load();
  loading_ = std::make_unique<Loading>(std::move(options));
  if (const Json* source = args.find("source")) loading_->to->source = *source;
  loading_->limit = static_cast<std::size_t>(limit);
  if (limit > 0) loading_->to->source["limit"] = limit;
  if (coarse) loading_->to->source["labels"] = "coarse";
  Reply reply;
  reply.args["load"] = ++load_number_;
  return reply;
}

DataStore::DataStore() = default;
DataStore::~DataStore() = default;

SharedData DataStore::lease() {
  // Its own count, so that it ends apart from the jobs' shares.
  SharedData lease(data_.get(), [kept = data_](const HeldData*) {});
  lease_ = lease;
  return lease;
}

void DataStore::grown() { data_->version = ++last_version_; }

DataChange DataStore::use(std::shared_ptr<HeldData> loaded) {
  loaded->version = ++last_version_;
  if (!lease_.expired()) {
    waiting_ = std::move(loaded);
    waiting_load_ = load_number_;
    return DataChange::waits;
  }
  data_ = std::move(loaded);
  return DataChange::replaced;
}

DataChange DataStore::adopt() {
  std::unique_ptr<Loading> unsorted = std::move(unsorted_);
  if (waiting_) return use(std::move(waiting_));
  if (!unsorted || !unsorted->loader.complete()) return DataChange::none;
  grown();
  return DataChange::replaced;
}

bool DataStore::full(Loading& loading) {
  const cnn::DatasetPair& so_far = loading.to->pictures;
  return loading.limit > 0 && so_far.train.size() >= loading.limit && so_far.test.size() >= loading.limit;
}

Reply DataStore::counts(Loading& loading) {
  const cnn::DatasetPair& so_far = loading.to->pictures;
  Reply reply;
  reply.args["train"] = so_far.train.size();
  reply.args["test"] = so_far.test.size();
  reply.args["files"] = loading.files;
  reply.args["full"] = full(loading);
  reply.args["may_join"] = !loading.joined && loading.limit == 0 && loading.files > 0 &&
                           so_far.train.size() >= kEnoughToStart && so_far.test.size() > 0;
  return reply;
}

Result<Reply> DataStore::load_chunk(const Request& request) {
  const Args args(request);
  const std::string file = args.text("file");
  const bool end = args.boolean("end");
  std::optional<Split> split;
  if (args.find("split")) split = split_argument(args);
  Loading& loading = *loading_;
  if (loading.file != file) {
    if (!loading.file.empty()) {
      return Error{
          "bad_message", "load_chunk: " + file + " begins before the end of " + loading.file + ".", {}};
    }
    std::optional<std::uint64_t> bytes;
    if (const Json* size = args.find("bytes"); size && size->number() && *size->number() >= 0)
      bytes = static_cast<std::uint64_t>(*size->number());
    if (auto begun = loading.loader.begin_file(file, split, bytes); !begun) return begun.error();
    loading.file = file;
  }
  if (loading.joined) grown();
  for (const Bytes payload : request.payloads) {
    if (args.find("crc32") && args.seed("crc32") != cnn::crc32(0, payload)) {
      return Error{"bad_data",
                   file + ": the copy kept in the browser is damaged; delete it and load the data again.",
                   {}};
    }
    if (auto written = loading.loader.write(payload); !written) return written.error();
  }
  if (end) {
    if (auto ended = loading.loader.end_file(); !ended) return ended.error();
    loading.file.clear();
    ++loading.files;
  }
  return counts(loading);
}

Result<Reply> DataStore::load_images(const Request& request) {
  Loading& loading = *loading_;
  const Split which = split_argument(Args(request));
  const auto added =
      cnn::append_pictures(loading.to->pictures.of(which), request.payloads[0], request.payloads[1]);
  if (!added) return added.error();
  loading.files = 1;
  loading.decoded = true;
  if (loading.joined) grown();
  return counts(loading);
}

Result<DataChange> DataStore::load_join() {
  Loading& loading = *loading_;
  if (loading.limit > 0) {
    return Error{
        "bad_message", "load_join: a data set with a limit cannot be used before it is complete.", {}};
  }
  if (loading.to->pictures.train.size() == 0) {
    return Error{"no_data", "load_join: no training picture has arrived yet.", {}};
  }
  if (loading.joined) return DataChange::none;
  if (!lease_.expired()) return DataChange::waits;
  loading.joined = loading.to->growing = true;
  return use(loading.to);
}

Result<DataChange> DataStore::load_end(const Request& request) {
  Loading& loading = *loading_;
  if (const Json* report = request.args.find("report"); report && report->members())
    loading.to->report = *report;
  add_notes(loading.to->report, loading.loader.notes());
  // If the limit is reached, the current file may be incomplete.
  if (!full(loading)) {
    if (!loading.file.empty()) {
      return Error{"bad_message", "load_end: " + loading.file + " has not ended.", {}};
    }
    const bool in_order = loading.decoded || loading.loader.in_order();
    if (loading.joined && !in_order && !lease_.expired()) {
      loading.to->growing = false;
      grown();
      unsorted_ = std::move(loading_);
      return DataChange::waits;
    }
    if (!loading.decoded) {
      if (auto complete = loading.loader.complete(); !complete) return complete.error();
    }
    if (loading.joined) {
      loading.to->growing = false;
      grown();
      loading_.reset();
      return in_order ? DataChange::grown : DataChange::replaced;
    }
  }
  if (loading.limit > 0) {
    cnn::shorten(loading.to->pictures.train, loading.limit);
    cnn::shorten(loading.to->pictures.test, loading.limit);
  }
  const std::unique_ptr<Loading> ended = std::move(loading_);
  return use(ended->to);
}

void DataStore::load_abort(const Request& request) {
  const Args args(request);
  if (loading_ && is_newest_load(args)) return drop_load();
  // The load may have ended and wait for the end of a training.
  const int number = args.integer("load");
  if (number > 0 && number == waiting_load_) waiting_.reset();
}

void DataStore::drop_load() {
  if (!loading_) return;
  // A joined data set stays, with the pictures it has so far.
  if (loading_->joined) {
    cnn::DatasetPair& pictures = loading_->to->pictures;
    for (Dataset* data : {&pictures.train, &pictures.test})
      data->images.resize(data->size() * cnn::kImageBytes);
    loading_->to->growing = false;
    grown();
  }
  loading_.reset();
}

Result<Reply> DataStore::pictures(const Request& request) const {
  const Args args(request);
  const Split which = split_argument(args);
  const Dataset& data = split(which);
  std::vector<int> indices = args.integers("indices");
  const int label = args.integer("label"), offset = args.integer("offset"), count = args.integer("count");
  const bool listed = args.find("indices") != nullptr;
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
  Reply reply;
  reply.args["split"] = which == Split::train ? "train" : "test";
  reply.args["total"] = total;
  Json& numbers = reply.args["indices"] = Json::array();
  Json labels = Json::array();
  Buffer pixels;
  pixels.reserve(indices.size() * cnn::kImageBytes);
  for (const int index : indices) {
    if (index < 0 || static_cast<std::size_t>(index) >= data.size()) {
      return Error{"bad_argument",
                   "pictures: index " + std::to_string(index) + "; this split has " +
                       std::to_string(data.size()) + " pictures.",
                   {}};
    }
    numbers.push_back(index);
    labels.push_back(data.labels[static_cast<std::size_t>(index)]);
    append_interleaved(data, static_cast<std::size_t>(index), pixels);
  }
  reply.args["labels"] = std::move(labels);
  reply.payloads.push_back(std::move(pixels));
  return reply;
}

Reply DataStore::records(const Request& request) const {
  const Args args(request);
  const auto offset = static_cast<std::size_t>(args.integer("offset"));
  const auto count = static_cast<std::size_t>(args.integer("count"));
  const Dataset& data = split(split_argument(args));
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

void append_interleaved(const Dataset& data, std::size_t i, Buffer& to) {
  to.resize(to.size() + cnn::kImageBytes);
  cnn::copy_picture(data, i, to.data() + to.size() - cnn::kImageBytes);
}

Split split_argument(const Args& args) { return args.text("split") == "train" ? Split::train : Split::test; }

}  // namespace playground::trainer
