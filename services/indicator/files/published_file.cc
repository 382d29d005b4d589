#include "services/indicator/files/published_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "services/indicator/files/numbers.h"
#include "services/text/csv.h"

namespace welfare::indicator {
namespace {

using base::Violation;

std::vector<std::string> Split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(by);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

// The check that a file names in small letters: `option_list`.
std::optional<Check> FindCheck(std::string_view text) {
  for (const auto& [check, name] : vocabulary::kChecks) {
    const auto small = [](char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    };
    if (std::ranges::equal(text, name, {}, {}, small)) return check;
  }
  return std::nullopt;
}

}  // namespace

std::vector<PublishedFigure> ReadPublishedFigures(
    const std::string& csv, const std::string& where,
    std::vector<Violation>& violations) {
  constexpr std::array<std::string_view, 19> kColumns = {
      "figure_id",   "statement_id", "reading",
      "check",       "round_fy",     "reference_fy",
      "item_id",     "cell",         "page",
      "label",       "population",   "numerator",
      "denominator", "value",        "value_as_published",
      "kind",        "lower_bound",  "upper_bound",
      "wording"};
  constexpr std::array<std::string_view, 0> kOptional = {};
  std::vector<PublishedFigure> figures;
  const auto records = text::ReadCsv(csv);
  if (!records.ok() || records->empty()) {
    violations.push_back(
        {where, "CSV", "The file is no CSV with a header line."});
    return figures;
  }
  const auto header =
      text::CsvHeader::Make(records->front(), kColumns, kOptional, true);
  if (!header.ok()) {
    const auto details = base::GetErrorDetails(header.status());
    for (const Violation& violation : details->violations) {
      violations.push_back({where, violation.reason,
                            violation.field + ": " + violation.description});
    }
    return figures;
  }
  for (const text::CsvRecord& record : std::span(*records).subspan(1)) {
    const std::string line = where + " line " + std::to_string(record.line);
    if (record.cells.size() != header->size()) {
      violations.push_back({line, "CSV_CELLS", "Cells are missing or extra."});
      continue;
    }
    const auto cell = [&](std::size_t i) {
      return std::string(header->required(record, i));
    };
    const auto number = [&](std::size_t i) -> std::optional<std::int64_t> {
      const std::string text = cell(i);
      if (text.empty()) return std::nullopt;
      const auto read = ParseInteger(text);
      if (!read.has_value()) {
        violations.push_back(
            {line, "NUMBER",
             "`" + std::string(kColumns[i]) + "` is no number: " + text + "."});
      }
      return read;
    };
    PublishedFigure figure;
    figure.figure_id = cell(0);
    figure.statement_id = cell(1);
    figure.reading = cell(2);
    const auto check = FindCheck(cell(3));
    if (!check.has_value()) {
      violations.push_back({line, "CHECK", "No such check: " + cell(3) + "."});
    }
    figure.check = check.value_or(Check::kEditorial);
    figure.round_year = static_cast<int>(number(4).value_or(0));
    figure.reference_year = static_cast<int>(number(5).value_or(0));
    figure.items = Split(cell(6), '|');
    figure.cells = Split(cell(7), '|');
    figure.page = static_cast<int>(number(8).value_or(0));
    figure.label = cell(9);
    figure.populations = Split(cell(10), ' ');
    figure.numerator = number(11);
    figure.denominator = number(12);
    figure.value = cell(13);
    figure.value_as_published = cell(14);
    figure.kind = cell(15);
    figure.lower_bound = number(16);
    figure.upper_bound = number(17);
    figure.wording = cell(18);
    figure.claim = ClaimOf(figure);
    figures.push_back(std::move(figure));
  }
  return figures;
}

}  // namespace welfare::indicator
