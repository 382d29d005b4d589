#include "services/report/errors.h"
#include "services/base/pages/page.h"
#include "services/platform/errors.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/report/sample_snapshot.h"

namespace welfare::report {
namespace {

// Reasons are part of the API: a changed line here is a changed API.
TEST(ReportErrors, AgreeWithTheGoldenListOfReasons) {
  const std::vector<absl::Status> all = {
      ReportInvalid({}),
      FormatUnknown("reports/x", "docx", "html"),
      base::Page::Read(-1, "", "").status(),
      base::PageTokenInvalid(),
      ReportNotFound("reports/x"),
      TemplateNotFound("x"),
      RoundNotFound("x"),
      VersionNotReached("x", 2),
      RoundNotOpened("x"),
      platform::StoreRestored("x", "y", 1),
      CodebookNameInvalid("x"),
      CodebookNotFound("x"),
      TemplateInvalid("x", {}),
      PeerUnavailable("indicator", "x"),
      PeerUnavailable("survey", "x"),
      PeerUnavailable("registry", "x"),
      PeerAnswerInvalid("survey", "x"),
      RenderFailed("zip", "x"),
      RoundMoved("x"),
      ShuttingDown()};
  std::set<std::string> lines;
  for (const absl::Status& status : all) {
    lines.insert(absl::StatusCodeToString(status.code()) + " " +
                 base::ReasonOf(status));
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  const std::string path = "tests/report/golden/reasons.txt";
  if (std::getenv("WELFARE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(std::getenv("WELFARE_SOURCE_DIR")) + "/" + path)
        << text;
  }
  EXPECT_EQ(ReadSource(path), text);
}

}  // namespace
}  // namespace welfare::report
