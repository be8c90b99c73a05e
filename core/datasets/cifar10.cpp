#include "core/datasets/cifar10.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>
#include <utility>

namespace cnn {
namespace {

constexpr std::size_t kRecordBytes = 1 + kImageBytes;
constexpr std::size_t kTrainRecords = 50000, kTestRecords = 10000;
constexpr std::uint8_t kGzipFirstByte = 0x1F;
constexpr std::size_t kMaxNamesBytes = 64 * 1024;
constexpr std::size_t kMaxClasses = 100;

std::string base_name(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

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

/// Sorts "data_batch_10" after "data_batch_9".
bool name_before(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

Cifar10Loader::Cifar10Loader(Cifar10Options options) : Cifar10Loader(std::move(options), own_) {}

Cifar10Loader::Cifar10Loader(Cifar10Options options, DatasetPair& into)
    : options_(std::move(options)), data_(&into) {
  if (options_.class_names.empty()) options_.class_names = cifar10_class_names();
  into.train.class_names = into.test.class_names = options_.class_names;
}

Cifar10Loader::~Cifar10Loader() = default;

Error Cifar10Loader::error(const std::string& what, std::uint64_t offset) const {
  const std::string where = content_name_ == file_ ? file_ : file_ + ": " + content_name_;
  return Error{"bad_data", where + ": " + what + " (at byte " + std::to_string(offset) + ")"};
}

Result<void> Cifar10Loader::begin_file(const std::string& name, std::optional<Split> split) {
  if (options_.class_names.size() < 2 || options_.class_names.size() > kMaxClasses) {
    return Error{"bad_data", "class_names: " + std::to_string(options_.class_names.size()) +
                                 " given; a data set has 2 to " + std::to_string(kMaxClasses) + " classes"};
  }
  file_ = base_name(name);
  split_ = split;
  kind_ = Kind::unknown;
  content_known_ = false;
  gzip_.reset();
  tar_.reset();
  return {};
}

Result<void> Cifar10Loader::recognize(std::uint8_t first_byte) {
  const bool unpacked = kind_ == Kind::gzip;  // first_byte is the first of the unpacked data
  content_known_ = unpacked || first_byte != kGzipFirstByte;
  std::string name = file_;
  if (unpacked && ends_with(name, ".gz")) name.resize(name.size() - 3);
  if (!content_known_) {
    kind_ = Kind::gzip;
    gzip_ =
        std::make_unique<GzipReader>(file_, options_.max_bytes, [this](Bytes out) { return content(out); });
    return {};
  }
  // A batch begins with a label (below 100), an archive with a path; no batch is named .tar.
  if (ends_with(name, ".tar") || ends_with(name, ".tgz") ||
      (!ends_with(name, ".bin") && !ends_with(name, ".txt") && first_byte >= ' ')) {
    TarVisitor visitor;
    visitor.begin = [this](const std::string& path, std::uint64_t) -> Result<bool> {
      const std::string entry = base_name(path);
      if (!ends_with(entry, ".bin") && entry != "batches.meta.txt") return false;
      if (auto begun = begin_content(entry); !begun) return begun.error();
      return true;
    };
    visitor.data = [this](Bytes in) { return records(in); };
    visitor.end = [this] { return end_content(); };
    TarLimits limits;
    limits.max_file_bytes = options_.max_bytes;
    tar_ = std::make_unique<TarReader>(file_, std::move(visitor), limits);
    if (!unpacked) kind_ = Kind::tar;
    return {};
  }
  if (!unpacked) kind_ = Kind::batch;
  return begin_content(name);
}

Result<void> Cifar10Loader::begin_content(const std::string& name) {
  content_name_ = name;
  offset_ = 0;
  names_.clear();
  is_names_ = ends_with(name, ".txt");
  if (is_names_) return {};
  std::string lower = name;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool test = lower.find("test") != std::string::npos;
  batch_ = Batch{lower, split_.value_or(test ? Split::test : Split::train), 0, 0};
  for (const Batch& other : batches_) {
    if (other.name == lower && other.split == batch_.split)
      return error("this batch was already read; give each batch once", 0);
  }
  Dataset& to = data_->of(batch_.split);
  batch_.first = to.size();
  // Reserve the known size, within max_bytes: growing on demand would need half as much memory again.
  const bool known_size = lower.rfind("data_batch_", 0) == 0 || lower == "test_batch.bin";
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
  Dataset& to = data_->of(batch_.split);
  const auto begun = [](std::uint64_t bytes) { return (bytes + kRecordBytes - 1) / kRecordBytes; };
  const std::size_t labels = static_cast<std::size_t>(begun(offset_ + in.size()) - begun(offset_));
  const std::size_t bytes = to.images.size() + in.size() - labels;
  if (bytes > to.images.capacity()) {
    const std::size_t pictures = (bytes + kImageBytes - 1) / kImageBytes;
    if (auto room = reserve(to, std::max(pictures, to.size() + to.size() / 2)); !room) return room;
  }
  while (!in.empty()) {
    const std::size_t inside = static_cast<std::size_t>(offset_ % kRecordBytes);
    std::size_t used = 1;
    if (inside == 0) {
      if (in.front() >= to.class_names.size()) {
        return error("label " + std::to_string(in.front()) + "; labels here are 0 to " +
                         std::to_string(to.class_names.size() - 1) +
                         ", so the file is not a CIFAR-10 batch, or it is damaged",
                     offset_);
      }
      label_ = in.front();
    } else {
      used = std::min(in.size(), kRecordBytes - inside);
      to.images.insert(to.images.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(used));
    }
    offset_ += used;
    in = in.subspan(used);
    if (offset_ % kRecordBytes == 0) to.labels.push_back(label_);  // only complete records count
  }
  return {};
}

Result<void> Cifar10Loader::end_content() {
  if (is_names_) return check_names();
  if (offset_ % kRecordBytes != 0) {
    return error("the file ends inside record " + std::to_string(offset_ / kRecordBytes) + "; a record has " +
                     std::to_string(kRecordBytes) + " bytes",
                 offset_);
  }
  if (offset_ == 0) return error("the file is empty", 0);
  batch_.count = static_cast<std::size_t>(offset_ / kRecordBytes);
  batches_.push_back(batch_);
  return {};
}

Result<void> Cifar10Loader::check_names() {
  const std::vector<std::string> names = split_lines(names_);
  if (names.size() != options_.class_names.size()) {
    return error("it names " + std::to_string(names.size()) + " classes; expected " +
                     std::to_string(options_.class_names.size()),
                 names_.size());
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != options_.class_names[i]) {
      return error("class " + std::to_string(i) + " is \"" + names[i] + "\"; expected \"" +
                       options_.class_names[i] + "\", so the file belongs to another data set",
                   names_.size());
    }
  }
  return {};
}

Result<void> Cifar10Loader::content(Bytes in) {
  if (in.empty()) return {};
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
    return Error{"no_data", file_.empty() ? std::string("no files were given")
                                          : file_ + ": no CIFAR-10 batch (.bin) was found in it"};
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
