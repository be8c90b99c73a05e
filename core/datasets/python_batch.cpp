#include "core/datasets/python_batch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "core/datasets/dataset.h"

namespace cnn {
namespace {

constexpr std::size_t kMostValues = 1000000;  // CIFAR-100's has about 300,000
constexpr std::uint32_t kMostRecords = 60000;

/// What an instruction pushed. Values refer to each other by index, so that none is copied or nested.
struct Value {
  enum class Kind : std::uint8_t { other, mark, number, text, list, dictionary, global, array, type } kind;
  std::int64_t number = 0;
  Bytes text = {};                   // text or name of a global; pixels of an array
  std::vector<std::uint32_t> items;  // elements of a list or tuple; keys and values of a dictionary in turn
};
using Kind = Value::Kind;

std::string_view view(Bytes text) { return {reinterpret_cast<const char*>(text.data()), text.size()}; }

class Unpickler {
 public:
  explicit Unpickler(Bytes in) : in_(in) {}

  Result<void> run() {
    while (!done_) {
      if (at_ >= in_.size()) return error("it ends inside its pickle; it is incomplete");
      if (!step(in_[at_++]))
        return error(what_.empty() ? "damaged, or not a batch of CIFAR's Python version" : what_);
      if (pushes_ > kMostValues || memo_.size() > kMostValues) return error("more values than a batch has");
    }
    if (stack_.empty() || values_[stack_.back()].kind != Kind::dictionary)
      return error("it is not a dictionary");
    return {};
  }

  Result<PythonBatch> batch() {
    const std::vector<std::uint32_t>& items = values_[stack_.back()].items;
    PythonBatch batch;
    bool has_data = false, has_labels = false;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const std::string_view key = view(values_[items[i]].text);
      const Value& value = values_[items[i + 1]];
      if (key == "data") {
        if (value.kind != Kind::array) return error("its \"data\" is not a NumPy array");
        batch.pixels = value.text;
        has_data = true;
      } else if (key == "labels" || key == "fine_labels" || key == "coarse_labels") {
        if (value.kind != Kind::list) return error("its \"" + std::string(key) + "\" is not a list");
        std::vector<std::uint8_t>& to = key == "coarse_labels" ? batch.coarse_labels : batch.labels;
        has_labels = has_labels || key != "coarse_labels";
        to.clear();
        for (const std::uint32_t one : value.items) {
          const Value& label = values_[one];
          if (label.kind != Kind::number || label.number < 0 || label.number > 99)
            return error("its \"" + std::string(key) + "\" holds something other than class numbers");
          to.push_back(static_cast<std::uint8_t>(label.number));
        }
      }
    }
    if (!has_data || !has_labels) return error("its dictionary has no \"data\" and \"labels\"");
    if (batch.labels.size() > kMostRecords || batch.pixels.size() != batch.labels.size() * kImageBytes ||
        (!batch.coarse_labels.empty() && batch.coarse_labels.size() != batch.labels.size()))
      return error("it has " + std::to_string(batch.labels.size()) + " labels and " +
                   std::to_string(batch.pixels.size()) + " bytes of pixels; expected " +
                   std::to_string(kImageBytes) + " for each label");
    batch.decoded = std::move(decoded_);  // moving keeps where the bytes are
    return batch;
  }

  Result<std::vector<std::string>> names(bool coarse) {
    const std::vector<std::uint32_t>& items = values_[stack_.back()].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const std::string_view key = view(values_[items[i]].text);
      const Value& value = values_[items[i + 1]];
      if (key != (coarse ? "coarse_label_names" : "fine_label_names") && key != "label_names") continue;
      std::vector<std::string> names;
      for (const std::uint32_t one : value.items) {
        if (values_[one].kind != Kind::text) return error("its class names are not texts");
        names.emplace_back(view(values_[one].text));
      }
      return names;
    }
    return error("its dictionary has no \"label_names\"");
  }

 private:
  Error error(const std::string& what) const {
    return Error{"bad_data", what + " (at byte " + std::to_string(at_) + " of the Python pickle)", {}};
  }

  bool fail(std::string what) {
    what_ = std::move(what);
    return false;
  }

  std::optional<std::uint64_t> unsigned_number(std::size_t bytes) {
    if (in_.size() - at_ < bytes) return {};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{in_[at_ + i]} << (8 * i);
    at_ += bytes;
    return value;
  }

  bool push(Value value) {
    ++pushes_;
    stack_.push_back(static_cast<std::uint32_t>(values_.size()));
    values_.push_back(std::move(value));
    return true;
  }
  bool push_number(std::optional<std::int64_t> number) {
    return number && push({Kind::number, *number, {}, {}});
  }

  bool push_text(std::optional<std::uint64_t> length) {
    if (!length || *length > in_.size() - at_) return fail("it ends inside its pickle; it is incomplete");
    push({Kind::text, 0, in_.subspan(at_, static_cast<std::size_t>(*length)), {}});
    at_ += static_cast<std::size_t>(*length);
    return true;
  }

