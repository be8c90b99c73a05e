#include "core/datasets/cifar10.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "core/base/names.h"
#include "core/datasets/python_batch.h"

namespace cnn {
namespace {

constexpr std::size_t kRecordBytes = 1 + kImageBytes;
constexpr std::size_t kTrainRecords = 50000, kTestRecords = 10000;
constexpr std::size_t kCifar100Record = 2 + kImageBytes;
constexpr std::size_t kMaxPythonBytes = std::size_t{1} << 28;
constexpr std::uint8_t kGzipFirstByte = 0x1F, kPickleFirstByte = 0x80;
constexpr std::size_t kMaxNamesBytes = 64 * 1024;
constexpr std::size_t kMaxClasses = 100;

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\n' && c != '\r') {
      line += c;
    } else if (!line.empty()) {
      lines.push_back(std::exchange(line, {}));
    }
  }
  return lines;
}

/// Files of class names in the Python version.
bool is_python_names(const std::string& name) { return name == "batches.meta" || name == "meta"; }

/// Batches of the Python version have no extension.
bool is_python_name(const std::string& name) {
  return name.rfind("data_batch_", 0) == 0 || name == "test_batch" || name == "train" || name == "test" ||
         is_python_names(name);
}

/// Sorts "data_batch_10" after "data_batch_9".
bool name_before(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

Cifar10Loader::Cifar10Loader(Cifar10Options options) : Cifar10Loader(std::move(options), own_) {}

Cifar10Loader::Cifar10Loader(Cifar10Options options, DatasetPair& into)
    : options_(std::move(options)), data_(&into) {
  into.train.class_names = into.test.class_names =
      options_.class_names.empty() ? cifar10_class_names() : options_.class_names;
}

Cifar10Loader::~Cifar10Loader() = default;

Error Cifar10Loader::error(const std::string& what, std::uint64_t offset) const {
  const std::string where = content_name_ == file_ ? file_ : file_ + ": " + content_name_;
  return Error{"bad_data", where + ": " + what + " (at byte " + std::to_string(offset) + ")"};
}

Result<void> Cifar10Loader::begin_file(const std::string& name, std::optional<Split> split,
                                       std::optional<std::uint64_t> bytes) {
  if (options_.class_names.size() == 1 || options_.class_names.size() > kMaxClasses) {
    return Error{"bad_data", "class_names: " + std::to_string(options_.class_names.size()) +
                                 " given; a data set has 2 to " + std::to_string(kMaxClasses) + " classes"};
  }
  file_ = file_name(name);
  split_ = split;
  file_bytes_ = bytes;
  kind_ = Kind::unknown;
  content_known_ = false;
  gzip_.reset();
  second_gzip_.reset();
  tar_.reset();
  return {};
}

Result<void> Cifar10Loader::recognize(std::uint8_t first_byte) {
  const bool unpacked = kind_ == Kind::gzip;  // first_byte is the first of the unpacked data
  std::string name = file_;
  if (unpacked && name.ends_with(".gz")) name.resize(name.size() - 3);
  const bool is_batch = name.ends_with(".bin");
  const auto sink = [this](Bytes out) { return content(out); };
  if (!unpacked && first_byte == kGzipFirstByte) {
    kind_ = Kind::gzip;
    gzip_ = std::make_unique<GzipReader>(file_, options_.max_bytes, sink);
    return {};
  }
  if (unpacked && !second_gzip_ && first_byte == kGzipFirstByte && !is_batch) {
    second_gzip_ = std::make_unique<GzipReader>(file_, options_.max_bytes, sink);
    return {};
  }
  content_known_ = true;
  if (!unpacked) kind_ = Kind::batch;
  if (second_gzip_ && name.ends_with(".gz")) name.resize(name.size() - 3);
  // No label of CIFAR's is 60.
  if (first_byte == '<' && (!is_batch || options_.class_names.empty()) && !name.ends_with(".txt")) {
    return Error{"bad_data",
                 file_ + ": this is an HTML or XML page, not a data file; download it from a direct link"};
  }
  if (first_byte == kPickleFirstByte || is_batch || name.ends_with(".txt")) {
    return begin_content(name, unpacked ? std::nullopt : file_bytes_);
  }
  // As pickles of protocol 0 begin: a dictionary or a list in text.
  if (first_byte == '(' && is_python_name(lower_case(name)) && name.find('.') == name.rfind(".meta")) {
    return Error{"bad_data",
                 file_ +
                     ": this is a Python pickle of protocol 0; expected the protocol of CIFAR's Python "
                     "version. In Python: import pickle; pickle.dump(pickle.load(open(\"" +
                     file_ + "\", \"rb\"), encoding=\"bytes\"), open(\"new/" + file_ +
                     "\", \"wb\"), protocol=4). Then load the new file"};
  }
  // A batch begins with a label (below 100), an archive with a path; no batch is named .tar.
  if (name.ends_with(".tar") || name.ends_with(".tgz") || first_byte >= ' ') {
    if (!unpacked) kind_ = Kind::tar;
    return open_tar();
  }
  return begin_content(name, unpacked ? std::nullopt : file_bytes_);
}

Result<void> Cifar10Loader::open_tar() {
  TarVisitor visitor;
  visitor.begin = [this](const std::string& path, std::uint64_t bytes) -> Result<bool> {
    const std::string entry(file_name(path));
    if (entry.rfind("._", 0) == 0) {  // macOS stores attributes in such files
      const std::string note = "macOS metadata files (._*) were skipped.";
      if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
      return false;
    }
    if (!is_python_name(entry) && !entry.ends_with(".bin") && entry != "batches.meta.txt") return false;
    if (auto begun = begin_content(entry, bytes); !begun) return begun.error();
    return true;
  };
  visitor.data = [this](Bytes in) { return records(in); };
  visitor.end = [this] { return end_content(); };
  TarLimits limits;
  limits.max_file_bytes = options_.max_bytes;
  tar_ = std::make_unique<TarReader>(file_, std::move(visitor), limits);
  return {};
}

/// The first batch decides between CIFAR-10 and CIFAR-100, unless there are custom class names.
Result<void> Cifar10Loader::use_format(Format format) {
  if (!options_.class_names.empty()) return {};
  if (format_ != Format::unknown && format_ != format) {
    return error("CIFAR-10 and CIFAR-100 batches are mixed; load one data set at a time", 0);
  }
  if (std::exchange(format_, format) == format) return {};
  if (names_read_) return {};
  notes_.push_back(format == Format::cifar10 ? "Read as CIFAR-10, with its 10 classes."
                   : options_.coarse         ? "Read as CIFAR-100, with its 20 groups of classes."
                                             : "Read as CIFAR-100, with its 100 classes.");
  const std::vector<std::string>& names = format == Format::cifar10 ? cifar10_class_names()
                                          : options_.coarse         ? cifar100_group_names()
                                                                    : cifar100_class_names();
  data_->train.class_names = data_->test.class_names = names;
  return {};
}

Result<void> Cifar10Loader::begin_content(const std::string& name, std::optional<std::uint64_t> bytes) {
  content_name_ = name;
  offset_ = 0;
  names_.clear();
  python_.clear();
  is_names_ = name.ends_with(".txt") || is_python_names(name);
  is_python_ = false;
  if (is_names_) return {};
  const std::string lower = lower_case(name);
  const bool test = lower.find("test") != std::string::npos;
  batch_ = Batch{lower, split_.value_or(test ? Split::test : Split::train), 0, 0};
  for (const Batch& other : batches_) {
    if (other.name == lower && other.split == batch_.split)
      return error("this batch was already read; give each batch once", 0);
  }
  // Custom class names imply CIFAR-10's format. A batch of the Python version is recognized by its first
  // byte.
  const bool cifar100_name = lower == "train.bin" || lower == "test.bin";
  const bool cifar100_size =
      bytes ? *bytes % kCifar100Record == 0 && *bytes % kRecordBytes != 0 : cifar100_name;
  const bool cifar100 = options_.class_names.empty() && cifar100_size && (cifar100_name || bytes);
  record_bytes_ = cifar100 ? kCifar100Record : kRecordBytes;
  Dataset& to = data_->of(batch_.split);
  batch_.first = to.size();
  // Reserve the known size, within max_bytes: growing on demand would need half as much memory again.
  const bool known_size = lower.rfind("data_batch_", 0) == 0 || lower == "test_batch.bin" || cifar100;
  if (known_size && batch_.first == 0) {
    const std::uint64_t records = batch_.split == Split::test ? kTestRecords : kTrainRecords;
    const std::uint64_t most = options_.max_bytes / kRecordBytes;
    if (auto room = reserve(to, static_cast<std::size_t>(std::min(records, most))); !room) return room;
  }
  return {};
}

Result<void> Cifar10Loader::records(Bytes in) {
  if (is_names_) {
    if (names_.size() + in.size() > kMaxNamesBytes)
      return error(
          "too large for a list of class names; the limit is " + std::to_string(kMaxNamesBytes) + " bytes",
          offset_);
    names_.append(in.begin(), in.end());
    return {};
  }
  if (offset_ + in.size() > options_.max_bytes)
    return error("the file has more than " + std::to_string(options_.max_bytes) + " bytes, the limit",
                 offset_);
  if (offset_ == 0 && !in.empty()) {
    is_python_ = in.front() == kPickleFirstByte;
    if (!is_python_) {
      const auto chosen = use_format(record_bytes_ == kCifar100Record ? Format::cifar100 : Format::cifar10);
      if (!chosen) return chosen;
    }
  }
  if (is_python_) {
    if (offset_ + in.size() > kMaxPythonBytes)
      return error("too large for a batch of the Python version", offset_);
    offset_ += in.size();
    python_.insert(python_.end(), in.begin(), in.end());
    return {};
  }
  Dataset& to = data_->of(batch_.split);
  const std::size_t record = record_bytes_, labels_before = record - kImageBytes;
  const auto begun = [record](std::uint64_t bytes) { return (bytes + record - 1) / record; };
  // One label of each record is counted; of CIFAR-100's two that is enough for a bound.
  const std::size_t labels = static_cast<std::size_t>(begun(offset_ + in.size()) - begun(offset_));
  const std::size_t bytes = to.images.size() + in.size() - labels;
  if (bytes > to.images.capacity()) {
    const std::size_t pictures = (bytes + kImageBytes - 1) / kImageBytes;
    if (auto room = reserve(to, std::max(pictures, to.size() + to.size() / 2)); !room) return room;
  }
  const std::size_t wanted = labels_before == 2 && !options_.coarse ? 1 : 0;
  while (!in.empty()) {
    const std::size_t inside = static_cast<std::size_t>(offset_ % record);
    std::size_t used = 1;
    if (inside < labels_before) {
      if (inside == wanted && in.front() >= to.class_names.size()) {
        return error("label " + std::to_string(in.front()) + "; labels here are 0 to " +
                         std::to_string(to.class_names.size() - 1) +
                         ", so the file is not a CIFAR-10 batch, or it is damaged",
                     offset_);
      }
      if (inside == wanted) label_ = in.front();
    } else {
      used = std::min(in.size(), record - inside);
      to.images.insert(to.images.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(used));
    }
    offset_ += used;
    in = in.subspan(used);
    if (offset_ % record == 0) to.labels.push_back(label_);  // only complete records count
  }
  return {};
}

Result<void> Cifar10Loader::end_python() {
  auto read = read_python_batch(python_);
  if (!read) {
    const std::string where = content_name_ == file_ ? file_ : file_ + ": " + content_name_;
    return Error{"bad_data", where + ": " + read.error().message};
  }
  if (auto chosen = use_format(read->coarse_labels.empty() ? Format::cifar10 : Format::cifar100); !chosen)
    return chosen;
  Dataset& to = data_->of(batch_.split);
  const std::vector<std::uint8_t>& labels =
      options_.coarse && !read->coarse_labels.empty() ? read->coarse_labels : read->labels;
  for (const std::uint8_t label : labels) {
    if (label >= to.class_names.size()) return error("label " + std::to_string(label) + " is of no class", 0);
  }
  if (auto room = reserve(to, to.size() + labels.size()); !room) return room;
  to.labels.insert(to.labels.end(), labels.begin(), labels.end());
  to.images.insert(to.images.end(), read->pixels.begin(), read->pixels.end());
  batch_.count = labels.size();
  batches_.push_back(batch_);
  python_ = {};
  return {};
}

Result<void> Cifar10Loader::end_content() {
  if (is_names_) return end_names();
  if (is_python_) return end_python();
  if (offset_ % record_bytes_ != 0) {
    return error("the file ends inside record " + std::to_string(offset_ / record_bytes_) +
                     "; a record has " + std::to_string(record_bytes_) + " bytes",
                 offset_);
  }
  if (offset_ == 0) return error("the file is empty", 0);
  batch_.count = static_cast<std::size_t>(offset_ / record_bytes_);
  batches_.push_back(batch_);
  return {};
}

Result<void> Cifar10Loader::end_names() {
  std::vector<std::string> names = split_lines(names_);
  if (!names_.empty() && static_cast<std::uint8_t>(names_[0]) == kPickleFirstByte) {
    auto read = read_python_names({reinterpret_cast<const std::uint8_t*>(names_.data()), names_.size()},
                                  options_.coarse);
    if (!read) return Error{"bad_data", file_ + ": " + content_name_ + ": " + read.error().message};
    names = std::move(*read);
  }
  const std::vector<std::string>& expected = data_->train.class_names;
  if (names == expected) return {};
  const bool nothing_read = batches_.empty() && data_->train.size() == 0 && data_->test.size() == 0;
  if (options_.class_names.empty() && names.size() >= 2 && names.size() <= kMaxClasses &&
      (nothing_read || names.size() == expected.size())) {
    names_read_ = true;
    notes_.push_back("The " + std::to_string(names.size()) + " class names are those of " + content_name_ +
                     ".");
    data_->train.class_names = data_->test.class_names = std::move(names);
    return {};
  }
  if (names.size() != expected.size()) {
    return error(
        "it names " + std::to_string(names.size()) + " classes; expected " + std::to_string(expected.size()),
        names_.size());
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != expected[i]) {
      return error("class " + std::to_string(i) + " is \"" + names[i] + "\"; expected \"" + expected[i] +
                       "\", so the file belongs to another data set",
                   names_.size());
    }
  }
  return {};
}

