#include "web/app/state/link_source.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/datasets/samples.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

using cnn::Error;
using cnn::Result;

constexpr std::array<std::string_view, 3> kWords = {"sample", "cifar10", "huggingface"};
constexpr std::array<std::string_view, 5> kKinds = {"sample", "cifar10", "huggingface", "url", "files"};
constexpr std::array<std::string_view, 4> kNumbers = {"seed", "train", "test", "limit"};
constexpr std::size_t kLongestName = 200, kLongestAddress = 4000;

bool web_address(std::string_view text) {
  return text.size() <= kLongestAddress && (text.starts_with("https://") || text.starts_with("http://"));
}

template <std::size_t n>
bool among(const std::array<std::string_view, n>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Error refused(const std::string& what, const std::string& expected) {
  return Error{"bad_link", "The link's data source " + what + "; expected " + expected + ".", {}};
}

/// The kind alone as a word if no other field is set.
Json shortest(std::string_view kind, const Json& source) {
  const Json* limit = source.find("limit");
  if (limit == nullptr) return Json(std::string(kind));
  return Json::object({{"kind", std::string(kind)}, {"limit", *limit}});
}

}  // namespace

Json link_source(const Json& source, const std::string& huggingface) {
  const std::string kind = text_in(source, "kind"), url = text_in(source, "url");
  if (kind.empty()) return {};
  if (kind == "sample") {
    const cnn::SampleOptions standard;
    if (number_in(source, "seed", 1) == static_cast<double>(standard.seed) &&
        number_in(source, "train", standard.train) == standard.train &&
        number_in(source, "test", standard.test) == standard.test)
      return Json("sample");
    Json link = Json::object({{"kind", kind}});
    for (const char* key : {"seed", "train", "test"})
      if (const Json* value = source.find(key)) link[key] = *value;
    return link;
  }
  if (kind == "beside") return shortest("cifar10", source);
  if (kind == "huggingface" && (url.empty() || url == huggingface)) return shortest(kind, source);
  if ((kind == "url" || kind == "huggingface") && web_address(url)) {
    Json link = Json::object({{"kind", kind}, {"url", url}});
    for (const char* key : {"limit", "labels"})
      if (const Json* value = source.find(key)) link[key] = *value;
    return kind == "url" && link.members()->size() == 2 ? Json(url) : link;
  }
  Json link = Json::object({{"kind", "files"}});
  if (std::string name = text_in(source, "name"); name.size() <= kLongestName) link["name"] = std::move(name);
  return link;
}

Result<void> check_link_source(const Json& source) {
  constexpr char kExpected[] = "sample, cifar10, huggingface or an address that begins with https://";
  if (const std::string* text = source.string()) {
    if (among(kWords, *text) || web_address(*text)) return {};
    return refused("is \"" + text->substr(0, 80) + "\"", kExpected);
  }
  if (source.members() == nullptr) return refused("is " + std::string(source.kind()), kExpected);
  const std::string kind = text_in(source, "kind");
  if (!among(kKinds, kind)) return refused("has the kind \"" + kind.substr(0, 80) + "\"", kExpected);
  for (const auto& [key, value] : *source.members()) {
    if (key == "kind") continue;
    if (key == "url") {
      if (value.string() == nullptr || !web_address(*value.string()))
        return refused("has the address " + value.dump().substr(0, 80), "one that begins with https://");
    } else if (key == "name") {
      if (value.string() == nullptr || value.string()->size() > kLongestName)
        return refused("has a name that is not a short string", "a name");
    } else if (key == "labels") {
      if (value != Json("fine") && value != Json("coarse"))
        return refused("sets labels to " + value.dump().substr(0, 80), "fine or coarse");
    } else if (among(kNumbers, key)) {
      if (value.number() == nullptr || *value.number() < 0)
        return refused("sets " + key + " to " + value.dump().substr(0, 80), "a number from 0");
    } else {
      return refused("has \"" + key.substr(0, 40) + "\"",
                     "kind, name, url, limit, labels, seed, train or test");
    }
  }
  if (kind == "url" && source.find("url") == nullptr) return refused("has no address", "url");
  return {};
}

}  // namespace playground
