// What the app does when a panel asks.
#include <algorithm>

#include "web/app/app.h"
#include "web/app/messages.h"

namespace playground {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

void App::carry_out(const Action& asked) {
  std::visit(Overloaded{
                 [this](const action::Train&) { train(false); },
                 [this](const action::Step&) {
                   if (known_.training.state == RunState::paused)
                     simple("step");
                   else
                     train(true);
                 },
                 [this](const action::Pause&) { simple("pause"); },
                 [this](const action::Resume&) { simple("resume"); },
                 [this](const action::Stop&) { simple("stop"); },
                 [this](const action::Reset&) {
                   const auto rebuild = [this] {
                     Json args;
                     args["config"] = known_.model.config;
                     build(std::move(args), [] {});
                   };
                   if (!known_.training.running()) return rebuild();
                   mail_.ask("stop", {}, [rebuild](const Reply&) { rebuild(); });
                 },
                 [this](const action::LoadData& a) { load(a.source, [] {}); },
                 [this](const action::CancelLoad&) { simple("load_cancel"); },
                 [this](const action::ForgetData&) { simple("forget"); },
                 [this](const action::ChooseFiles& a) {
                   Json args;
                   args["kind"] = a.kind;
                   mail_.ask("choose_files", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok() && reply.code != "cancelled") fail(reply);
                   });
                 },
                 [this](const action::Build& a) {
                   Json args;
                   if (a.preset.empty())
                     args["config"] = a.config;
                   else
                     args["preset"] = a.preset;
                   build(std::move(args), [] {});
                 },
                 [](const action::Check&) {},
                 [this](const action::SetLive& a) {
                   Json args;
                   if (a.learning_rate) args["learning_rate"] = *a.learning_rate;
                   if (a.batch_size) args["batch_size"] = *a.batch_size;
                   mail_.ask("set", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok()) fail(reply);
                   });
                 },
                 [this](const action::ShowPictures& a) {
                   ui_.gallery.actual = a.actual;
                   ui_.gallery.predicted = a.predicted;
                   ui_.gallery.only_mistakes = false;
                   ui_.gallery.page = 0;
                   ui_.tab = Tab::predictions;
                   gallery_stale_ = true;
                 },
                 [this](const action::Gallery&) { gallery_stale_ = true; },
                 [this](const action::Evaluate&) { simple("evaluate"); },
                 [this](const action::SaveText& a) {
                   Json args;
                   args["name"] = a.name;
                   args["text"] = a.text;
                   mail_.ask("save_text", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok()) fail(reply);
                   });
                 },
                 [this](const action::CopyText& a) { outside_.copy_text(a.text); },
                 [](const action::SavePicture&) {},
                 [](const action::Download&) {},
                 [](const action::Share&) {},
                 [this](const action::Theme&) {
                   ui_.theme = static_cast<ThemeChoice>((static_cast<int>(ui_.theme) + 1) % 3);
                   outside_.theme_changed();
                 },
             },
             asked);
}

void App::simple(std::string_view type) {
  mail_.ask(type, {}, [this](const Reply& reply) {
    if (!reply.ok()) fail(reply);
  });
}

void App::fail(const Reply& reply) {
  if (reply.code == "cancelled") return;
  known_.notice = Notice{reply.message.empty() ? "That did not work (" + reply.code + ")." : reply.message};
}

void App::train(bool one_step) {
  if (known_.starting || known_.training.running()) return;
  known_.starting = true;
  known_.notice.reset();
  const auto with_model = [this, one_step] {
    if (!known_.model.empty()) return fit(one_step);
    build({}, [this, one_step] { fit(one_step); });
  };
  if (!known_.data.empty()) return with_model();
  load("", with_model);
}

void App::fit(bool one_step) {
  if (new_run_ || known_.runs.empty()) begin_run();
  fit_began_ = true;
  Json args = ui_.training.fit;
  if (one_step) args["paused"] = true;
  mail_.ask("fit", std::move(args), [this](const Reply& reply) {
    known_.starting = false;
    known_.runs.back().finished = true;
    if (!reply.ok()) fail(reply);
  });
  if (one_step) simple("step");
}

void App::begin_run() {
  new_run_ = false;
  epoch_offset_ = 0;
  step_offset_ = 0;
  std::erase_if(known_.runs, [](const Run& run) { return run.history.empty() && run.steps.empty(); });
  Run run;
  run.id = ++last_run_id_;
  run.name = "Run " + std::to_string(run.id);
  run.config = known_.model.config;
  run.fit = ui_.training.fit;
  run.data = known_.data.label;
  for (Run& earlier : known_.runs) earlier.shown = false;
  known_.runs.push_back(std::move(run));
}

void App::build(Json args, std::function<void()> then) {
  if (args.is_null()) args["preset"] = "tutorial";
  mail_.ask("build", std::move(args), [this, then = std::move(then)](const Reply& reply) {
    if (!reply.ok()) {
      known_.starting = false;
      return fail(reply);
    }
    known_.model = read_model(reply.args);
    known_.evaluation = {};
    known_.gallery.items.clear();
    for (GalleryItem& item : known_.strip.items) item.predicted = -1, item.probabilities.clear();
    new_run_ = true;
    then();
  });
}

void App::load(const std::string& source, std::function<void()> then) {
  Json args;
  if (!source.empty())
    args["source"] = source;
  else if (!known_.sources.kept_label.empty())
    args["source"] = "kept";
  else
    args["source"] =
        known_.sources.beside_page ? "cifar10" : "sample";  // the real pictures when they are at hand
  known_.loading.running = true;
  mail_.ask("load", std::move(args), [this, then = std::move(then)](const Reply& reply) {
    known_.loading.running = false;
    if (!reply.ok()) {
      known_.starting = false;
      return fail(reply);
    }
    if (known_.data.empty()) on_dataset(reply.args);  // the event may have been faster
    then();
  });
}

}  // namespace playground
