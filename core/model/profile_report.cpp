#include "core/model/profile_report.h"

#include <algorithm>
#include <utility>

namespace cnn {

Json to_json(const Profile& profile, const Model& model, double images) {
  constexpr std::pair<Pass, const char*> kPasses[] = {
      {Pass::forward, "forward"}, {Pass::backward, "backward"}, {Pass::update, "update"}};
  double all = 0;
  for (int layer = 0; layer < profile.layers(); ++layer)
    for (const auto& [pass, name] : kPasses) all += profile.entry(layer, pass).seconds;
  Json rows = Json::array();
  for (int layer = 0; layer < profile.layers(); ++layer) {
    Json row;
    const bool in_model = layer < model.layer_count();
    row["name"] = in_model ? model.layer(layer).name : "optimizer";
    row["class_name"] = in_model ? std::string(model.layer(layer).class_name()) : "Optimizer";
    std::int64_t calls = 0;
    for (const auto& [pass, name] : kPasses) {
      const Profile::Entry& entry = profile.entry(layer, pass);
      calls += entry.calls;
      Json& cell = row[name];
      cell["microseconds"] = 1e6 * entry.seconds / std::max(images, 1.0);
      cell["operations"] = entry.flops / std::max(images, 1.0);
      cell["share"] = all > 0 ? entry.seconds / all : 0;
    }
    if (calls > 0) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace cnn
