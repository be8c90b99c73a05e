#pragma once
/// From messages to AppState: each function reads one reply or event of web/protocol.json. Members that are
/// missing or of another type keep their defaults: a page may be older than its worker.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

double number_in(const Json& object, std::string_view key, double fallback = 0);
bool flag_in(const Json& object, std::string_view key, bool fallback = false);
std::string text_in(const Json& object, std::string_view key);
std::vector<double> numbers_in(const Json& object, std::string_view key);
std::vector<std::string> texts_in(const Json& object, std::string_view key);
const Json::Array& list_in(const Json& object, std::string_view key);
/// Members of a list that are lists of at least `width` elements; an element that is not a number is NaN.
std::vector<std::vector<double>> rows_in(const Json& object, std::string_view key, std::size_t width);

/// float32 [count, classes] as a row of probabilities per picture.
std::vector<std::vector<float>> probabilities_in(std::span<const std::uint8_t> bytes, std::size_t count);

Backend read_backend(const Json& args);
Catalog read_catalog(const Json& args);
DataSetInfo read_dataset(const Json& args);
Sources read_sources(const Json& args);
LoadProgress read_progress(const Json& args);
ModelInfo read_model(const Json& args);
HistoryRow read_history_row(const Json& args);
/// The same as JSON, without what is not finite.
Json history_row_json(const HistoryRow& row);
Evaluation read_evaluation(const Json& args);
StepProfile read_profile(const Json& args);
RunState read_state(std::string_view name);
/// What came before a continued training, which counts from 1 again.
struct Continued {
  int epochs = 0;
  double at = 0;  ///< end of the curves in epochs, with fractions
  double steps = 0;
};
/// Applies a step event to `training`, and its points and norms to the curves of `run`.
void read_step(const Json& args, Training& training, Run& run, const Continued& before = {});

}  // namespace playground