  std::optional<std::uint32_t> pop() {
    if (stack_.empty()) return {};
    const std::uint32_t top = stack_.back();
    stack_.pop_back();
    return top;
  }

  /// What was pushed since the last mark, without it.
  std::optional<std::vector<std::uint32_t>> pop_mark() {
    const auto mark = std::find_if(stack_.rbegin(), stack_.rend(),
                                   [&](std::uint32_t i) { return values_[i].kind == Kind::mark; });
    if (mark == stack_.rend()) return {};
    std::vector<std::uint32_t> items(mark.base(), stack_.end());
    stack_.erase(mark.base() - 1, stack_.end());
    return items;
  }

  bool append_to_top(Kind kind, std::optional<std::vector<std::uint32_t>> items) {
    if (!items || stack_.empty() || values_[stack_.back()].kind != kind) return false;
    std::vector<std::uint32_t>& to = values_[stack_.back()].items;
    to.insert(to.end(), items->begin(), items->end());
    return kind != Kind::dictionary || to.size() % 2 == 0;
  }

  bool push_tuple(std::size_t count) {
    if (stack_.size() < count) return false;
    std::vector<std::uint32_t> items(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return push({Kind::list, 0, {}, std::move(items)});
  }

  /// A line of text, as old instructions have it.
  std::optional<Bytes> line() {
    const auto rest = in_.subspan(at_);
    const auto end = std::find(rest.begin(), rest.end(), std::uint8_t{'\n'});
    if (end == rest.end()) return {};
    const auto length = static_cast<std::size_t>(end - rest.begin());
    at_ += length + 1;
    return rest.first(length);
  }

  /// Only what NumPy and Python's bytes are written with is known; nothing is looked up or run.
  bool push_global(std::string_view module, Bytes name) {
    const std::string full = std::string(module) + "." + std::string(view(name));
    const bool known = full == "numpy.core.multiarray._reconstruct" ||
                       full == "numpy._core.multiarray._reconstruct" || full == "numpy.ndarray" ||
                       full == "numpy.dtype" || full == "numpy.core.numeric._frombuffer" ||
                       full == "numpy._core.numeric._frombuffer" || full == "_codecs.encode" ||
                       full == "__builtin__.bytes" || full == "builtins.bytes";
    if (!known)
      return fail(
          "this Python pickle uses " + full.substr(0, 60) +
          ", which is not run here; expected the NumPy arrays of CIFAR's Python version. Take the binary "
          "version (cifar-10-binary.tar.gz)");
    return push({Kind::global, 0, name, {}});
  }

  bool reduce() {
    const auto arguments = pop(), function = pop();
    if (!arguments || !function || values_[*function].kind != Kind::global) return false;
    const std::string_view name = view(values_[*function].text);
    if (name == "_reconstruct") return push({Kind::array, 0, {}, {}});
    const std::vector<std::uint32_t>& items = values_[*arguments].items;
    if (name == "encode") return push_latin1(items);
    if (name == "bytes") return items.empty() && push({Kind::text, 0, {}, {}});
    if (name == "_frombuffer") {  // protocol 5: bytes, type, shape, order
      if (items.size() != 4 || view(values_[items[3]].text) == "F")
        return fail("its array is in column order");
      return push_array(values_[items[1]], values_[items[0]]);
    }
    if (items.empty() || values_[items[0]].kind != Kind::text) return false;
    return push({Kind::type, 0, values_[items[0]].text, {}});
  }

  /// This is how Python 3 encodes bytes in protocols 0 to 2: each byte as the character of that code,
  /// in UTF-8.
  bool push_latin1(const std::vector<std::uint32_t>& items) {
    if (items.size() != 2 || values_[items[0]].kind != Kind::text || view(values_[items[1]].text) != "latin1")
      return fail("it contains text in an encoding other than latin1");
    const Bytes utf8 = values_[items[0]].text;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      if (utf8[i] < 0x80) {
        bytes.push_back(utf8[i]);
      } else if ((utf8[i] == 0xC2 || utf8[i] == 0xC3) && i + 1 < utf8.size() &&
                 (utf8[i + 1] & 0xC0) == 0x80) {
        bytes.push_back(static_cast<std::uint8_t>((utf8[i] << 6 & 0xC0) | (utf8[i + 1] & 0x3F)));
        ++i;
      } else {
        return fail("damaged: it contains characters that are not valid bytes");
      }
    }
    decoded_.push_back(std::move(bytes));
    return push({Kind::text, 0, Bytes(decoded_.back()), {}});
  }

  bool push_array(const Value& type, const Value& content) {
    if (!holds_bytes(type, content)) return fail("its array does not contain bytes (uint8)");
    return push({Kind::array, 0, content.text, {}});
  }

  static bool holds_bytes(const Value& type, const Value& content) {
    return type.kind == Kind::type && (view(type.text) == "u1" || view(type.text) == "|u1") &&
           content.kind == Kind::text;
  }

