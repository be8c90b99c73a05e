#include "web/app/state/picture_pages.h"

#include <algorithm>

namespace playground {

void PicturePages::choose(const Set& set) {
  if (set == set_) return;
  set_ = set;
  forget();
}

void PicturePages::forget() {
  ++generation_;
  for (Page& page : pages_) page.number = -1;
}

PicturePages::Page* PicturePages::find(int number) {
  const auto found = std::find_if(pages_.begin(), pages_.end(),
                                  [number](const Page& page) { return page.number == number; });
  return found != pages_.end() ? &*found : nullptr;
}

std::optional<int> PicturePages::missing(int first, int last) const {
  for (int number = first / kPage; first <= last && number <= last / kPage; ++number)
    if (std::none_of(pages_.begin(), pages_.end(),
                     [number](const Page& page) { return page.number == number; }))
      return number;
  return {};
}

void PicturePages::fill(int number, std::span<const double> indices, std::span<const double> labels,
                        std::span<const std::uint8_t> rgb) {
  Page* page = find(number);
  if (page == nullptr) page = find(-1);
  if (page == nullptr && pages_.size() < kMost) page = &pages_.emplace_back();
  if (page == nullptr)  // the least recently used page
    page = &*std::min_element(pages_.begin(), pages_.end(),
                              [](const Page& a, const Page& b) { return a.used < b.used; });
  page->number = number;
  page->used = ++now_;
  page->atlas->assign(rgb);
  const std::size_t count =
      std::min({indices.size(), labels.size(), static_cast<std::size_t>(page->atlas->count())});
  page->indices.clear();
  page->labels.clear();
  for (std::size_t i = 0; i < count; ++i) {
    page->indices.push_back(static_cast<int>(indices[i]));
    page->labels.push_back(static_cast<int>(labels[i]));
  }
}

std::optional<PicturePages::Cell> PicturePages::at(int position) {
  Page* page = find(position / kPage);
  const auto place = static_cast<std::size_t>(position % kPage);
  if (page == nullptr || place >= page->indices.size()) return {};
  page->used = ++now_;
  return Cell{*page->atlas, static_cast<int>(place), page->indices[place], page->labels[place]};
}

int PicturePages::held() const {
  return static_cast<int>(
      std::count_if(pages_.begin(), pages_.end(), [](const Page& page) { return page.number >= 0; }));
}

}  // namespace playground
