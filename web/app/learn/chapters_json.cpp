#include "web/app/learn/chapters_json.h"

#include "web/app/controls/prose.h"
#include "web/app/learn/chapter.h"
#include "web/app/state/share.h"

namespace playground {
namespace {

Json experiment_as_json(const Experiment& experiment) {
  Json json = Json::object({{"name", experiment.name},
                            {"label", experiment.label},
                            {"help", experiment.help},
                            {"hash", experiment.hash}});
  const cnn::Result<Shared> shared = parse_hash(experiment.hash);
  if (!shared) return json;
  if (shared->preset.empty())
    json["config"] = shared->config;
  else
    json["preset"] = shared->preset;
  json["fit"] = shared->fit;
  return json;
}

}  // namespace

cnn::Json chapters_as_json() {
  constexpr const char* kKinds[] = {"words", "heading", "formula", "row"};
  Json all = Json::array();
  for (const ChapterType* type : chapters()) {
    Json chapter;
    chapter["name"] = type->name;
    chapter["title"] = type->title;
    chapter["lead"] = type->lead;
    chapter["text"] = Json::array();
    for (const Passage& passage : type->text) {
      Json cells = Json::array();
      for (const std::string_view cell : cells_of(passage)) {
        Json runs = Json::array();
        for (const StyledText& part : styled_texts(cell))
          runs.push_back(Json::array({part.style, part.text}));
        cells.push_back(std::move(runs));
      }
      chapter["text"].push_back(Json::object({{"kind", kKinds[passage.kind]}, {"cells", std::move(cells)}}));
    }
    chapter["experiments"] = Json::array();
    for (const Experiment& experiment : type->experiments)
      chapter["experiments"].push_back(experiment_as_json(experiment));
    all.push_back(std::move(chapter));
  }
  return all;
}

}  // namespace playground
