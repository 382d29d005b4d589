#include "services/report/render/json/json_stat_renderer.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/report/model/layout.h"
#include "services/text/characters.h"

namespace welfare::report {
namespace {

constexpr std::string_view kYear = "survey_year";
constexpr std::string_view kMeasure = "value_kind";

// Valid UTF-8, as JSON asks.
std::string ValidUtf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    text::AppendCharacter(text::NextCharacter(text, at).value_or(0xFFFD), out);
  }
  return out;
}

std::string JsonText(std::string_view text) {
  std::string out;
  base::AppendJsonString(ValidUtf8(text), out);
  return out;
}

// Members or elements, put together with commas.
class JsonList {
 public:
  void Add(std::string_view element) {
    if (!text_.empty()) text_ += ',';
    text_ += element;
  }
  void Add(std::string_view key, std::string_view value) {
    Add(JsonText(key) + ":" + std::string(value));
  }
  std::string Object() const { return "{" + text_ + "}"; }
  std::string Array() const { return "[" + text_ + "]"; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// One measure of a table: its columns of this year and the year before.
struct StatMeasure {
  std::string key;
  std::string label;
  std::string unit;
  std::optional<std::size_t> now;
  std::optional<std::size_t> before;
  bool decimal = false;
};

std::vector<StatMeasure> StatMeasuresOf(const Table& table) {
  std::vector<StatMeasure> measures;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    if (column.kind != Column::Kind::kNumber) continue;
    const bool previous = IsOfPreviousYear(column);
    const std::string key = MeasureKey(column);
    auto found = std::ranges::find(measures, key, &StatMeasure::key);
    if (found == measures.end()) {
      // Columns under the heading of a year are named by themselves.
      measures.push_back({key,
                          previous || HasPreviousYear(table)
                              ? column.label
                              : LabelWithGroup(column),
                          column.unit,
                          {},
                          {}});
      found = measures.end() - 1;
    }
    (previous ? found->before : found->now) = i;
    for (const TableRow& row : table.rows) {
      if (row.cells[i].data.find('.') != std::string::npos) {
        found->decimal = true;
      }
    }
  }
  return measures;
}

// A dimension: its label and its categories, in order.
std::string Dimension(std::string_view label,
                      const std::vector<std::pair<std::string, std::string>>& of,
                      std::string_view more = "") {
  JsonList index;
  JsonList labels;
  for (const auto& [key, words] : of) {
    index.Add(JsonText(key));
    labels.Add(key, JsonText(words));
  }
  return "{\"label\":" + JsonText(label) +
         ",\"category\":{\"index\":" + index.Array() +
         ",\"label\":" + labels.Object() + std::string(more) + "}}";
}

std::string TextsOf(const Table& table) {
  JsonList columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].kind != Column::Kind::kText) continue;
    JsonList rows;
    for (const TableRow& row : table.rows) {
      rows.Add(row.key, JsonText(row.cells[i].data));
    }
    columns.Add(table.columns[i].key,
                "{\"label\":" + JsonText(table.columns[i].label) +
                    ",\"rows\":" + rows.Object() + "}");
  }
  return columns.empty() ? std::string() : columns.Object();
}

