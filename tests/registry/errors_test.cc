#include "services/registry/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/error_table.h"
#include "services/registry/faults.h"
#include "services/registry/municipality/municipality.h"
#include "tests/registry/samples.h"
#include "tests/support/golden.h"

namespace welfare::registry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Every failure of errors.h and every fault of faults.h, once.
std::vector<absl::Status> AllErrors() {
  const absl::Status cause =
      base::MakeError({"NAME_FORMAT", absl::StatusCode::kInvalidArgument,
                       "No such name.", "その名前はありません。"});
  return {
      NameInvalid("name", "x", cause),
      VersionNegative("data_version", -1),
      TransactionMixed(),
      FiscalYearInvalid("fiscal_year", 1),
      BoundariesBackward(Year(2025), Year(2024)),
      BatchSize(0, 1000),
      MunicipalityInvalid({base::ViolationOf("municipality.kana", cause)}),
      MaskInvalid("code"),
      LineageInvalid({base::ViolationOf("lineage_event.kind", ValueMissing())}),
      NameAmbiguous("府中市", {"132063", "342084"}),
      ProgramsInvalid({}, cause),
      YearBeforeProgram("jusou", Year(2021), Year(2020)),
      ReasonRequired("reason"),
      NameMismatch("municipalities/131016", "municipalities/131024"),
      BandInvalid("x y"),
      OperationInvalid("drop", "delete"),
      LineageShape("merger"),
      LineageCreated(),
      MunicipalityNotInYear(Code("131016"), Year(2005), Year(2020), Year(2025)),
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
      FilterInvalid("area", "x"),
      StatusInvalid({base::ViolationOf("status_record.note", cause)}),
      MunicipalityTypeUnknown("ward"),
      AreaUnknown("x", kAreas),
      ImplementingInvalid("x"),
      PreparationInvalid("x"),
      PreparationWhileImplementing(),
      ProgramInvalid("重層"),
      ProgramMismatch("programs/a", "programs/b"),
      ValueMissing(),
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
  for (const base::ErrorRow& row : kErrorTable) {
    lines.insert(support::ReasonLine(row.code, row.reason));
  }
  for (const base::ViolationRow& row : kViolationTable) {
    lines.insert("INVALID_ARGUMENT " + std::string(row.reason));
  }
  support::ExpectGolden("tests/registry/golden/reasons.txt", lines);
}

TEST(RegistryErrors, MakeEveryRowOfTheTables) {
  std::set<std::string> made;
  for (const absl::Status& error : AllErrors()) {
    const base::ErrorDetails details = base::GetErrorDetails(error).value();
    made.insert(details.reason);
    for (const auto& violation : details.violations) {
      made.insert(violation.reason);
    }
    for (const auto& needed : details.preconditions) made.insert(needed.type);
  }
  for (const base::ErrorRow& row : kErrorTable) {
    EXPECT_EQ(made.count(std::string(row.reason)), 1U) << row.reason;
  }
  for (const base::ViolationRow& row : kViolationTable) {
    EXPECT_EQ(made.count(std::string(row.reason)), 1U) << row.reason;
  }
  for (const base::ViolationRow& row : kPreconditionTable) {
    EXPECT_EQ(made.count(std::string(row.reason)), 1U) << row.reason;
  }
}

// A sentence that ends, with nothing left to fill in.
void ExpectSentences(std::string_view english, std::string_view japanese) {
  EXPECT_TRUE(english.ends_with('.')) << english;
  EXPECT_TRUE(japanese.ends_with("。")) << english << japanese;
  EXPECT_THAT(english, Not(HasSubstr("{")));
  EXPECT_THAT(japanese, Not(HasSubstr("{")));
}

TEST(RegistryErrors, SayWhatToDoInBothLanguages) {
  for (const absl::Status& error : AllErrors()) {
    const base::ErrorDetails details = base::GetErrorDetails(error).value();
    // What a caller never reads.
    const bool inside = error.code() == absl::StatusCode::kInternal ||
                        details.reason == "PROGRAMS_INVALID";
    ExpectSentences(base::MessageOf(error),
                    inside ? "。" : std::string_view(details.message_ja));
    for (const base::Violation& violation : details.violations) {
      ExpectSentences(violation.description, violation.description_ja);
    }
    for (const base::ErrorPrecondition& needed : details.preconditions) {
      ExpectSentences(needed.description, needed.description_ja);
    }
  }
}

// What is wrong with a code has a reason of its own, and keeps what the code
// may have been meant for.
TEST(RegistryErrors, ANameOfAWrongCodeSaysWhatIsWrongWithTheCode) {
  const absl::Status error =
      NameInvalid("name", "municipalities/131015",
                  base::MunicipalityCode::Parse("131015").status());
  const base::ErrorDetails details = base::GetErrorDetails(error).value();
  EXPECT_EQ(details.reason, "CHECK_DIGIT");
  EXPECT_EQ(details.metadata.at("candidates"), "131016");
  EXPECT_EQ(details.metadata.at("field"), "name");
  EXPECT_EQ(details.violations.at(0).reason, "CHECK_DIGIT");
}

TEST(RegistryErrors, AYearThatIsOpenIsCalledByAWord) {
  const absl::Status error = MunicipalityNotInYear(
      Code("131016"), Year(base::FiscalYear::kMin), Year(2020), Year(2025));
  EXPECT_THAT(std::string(base::MessageOf(error)),
              HasSubstr("exists from always to FY2020"));
  EXPECT_THAT(base::GetErrorDetails(error)->message_ja,
              HasSubstr("当初から2020年度まで"));
}

}  // namespace
}  // namespace welfare::registry
