#include "services/report/render/xlsx/xlsx_renderer.h"

#include <xlsxwriter.h>
#include <zlib.h>

#include <memory>

#include "services/base/error.h"
#include "services/report/model/layout.h"
#include "services/report/render/xlsx/data_sheets.h"
#include "services/report/render/xlsx/readable_sheets.h"
#include "services/report/render/xlsx/workbook.h"

namespace welfare::report {

std::string XlsxRenderer::fingerprint() const {
  return "xlsx 4 libxlsxwriter " + std::string(lxw_version()) + " zlib " +
         zlibVersion();
}

absl::StatusOr<std::string> XlsxRenderer::Render(
    const ReportModel& model) const {
  WELFARE_ASSIGN_OR_RETURN(
      const std::unique_ptr<Workbook> book,
      Workbook::Open({.title = DocumentTitle(model),
                      .subject = model.subtitle,
                      .author = model.synthetic ? "" : model.publisher,
                      .date = model.date}));
  WriteReadableSheets(model, *book);
  WriteDataSheets(model, *book);
  return book->Finish();
}

}  // namespace welfare::report
