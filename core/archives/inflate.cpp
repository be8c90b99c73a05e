#include "core/archives/inflate.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cnn {
namespace {

constexpr int kEndOfBlock = 256;
constexpr int kFirstLength = 257;
constexpr int kLengthCodes = 29, kDistanceCodes = 30;
constexpr std::uint16_t kLengthBase[kLengthCodes] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                     15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::uint8_t kLengthExtra[kLengthCodes] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                     2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::uint16_t kDistanceBase[kDistanceCodes] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::uint8_t kDistanceExtra[kDistanceCodes] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                                         6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
constexpr std::size_t kLongestMatch = 258;

std::uint32_t low_bits(std::uint64_t bits, int n) {
  return static_cast<std::uint32_t>(bits & ((1ull << n) - 1));
}

}  // namespace

Inflater::Inflater(ByteSink sink) : sink_(std::move(sink)), buffer_(kWindow + kRoom) {}

void Inflater::reset() {
  at_ = flushed_ = 0;
  produced_ = bits_ = 0;
  bit_count_ = 0;
  state_ = State::block;
  last_block_ = false;
}

bool Inflater::Code::build(const std::uint8_t* lengths, int n, bool may_be_incomplete) {
  count.fill(0);
  for (int i = 0; i < n; ++i) ++count[lengths[i]];
  count[0] = 0;
  int left = 1, longest = 0;
  for (int length = 1; length <= kMaxLength; ++length) {
    left = 2 * left - count[static_cast<std::size_t>(length)];
    if (left < 0) return false;  // more codes than these lengths can distinguish
    if (count[static_cast<std::size_t>(length)] > 0) longest = length;
  }
  if (left > 0 && !(may_be_incomplete && longest <= 1)) return false;

  std::array<std::uint16_t, kMaxLength + 2> offset{}, first{};
  for (std::size_t length = 1; length <= kMaxLength; ++length) {
    offset[length + 1] = static_cast<std::uint16_t>(offset[length] + count[length]);
    first[length + 1] = static_cast<std::uint16_t>((first[length] + count[length]) << 1);
  }
  lookup.fill(0);
  for (int symbol = 0; symbol < n; ++symbol) {
    const std::size_t length = lengths[symbol];
    if (length == 0) continue;
    symbols[offset[length]++] = static_cast<std::uint16_t>(symbol);
    const std::uint32_t code = first[length]++;
    if (length > kLookup) continue;
    std::uint32_t reversed = 0;  // the stream stores a code's first bit lowest
    for (std::size_t bit = 0; bit < length; ++bit) reversed |= ((code >> bit) & 1u) << (length - 1 - bit);
    for (std::size_t entry = reversed; entry < lookup.size(); entry += std::size_t{1} << length) {
      lookup[entry] = static_cast<std::uint16_t>(symbol << 4 | static_cast<int>(length));
    }
  }
  return true;
}

void Inflater::refill(Bytes& in) {
  if (bit_count_ >= 48) return;
  if (in.size() >= 8) {
    std::uint64_t next = 0;
    for (int i = 0; i < 8; ++i) next |= std::uint64_t{in[static_cast<std::size_t>(i)]} << (8 * i);
    const int bytes = (63 - bit_count_) / 8;
    bits_ |= (next & ((1ull << (8 * bytes)) - 1)) << bit_count_;
    bit_count_ += 8 * bytes;
    in = in.subspan(static_cast<std::size_t>(bytes));
    return;
  }
  std::size_t used = 0;
  while (bit_count_ <= 56 && used < in.size()) {
    bits_ |= std::uint64_t{in[used++]} << bit_count_;
    bit_count_ += 8;
  }
  in = in.subspan(used);
}

std::uint32_t Inflater::take(int bits) {
  const std::uint32_t value = low_bits(bits_, bits);
  bits_ >>= bits;
  bit_count_ -= bits;
  return value;
}

int Inflater::take_leftover() {
  if (state_ != State::done || bit_count_ < 8) return -1;
  return static_cast<int>(take(8));
}

void Inflater::end_block() {
  state_ = last_block_ ? State::done : State::block;
  if (last_block_) take(bit_count_ % 8);  // the stream pads its last byte
}

Inflater::Step Inflater::damaged(const char* why) {
  why_ = why;
  return Step::damaged;
}

