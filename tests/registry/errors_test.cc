#include "services/registry/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "services/base/pages/page.h"
#include "services/platform/errors.h"
#include "services/registry/faults.h"
#include "tests/registry/samples.h"

namespace welfare::registry {
namespace {

// Every failure of errors.h and every fault of faults.h, once.
std::vector<absl::Status> AllErrors() {
  const absl::Status cause = base::MakeError(absl::StatusCode::kInvalidArgument,
                                             "NAME_FORMAT", "No such name.");
  return {
      NameInvalid("name", "x", cause),
      NameInvalid("name", "municipalities/131015",
                  base::MunicipalityCode::Parse("131015").status()),
      NameInvalid("text", "160008",
                  base::MunicipalityCode::Parse("160008").status()),
      NameInvalid("name", "municipalities/13101",
                  base::MunicipalityCode::Parse("13101").status()),
      VersionNegative("data_version", -1),
      platform::StoreRestored("registry", "x", 1),
      CsvSubjectColumns(std::vector<std::string_view>{"code", "code5"}, cause),
      TransactionMixed("Do not."),
      FileTooLarge("records", 200000),
      RejectsTokenInvalid(),
      FiscalYearInvalid("fiscal_year", 1),
      BoundariesBackward(Year(2025), Year(2024)),
      BatchSize(0, 1000),
      MunicipalityInvalid({{"municipality.kana", "KANA_INVALID", "Mend it."}}),
      MaskInvalid("code"),
      LineageInvalid({{"lineage_event.kind", "VALUE_MISSING", "Mend it."}}),
      NameAmbiguous("府中市", {"132063", "342084"}),
      ProgramsInvalid({}, cause),
      YearBeforeProgram("jusou", Year(2021), Year(2020)),
      ReasonRequired("reason"),
      NameMismatch("municipalities/131016", "municipalities/131024"),
      BandInvalid("x y"),
      OperationInvalid("drop", "delete"),
      LineageShape("merger", "A merger has two predecessors or more"),
      LineageCreated("Do not."),
      MunicipalityNotInYear(Code("131016"), "FY2005 to FY2020", Year(2025)),
      NameUnknown("青ガ島村", {"青ヶ島村"}),
      ProgramUnknown("jusoh", "jusou"),
      StatusNotFound("jusou", Code("131016"), Year(2025)),
      LineageEventNotFound(1),
      LineageInUse(1, Code("131016")),
      MunicipalityExists(Code("131016")),
      EtagMismatch("municipalities/131016", "\"1\"", "\"2\""),
      MunicipalityInUse(Code("131016")),
      StatusAfterEnd(Code("131016"), Year(2026)),
      KnownAtAndVersion(),
      base::Page::Read(-1, "", "").status(),
      base::PageTokenInvalid(),
      FilterInvalid("area", "x"),
      StatusInvalid({{"status_record.note", "TEXT_INVALID", "Mend it."}}),
      CsvInvalid(cause),
      FirstLineInvalid(-1),
      RequestIdInvalid("a b"),
      MunicipalityTypeUnknown("ward"),
      AreaUnknown("x", kAreas),
      ImplementingInvalid("x"),
      PreparationInvalid("x"),
      PreparationWhileImplementing(),
      YesNoInvalid("x"),
      ProgramInvalid("重層"),
      ProgramMismatch("programs/a", "programs/b"),
      ValueMissing(),
      TextInvalid(200),
      KanaInvalid("x"),
      CellCount(1, 2),
      DuplicateRecord(2),
      MunicipalityNotFound(Code("131016"), 1),
      ProgramNotFound("x", 1),
      CodeRetired(Code("131016")),
      CodeNoLongerHeld(Code("403059"), Year(2018), Code("402311")),
      CorrectionReasonRequired(Year(2025), "no", "unknown"),
      TransitionUnlawful(Year(2024), "yes", Year(2025), "no"),
      VersionNotReached("data_version", 2, 1),
      KnownAtInFuture(Time("2030-01-01T00:00:00Z"),
                      Time("2025-01-01T00:00:00Z")),
      MinVersionNotReached(2, 1),
      KnownAtNotSettled(Time("2025-01-01T00:00:00Z")),
      HistoryGap(1, 3),
      StoredValueInvalid("code", cause),
  };
}

// Reasons are part of the API: a changed line here is a changed API.
TEST(RegistryErrors, AgreeWithTheGoldenListOfReasons) {
  std::set<std::string> lines;
  for (const absl::Status& error : AllErrors()) {
    lines.insert(absl::StatusCodeToString(error.code()) + " " +
                 base::ReasonOf(error));
  }
  std::string actual;
  for (const std::string& line : lines) actual += line + "\n";
  const char* root = std::getenv("WELFARE_SOURCE_DIR");
  const std::string path = std::string(root == nullptr ? "." : root) +
                           "/tests/registry/golden/reasons.txt";
  if (std::getenv("WELFARE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(in),
                           std::istreambuf_iterator<char>()};
  EXPECT_EQ(actual, golden);
}

TEST(RegistryErrors, SayWhatToDoInOneSentence) {
  for (const absl::Status& error : AllErrors()) {
    const std::string reason = base::ReasonOf(error);
    EXPECT_FALSE(reason.empty()) << error;
    EXPECT_LE(reason.size(), 63U);
    EXPECT_TRUE(base::MessageOf(error).ends_with('.')) << error;
  }
}

}  // namespace
}  // namespace welfare::registry