Result<void> Cifar10Loader::content(Bytes in) {
  if (in.empty()) return {};
  if (!content_known_ && !second_gzip_) {
    if (auto known = recognize(in.front()); !known) return known;
  }
  if (second_gzip_ && !in_second_gzip_) {  // the unpacked bytes reenter this function
    in_second_gzip_ = true;
    auto written = second_gzip_->write(in);
    in_second_gzip_ = false;
    return written;
  }
  if (!content_known_) {
    if (auto known = recognize(in.front()); !known) return known;
  }
  return tar_ ? tar_->write(in) : records(in);
}

Result<void> Cifar10Loader::write(Bytes in) {
  if (in.empty()) return {};
  if (kind_ == Kind::unknown) {
    if (auto known = recognize(in.front()); !known) return known;
  }
  return gzip_ ? gzip_->write(in) : content(in);
}

Result<void> Cifar10Loader::end_file() {
  if (kind_ == Kind::unknown) return Error{"bad_data", file_ + ": the file is empty"};
  if (gzip_) {
    if (auto ended = gzip_->finish(); !ended) return ended;
    if (second_gzip_) {
      if (auto ended = second_gzip_->finish(); !ended) return ended;
    }
    if (!content_known_) return Error{"bad_data", file_ + ": the file unpacks to nothing"};
  }
  return tar_ ? tar_->finish() : end_content();
}