  /// An array's state: version, shape, type, column order, bytes.
  bool build() {
    const auto state = pop();
    if (!state || stack_.empty()) return false;
    Value& to = values_[stack_.back()];
    if (to.kind == Kind::type) return true;
    const std::vector<std::uint32_t>& items = values_[*state].items;
    if (to.kind != Kind::array || items.size() != 5) return false;
    const Value &type = values_[items[2]], &content = values_[items[4]];
    if (!holds_bytes(type, content)) return fail("its array does not contain bytes (uint8)");
    if (values_[items[3]].number != 0) return fail("its array is in column order");
    to.text = content.text;
    return true;
  }

  bool put(std::uint64_t key) {
    if (stack_.empty()) return false;
    memo_[key] = stack_.back();
    return true;
  }
  bool get(std::optional<std::uint64_t> key) {
    const auto found = key ? memo_.find(*key) : memo_.end();
    if (found == memo_.end()) return false;
    ++pushes_;
    stack_.push_back(found->second);
    return true;
  }

  bool step(std::uint8_t code) {
    switch (code) {
      case 0x80:  // PROTO
        return unsigned_number(1).has_value();
      case 0x95:  // FRAME
        return unsigned_number(8).has_value();
      case '.':
        return done_ = true;
      case '(':
        return push({Kind::mark, 0, {}, {}});
      case '}':
        return push({Kind::dictionary, 0, {}, {}});
      case ']':
      case ')':
        return push({Kind::list, 0, {}, {}});
      case 'N':
        return push({Kind::other, 0, {}, {}});
      case 0x88:
      case 0x89:
        return push_number(code == 0x88);
      case 'K':
        return push_number(signed_number(1, false));
      case 'M':
        return push_number(signed_number(2, false));
      case 'J':
        return push_number(signed_number(4, true));
      case 'U':   // SHORT_BINSTRING
      case 'C':   // SHORT_BINBYTES
      case 0x8C:  // SHORT_BINUNICODE
        return push_text(unsigned_number(1));
      case 'T':  // BINSTRING
      case 'B':  // BINBYTES
      case 'X':  // BINUNICODE
        return push_text(unsigned_number(4));
      case 0x8D:  // BINUNICODE8
      case 0x8E:  // BINBYTES8
      case 0x96:  // BYTEARRAY8
        return push_text(unsigned_number(8));
      case 'q': {
        const auto key = unsigned_number(1);
        return key && put(*key);
      }
      case 'r': {
        const auto key = unsigned_number(4);
        return key && put(*key);
      }
      case 0x94:  // MEMOIZE
        return put(memo_.size());
      case 'h':
        return get(unsigned_number(1));
      case 'j':
        return get(unsigned_number(4));
      case 'a': {
        const auto item = pop();
        return item && append_to_top(Kind::list, std::vector<std::uint32_t>{*item});
      }
      case 'e':
        return append_to_top(Kind::list, pop_mark());
      case 's': {
        const auto value = pop(), key = pop();
        return value && key && append_to_top(Kind::dictionary, std::vector<std::uint32_t>{*key, *value});
      }
      case 'u':
        return append_to_top(Kind::dictionary, pop_mark());
      case 't': {
        auto items = pop_mark();
        return items && push({Kind::list, 0, {}, std::move(*items)});
      }
      case 0x85:
      case 0x86:
      case 0x87:
        return push_tuple(code - 0x84u);
      case 'c': {
        const auto module = line(), name = line();
        return module && name && push_global(view(*module), *name);
      }
      case 0x93: {  // STACK_GLOBAL
        const auto name = pop(), module = pop();
        return name && module && push_global(view(values_[*module].text), values_[*name].text);
      }
      case 'R':
        return reduce();
      case 'b':
        return build();
      default:
        return fail("this Python pickle has an instruction (" + std::to_string(code) +
                    ") that CIFAR's Python version does not have");
    }
  }

  std::optional<std::int64_t> signed_number(std::size_t bytes, bool sign) {
    const auto value = unsigned_number(bytes);
    if (!value) return {};
    return sign ? static_cast<std::int32_t>(static_cast<std::uint32_t>(*value))
                : static_cast<std::int64_t>(*value);
  }

  Bytes in_;
  std::size_t at_ = 0, pushes_ = 0;
  bool done_ = false;
  std::string what_;
  std::vector<std::vector<std::uint8_t>> decoded_;  // bytes that are written as text
  std::vector<Value> values_;
  std::vector<std::uint32_t> stack_;
  std::map<std::uint64_t, std::uint32_t> memo_;
};

}  // namespace

Result<PythonBatch> read_python_batch(Bytes pickle) {
  Unpickler unpickler(pickle);
  if (auto run = unpickler.run(); !run) return run.error();
  return unpickler.batch();
}

Result<std::vector<std::string>> read_python_names(Bytes pickle, bool coarse) {
  Unpickler unpickler(pickle);
  if (auto run = unpickler.run(); !run) return run.error();
  return unpickler.names(coarse);
}

}  // namespace cnn
