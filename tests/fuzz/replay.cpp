// Runs a fuzzer without libFuzzer, which only clang has: on every file in a folder, so that old findings stay
// tested, and then on changed copies of these files.
//   fuzz_NAME FOLDER [CHANGED [SEED]]
// Copy number i is a function of the files, the seed and i alone. The copy that crashes the program is kept
// as fuzz_NAME.input in the current folder.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Input = std::vector<std::uint8_t>;

constexpr std::size_t kLongest = 100000;

Input read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Input(std::istreambuf_iterator<char>(file), {});
}

std::size_t place_in(const Input& input, cnn::RandomStream& random) {
  return random.below(static_cast<std::uint32_t>(input.size()) + 1);
}

/// Chooses a random range of the input, usually a short one.
void stretch(const Input& input, cnn::RandomStream& random, std::size_t& at, std::size_t& length) {
  at = place_in(input, random);
  const std::size_t most = input.size() - at;
  length = random.below(
      static_cast<std::uint32_t>(random.below(4) == 0 ? most : std::min<std::size_t>(most, 16)) + 1);
}

/// Makes one change of a kind that parsers mishandle: a flipped bit, extreme bytes, or bytes removed,
/// duplicated or inserted from another file.
void change(Input& input, const Input& other, cnn::RandomStream& random) {
  constexpr std::uint8_t kEnds[] = {0, 1, 0x7F, 0x80, 0xFF, ' ', '0', '9', '"', '{'};
  std::size_t at, length;
  stretch(input, random, at, length);
  const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at),
             end = begin + static_cast<std::ptrdiff_t>(length);
  switch (random.below(6)) {
    case 0:
      if (at < input.size()) *begin = static_cast<std::uint8_t>(*begin ^ (1u << random.below(8)));
      break;
    case 1:
      if (at < input.size()) *begin = kEnds[random.below(std::size(kEnds))];
      break;
    case 2:
      std::fill(begin, end, kEnds[random.below(std::size(kEnds))]);
      break;
    case 3:
      input.erase(begin, end);
      break;
    case 4: {
      const Input doubled(begin, end);
      input.insert(begin, doubled.begin(), doubled.end());
      break;
    }
    default: {
      std::size_t from, count;
      stretch(other, random, from, count);
      const auto first = other.begin() + static_cast<std::ptrdiff_t>(from);
      input.insert(begin, first, first + static_cast<std::ptrdiff_t>(count));
      break;
    }
  }
  if (input.size() > kLongest) input.resize(kLongest);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 4)
    return std::fprintf(stderr, "usage: %s FOLDER [CHANGED [SEED]]\n", arguments[0]), 2;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(arguments[1])) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Input> inputs;
  for (const fs::path& path : paths) {
    std::printf("%s\n", path.string().c_str());
    std::fflush(stdout);  // before an input can crash the program, its name must be out
    inputs.push_back(read(path));
    LLVMFuzzerTestOneInput(inputs.back().data(), inputs.back().size());
  }
  if (inputs.empty()) return 1;  // wrong path

  const int changed = count > 2 ? std::atoi(arguments[2]) : 0;
  const std::uint64_t seed = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1;
  const std::string kept = fs::path(arguments[0]).filename().string() + ".input";
  for (int i = 0; i < changed; ++i) {
    cnn::RandomStream random(seed, cnn::RandomPurpose::test, static_cast<std::uint64_t>(i));
    const auto any = [&]() -> const Input& {
      return inputs[random.below(static_cast<std::uint32_t>(inputs.size()))];
    };
    Input input = any();
    for (std::uint32_t changes = 1 + random.below(6); changes > 0; --changes) change(input, any(), random);
    std::ofstream(kept, std::ios::binary)
        .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  fs::remove(kept);
  std::printf("%zu inputs replayed, %d changed copies\n", inputs.size(), changed);
  return 0;
}
