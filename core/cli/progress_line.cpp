#include "core/cli/progress_line.h"

#include <cmath>
#include <cstdio>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace cnn::cli {
namespace {

bool is_terminal() {
#if __has_include(<unistd.h>)
  return isatty(STDOUT_FILENO) == 1;
#else
  return false;
#endif
}

std::string bar(int done, int all) {
  constexpr int width = 24;
  const int filled = all > 0 ? static_cast<int>(static_cast<long long>(width) * done / all) : 0;
  std::string text(static_cast<std::size_t>(filled), '=');
  if (filled < width) text += '>';
  text.resize(width, '.');
  return text;
}

std::string duration(double seconds) {
  const long long s = std::llround(seconds);
  char text[32];
  if (s >= 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
  return text;
}

}  // namespace

ProgressLine::ProgressLine(bool quiet) : live_(!quiet && is_terminal()) {}

void ProgressLine::show(const Progress& p) {
  const auto now = std::chrono::steady_clock::now();
  if (!live_ || now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  std::printf("\rEpoch %d/%d  %d/%d [%s] ETA %s  %.0f images/s  loss: %.4f - accuracy: %.4f%s\033[K", p.epoch,
              p.epochs, p.step, p.steps_per_epoch, bar(p.step, p.steps_per_epoch).c_str(),
              duration(p.seconds_left).c_str(), p.images_per_second, p.loss, p.accuracy,
              p.phase == Phase::validating ? "  validating" : "");
  std::fflush(stdout);
}

void ProgressLine::clear() {
  if (live_) std::fputs("\r\033[K", stdout);
}

void ProgressLine::epoch(const HistoryRow& row, int epochs) {
  clear();
  std::printf("Epoch %d/%d - %s - %.0f images/s - loss: %.4f - accuracy: %.4f", row.epoch, epochs,
              duration(row.seconds).c_str(), row.images_per_second, row.loss, row.accuracy);
  if (row.val_loss) std::printf(" - val_loss: %.4f - val_accuracy: %.4f", *row.val_loss, *row.val_accuracy);
  if (row.tta_accuracy) std::printf(" - tta_accuracy: %.4f", *row.tta_accuracy);
  std::printf(" - learning_rate: %.3g\n", row.learning_rate);
  std::fflush(stdout);
}

}  // namespace cnn::cli
