#include "web/app/learn/chapter.h"

namespace playground {

extern const ChapterType convolution_chapter, windows_chapter, activations_chapter, pooling_chapter,
    classes_chapter, training_chapter, judging_chapter, tutorial_chapter, speedrun_chapter;

namespace {
constexpr const ChapterType* kChapters[] = {
    &convolution_chapter, &windows_chapter, &activations_chapter, &pooling_chapter,  &classes_chapter,
    &training_chapter,    &judging_chapter, &tutorial_chapter,    &speedrun_chapter,
};
}  // namespace

std::span<const ChapterType* const> chapters() { return kChapters; }

}  // namespace playground
