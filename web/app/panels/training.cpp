#include "web/app/panels/training.h"

#include "web/app/form.h"
#include "web/app/widgets.h"

namespace playground {
namespace {

/// How many fields are always in view; the trainer lists the most used first.
constexpr std::size_t kInView = 4;

}  // namespace

Asked draw(TrainingPanel& ui, const TrainingState& known) {
  const std::vector<Field>& fields = known.catalogue.fit_fields;
  if (fields.empty()) {
    sentence("The trainer is starting.");
    return {};
  }
  const Json before = ui.fit;
  const std::vector<Field> first(
      fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(std::min(kInView, fields.size())));
  const std::vector<Field> rest(fields.begin() + static_cast<std::ptrdiff_t>(first.size()), fields.end());
  draw_form("fit", first, ui.fit);
  if (!rest.empty()) {
    if (button("training/more", ui.more ? "Fewer settings" : "More settings",
               {.kind = Kind::quiet, .icon = ui.more ? Icon::chevron_down : Icon::chevron_right}))
      ui.more = !ui.more;
    if (ui.more) draw_form("fit", rest, ui.fit);
  }
  if (ui.fit == before || !known.training.running()) return {};
  // What can change while it trains changes at once; the rest waits for the next training.
  action::SetLive live;
  const auto changed = [&](const char* name, std::optional<double>& value) {
    const Json *now = ui.fit.find(name), *was = before.find(name);
    if (now == nullptr || now->number() == nullptr || (was != nullptr && *was == *now)) return;
    value = *now->number();
  };
  changed("learning_rate", live.learning_rate);
  changed("batch_size", live.batch_size);
  if (live.learning_rate || live.batch_size) return live;
  return {};
}

}  // namespace playground
