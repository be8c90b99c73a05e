#include "web/app/requests/lesson_pictures.h"

#include <utility>

#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr int kLessonTrain = 240, kLessonTest = 120;

}  // namespace

void LessonPictureRequests::follow() {
  if (!stale_ || state_.data.empty()) return;
  stale_ = false;
  ask("train", kLessonTrain, state_.lesson_train);
  ask("test", kLessonTest, state_.lesson_test);
}

void LessonPictureRequests::ask(const char* split, int count, LessonPictures& pictures) {
  Json args;
  args["split"] = split;
  args["offset"] = 0;
  args["count"] = count;
  mail_.ask("pictures", std::move(args), [this, &pictures](const AppReply& reply) {
    if (!reply.ok() || reply.payloads.empty()) return;
    pictures.rgb.assign(reply.payloads[0].begin(), reply.payloads[0].end());
    pictures.labels.clear();
    for (const double label : numbers_in(reply.args, "labels"))
      pictures.labels.push_back(static_cast<int>(label));
    pictures.labels.resize(pictures.rgb.size() / kPictureBytes);
    pictures.first.assign(pictures.rgb);
    ++state_.lesson_edition;
  });
}

}  // namespace playground
