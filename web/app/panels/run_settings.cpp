#include "web/app/panels/run_settings.h"

#include <algorithm>
#include <functional>

#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/network.h"

namespace playground {
namespace {

std::string words_of(const Json& value) {
  if (value.string() != nullptr) return *value.string();
  if (value.number() != nullptr) return number_words(*value.number(), 7);
  if (value.boolean() != nullptr) return *value.boolean() ? "on" : "off";
  if (value.is_null()) return "auto";
  if (const Json::Array* list = value.elements()) {
    std::string all;
    for (const Json& element : *list) all += (all.empty() ? "" : ", ") + words_of(element);
    return all.empty() ? "none" : all;
  }
  const Json *name = value.find("class_name"), *config = value.find("config");
  if (name == nullptr || name->string() == nullptr) return value.dump();
  std::string settings;
  if (config != nullptr && config->members() != nullptr)
    for (const auto& [key, setting] : *config->members())
      settings += (settings.empty() ? "" : ", ") + spoken(key) + " " + words_of(setting);
  return *name->string() + (settings.empty() ? "" : " (" + settings + ")");
}

/// One more setting of every run, if it is not the same in all.
class Comparison {
 public:
  explicit Comparison(const std::vector<Run>& runs) : runs_(runs), texts_(runs.size()) {}
  void add(const std::string& name, const std::function<Json(std::size_t run)>& value) {
    std::vector<Json> values;
    for (std::size_t i = 0; i < runs_.size(); ++i) values.push_back(value(i));
    if (std::all_of(values.begin(), values.end(), [&](const Json& one) { return one == values[0]; })) return;
    for (std::size_t i = 0; i < runs_.size(); ++i)
      texts_[i] += (texts_[i].empty() ? "" : ", ") + name + (name.empty() ? "" : " ") + words_of(values[i]);
  }
  std::vector<std::string> texts() { return std::move(texts_); }

 private:
  const std::vector<Run>& runs_;
  std::vector<std::string> texts_;
};

bool same_types(const std::vector<Network>& networks) {
  const auto as_first = [&first = networks[0]](const Network& other) {
    if (other.count() != first.count()) return false;
    for (int i = 0; i < first.count(); ++i)
      if (other.class_name(i) != first.class_name(i)) return false;
    return true;
  };
  return std::all_of(networks.begin(), networks.end(), as_first);
}

void compare_networks(Comparison& comparison, const std::vector<Run>& runs) {
  const auto same = [&](const Run& run) { return run.config == runs[0].config; };
  if (std::all_of(runs.begin(), runs.end(), same)) return;
  std::vector<Network> networks(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) networks[i].set(runs[i].config);
  if (!same_types(networks)) {
    comparison.add("", [&](std::size_t run) {
      return Json(std::to_string(networks[run].count()) + " layers, " + count_text(runs[run].parameters) +
                  " parameters");
    });
    return;
  }
  for (int layer = 0; layer < networks[0].count(); ++layer) {
    const auto config = [&](std::size_t run) { return networks[run].layer(layer)->find("config"); };
    if (config(0) == nullptr || config(0)->members() == nullptr) continue;
    for (const auto& [key, value] : *config(0)->members())
      if (key != "name")
        comparison.add(networks[0].name(layer) + " " + spoken(key), [&, &key = key](std::size_t run) {
          const Json* setting = config(run) != nullptr ? config(run)->find(key) : nullptr;
          return setting != nullptr ? *setting : Json();
        });
  }
}

}  // namespace

std::vector<std::string> settings_that_differ(const std::vector<Run>& runs, const Catalog& catalog) {
  if (runs.empty()) return {};
  Comparison comparison(runs);
  comparison.add("", [&](std::size_t run) { return Json(runs[run].data); });
  for (const Field& field : catalog.fit_fields)
    comparison.add(spoken(field.name),
                   [&](std::size_t run) { return value_or_default(field, runs[run].fit); });
  for (const char* list : {"augmentation", "callbacks"})
    comparison.add(list, [&](std::size_t run) {
      const Json* given = runs[run].fit.find(list);
      return given != nullptr && given->elements() != nullptr ? *given : Json::array();
    });
  compare_networks(comparison, runs);
  return comparison.texts();
}

}  // namespace playground
