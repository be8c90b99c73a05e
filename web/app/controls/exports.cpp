#include "web/app/controls/exports.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

/// A number as spreadsheets read it; empty if not finite.
std::string plain(double value) { return std::isfinite(value) ? cnn::to_text(value) : std::string(); }
std::string plain(const std::optional<double>& value) { return value ? plain(*value) : std::string(); }

/// A CSV cell, quoted if necessary.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// From white to a color by the square root of the share, as on the page.
std::string shade(double share, bool right) {
  const double strength = std::sqrt(std::clamp(share, 0.0, 1.0));
  const auto channel = [&](int full) { return static_cast<int>(std::lround(245 + (full - 245) * strength)); };
  char text[8];
  if (right)
    std::snprintf(text, sizeof text, "#%02x%02x%02x", channel(0x00), channel(0x72), channel(0xB2));
  else
    std::snprintf(text, sizeof text, "#%02x%02x%02x", channel(0xC6), channel(0x53), channel(0x00));
  return text;
}

}  // namespace

std::string history_csv(const Run& run) {
  std::string csv = "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds,images_per_second\n";
  for (const HistoryRow& row : run.history)
    csv += std::to_string(row.epoch) + "," + plain(row.loss) + "," + plain(row.accuracy) + "," +
           plain(row.val_loss) + "," + plain(row.val_accuracy) + "," + plain(row.learning_rate) + "," +
           plain(row.seconds) + "," + plain(row.images_per_second) + "\n";
  return csv;
}

std::string runs_csv(const std::vector<Run>& runs, const std::vector<std::string>& settings) {
  std::string csv =
      "run,settings,data,parameters,epochs,seconds,loss,accuracy,val_loss,val_accuracy,best_val_accuracy\n";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    const HistoryRow last = run.history.empty() ? HistoryRow() : run.history.back();
    double seconds = 0;
    std::optional<double> best;
    for (const HistoryRow& row : run.history) {
      seconds += row.seconds;
      if (row.val_accuracy && (!best || *row.val_accuracy > *best)) best = row.val_accuracy;
    }
    csv += cell(run.name) + "," + cell(i < settings.size() ? settings[i] : "") + "," + cell(run.data) + "," +
           plain(run.parameters) + "," + std::to_string(last.epoch) + "," + plain(seconds) + "," +
           plain(last.loss) + "," + plain(last.accuracy) + "," + plain(last.val_loss) + "," +
           plain(last.val_accuracy) + "," + plain(best) + "\n";
  }
  return csv;
}

std::string norms_csv(const Run& run) {
  std::string csv = "epoch";
  for (const LayerCurves& curves : run.norms)
    csv += "," + cell(curves.layer + " weights") + "," + cell(curves.layer + " gradient");
  csv += "\n";
  // All layers' curves are thinned in the same way, so they have the same x values.
  for (std::size_t i = 0; !run.norms.empty() && i < run.norms[0].weights.size(); ++i) {
    csv += plain(run.norms[0].weights[i].x);
    for (const LayerCurves& curves : run.norms)
      csv += i < curves.weights.size() ? "," + plain(curves.weights[i].y) + "," + plain(curves.gradient[i].y)
                                       : ",,";
    csv += "\n";
  }
  return csv;
}

std::string scores_csv(const Evaluation& e) {
  std::string csv = "class,precision,recall,f1,pictures\n";
  for (const NamedScore& score : e.per_class)
    csv += cell(score.name) + "," + plain(score.precision) + "," + plain(score.recall) + "," +
           plain(score.f1) + "," + plain(score.support) + "\n";
  return csv;
}

