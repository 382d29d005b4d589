// A small round for tests: a questionnaire in the shape of the real one, and
// rows kept as plain structs, which a test can recount row by row without the
// code it tests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/base/names/respondent.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator::testing {

// One answer: codes, a number or a text, or why there is none.
struct TestAnswer {
  std::optional<base::Absence> absence;
  std::set<std::string> codes;
  std::int64_t number = 0;
  std::string text;

  bool answered() const { return !absence.has_value(); }
  bool Has(const std::string& code) const {
    return answered() && codes.contains(code);
  }
};

TestAnswer Codes(std::set<std::string> codes);
TestAnswer Number(std::int64_t number);
TestAnswer Text(std::string text);
TestAnswer Absent(base::Absence kind);

// One respondent.
struct TestRow {
  std::string code;  // municipality code
  base::RespondentKind kind = base::RespondentKind::kMunicipality;
  // implementing and preparation by fiscal year; absent: unknown.
  std::map<int, std::optional<bool>> implementing;
  std::map<int, std::optional<bool>> preparation;
  std::optional<SubmissionState> state = SubmissionState::kSubmitted;
  bool late = false;
  bool early = false;  // received before the window's first day
  // As sent: rows that do not count are not masked yet. Items that are missing
  // here are NOT_APPLICABLE (NOT_ASKED for another kind).
  std::map<std::string, TestAnswer> answers;

  std::optional<bool> Implements(int year) const;
};

// The survey year of every test round.
inline constexpr int kYear = 2025;

// Items: plan (single: formulated in_progress none), position (single:
// current next none), window (single: installed not_installed), operation
// (multiple: direct outsourced), contractor (multiple: council npo, asked where
// outsourced), contacts (integer, may be NOT_COUNTED), supports (integer, of
// the year before), note (text), phases (table: discovery continuous; council),
// opening (multiple: daily regular; council), start_fy (integer, 年度).
std::shared_ptr<const Questionnaire> TestQuestionnaire();

// Populations: all_municipalities, all_councils, implementing,
// not_implementing, implementing_previous_year, newcomers, plan_made,
// outreach_outsourced, outreach_direct, transition.
// Definitions beyond the defaults: see the source.
DefinitionSet TestDefinitions();

// Valid codes, ascending.
std::vector<std::string> TestCodes(int count);

RoundTable MakeTable(const std::vector<TestRow>& rows,
                     Basis basis = Basis::kProvisional);

RegistryHistory MakeHistory(const std::vector<TestRow>& rows, int from_year);

// A round of `municipalities` municipalities and as many councils, with every
// kind of absence and state, routing applied.
std::vector<TestRow> RandomRows(std::mt19937_64& random, int municipalities);

}  // namespace welfare::indicator::testing
