#include "web/app/learn/chapter.h"

namespace playground {

extern const ChapterType convolution_chapter;

namespace {
constexpr const ChapterType* kChapters[] = {
    &convolution_chapter,
};
}  // namespace

std::span<const ChapterType* const> chapters() { return kChapters; }

}  // namespace playground
