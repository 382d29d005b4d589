#include "services/survey/errors.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "services/base/error_table.h"
#include "services/survey/error_table.h"
#include "services/text/visible.h"

namespace welfare::survey {

using base::MakeError;
using base::MakeViolation;

namespace {

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kFieldTable, reason);
}

// No name is longer; what is longer is none and not repeated.
constexpr std::size_t kLongestNameShown = 300;

// Faults that one error lists; it tells the number of all.
constexpr std::size_t kMostListed = 1'000;

// How a state is called in Japanese.
constexpr Phrase kStates[] = {
    {"PLANNED", "準備中"},     {"OPEN", "受付中"},
    {"CLOSED", "締切後"},      {"FINAL", "確定済み"},
    {"DELETED", "削除済み"},   {"DRAFT", "下書き"},
    {"SUBMITTED", "提出済み"}, {"RETURNED", "差戻し中"},
    {"ACCEPTED", "受理済み"},
};

std::string_view InJapanese(std::string_view state) {
  for (const Phrase& one : kStates) {
    if (one.english == state) return one.japanese;
  }
  return state;
}

// The error that `state` is not what `needed` says.
absl::Status WrongState(base::ErrorBuilder error, std::string_view key,
                        const std::string& name, std::string_view state,
                        const Phrase& needed) {
  return error.With(key, name)
      .With("state", state)
      .Show("state_ja", InJapanese(state))
      .Show("wanted", needed.english)
      .Show("wanted_ja", needed.japanese)
      .WithPrecondition("STATE", name, "must " + std::string(needed.english),
                        std::string(needed.japanese) + "であること");
}

// The error with the violations that are told of `total`; whoever reads them
// learns that there are more (platform/rpc/fit_details.h).
absl::Status WithFirst(base::ErrorBuilder& error,
                       std::vector<base::Violation> violations,
                       std::size_t total) {
  total = std::max(total, violations.size());
  error.With("violations", static_cast<long long>(total));
  if (total > violations.size()) {
    error.With("violations_total", static_cast<long long>(total));
  }
  return error.WithViolations(std::move(violations));
}

}  // namespace

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause) {
  const base::Violation found = base::ViolationOf(field, cause);
  const base::ErrorRow* row = &Row("NAME_INVALID");
  const base::ViolationRow* fault = &Fault("NAME_INVALID");
  if (found.reason == "CHECK_DIGIT") {
    row = &Row("CHECK_DIGIT");
    fault = &Fault("CHECK_DIGIT");
  } else if (found.reason == "CODE_AMBIGUOUS") {
    row = &Row("CODE_AMBIGUOUS");
    fault = &Fault("CODE_AMBIGUOUS");
  }
  return MakeError(*row)
      .With("field", field)
      .With("name", text::Shorten(name, kLongestNameShown))
      .Show("cause", found.description)
      .Show("cause_ja", found.description_ja)
      .WithViolation(MakeViolation(
          *fault, field,
          {{"cause", found.description}, {"cause_ja", found.description_ja}}));
}

absl::Status RoundElsewhere(std::string_view field, const base::RoundName& name,
                            const base::SurveyName& survey) {
  return NameInvalid(
      field, name.ToString(),
      MakeError(base::BaseRow("NAME_FORMAT"))
          .With("name", name.ToString())
          .With("pattern", survey.ToString() + "/rounds/{fiscal_year}"));
}

absl::Status VersionNegative(std::string_view field, std::int64_t version) {
  return MakeError(Row("VERSION_NEGATIVE"))
      .With("field", field)
      .With("version", version)
      .WithViolation(MakeViolation(Fault("VERSION_NEGATIVE"), field));
}

absl::Status CodebookNotFound(const base::CodebookName& name) {
  return MakeError(Row("CODEBOOK_NOT_FOUND"))
      .WithResource("survey.welfare/Codebook", name.ToString())
      .With("codebook", name.ToString());
}

absl::Status CodebookInvalid(std::vector<base::Violation> violations,
                             std::size_t total) {
  base::ErrorBuilder error = MakeError(Row("CODEBOOK_INVALID"));
  return WithFirst(error, std::move(violations), total);
}

absl::Status CodebookPublished(const base::CodebookName& name) {
  return MakeError(Row("CODEBOOK_PUBLISHED"))
      .With("codebook", name.ToString())
      .WithPrecondition("STATE", name.ToString(), "must be a draft",
                        "下書きであること");
}

absl::Status CodebookNotPublished(const base::CodebookName& name) {
  return MakeError(Row("CODEBOOK_NOT_PUBLISHED"))
      .With("codebook", name.ToString())
      .WithPrecondition("STATE", name.ToString(), "must be published",
                        "公開済みであること");
}

absl::Status MappingNotFound(const base::MappingName& name) {
  return MakeError(Row("MAPPING_NOT_FOUND"))
      .WithResource("survey.welfare/Mapping", name.ToString())
      .With("mapping", name.ToString());
}

absl::Status MappingInvalid(std::vector<base::Violation> violations) {
  const std::size_t total = violations.size();
  if (violations.size() > kMostListed) violations.resize(kMostListed);
  base::ErrorBuilder error = MakeError(Row("MAPPING_INVALID"));
  return WithFirst(error, std::move(violations), total);
}

absl::Status MappingExists(const base::MappingName& name) {
  return MakeError(Row("MAPPING_EXISTS"))
      .With("mapping", name.ToString())
      .WithPrecondition("STATE", name.ToString(), "must be of another text",
                        "別の内容であること");
}

