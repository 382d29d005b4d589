// The formats of the report of 20 pages, and beside them bare runs of the
// libraries that write them: the same texts and shapes by Pango and Cairo, the
// same cells and charts by libxlsxwriter. Prints one JSON object.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/pdf/pdf_renderer.h"
#include "services/report/render/xlsx/xlsx_renderer.h"
#include "services/report/sheets/book.h"
#include "tests/bench/bare_documents.h"
#include "tests/bench/flags.h"
#include "tests/report/sample_snapshot.h"

namespace welfare::bench {
namespace {

using report::ReportModel;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

int Fail(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  return 1;
}

// Writes a document once to warm up, then `times` times; prints the median and
// the size. 0 bytes: it cannot be written.
int Time(int times, const std::function<std::string()>& write) {
  const std::size_t size = write().size();
  if (size == 0) return Fail("nothing was written");
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (write().size() != size) return Fail("two runs differ");
    seconds.push_back(SecondsSince(start));
  }
  std::ranges::sort(seconds);
  std::printf("{\"seconds\": %.9f, \"bytes\": %zu}\n",
              seconds[seconds.size() / 2], size);
  return 0;
}

std::string BytesOf(const report::Renderer& renderer,
                    const ReportModel& model) {
  return renderer.Render(model).value_or("");
}

int Main(int argc, char** argv) {
  std::string task, source = ".", out, cells;
  int times = 20;
  if (const auto end = ReadFlags(
          "Formats of a report, and bare runs of the libraries behind them.",
          {{"--task", "files, pdf, bare-pdf, xlsx or bare-xlsx", &task, true},
           {"--source", "Folder of the source tree", &source},
           {"--out", "Folder for the files, of files", &out},
           {"--cells", "Cells to write, of bare-xlsx", &cells},
           {"--times", "How often it is written", &times}},
          argc, argv)) {
    return *end;
  }
  if (task == "bare-xlsx") {
    const std::vector<BareSheet> sheets = ReadBareSheets(cells);
    return Time(times, [&] { return BareWorkbook(sheets); });
  }
  // The sample reads the questionnaire from there.
  setenv("WELFARE_SOURCE_DIR", source.c_str(), 1);
  const auto templates =
      report::LoadTemplates(source + "/services/report/data");
  if (!templates.ok()) return Fail(base::MessageOf(templates.status()));
  const auto font = report::LoadPrintFont();
  if (!font.ok()) return Fail(base::MessageOf(font.status()));
  const ReportModel model = report::BuildReport(
      templates->at("jusou"), report::QuestionnaireSnapshot(), "0123456789ab");
  const report::PdfRenderer pdf(*font);
  const report::XlsxRenderer xlsx;
  if (task == "files") {
    const std::filesystem::path folder = out;
    std::ofstream(folder / "report.html", std::ios::binary)
        << BytesOf(report::HtmlRenderer(), model);
    std::ofstream(folder / "report.xlsx", std::ios::binary)
        << BytesOf(xlsx, model);
    std::ofstream(folder / "report.pdf", std::ios::binary)
        << BytesOf(pdf, model);
    std::puts("{}");
    return 0;
  }
  if (task == "pdf") return Time(times, [&] { return BytesOf(pdf, model); });
  if (task == "xlsx") return Time(times, [&] { return BytesOf(xlsx, model); });
  if (task == "bare-pdf") {
    const auto book = report::LayOutBook(model);
    if (!book.ok()) return Fail(base::MessageOf(book.status()));
    return Time(times, [&] { return BarePdf(*book); });
  }
  return Fail("there is no such task");
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
