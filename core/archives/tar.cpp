#include "core/archives/tar.h"

#include <algorithm>
#include <utility>

namespace cnn {
namespace {

/// Fields of a ustar header (POSIX.1-1988): offset and length.
constexpr std::size_t kName = 0, kNameLength = 100, kSize = 124, kSizeLength = 12, kChecksum = 148,
                      kChecksumLength = 8;
constexpr std::size_t kType = 156, kMagic = 257, kPrefix = 345, kPrefixLength = 155;
constexpr std::uint64_t kMaxExtended = 64 * 1024;  // a long name or pax records
constexpr std::size_t kMaxPath = 1024;

/// Why this path is rejected; empty if it is accepted.
std::string refusal(const std::string& path) {
  if (path.empty()) return "an entry without a name";
  if (path.size() > kMaxPath) return "a path of more than " + std::to_string(kMaxPath) + " characters";
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\')
      return "a path with a backslash or a control character";
  }
  if (path[0] == '/' || (path.size() > 1 && path[1] == ':')) return "the absolute path \"" + path + "\"";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    if (path.compare(at, slash - at, "..") == 0) return "the path \"" + path + "\", which leaves its folder";
    at = slash + 1;
  }
  return {};
}

}  // namespace

TarReader::TarReader(std::string name, TarVisitor visitor, TarLimits limits)
    : name_(std::move(name)), visitor_(std::move(visitor)), limits_(limits) {}

Error TarReader::error(const std::string& what) const {
  return Error{"bad_data", name_ + ": " + what + " (at byte " + std::to_string(place_) + " of the archive)"};
}

std::string TarReader::read_text(std::size_t at, std::size_t length) const {
  const auto* begin = block_.data() + at;
  return std::string(begin, std::find(begin, begin + length, std::uint8_t{0}));
}

Result<std::uint64_t> TarReader::read_number(std::size_t at, std::size_t length) const {
  std::uint64_t value = 0;
  if (block_[at] == 0x80) {  // GNU: big-endian binary, for sizes over 8 GiB
    for (std::size_t i = at + 1; i < at + length; ++i) {
      if (value >> 56) return error("a header with a number that is too large; the archive is damaged");
      value = value << 8 | block_[i];
    }
    return value;
  }
  std::size_t i = at;
  while (i < at + length && block_[i] == ' ') ++i;
  const std::size_t first = i;
  for (; i < at + length && block_[i] >= '0' && block_[i] <= '7'; ++i) value = value << 3 | (block_[i] - '0');
  if (i == first || (i < at + length && block_[i] != 0 && block_[i] != ' ')) {
    return error("a header with a number that is not octal; the archive is damaged");
  }
  return value;
}

Result<void> TarReader::read_header() {
  if (std::all_of(block_.begin(), block_.end(), [](std::uint8_t b) { return b == 0; })) {
    if (entries_ == 0) return error("the archive has no entries");
    state_ = State::end;
    return {};
  }
  // Version 7 of Unix had no magic word yet; only a right checksum tells its archives from other files.
  const bool ustar = read_text(kMagic, 5) == "ustar";
  const auto checksum = read_number(kChecksum, kChecksumLength);
  if (!checksum) return ustar ? checksum.error() : error("not a tar archive");
  std::uint64_t sum = kChecksumLength * ' ';
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < kChecksum || i >= kChecksum + kChecksumLength) sum += block_[i];
  }
  if (sum != *checksum)
    return error(ustar ? "a header with a wrong checksum; the archive is damaged" : "not a tar archive");
  if (++entries_ > limits_.max_entries) {
    return error("more than " + std::to_string(limits_.max_entries) + " entries, the limit");
  }
  auto size = read_number(kSize, kSizeLength);
  if (!size) return size.error();

  const char type = static_cast<char>(block_[kType]);
  if (type == 'x' || type == 'g' || type == 'L') {
    if (*size > kMaxExtended) return error("an extended header of " + std::to_string(*size) + " bytes");
    extended_.clear();
    left_ = *size;
    // Global records hold at most comments, such as git's commit; nothing here depends on them.
    state_ = type == 'x' ? State::pax : type == 'L' ? State::long_name : State::skipped;
  } else {
    std::string path = read_text(kName, kNameLength);
    const bool has_prefix = ustar && block_[kMagic + 5] == 0;  // GNU's old format stores other fields there
    if (const std::string prefix = has_prefix ? read_text(kPrefix, kPrefixLength) : ""; !prefix.empty()) {
      path = prefix + "/" + path;
    }
    if (!next_path_.empty()) path = std::exchange(next_path_, {});
    if (std::exchange(has_next_size_, false)) size = next_size_;
    if (auto why = refusal(path); !why.empty()) return error("refused: " + why);
    if (type == '5' || path.back() == '/') {
      left_ = 0;
      state_ = State::skipped;
    } else if (type == '0' || type == '\0' || type == '7') {
      if (auto begun = begin_file(path, *size); !begun) return begun;
    } else if (type == '1' || type == '2') {
      return error("refused: \"" + path + "\" is a link");
    } else {
      return error("refused: \"" + path + "\" is neither a file nor a folder");
    }
  }
  padding_ = static_cast<std::size_t>((kBlock - left_ % kBlock) % kBlock);
  return left_ == 0 ? end_data() : Result<void>();
}