absl::Status MappingUnusable(std::string_view field, const Phrase& why) {
  return MakeError(Row("MAPPING_UNUSABLE"))
      .With("field", field)
      .Show("why", why.english)
      .Show("why_ja", why.japanese)
      .WithViolation(MakeViolation(Fault("MAPPING_UNUSABLE"), field,
                                   {{"why", std::string(why.english)},
                                    {"why_ja", std::string(why.japanese)}}));
}

absl::Status RoundNotFound(const base::RoundName& name) {
  return MakeError(Row("ROUND_NOT_FOUND"))
      .WithResource("survey.welfare/Round", name.ToString())
      .With("round", name.ToString());
}

absl::Status RoundExists(const base::RoundName& name) {
  return MakeError(Row("ROUND_EXISTS"))
      .WithResource("survey.welfare/Round", name.ToString())
      .With("round", name.ToString());
}

absl::Status RoundInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("ROUND_INVALID"))
      .With("violations", static_cast<long long>(violations.size()))
      .WithViolations(std::move(violations));
}

absl::Status RoundStateWrong(const base::RoundName& name,
                             std::string_view state, const Phrase& needed) {
  return WrongState(MakeError(Row("ROUND_STATE")), "round", name.ToString(),
                    state, needed);
}

absl::Status RoundNotOpen(const base::RoundName& name, std::string_view state) {
  return MakeError(Row("ROUND_NOT_OPEN"))
      .With("round", name.ToString())
      .With("state", state)
      .Show("state_ja", InJapanese(state))
      .WithPrecondition("STATE", name.ToString(), "must be OPEN",
                        "受付中であること");
}

absl::Status RegistryIncomplete(const base::ProgramName& program,
                                int fiscal_year) {
  return MakeError(Row("REGISTRY_INCOMPLETE"))
      .With("program", program.ToString())
      .With("fiscal_year", fiscal_year)
      .WithPrecondition("STATE", program.ToString(),
                        "must have a roster for the fiscal year",
                        "調査年度の名簿があること");
}

absl::Status StatusUnknown(const base::ProgramName& program, int fiscal_year,
                           std::span<const std::string> municipalities) {
  base::ErrorBuilder error = MakeError(Row("STATUS_UNKNOWN"));
  error.With("program", program.ToString())
      .With("fiscal_year", fiscal_year)
      .With("municipalities", static_cast<long long>(municipalities.size()));
  for (const std::string& municipality :
       municipalities.first(std::min(municipalities.size(), kMostListed))) {
    error.WithPrecondition("STATUS", municipality, "must have a status",
                           "実施状況が登録されていること");
  }
  return error;
}

absl::Status RoundHasSubmissions(const base::RoundName& name, int submissions) {
  return MakeError(Row("ROUND_HAS_SUBMISSIONS"))
      .With("round", name.ToString())
      .With("submissions", submissions)
      .WithPrecondition("STATE", name.ToString(), "must have no submission",
                        "回答がないこと");
}

absl::Status RegistryUnavailable(std::string_view cause) {
  return MakeError(Row("REGISTRY_UNAVAILABLE"))
      .With("cause", cause)
      .WithRetryDelay(std::chrono::seconds(1));
}

absl::Status VersionNotReached(std::int64_t asked, std::int64_t current) {
  return MakeError(Row("VERSION_NOT_REACHED"))
      .With("asked", asked)
      .With("current", current);
}

absl::Status SubmissionNotFound(const base::SubmissionName& name) {
  return MakeError(Row("SUBMISSION_NOT_FOUND"))
      .WithResource("survey.welfare/Submission", name.ToString())
      .With("submission", name.ToString());
}

absl::Status SubmissionExists(const base::SubmissionName& name) {
  return MakeError(Row("SUBMISSION_EXISTS"))
      .WithResource("survey.welfare/Submission", name.ToString())
      .With("submission", name.ToString());
}

absl::Status SubmissionInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("SUBMISSION_INVALID"))
      .With("violations", static_cast<long long>(violations.size()))
      .WithViolations(std::move(violations));
}

absl::Status SubmissionStateWrong(const base::SubmissionName& name,
                                  std::string_view state,
                                  const Phrase& needed) {
  return WrongState(MakeError(Row("SUBMISSION_STATE")), "submission",
                    name.ToString(), state, needed);
}

absl::Status EtagMismatch(std::string_view name, std::string_view current) {
  return MakeError(Row("ETAG_MISMATCH"))
      .With("name", name)
      .With("etag", current);
}

absl::Status ReasonRequired(const Phrase& why) {
  return MakeError(Row("REASON_REQUIRED"))
      .Show("why", why.english)
      .Show("why_ja", why.japanese)
      .WithViolation(MakeViolation(Fault("REQUIRED"), "reason",
                                   {{"why", std::string(why.english)},
                                    {"why_ja", std::string(why.japanese)}}));
}

absl::Status FilterInvalid(std::string_view field, int value) {
  return MakeError(Row("FILTER_INVALID"))
      .With("field", field)
      .With("value", value)
      .WithViolation(MakeViolation(Fault("FILTER_INVALID"), field));
}

absl::Status StoredValueInvalid(std::string_view what) {
  return MakeError(Row("STORED_VALUE_INVALID")).With("what", what);
}

}  // namespace welfare::survey
