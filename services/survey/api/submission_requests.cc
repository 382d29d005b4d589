#include "services/survey/api/submission_requests.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/error_table.h"
#include "services/survey/errors.h"
#include "services/survey/submission/violation.h"
#include "services/text/visible.h"

namespace welfare::survey {
namespace {

// More than the questions of any codebook; before they are looked at.
constexpr int kMostAnswersSent = 20'000;

std::vector<SentAnswer> ReadAnswers(const v1::Submission& submission) {
  std::vector<SentAnswer> answers;
  for (const v1::Answer& answer : submission.answers()) {
    answers.push_back(SentFromProto(answer));
  }
  return answers;
}

// The paths that are populated.
std::vector<std::string> PopulatedPaths(const v1::Submission& submission) {
  const v1::SubmissionHeader& header = submission.header();
  std::vector<std::string> paths;
  if (submission.answers_size() > 0) paths.emplace_back("answers");
  if (!header.department().empty()) paths.emplace_back("header.department");
  if (!header.contact().empty()) paths.emplace_back("header.contact");
  if (header.has_received_on()) paths.emplace_back("header.received_on");
  return paths;
}

}  // namespace

absl::Status NameContradicts() {
  return SubmissionInvalid(std::vector{
      base::MakeViolation(base::FindRow(kFieldTable, "NAME_CONTRADICTS"),
                          "submission.name", {{"id", "submission_id"}})});
}

absl::StatusOr<CreatedName> ReadCreatedName(
    const v1::CreateSubmissionRequest& request) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto round, ParseName<base::RoundName>("parent", request.parent()));
  auto respondent = base::Respondent::Parse(request.submission_id());
  if (!respondent.ok()) {
    return NameInvalid("submission_id", request.submission_id(),
                       respondent.status());
  }
  const base::SubmissionName name{.survey = round.survey,
                                  .fiscal_year = round.fiscal_year,
                                  .respondent = *std::move(respondent)};
  CreatedName created{.name = name, .twin = name};
  if (const std::string& text = request.submission().name(); !text.empty()) {
    auto parsed = base::SubmissionName::Parse(text);
    if (!parsed.ok() || parsed->parent() != round) return NameContradicts();
    created.twin = *std::move(parsed);
  }
  return created;
}

absl::StatusOr<SubmissionInput> ReadInput(
    const v1::Submission& submission, const google::protobuf::FieldMask& mask,
    const Viewer& viewer) {
  if (submission.answers_size() > kMostAnswersSent) {
    return SubmissionInvalid(std::vector{base::MakeViolation(
        base::FindRow(kAnswerTable, reason::kTooManyAnswers), "answers",
        {{"found", std::to_string(submission.answers_size())}})});
  }
  const v1::SubmissionHeader& header = submission.header();
  const std::vector<std::string> paths =
      mask.paths().empty()
          ? PopulatedPaths(submission)
          : std::vector<std::string>(mask.paths().begin(), mask.paths().end());
  std::vector<base::Violation> violations;
  SubmissionInput input{.keeps_received_on = !viewer.sees_all()};
  bool received_on = false;
  for (const std::string& path : paths) {
    const bool all = path == "*";
    const bool whole = all || path == "header";
    bool known = whole;
    if (all || path == "answers") {
      input.answers = ReadAnswers(submission);
      known = true;
    }
    if (whole || path == "header.department") {
      input.department = header.department();
      known = true;
    }
    if (whole || path == "header.contact") {
      input.contact = header.contact();
      known = true;
    }
    if (whole || path == "header.received_on") {
      received_on = true;
      known = true;
    }
    // Those that only the service writes are ignored.
    if (!known &&
        v1::Submission::descriptor()->FindFieldByName(path) == nullptr) {
      violations.push_back(base::MakeViolation(
          base::FindRow(kFieldTable, "PATH_UNKNOWN"), "update_mask",
          {{"known",
            "header, header.department, header.contact, header.received_on, "
            "answers, *"},
           {"path", text::ShowInvisible(path)}}));
    }
  }
  if (received_on) {
    const auto day = DateFromProto(header.received_on());
    if (!day.ok()) {
      violations.push_back(
          base::ViolationOf("header.received_on", day.status()));
    } else {
      input.received_on = *day;
      input.clear_received_on = !day->has_value();
    }
  }
  if (!violations.empty()) return SubmissionInvalid(std::move(violations));
  return input;
}

absl::Status ReadFilter(const v1::ListSubmissionsRequest& request,
                        SubmissionQuery& query) {
  if (!type::v1::RespondentKind_IsValid(request.respondent_kind())) {
    return FilterInvalid("respondent_kind", request.respondent_kind());
  }
  if (request.respondent_kind() != type::v1::RESPONDENT_KIND_UNSPECIFIED) {
    query.kind = static_cast<base::RespondentKind>(request.respondent_kind());
  }
  const auto add = [&](std::string_view field, int state) -> absl::Status {
    if (state == v1::Submission::STATE_UNSPECIFIED) return absl::OkStatus();
    const auto asked = vocabulary::FindIn(vocabulary::kSubmissionStates, state);
    if (!asked) return FilterInvalid(field, state);
    if (std::find(query.states.begin(), query.states.end(), *asked) ==
        query.states.end()) {
      query.states.push_back(*asked);
    }
    return absl::OkStatus();
  };
  WELFARE_RETURN_IF_ERROR(add("state", request.state()));
  for (const int state : request.states()) {
    WELFARE_RETURN_IF_ERROR(add("states", state));
  }
  return absl::OkStatus();
}

}  // namespace welfare::survey