std::string run_json(const Run& run) {
  Json json;
  json["name"] = run.name;
  json["data"] = run.data;
  json["fit"] = run.fit;
  json["model"] = run.config;
  Json rows = Json::array();
  for (const HistoryRow& row : run.history) rows.push_back(history_row_json(row));
  json["history"] = std::move(rows);
  const auto pairs = [](const std::vector<Point>& points) {
    Json list = Json::array();
    for (const Point& p : points) list.push_back(Json::array({p.x, p.y}));
    return list;
  };
  for (const LayerCurves& curves : run.norms)
    json["norms"][curves.layer] =
        Json::object({{"weights", pairs(curves.weights)}, {"gradient", pairs(curves.gradient)}});
  return json.dump(2) + "\n";
}

std::string matrix_csv(const Evaluation& e, const std::vector<std::string>& names) {
  std::string csv = "true \\ predicted";
  for (int i = 0; i < e.classes; ++i) csv += "," + cell(name_of(names, i));
  csv += "\n";
  for (int actual = 0; actual < e.classes; ++actual) {
    csv += cell(name_of(names, actual));
    for (int predicted = 0; predicted < e.classes; ++predicted)
      csv += "," + std::to_string(e.at(actual, predicted));
    csv += "\n";
  }
  return csv;
}

std::string matrix_svg(const Evaluation& e, const std::vector<std::string>& names, int shown) {
  constexpr int kCell = 48, kLeft = 110, kTop = 90;
  const std::string width = std::to_string(kLeft + kCell * e.classes + 20),
                    height = std::to_string(kTop + kCell * e.classes + 40);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
                    "\" viewBox=\"0 0 " + width + " " + height +
                    "\" font-family=\"Roboto, Arial, sans-serif\" font-size=\"13\">\n<rect width=\"100%\" "
                    "height=\"100%\" fill=\"#fff\"/>\n";
  const auto text = [&](int x, int y, const char* anchor, const std::string& words, const char* color) {
    svg += "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" + anchor +
           "\" fill=\"" + color + "\">" + escaped(words) + "</text>\n";
  };
  text(kLeft, 24, "start",
       "Confusion matrix" + after_epoch(e.epoch) + ", accuracy " + percent_text(e.accuracy), "#1a2230");
  text(kLeft - 8, kTop - 8, "end", "true label", "#566174");
  text(kLeft + kCell * e.classes / 2, kTop + kCell * e.classes + 24, "middle", "predicted label", "#566174");
  for (int i = 0; i < e.classes; ++i) {
    const int along = kCell * i + kCell / 2;
    svg += "<text transform=\"translate(" + std::to_string(kLeft + along) + " " + std::to_string(kTop - 8) +
           ") rotate(-35)\" fill=\"#566174\">" + escaped(name_of(names, i)) + "</text>\n";
    text(kLeft - 8, kTop + along + 5, "end", name_of(names, i), "#566174");
  }
  for (int actual = 0; actual < e.classes; ++actual)
    for (int predicted = 0; predicted < e.classes; ++predicted) {
      const int whole = shown == 2 ? e.column_sum(predicted) : e.row_sum(actual);
      const double share = whole > 0 ? static_cast<double>(e.at(actual, predicted)) / whole : 0;
      const int x = kLeft + kCell * predicted, y = kTop + kCell * actual;
      svg += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
             "\" width=\"46\" height=\"46\" rx=\"3\" fill=\"" + shade(share, actual == predicted) + "\"/>\n";
      char words[16];
      std::snprintf(words, sizeof words, shown == 3 ? "(%.2f)" : "%.2f", share);
      const char* ink = actual == predicted && share > 0.5 ? "#ffffff" : "#1a2230";
      const std::string count = std::to_string(e.at(actual, predicted));
      text(x + 23, y + (shown == 3 ? 21 : 28), "middle", shown == 0 || shown == 3 ? count : words, ink);
      if (shown == 3) text(x + 23, y + 37, "middle", words, ink);
    }
  return svg + "</svg>\n";
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

std::string file_name(std::string_view title) {
  std::string name;
  for (const char c : title) {
    const auto letter = static_cast<unsigned char>(c);
    if (letter < 128 && std::isalnum(letter) != 0)
      name += static_cast<char>(std::tolower(letter));
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "playground" : name;
}

}  // namespace playground
