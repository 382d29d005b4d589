#include "services/report/render/csv/csv_renderer.h"

#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/render/csv/recompute_script.h"
#include "services/report/render/csv/zip_archive.h"
#include "services/text/csv.h"
#include "services/text/encoding.h"

namespace welfare::report {
namespace {

constexpr text::CsvWriteOptions kOptions = {.line_end = "\r\n",
                                            .neutralize_formulas = true};

constexpr const char* kAudienceColumn = "audience";

// Where the CP932 twins of the files lie.
constexpr const char* kTwinFolder = "cp932/";

std::string Mark(bool synthetic) { return synthetic ? "1" : "0"; }

std::string TableCsv(const Figure& figure) {
  std::string out;
  std::vector<std::string> header = {"figure", "synthetic", "edition"};
  if (figure.has_previous) header.emplace_back("previous_synthetic");
  header.push_back(figure.table.row_key);
  header.push_back(figure.table.row_key + "_label");
  for (const Column& column : figure.table.columns) {
    header.push_back(column.key);
  }
  header.emplace_back("symbols");
  // Behind all that programs of earlier files know.
  const bool restricted = !figure.restriction.empty();
  if (restricted) header.emplace_back(kAudienceColumn);
  text::AppendCsvRecord(out, header, kOptions);
  for (const TableRow& row : figure.table.rows) {
    std::vector<std::string> record = {figure.id, Mark(figure.synthetic),
                                       std::string(ToString(figure.edition))};
    if (figure.has_previous) record.push_back(Mark(figure.previous_synthetic));
    record.push_back(row.key);
    record.push_back(row.label);
    std::string symbols;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const TableCell& cell = row.cells[i];
      record.push_back(cell.data);
      const std::string name = SymbolName(cell.symbol);
      if (name.empty()) continue;
      if (!symbols.empty()) symbols += ' ';
      symbols += figure.table.columns[i].key + "=" + name;
    }
    record.push_back(std::move(symbols));
    if (restricted) record.emplace_back(kStakeholdersDatum);
    text::AppendCsvRecord(out, record, kOptions);
  }
  return out;
}

}  // namespace

std::string CsvRenderer::fingerprint() const { return "csv 5 " + ZipLibrary(); }

absl::StatusOr<std::string> CsvRenderer::Render(
    const ReportModel& model) const {
  const std::string prefix = FilePrefix(model);
  std::vector<ArchiveFile> files;
  std::vector<ArchiveFile> twins;
  std::string dictionary;
  const std::vector<std::string> header = {"file",
                                           "page",
                                           "figure",
                                           "title",
                                           "base",
                                           "year",
                                           "multiple_answer",
                                           "column",
                                           "column_label",
                                           "column_type",
                                           "notes",
                                           "synthetic",
                                           "previous_synthetic",
                                           "numerator",
                                           "denominator",
                                           "denominator_row",
                                           "cp932"};
  text::AppendCsvRecord(dictionary, header, kOptions);
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      const std::string file = prefix + figure->id + ".csv";
      std::string notes;
      for (const std::string& note : figure->notes) {
        if (!notes.empty()) notes += " ";
        notes += note;
      }
      std::string table = TableCsv(*figure);
      const absl::StatusOr<std::string> twin = text::EncodeCp932(table);
      const auto describe = [&](std::string key, std::string label,
                                std::string type,
                                const ShareSource& source = {}) {
        const std::vector<std::string> record = {
            file,
            page.label,
            figure->id,
            figure->title,
            figure->base,
            figure->year,
            figure->multiple_answer ? "1" : "0",
            std::move(key),
            std::move(label),
            std::move(type),
            notes,
            Mark(figure->synthetic),
            figure->has_previous ? Mark(figure->previous_synthetic) : "",
            source.numerator,
            source.denominator,
            source.numerator.empty() || !source.denominator.empty()
                ? ""
                : std::string(kBaseRow),
            Mark(twin.ok())};
        text::AppendCsvRecord(dictionary, record, kOptions);
      };
      describe("figure", "図表の番号", "text");
      describe("synthetic", "架空データ（1）か実際のデータ（0）か", "number");
      describe("edition",
               "速報（PROVISIONAL）、確報（FINAL）、訂正（CORRECTED）のどれか",
               "text");
      if (figure->has_previous) {
        describe("previous_synthetic",
                 "前回の値が架空データ（1）か実際のデータ（0）か", "number");
      }
      describe(figure->table.row_key, figure->table.row_label + "の符号",
               "text");
      describe(figure->table.row_key + "_label", figure->table.row_label,
               "text");
      for (const Column& column : figure->table.columns) {
        describe(column.key,
                 LabelWithGroup(column),
                 column.kind == Column::Kind::kNumber ? "number" : "text",
                 ShareSourceOf(figure->table, column).value_or(ShareSource()));
      }
      describe("symbols", "数値の代わり、または数値に付く記号（列=種類）",
               "text");
      if (!figure->restriction.empty()) {
        describe(kAudienceColumn, "関係者限り（STAKEHOLDERS）", "text");
      }
      files.push_back({file, std::move(table)});
      // The same text for programs that know no UTF-8, if CP932 has it all.
      if (twin.ok()) twins.push_back({kTwinFolder + file, *twin});
    }
  }
  const std::string name = prefix + "dictionary.csv";
  if (const auto twin = text::EncodeCp932(dictionary); twin.ok()) {
    twins.insert(twins.begin(), {kTwinFolder + name, *twin});
  }
  files.insert(files.begin(), {name, std::move(dictionary)});
  files.push_back(
      {std::string(kRecomputeName), std::string(kRecomputeScript)});
  files.insert(files.end(), std::make_move_iterator(twins.begin()),
               std::make_move_iterator(twins.end()));
  return MakeZipArchive(files);
}

}  // namespace welfare::report
