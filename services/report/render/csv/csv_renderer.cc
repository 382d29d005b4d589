#include "services/report/render/csv/csv_renderer.h"

#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/render/csv/zip_archive.h"
#include "services/text/csv.h"

namespace welfare::report {
namespace {

constexpr text::CsvWriteOptions kOptions = {.line_end = "\r\n",
                                            .neutralize_formulas = true};

std::string Mark(bool synthetic) { return synthetic ? "1" : "0"; }

std::string TableCsv(const Figure& figure) {
  std::string out;
  std::vector<std::string> header = {"figure", "synthetic"};
  if (figure.has_previous) header.emplace_back("previous_synthetic");
  header.push_back(figure.table.row_key);
  header.push_back(figure.table.row_key + "_label");
  for (const Column& column : figure.table.columns) {
    header.push_back(column.key);
  }
  header.emplace_back("symbols");
  text::AppendCsvRecord(out, header, kOptions);
  for (const TableRow& row : figure.table.rows) {
    std::vector<std::string> record = {figure.id, Mark(figure.synthetic)};
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
    text::AppendCsvRecord(out, record, kOptions);
  }
  return out;
}

}  // namespace

std::string CsvRenderer::fingerprint() const { return "csv 2 " + ZipLibrary(); }

absl::StatusOr<std::string> CsvRenderer::Render(
    const ReportModel& model) const {
  const std::string prefix(FilePrefix(model));
  std::vector<ArchiveFile> files;
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
                                           "previous_synthetic"};
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
      const auto describe = [&](std::string key, std::string label,
                                std::string type) {
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
            figure->has_previous ? Mark(figure->previous_synthetic) : ""};
        text::AppendCsvRecord(dictionary, record, kOptions);
      };
      describe("figure", "図表の番号", "text");
      describe("synthetic", "架空データ（1）か実際のデータ（0）か", "number");
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
                 column.kind == Column::Kind::kNumber ? "number" : "text");
      }
      describe("symbols", "数値の代わり、または数値に付く記号（列=種類）",
               "text");
      files.push_back({file, TableCsv(*figure)});
    }
  }
  files.insert(files.begin(),
               {prefix + "dictionary.csv", std::move(dictionary)});
  return MakeZipArchive(files);
}

}  // namespace welfare::report
