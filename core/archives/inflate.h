#pragma once
/// DEFLATE, the compression inside gzip and zip, read as a stream.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/archives/byte_sink.h"

namespace cnn {

/// Decompresses one DEFLATE stream (RFC 1951) that arrives in pieces of any size. Output goes to the sink as
/// it is produced. Memory is bounded: a window of 32 KiB, 64 KiB of output and the code tables.
class Inflater {
 public:
  explicit Inflater(ByteSink sink);

  /// Consumes bytes from the front of `in` and advances it. True: the stream has ended; bytes after it are
  /// still in `in` or in take_leftover(). False: all of `in` is used and more is needed. Damaged input is an
  /// error.
  Result<bool> write(Bytes& in);

  /// The next byte that was read ahead but lies after the end of the stream; -1 if there is none.
  int take_leftover();

  std::uint64_t produced() const { return produced_; }

  /// Prepares for the next stream; keeps the memory.
  void reset();

 private:
  static constexpr int kMaxLength = 15;  // bits of the longest code
  static constexpr int kLookup = 10;     // bits resolved by one table lookup; longer codes are rare
  static constexpr std::size_t kWindow = 32 * 1024;
  static constexpr std::size_t kRoom = 64 * 1024;

  enum class State : std::uint8_t {
    block,
    stored_length,
    stored,
    counts,
    code_lengths,
    lengths,
    symbols,
    done
  };
  enum class Step : std::uint8_t { go_on, need_input, damaged };

  /// Canonical Huffman code. lookup: symbol << 4 | length for codes up to kLookup bits, 0 for longer or
  /// unused ones.
  struct Code {
    std::array<std::uint16_t, 1 << kLookup> lookup;
    std::array<std::uint16_t, kMaxLength + 1> count;
    std::array<std::uint16_t, 288> symbols;
    bool build(const std::uint8_t* lengths, int n, bool may_be_incomplete);
  };

  void refill(Bytes& in);
  bool has(int bits) const { return bit_count_ >= bits; }
  std::uint32_t take(int bits);
  /// Finds the next symbol without consuming it; `length` receives its length in bits.
  Step peek_symbol(const Code& code, int at, int& symbol, int& length) const;
  Step advance(Bytes& in);
  Step read_block_header();
  Step read_stored(Bytes& in);
  Step read_counts();
  Step read_code_lengths();
  Step read_lengths();
  Step read_symbols(Bytes& in);
  Result<void> flush();
  void end_block();
  Step damaged(const char* why);

  ByteSink sink_;
  std::vector<std::uint8_t> buffer_;  // [window | room]
  std::size_t at_ = 0, flushed_ = 0;
  std::uint64_t produced_ = 0;
  std::uint64_t bits_ = 0;
  int bit_count_ = 0;
  State state_ = State::block;
  bool last_block_ = false;
  std::uint32_t stored_left_ = 0;
  int literal_count_ = 0, distance_count_ = 0, length_count_ = 0, read_ = 0;
  std::array<std::uint8_t, 320> lengths_{};
  Code literals_, distances_;
  const char* why_ = "";
};

}  // namespace cnn