Inflater::Step Inflater::peek_symbol(const Code& code, int at, int& symbol, int& length) const {
  const std::uint64_t bits = bits_ >> at;
  const int available = bit_count_ - at;
  const std::uint16_t entry = code.lookup[low_bits(bits, kLookup)];
  if (entry != 0) {
    symbol = entry >> 4;
    length = entry & 15;
    return length <= available ? Step::go_on : Step::need_input;
  }
  int value = 0, first = 0, index = 0;  // canonical decoding, one bit at a time
  for (length = 1; length <= kMaxLength; ++length) {
    if (length > available) return Step::need_input;
    value |= static_cast<int>((bits >> (length - 1)) & 1);
    const int count = code.count[static_cast<std::size_t>(length)];
    if (value - count < first) {
      symbol = code.symbols[static_cast<std::size_t>(index + value - first)];
      return Step::go_on;
    }
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return Step::damaged;
}

Inflater::Step Inflater::read_block_header() {
  if (!has(3)) return Step::need_input;
  last_block_ = take(1) != 0;
  switch (take(2)) {
    case 0: {
      state_ = State::stored_length;
      take(bit_count_ % 8);
      return Step::go_on;
    }
    case 1: {
      std::uint8_t* l = lengths_.data();
      std::fill(l, l + 144, std::uint8_t{8});
      std::fill(l + 144, l + 256, std::uint8_t{9});
      std::fill(l + 256, l + 280, std::uint8_t{7});
      std::fill(l + 280, l + 288, std::uint8_t{8});
      literals_.build(l, 288, false);
      std::fill(l, l + 32, std::uint8_t{5});
      distances_.build(l, 32, false);
      state_ = State::symbols;
      return Step::go_on;
    }
    case 2:
      state_ = State::counts;
      return Step::go_on;
    default:
      return damaged("a block of unknown type");
  }
}

Inflater::Step Inflater::read_stored(Bytes& in) {
  if (state_ == State::stored_length) {
    if (!has(32)) return Step::need_input;
    stored_left_ = take(16);
    if (stored_left_ != (take(16) ^ 0xFFFFu)) return damaged("a stored block whose two lengths differ");
    state_ = State::stored;
  }
  while (stored_left_ > 0 && at_ < buffer_.size()) {
    if (has(8)) {
      buffer_[at_++] = static_cast<std::uint8_t>(take(8));
      --stored_left_;
      continue;
    }
    if (in.empty()) return Step::need_input;
    const std::size_t n = std::min({std::size_t{stored_left_}, buffer_.size() - at_, in.size()});
    std::copy_n(in.begin(), n, buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += n;
    stored_left_ -= static_cast<std::uint32_t>(n);
    in = in.subspan(n);
  }
  if (stored_left_ == 0) end_block();
  return Step::go_on;
}

Inflater::Step Inflater::read_counts() {
  if (!has(14)) return Step::need_input;
  literal_count_ = static_cast<int>(take(5)) + 257;
  distance_count_ = static_cast<int>(take(5)) + 1;
  length_count_ = static_cast<int>(take(4)) + 4;
  if (literal_count_ > 286 || distance_count_ > 30) return damaged("a block with too many codes");
  lengths_.fill(0);
  read_ = 0;
  state_ = State::code_lengths;
  return Step::go_on;
}

Inflater::Step Inflater::read_code_lengths() {
  static constexpr std::uint8_t kOrder[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                              11, 4,  12, 3, 13, 2, 14, 1, 15};
  for (; read_ < length_count_; ++read_) {
    if (!has(3)) return Step::need_input;
    lengths_[kOrder[read_]] = static_cast<std::uint8_t>(take(3));
  }
  // distances_ holds the code of the code lengths until the distance code is read.
  if (!distances_.build(lengths_.data(), 19, false)) return damaged("an invalid code for code lengths");
  lengths_.fill(0);
  read_ = 0;
  state_ = State::lengths;
  return Step::go_on;
}

Inflater::Step Inflater::read_lengths() {
  const int all = literal_count_ + distance_count_;
  while (read_ < all) {
    int symbol = 0, length = 0;
    const Step step = peek_symbol(distances_, 0, symbol, length);
    if (step == Step::need_input) return step;
    if (step == Step::damaged) return damaged("an invalid code length");
    const int extra = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    if (!has(length + extra)) return Step::need_input;
    take(length);
    if (symbol < 16) {
      lengths_[static_cast<std::size_t>(read_++)] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && read_ == 0) return damaged("a repeated code length with none before it");
    const int repeat = static_cast<int>(take(extra)) + (symbol == 18 ? 11 : 3);
    if (read_ + repeat > all) return damaged("more code lengths than codes");
    const std::uint8_t value = symbol == 16 ? lengths_[static_cast<std::size_t>(read_ - 1)] : std::uint8_t{0};
    for (int i = 0; i < repeat; ++i) lengths_[static_cast<std::size_t>(read_++)] = value;
  }
  if (lengths_[kEndOfBlock] == 0) return damaged("a block without an end-of-block code");
  if (!literals_.build(lengths_.data(), literal_count_, true)) return damaged("an invalid literal code");
  if (!distances_.build(lengths_.data() + literal_count_, distance_count_, true)) {
    return damaged("an invalid distance code");
  }
  state_ = State::symbols;
  return Step::go_on;
}

Inflater::Step Inflater::read_symbols(Bytes& in) {
  // Each iteration decodes one literal or one match, or consumes nothing if bits are missing. It needs at
  // most 15 + 5 + 15 + 13 = 48 bits, which a full bit buffer always holds.
  while (at_ + kLongestMatch <= buffer_.size()) {
    refill(in);
    int symbol = 0, length = 0;
    Step step = peek_symbol(literals_, 0, symbol, length);
    if (step == Step::need_input) return step;
    if (step == Step::damaged) return damaged("an invalid literal");
    if (symbol < kEndOfBlock) {
      take(length);
      buffer_[at_++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == kEndOfBlock) {
      take(length);
      end_block();
      return Step::go_on;
    }
    const int length_code = symbol - kFirstLength;
    if (length_code >= kLengthCodes) return damaged("an invalid match length");
    int used = length;
    const std::size_t match = kLengthBase[length_code] + low_bits(bits_ >> used, kLengthExtra[length_code]);
    used += kLengthExtra[length_code];
    if (!has(used)) return Step::need_input;
    step = peek_symbol(distances_, used, symbol, length);
    if (step == Step::need_input) return step;
    if (step == Step::damaged || symbol >= kDistanceCodes) return damaged("an invalid match distance");
    used += length;
    const std::size_t distance = kDistanceBase[symbol] + low_bits(bits_ >> used, kDistanceExtra[symbol]);
    used += kDistanceExtra[symbol];
    if (!has(used)) return Step::need_input;
    take(used);
    if (distance > at_) return damaged("a match from before the start of the data");
    std::uint8_t* to = buffer_.data() + at_;
    const std::uint8_t* from = to - distance;
    if (distance >= match) {
      std::memcpy(to, from, match);
    } else {
      for (std::size_t i = 0; i < match; ++i)
        to[i] = from[i];  // the ranges overlap on purpose: this repeats the last bytes
    }
    at_ += match;
  }
  return Step::go_on;
}

Inflater::Step Inflater::advance(Bytes& in) {
  switch (state_) {
    case State::block:
      return read_block_header();
    case State::stored_length:
    case State::stored:
      return read_stored(in);
    case State::counts:
      return read_counts();
    case State::code_lengths:
      return read_code_lengths();
    case State::lengths:
      return read_lengths();
    default:
      return read_symbols(in);
  }
}

Result<void> Inflater::flush() {
  produced_ += at_ - flushed_;
  const Bytes fresh(buffer_.data() + flushed_, at_ - flushed_);
  if (at_ + kLongestMatch > buffer_.size()) {  // full: pass the output on, keep the window
    auto sent = sink_(fresh);
    std::memmove(buffer_.data(), buffer_.data() + at_ - kWindow, kWindow);
    at_ = flushed_ = kWindow;
    return sent;
  }
  flushed_ = at_;
  return fresh.empty() ? Result<void>() : sink_(fresh);
}

Result<bool> Inflater::write(Bytes& in) {
  while (state_ != State::done) {
    refill(in);
    const Step step = advance(in);
    if (step == Step::damaged) return Error{"bad_data", why_};
    const bool full = at_ + kLongestMatch > buffer_.size();
    if (full || state_ == State::done || (step == Step::need_input && in.empty())) {
      if (auto sent = flush(); !sent) return sent.error();
    }
    if (step == Step::need_input && in.empty()) return false;
  }
  return true;
}

}  // namespace cnn