std::string DataSet(const ReportModel& model, const Page& page,
                    const Figure& figure,
                    const std::vector<StatMeasure>& measures) {
  const Table& table = figure.table;
  const bool before = HasPreviousYear(table);
  std::vector<std::pair<std::string, std::string>> rows;
  for (const TableRow& row : table.rows) rows.emplace_back(row.key, row.label);
  std::vector<std::pair<std::string, std::string>> years = {
      {std::to_string(model.fiscal_year),
       std::to_string(model.fiscal_year) + "年度の調査"}};
  if (before) {
    const std::string last = std::to_string(model.fiscal_year - 1);
    years.emplace_back(last, last + "年度の調査");
  }
  std::vector<std::pair<std::string, std::string>> columns;
  JsonList units;
  for (const StatMeasure& measure : measures) {
    columns.emplace_back(measure.key, measure.label);
    units.Add(measure.key,
              "{\"label\":" + JsonText(measure.unit) + ",\"decimals\":" +
                  (measure.decimal ? "1" : "0") + "}");
  }

  JsonList values;
  JsonList statuses;
  std::size_t at = 0;
  for (const TableRow& row : table.rows) {
    for (std::size_t year = 0; year < years.size(); ++year) {
      for (const StatMeasure& measure : measures) {
        const auto column = year == 0 ? measure.now : measure.before;
        const TableCell* const cell =
            column.has_value() ? &row.cells[*column] : nullptr;
        values.Add(cell == nullptr || cell->data.empty() ? "null" : cell->data);
        if (cell != nullptr && !SymbolName(cell->symbol).empty()) {
          statuses.Add(std::to_string(at), JsonText(SymbolName(cell->symbol)));
        }
        ++at;
      }
    }
  }

  JsonList extension;
  extension.Add("figure", JsonText(figure.id));
  extension.Add("page", JsonText(page.label));
  extension.Add("base", JsonText(figure.base));
  extension.Add("referenceYear", JsonText(figure.year));
  extension.Add("multipleAnswer", figure.multiple_answer ? "true" : "false");
  extension.Add("synthetic", figure.synthetic ? "true" : "false");
  extension.Add("edition", JsonText(ToString(figure.edition)));
  if (!figure.restriction.empty()) {
    extension.Add("audience", JsonText(kStakeholdersDatum));
  }
  if (figure.has_previous) {
    extension.Add("previousSynthetic",
                  figure.previous_synthetic ? "true" : "false");
  }
  if (const std::string texts = TextsOf(table); !texts.empty()) {
    extension.Add("texts", texts);
  }

  JsonList set;
  set.Add("class", "\"dataset\"");
  set.Add("label", JsonText(CaptionOf(figure)));
  set.Add("source", JsonText(RunningTitle(model)));
  set.Add("updated", JsonText(model.date));
  JsonList notes;
  for (const std::string& note : figure.notes) notes.Add(JsonText(note));
  if (!notes.empty()) set.Add("note", notes.Array());
  set.Add("id", "[" + JsonText(table.row_key) + "," + JsonText(kYear) + "," +
                    JsonText(kMeasure) + "]");
  set.Add("size", "[" + std::to_string(rows.size()) + "," +
                      std::to_string(years.size()) + "," +
                      std::to_string(columns.size()) + "]");
  set.Add("role", "{\"time\":[" + JsonText(kYear) + "],\"metric\":[" +
                      JsonText(kMeasure) + "]}");
  JsonList dimensions;
  dimensions.Add(table.row_key, Dimension(table.row_label, rows));
  dimensions.Add(kYear, Dimension("調査年度", years));
  dimensions.Add(kMeasure,
                 Dimension("値の種類", columns, ",\"unit\":" + units.Object()));
  set.Add("dimension", dimensions.Object());
  set.Add("value", values.Array());
  if (!statuses.empty()) set.Add("status", statuses.Object());
  set.Add("extension", extension.Object());
  return set.Object();
}

}  // namespace

absl::StatusOr<std::string> JsonStatRenderer::Render(
    const ReportModel& model) const {
  JsonList sets;
  for (const Page& page : model.pages) {
    for (const auto& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr || figure->table.rows.empty()) continue;
      const std::vector<StatMeasure> measures = StatMeasuresOf(figure->table);
      if (measures.empty()) continue;
      sets.Add("\n" + DataSet(model, page, *figure, measures));
    }
  }
  JsonList extension;
  extension.Add("snapshot", JsonText(model.snapshot_id));
  extension.Add("mark", JsonText(ReportMark(model)));
  JsonList all;
  all.Add("version", "\"2.0\"");
  all.Add("class", "\"collection\"");
  all.Add("label", JsonText(DocumentTitle(model)));
  all.Add("source", JsonText(model.publisher));
  all.Add("updated", JsonText(model.date));
  if (const std::string_view banner = SyntheticBanner(model);
      !banner.empty()) {
    all.Add("note", "[" + JsonText(banner) + "]");
  }
  all.Add("extension", extension.Object());
  all.Add("link", "{\"item\":" + sets.Array() + "}");
  return all.Object() + "\n";
}

}  // namespace welfare::report
