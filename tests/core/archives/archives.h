#pragma once
/// Builds small archives and batches for the tests of the readers.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/archives/crc32.h"
#include "core/datasets/dataset.h"

namespace tests {

using ByteVector = std::vector<std::uint8_t>;

inline void append(ByteVector& to, std::string_view text) { to.insert(to.end(), text.begin(), text.end()); }
inline void append(ByteVector& to, const ByteVector& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

inline ByteVector read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return ByteVector(std::istreambuf_iterator<char>(file), {});
}

/// Writes bytes in pieces of 1, 2, 3, ... `most`, 1, 2, ... bytes; stops at the first error.
template <class Write>
auto in_pieces(const ByteVector& bytes, std::size_t most, Write write) {
  decltype(write(cnn::Bytes())) result;
  std::size_t size = 1;
  for (std::size_t at = 0; at < bytes.size() && result; at += size, size = size % most + 1) {
    size = std::min(size, bytes.size() - at);
    result = write(cnn::Bytes(bytes.data() + at, size));
  }
  return result;
}

/// A ustar header block with this name and size; without the magic word, as version 7 of Unix wrote it.
inline ByteVector tar_header(std::string_view name, std::uint64_t size, char type = '0', bool ustar = true) {
  ByteVector block(512);
  std::copy(name.begin(), name.end(), block.begin());
  const auto octal = [&block](std::size_t at, int digits, unsigned long long value) {
    char text[24];
    std::snprintf(text, sizeof text, "%0*llo", digits, value);
    std::copy_n(text, digits, block.begin() + static_cast<std::ptrdiff_t>(at));
  };
  octal(100, 7, 0644);
  octal(124, 11, size);
  block[156] = static_cast<std::uint8_t>(type);
  const std::string_view magic("ustar\00000", 8);
  if (ustar) std::copy(magic.begin(), magic.end(), block.begin() + 257);
  std::fill_n(block.begin() + 148, 8, std::uint8_t{' '});
  unsigned sum = 0;
  for (const std::uint8_t byte : block) sum += byte;
  octal(148, 6, sum);
  block[154] = 0;
  return block;
}

inline void append_tar_entry(ByteVector& to, std::string_view name, const ByteVector& content,
                             char type = '0') {
  append(to, tar_header(name, content.size(), type));
  append(to, content);
  to.resize((to.size() + 511) / 512 * 512);
}

inline void append_tar_end(ByteVector& to) { to.resize(to.size() + 1024); }

/// A gzip file of stored blocks.
inline ByteVector gzip_stored(const ByteVector& content) {
  ByteVector file{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255};
  std::size_t at = 0;
  do {
    const std::size_t n = std::min<std::size_t>(65535, content.size() - at);
    file.push_back(at + n == content.size());
    for (const std::size_t length : {n, ~n}) {
      file.push_back(static_cast<std::uint8_t>(length));
      file.push_back(static_cast<std::uint8_t>(length >> 8));
    }
    file.insert(file.end(), content.begin() + static_cast<std::ptrdiff_t>(at),
                content.begin() + static_cast<std::ptrdiff_t>(at + n));
    at += n;
  } while (at < content.size());
  const std::uint32_t trailer[2] = {cnn::crc32(0, content), static_cast<std::uint32_t>(content.size())};
  for (const std::uint32_t word : trailer) {
    for (int shift = 0; shift < 32; shift += 8) file.push_back(static_cast<std::uint8_t>(word >> shift));
  }
  return file;
}

/// Records with these labels; all pixels of record i are `first_pixel + i`.
inline ByteVector cifar_batch(std::initializer_list<int> labels, int first_pixel = 0) {
  ByteVector batch(labels.size() * (1 + cnn::kImageBytes));
  auto at = batch.begin();
  for (const int label : labels) {
    *at++ = static_cast<std::uint8_t>(label);
    at = std::fill_n(at, cnn::kImageBytes, static_cast<std::uint8_t>(first_pixel++));
  }
  return batch;
}

}  // namespace tests
