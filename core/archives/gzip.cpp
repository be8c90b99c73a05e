#include "core/archives/gzip.h"

#include <utility>

#include "core/archives/crc32.h"

namespace cnn {
namespace {

constexpr std::uint8_t kMagic[3] = {0x1F, 0x8B, 8};  // 8: deflate, the only method defined
constexpr std::uint32_t kHeaderBytes = 10;
constexpr std::uint32_t kHasHeaderCrc = 2, kHasExtra = 4, kHasName = 8, kHasComment = 16, kReserved = 0xE0;

}  // namespace

GzipReader::GzipReader(std::string name, std::uint64_t max_output, ByteSink sink)
    : name_(std::move(name)),
      max_output_(max_output),
      sink_(std::move(sink)),
      inflater_([this](Bytes out) { return emit(out); }) {}

Error GzipReader::error(const std::string& what) const {
  return Error{"bad_data",
               name_ + ": " + what + " (at byte " + std::to_string(offset_) + " of the compressed file)"};
}

Result<void> GzipReader::emit(Bytes out) {
  output_ += out.size();
  refused_ = true;
  if (output_ > max_output_) {
    return error("it unpacks to more than " + std::to_string(max_output_) + " bytes, the limit");
  }
  crc_ = crc32(crc_, out);
  auto taken = sink_(out);
  refused_ = !taken;
  return taken;
}

void GzipReader::next_header_part() {
  part_ = 0;
  if (flags_ & kHasExtra) {
    flags_ &= ~kHasExtra;
    state_ = State::extra_length;
  } else if (flags_ & kHasName) {
    flags_ &= ~kHasName;
    state_ = State::name;
  } else if (flags_ & kHasComment) {
    flags_ &= ~kHasComment;
    state_ = State::comment;
  } else if (flags_ & kHasHeaderCrc) {
    flags_ &= ~kHasHeaderCrc;
    state_ = State::header_crc;
  } else {
    state_ = State::deflated;
    crc_ = 0;
    inflater_.reset();
  }
}

Result<void> GzipReader::header_byte(std::uint8_t byte) {
  switch (state_) {
    case State::start:
    case State::padding:
      if (state_ == State::padding && byte == 0) return {};  // some writers pad the last block with zeros
      part_ = 0;
      state_ = State::header;
      [[fallthrough]];
    case State::header:
      if (part_ < sizeof kMagic && byte != kMagic[part_]) {
        return error(output_ == 0 ? "not a gzip file" : "data that is not gzip follows the compressed data");
      }
      if (part_ == 3) {
        flags_ = byte;
        if (flags_ & kReserved) return error("the gzip header sets reserved flags; the file is damaged");
      }
      if (++part_ == kHeaderBytes) next_header_part();
      return {};
    case State::extra_length:
      extra_left_ = part_ == 0 ? byte : extra_left_ | std::uint32_t{byte} << 8;
      if (++part_ < 2) return {};
      if (extra_left_ == 0)
        next_header_part();
      else
        state_ = State::extra;
      return {};
    case State::extra:
      if (--extra_left_ == 0) next_header_part();
      return {};
    case State::name:
    case State::comment:
      if (byte == 0) next_header_part();
      return {};
    default:  // the header's CRC: two bytes, skipped because the data has a CRC of its own
      if (++part_ == 2) next_header_part();
      return {};
  }
}

Result<void> GzipReader::trailer_byte(std::uint8_t byte) {
  trailer_ |= std::uint64_t{byte} << (8 * part_);
  if (++part_ < 8) return {};
  state_ = State::padding;
  if (static_cast<std::uint32_t>(trailer_) != crc_)
    return error("the checksum of the unpacked data is wrong; the file is damaged");
  if (static_cast<std::uint32_t>(trailer_ >> 32) != static_cast<std::uint32_t>(inflater_.produced())) {
    return error("the length of the unpacked data is wrong; the file is damaged");
  }
  return {};
}

Result<void> GzipReader::write(Bytes in) {
  while (!in.empty()) {
    if (state_ == State::deflated) {
      const std::size_t before = in.size();
      const auto ended = inflater_.write(in);
      offset_ += before - in.size();
      if (!ended) return refused_ ? ended.error() : error("damaged: " + ended.error().message);
      if (!*ended) return {};
      state_ = State::trailer;
      part_ = 0;
      trailer_ = 0;
      for (int byte = inflater_.take_leftover(); byte >= 0; byte = inflater_.take_leftover()) {
        if (auto taken = trailer_byte(static_cast<std::uint8_t>(byte)); !taken)
          return taken;  // at most 7 bytes
      }
      continue;
    }
    ++offset_;
    auto taken = state_ == State::trailer ? trailer_byte(in.front()) : header_byte(in.front());
    if (!taken) return taken;
    in = in.subspan(1);
  }
  return {};
}

Result<void> GzipReader::finish() {
  if (state_ == State::padding) return {};
  return error(state_ == State::start ? "the file is empty"
                                      : "the file ends inside the compressed data; it is incomplete");
}

}  // namespace cnn
