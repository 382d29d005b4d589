// The reasons of the service as a list people review: they are part of the API.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "services/base/pages/page.h"
#include "services/indicator/errors.h"
#include "services/platform/errors.h"

namespace welfare::indicator {
namespace {

TEST(Reasons, AreTheOnesOfTheGoldenList) {
  const std::vector<absl::Status> all = {
      IndicatorNotFound("x"),
      SurveyNotFound("x"),
      RoundNotFound("x"),
      CodebookNotFound("x"),
      CellUnknown("x", "y", {"z"}),
      NameInvalid("name", "x", absl::OkStatus()),
      base::Page::Read(-1, "", "").status(),
      base::PageTokenInvalid(),
      BasisUnknown(9),
      VersionNegative("data_version", -1),
      ItemNotInRound("x", {}),
      RoundNotOpened("x"),
      platform::StoreRestored("x", "y", 1),
      VersionNotReached("x", 2, 1),
      MinVersionNotReached(2, 1),
      SurveyUnavailable("x"),
      RegistryUnavailable("x"),
      ColumnsInvalid({}),
      FiguresInconsistent("x", "y"),
      PeerAnswerInvalid("x", "y"),
      DefinitionInvalid({})};
  std::vector<std::string> lines;
  for (const absl::Status& status : all) {
    lines.push_back(absl::StatusCodeToString(status.code()) + " " +
                    base::ReasonOf(status));
  }
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";

  const std::string file = std::string(std::getenv("WELFARE_SOURCE_DIR")) +
                           "/tests/indicator/golden/reasons.txt";
  if (std::getenv("WELFARE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file) << text;
  }
  std::ostringstream golden;
  golden << std::ifstream(file).rdbuf();
  EXPECT_EQ(golden.str(), text);
}

}  // namespace
}  // namespace welfare::indicator