Result<void> TarReader::begin_file(const std::string& path, std::uint64_t size) {
  if (size > limits_.max_file_bytes) {
    return error("refused: \"" + path + "\" has " + std::to_string(size) +
                 " bytes according to its header, more than the limit of " +
                 std::to_string(limits_.max_file_bytes));
  }
  const auto wanted = visitor_.begin(path, size);
  if (!wanted) return wanted.error();
  left_ = size;
  state_ = *wanted ? State::file : State::skipped;
  return {};
}

Result<void> TarReader::end_data() {
  const State ended = std::exchange(state_, padding_ > 0 ? State::padding : State::header);
  switch (ended) {
    case State::file:
      return visitor_.end();
    case State::long_name:
      next_path_ = extended_.substr(0, extended_.find('\0'));
      return {};
    case State::pax:
      return read_pax();
    default:
      return {};
  }
}

/// Records "LENGTH KEY=VALUE\n"; LENGTH counts the whole record.
Result<void> TarReader::read_pax() {
  for (std::size_t at = 0; at < extended_.size();) {
    std::size_t length = 0, i = at;
    for (; i < extended_.size() && extended_[i] >= '0' && extended_[i] <= '9' && length <= kMaxExtended;
         ++i) {
      length = 10 * length + static_cast<std::size_t>(extended_[i] - '0');
    }
    const bool fits = i > at && length > i - at + 1 && length <= extended_.size() - at;
    if (!fits || extended_[i] != ' ' || extended_[at + length - 1] != '\n')
      return error("a damaged pax header");
    const std::string record = extended_.substr(i + 1, at + length - 1 - (i + 1));
    at += length;
    const std::size_t equals = record.find('=');
    if (equals == std::string::npos) return error("a damaged pax header");
    const std::string key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key == "path") next_path_ = value;
    if (key != "size") continue;
    next_size_ = 0;
    has_next_size_ = !value.empty() && value.size() <= 18;
    for (const char c : value) {
      has_next_size_ = has_next_size_ && c >= '0' && c <= '9';
      if (has_next_size_) next_size_ = 10 * next_size_ + static_cast<std::uint64_t>(c - '0');
    }
    if (!has_next_size_) return error("a pax header with a size that is not a number");
  }
  return {};
}

Result<void> TarReader::write(Bytes in) {
  while (!in.empty() && state_ != State::end) {
    std::size_t used = 0;
    Result<void> result;
    if (state_ == State::header) {
      used = std::min(in.size(), kBlock - filled_);
      std::copy_n(in.begin(), used, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
      filled_ += used;
      if (filled_ == kBlock) {
        filled_ = 0;
        place_ = offset_ + used - kBlock;
        result = read_header();
      }
    } else if (state_ == State::padding) {
      used = std::min(in.size(), padding_);
      padding_ -= used;
      if (padding_ == 0) state_ = State::header;
    } else {
      used = static_cast<std::size_t>(std::min<std::uint64_t>(in.size(), left_));
      const Bytes piece = in.first(used);
      if (state_ == State::file) result = visitor_.data(piece);
      if (state_ == State::pax || state_ == State::long_name) extended_.append(piece.begin(), piece.end());
      left_ -= used;
      if (result && left_ == 0) result = end_data();
    }
    if (!result) return result;
    offset_ += used;
    in = in.subspan(used);
  }
  return {};
}

Result<void> TarReader::finish() {
  if (state_ == State::end) return {};
  place_ = offset_;
  return error(offset_ == 0    ? "the archive is empty"
               : entries_ == 0 ? "not a tar archive: it has no whole header"
                               : "the archive ends before its end marker; it is incomplete");
}

}  // namespace cnn
