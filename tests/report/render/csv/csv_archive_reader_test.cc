// What an archive holds is what the report's tables hold.
#include "services/report/render/csv/csv_archive_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/render/csv/csv_renderer.h"
#include "services/report/render/csv/zip_archive.h"
#include "tests/report/model/pages/built_report.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

TEST(CsvArchiveReader, ReadsEveryCellOfEveryTable) {
  const ReportModel model =
      testing::Build(SmallSnapshot());
  const auto archive = CsvRenderer().Render(model);
  ASSERT_OK(archive);
  const auto cells = ReadCsvArchive(*archive);
  ASSERT_OK(cells);
  std::size_t at = 0;
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      for (const TableRow& row : figure->table.rows) {
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
          ASSERT_LT(at, cells->size());
          const PrintedCell& cell = (*cells)[at++];
          EXPECT_EQ(cell.figure, figure->id);
          EXPECT_EQ(cell.title, figure->title);
          EXPECT_EQ(cell.page, page.label);
          EXPECT_EQ(cell.row, row.key);
          EXPECT_EQ(cell.column, figure->table.columns[i].key);
          EXPECT_EQ(cell.column_label,
                    LabelWithGroup(figure->table.columns[i]));
          EXPECT_EQ(cell.symbol, SymbolName(row.cells[i].symbol));
          if (figure->table.columns[i].kind == Column::Kind::kNumber) {
            EXPECT_EQ(cell.datum, row.cells[i].data);
          }
        }
      }
    }
  }
  EXPECT_EQ(at, cells->size());
  EXPECT_GT(at, 100U);
}

TEST(CsvArchiveReader, RefusesWhatIsNoArchiveOfAReport) {
  EXPECT_STATUS(ReadCsvArchive("PK"), absl::StatusCode::kInternal,
                "RENDER_FAILED");
  EXPECT_STATUS(ReadCsvArchive(""), absl::StatusCode::kInternal,
                "RENDER_FAILED");
  const auto other = MakeZipArchive({{"dictionary.csv", "a,b\r\n1,2\r\n"}});
  ASSERT_OK(other);
  EXPECT_STATUS(ReadCsvArchive(*other), absl::StatusCode::kInternal,
                "RENDER_FAILED");
  const auto lacking = MakeZipArchive(
      {{"dictionary.csv",
        "file,page,figure,title,column,column_label\r\n"
        "x.csv,1,x,X,count,C\r\n"}});
  ASSERT_OK(lacking);
  EXPECT_STATUS(ReadCsvArchive(*lacking), absl::StatusCode::kInternal,
                "RENDER_FAILED");
}

}  // namespace
}  // namespace welfare::report
