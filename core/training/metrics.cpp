#include "core/training/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cnn {
namespace {

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

template <class Weight>
ClassScore average(const ConfusionMatrix& matrix, Weight weight) {
  ClassScore mean;
  double weights = 0;
  for (int c = 0; c < matrix.classes(); ++c) {
    const ClassScore score = class_score(matrix, c);
    const double w = weight(score);
    mean.precision += w * score.precision;
    mean.recall += w * score.recall;
    mean.f1 += w * score.f1;
    mean.support += score.support;
    weights += w;
  }
  mean.precision = share(mean.precision, weights);
  mean.recall = share(mean.recall, weights);
  mean.f1 = share(mean.f1, weights);
  return mean;
}

void write_score(const ClassScore& score, Json& json) {
  json["precision"] = score.precision;
  json["recall"] = score.recall;
  json["f1"] = score.f1;
  json["support"] = score.support;
}

template <class... Values>
void print(std::string& to, const char* format, Values... values) {
  char line[160];
  std::snprintf(line, sizeof line, format, values...);
  to += line;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(int classes)
    : classes_(classes), counts_(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes)) {}

std::int64_t ConfusionMatrix::total() const {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts_) sum += count;
  return sum;
}

std::int64_t ConfusionMatrix::correct() const {
  std::int64_t sum = 0;
  for (int c = 0; c < classes_; ++c) sum += at(c, c);
  return sum;
}

std::int64_t ConfusionMatrix::actual(int c) const {
  std::int64_t sum = 0;
  for (int p = 0; p < classes_; ++p) sum += at(c, p);
  return sum;
}

std::int64_t ConfusionMatrix::predicted(int c) const {
  std::int64_t sum = 0;
  for (int a = 0; a < classes_; ++a) sum += at(a, c);
  return sum;
}

double ConfusionMatrix::accuracy() const {
  return share(static_cast<double>(correct()), static_cast<double>(total()));
}

ClassScore class_score(const ConfusionMatrix& matrix, int c) {
  const double hits = static_cast<double>(matrix.at(c, c));
  const double actual = static_cast<double>(matrix.actual(c)),
               predicted = static_cast<double>(matrix.predicted(c));
  return {share(hits, predicted), share(hits, actual), share(2 * hits, actual + predicted), actual};
}

ClassScore macro_average(const ConfusionMatrix& matrix) {
  return average(matrix, [](const ClassScore&) { return 1.0; });
}

ClassScore weighted_average(const ConfusionMatrix& matrix) {
  return average(matrix, [](const ClassScore& score) { return score.support; });
}

int argmax(const float* values, int n) {
  int best = 0;
  for (int i = 1; i < n; ++i) {
    if (values[i] > values[best] || std::isnan(values[best])) best = i;
  }
  return best;
}

bool in_top_k(const float* scores, int classes, int label, int k) {
  if (std::isnan(scores[label])) return false;
  return std::count_if(scores, scores + classes, [&](float s) { return s > scores[label]; }) < k;
}

Json to_json(const Evaluation& evaluation, const std::vector<std::string>& class_names) {
  Json json;
  json["loss"] = evaluation.loss;
  json["accuracy"] = evaluation.accuracy;
  json["top_" + std::to_string(Evaluation::top) + "_accuracy"] = evaluation.top_accuracy;
  const ConfusionMatrix& matrix = evaluation.matrix;
  Json rows = Json::array(), per_class = Json::array();
  for (int a = 0; a < matrix.classes(); ++a) {
    Json row = Json::array();
    for (int p = 0; p < matrix.classes(); ++p) row.push_back(matrix.at(a, p));
    rows.push_back(row);
    Json score;
    score["name"] = class_names[static_cast<std::size_t>(a)];
    write_score(class_score(matrix, a), score);
    per_class.push_back(score);
  }
  json["confusion_matrix"] = rows;
  json["per_class"] = per_class;
  write_score(macro_average(matrix), json["macro"]);
  write_score(weighted_average(matrix), json["weighted"]);
  return json;
}

std::string to_text(const Evaluation& evaluation, const std::vector<std::string>& class_names) {
  const ConfusionMatrix& matrix = evaluation.matrix;
  std::string text;
  print(text, "loss: %.4f - accuracy: %.4f - top-%d accuracy: %.4f\n\n", evaluation.loss, evaluation.accuracy,
        Evaluation::top, evaluation.top_accuracy);
  int width = 12;  // length of "weighted avg"
  for (const std::string& name : class_names) width = std::max(width, static_cast<int>(name.size()));
  const auto line = [&](const std::string& name, const ClassScore& s) {
    print(text, "%*.60s %9.4f %9.4f %9.4f %9.0f\n", width, name.c_str(), s.precision, s.recall, s.f1,
          s.support);
  };
  print(text, "%*s %9s %9s %9s %9s\n", width, "", "precision", "recall", "f1-score", "support");
  for (int c = 0; c < matrix.classes(); ++c)
    line(class_names[static_cast<std::size_t>(c)], class_score(matrix, c));
  line("macro avg", macro_average(matrix));
  line("weighted avg", weighted_average(matrix));
  text += "\nconfusion matrix (rows: true class, columns: predicted)\n";
  for (int a = 0; a < matrix.classes(); ++a) {
    print(text, "%*.60s", width, class_names[static_cast<std::size_t>(a)].c_str());
    for (int p = 0; p < matrix.classes(); ++p) print(text, " %5lld", static_cast<long long>(matrix.at(a, p)));
    text += "\n";
  }
  return text;
}

}  // namespace cnn