bool Cifar10Loader::in_order() const {
  const auto sorted = [this](Split split) {
    const Batch* last = nullptr;
    for (const Batch& batch : batches_) {
      if (batch.split != split) continue;
      if (last && name_before(batch.name, last->name)) return false;
      last = &batch;
    }
    return true;
  };
  return sorted(Split::train) && sorted(Split::test);
}

Result<DatasetPair> Cifar10Loader::finish() {
  if (auto completed = complete(); !completed) return completed.error();
  return std::move(*data_);
}

Result<void> Cifar10Loader::complete() {
  if (batches_.empty()) {
    return Error{"no_data", file_.empty()
                                ? std::string("no files were given")
                                : file_ +
                                      ": no CIFAR-10 batch (.bin) was found in it; a tar of pictures must be "
                                      "unpacked, one folder for each class"};
  }
  // Selection sort by rotation: in place, because a sorted copy would take another 150 MB.
  for (const Split split : {Split::train, Split::test}) {
    Dataset* to = &data_->of(split);
    std::vector<Batch> mine;
    std::copy_if(batches_.begin(), batches_.end(), std::back_inserter(mine),
                 [split](const Batch& batch) { return batch.split == split; });
    std::size_t begin = 0;
    while (!mine.empty()) {
      const auto next = std::min_element(mine.begin(), mine.end(), [](const Batch& a, const Batch& b) {
        return name_before(a.name, b.name);
      });
      const auto rotate = [&](std::vector<std::uint8_t>& v, std::size_t stride) {
        const auto at = [&](std::size_t record) {
          return v.begin() + static_cast<std::ptrdiff_t>(record * stride);
        };
        std::rotate(at(begin), at(next->first), at(next->first + next->count));
      };
      rotate(to->labels, 1);
      rotate(to->images, kImageBytes);
      const Batch moved = *next;
      mine.erase(next);
      for (Batch& other : mine) {
        if (other.first < moved.first) other.first += moved.count;
      }
      begin += moved.count;
    }
  }
  return {};
}

}  // namespace cnn
