#include "services/survey/api/survey_api.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/page.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/storage/database.h"
#include "services/survey/api/convert.h"
#include "services/survey/columns/columns.h"
#include "services/survey/errors.h"
#include "services/survey/files/codebook_xlsform.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/files/submission_importer.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {
namespace {

// The programme exists since April 2021 (Social Welfare Act 106-4), so rosters
// begin with that year; a round's frame carries them all.
constexpr int kFirstProgramYear = 2021;
// Changes in one message of StreamRoundChanges.
constexpr int kChangesPerMessage = 200;

StoreLimits Limits(const platform::CallContext& call) {
  return {.deadline = call.limits.deadline, .stop = call.limits.stop};
}

constexpr std::size_t kLongestRequestId = 64;

// An id is kept for a month and shown in the audit log, so it is short and
// plain.
absl::Status CheckRequestId(std::string_view id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-';
  });
  if (!plain || id.size() > kLongestRequestId) return RequestIdInvalid(id);
  return absl::OkStatus();
}

template <typename Request>
ChangeRequest MakeChange(const platform::CallContext& call,
                         std::string_view method, const Request& request,
                         base::Timestamp now) {
  return {.method = std::string(method),
          .request_id = request.request_id(),
          .body = request.SerializeAsString(),
          .actor = call.identity.subject,
          .time = now};
}

template <typename Name>
absl::StatusOr<Name> ParseName(std::string_view field,
                               const std::string& text) {
  auto name = Name::Parse(text);
  if (!name.ok()) return NameInvalid(field, text, name.status());
  return name;
}

base::Violation MakeViolation(std::string_view field,
                              const absl::Status& status) {
  return {.field = std::string(field),
          .reason = base::ReasonOf(status),
          .description = std::string(base::MessageOf(status))};
}

type::v1::ImportResult ToProto(const ImportOutcome& outcome) {
  type::v1::ImportResult result;
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(outcome.counts.rows);
  counts.set_created(outcome.counts.created);
  counts.set_updated(outcome.counts.updated);
  counts.set_unchanged(outcome.counts.unchanged);
  counts.set_deleted(outcome.counts.deleted);
  counts.set_rejected(outcome.counts.rejected);
  for (const ImportReject& reject : outcome.rejects) {
    type::v1::ImportReject& one = *result.add_rejects();
    one.set_source_file(reject.source_file);
    one.set_source_line(reject.line);
    one.set_record(reject.record);
    one.set_column(reject.column);
    one.set_value(reject.value);
    one.set_reason_code(reject.reason);
    one.set_message(reject.message);
    one.set_raw_record(reject.raw);
  }
  result.set_version(outcome.revision);
  return result;
}

void SetContact(const Contact& contact, v1::Submission& submission) {
  if (contact == Contact{}) return;
  submission.mutable_header()->set_department(contact.department);
  submission.mutable_header()->set_contact(contact.contact);
}

absl::StatusOr<CsvText> ToCsvText(std::string_view field,
                                  const type::v1::CsvBatch& batch) {
  if (batch.first_line() < 0) {
    return FirstLineInvalid(field, batch.first_line());
  }
  return CsvText{.csv = batch.csv(),
                 .first_line = batch.first_line() == 0 ? 2 : batch.first_line(),
                 .source_file = batch.source_file()};
}

// Reads the parts of a submission that the mask names; an empty mask names
// what is populated.
absl::StatusOr<SubmissionInput> ReadInput(const v1::Submission& submission,
                                          bool answers, bool header) {
  SubmissionInput input;
  if (answers) {
    input.answers.emplace();
    for (const v1::Answer& answer : submission.answers()) {
      input.answers->push_back(SentFromProto(answer));
    }
  }
  if (header && submission.has_header()) {
    input.contact = Contact{.department = submission.header().department(),
                            .contact = submission.header().contact()};
    const auto day = DateFromProto(submission.header().received_on());
    if (!day.ok()) {
      return SubmissionInvalid(std::vector<base::Violation>{
          MakeViolation("header.received_on", day.status())});
    }
    input.received_on = *day;
  } else if (header) {
    input.contact = Contact{};
  }
  return input;
}

absl::StatusOr<SubmissionInput> ReadMasked(
    const v1::UpdateSubmissionRequest& request) {
  const v1::Submission& submission = request.submission();
  if (request.update_mask().paths().empty()) {
    return ReadInput(submission, submission.answers_size() > 0,
                     submission.has_header());
  }
  bool answers = false;
  bool header = false;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "*") {
      answers = header = true;
    } else if (path == "answers") {
      answers = true;
    } else if (path == "header") {
      header = true;
    } else if (v1::Submission::descriptor()->FindFieldByName(path) == nullptr) {
      return SubmissionInvalid(std::vector<base::Violation>{
          {.field = "update_mask",
           .reason = "PATH_UNKNOWN",
           .description = "The mask names 'header', 'answers' or '*', not '" +
                          path + "'."}});
    }
  }
  return ReadInput(submission, answers, header);
}

}  // namespace

absl::Status SurveyApi::CatchUp() {
  const VersionFeed::Versions known = d_.feed.Current();
  const StoreLimits limits{.deadline = platform::CallLimits::After(
                                           platform::Database::kDefaultTimeout)
                                           .deadline,
                           .stop = {}};
  return d_.store.Read(limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto revisions, store.ListRevisions());
    // Followers first; what is counted may fail.
    for (const auto& [round, revision] : revisions) {
      d_.feed.Publish(round.ToString(), revision);
    }
    for (const auto& [round, revision] : revisions) {
      const auto before = known.find(round.ToString());
      if (before != known.end() && before->second >= revision) continue;
      WELFARE_RETURN_IF_ERROR(d_.metrics.Count(store, d_.content, round));
    }
    return absl::OkStatus();
  });
}

void SurveyApi::Announce(const Call& call, const base::RoundName& round) {
  // The change is committed: what follows must not fail the call.
  const absl::Status status =
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(const auto current, store.FindRound(round));
        if (!current) return RoundNotFound(round);
        d_.feed.Publish(round.ToString(), current->revision);
        return d_.metrics.Count(store, d_.content, round);
      });
  if (!status.ok()) {
    platform::LogStatus(platform::LogLevel::kWarning,
                        "a new revision was not announced", status);
  }
}

// --- codebooks ---

absl::Status SurveyApi::ImportCodebook(const Call& call,
                                       const v1::ImportCodebookRequest& request,
                                       v1::Codebook& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::CodebookName>(
                               "codebook_id", request.parent() + "/codebooks/" +
                                                  request.codebook_id()));
  StoredCodebook codebook{.name = name};
  codebook.sheets = {.survey = request.survey_csv(),
                     .choices = request.choices_csv(),
                     .settings = request.settings_csv()};
  XlsFormReading reading =
      ReadXlsForm(codebook.sheets, name.survey, name.version);
  if (reading.check.codebook == nullptr) {
    return CodebookInvalid(reading.check.problems);
  }
  codebook.title = reading.check.codebook->title();
  codebook.digest = reading.digest;
  codebook.create_time = d_.clock.Now();
  const auto decide = [&](StoreReader& store,
                          StoreWriter* writer) -> absl::StatusOr<std::string> {
    WELFARE_ASSIGN_OR_RETURN(const auto stored, store.FindCodebook(name));
    StoredCodebook next = codebook;
    if (stored) {
      if (stored->digest == codebook.digest) {
        return ToProto(*stored, reading.check.codebook.get())
            .SerializeAsString();
      }
      if (stored->state == CodebookState::kPublished) {
        return CodebookPublished(name);
      }
      next.create_time = stored->create_time;
    }
    if (writer != nullptr) {
      WELFARE_RETURN_IF_ERROR(writer->StoreCodebook(next));
    }
    return ToProto(next, reading.check.codebook.get()).SerializeAsString();
  };
  std::string reply;
  if (request.validate_only()) {
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(reply, decide(store, nullptr));
          return absl::OkStatus();
        }));
  } else {
    WELFARE_ASSIGN_OR_RETURN(
        reply,
        d_.store.Change(
            Limits(call),
            MakeChange(call, "ImportCodebook", request, codebook.create_time),
            [&](StoreWriter& writer) { return decide(writer, &writer); }));
  }
  response.ParseFromString(reply);
  return absl::OkStatus();
}

absl::Status SurveyApi::PublishCodebook(
    const Call& call, const v1::PublishCodebookRequest& request,
    v1::Codebook& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::CodebookName>("name", request.name()));
  const base::Timestamp now = d_.clock.Now();
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "PublishCodebook", request, now),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(auto stored, store.FindCodebook(name));
            if (!stored) return CodebookNotFound(name);
            WELFARE_ASSIGN_OR_RETURN(const auto codebook,
                                     d_.content.LoadCodebook(store, name));
            if (stored->state != CodebookState::kPublished) {
              WELFARE_RETURN_IF_ERROR(store.PublishCodebook(name, now));
              stored->state = CodebookState::kPublished;
              stored->publish_time = now;
            }
            return ToProto(*stored, codebook.get()).SerializeAsString();
          }));
  response.ParseFromString(reply);
  return absl::OkStatus();
}

absl::Status SurveyApi::GetCodebook(const Call& call,
                                    const v1::GetCodebookRequest& request,
                                    v1::Codebook& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::CodebookName>("name", request.name()));
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto stored, store.FindCodebook(name));
    if (!stored) return CodebookNotFound(name);
    WELFARE_ASSIGN_OR_RETURN(const auto codebook,
                             d_.content.LoadCodebook(store, name));
    response = ToProto(*stored, codebook.get());
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListCodebooks(const Call& call,
                                      const v1::ListCodebooksRequest& request,
                                      v1::ListCodebooksResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(
        auto list, store.ListCodebooks(
                       survey, after.has_value() ? std::get<0>(*after) : "",
                       page.size() + 1));
    response.set_next_page_token(page.CutToSize(
        list,
        [](const StoredCodebook& codebook) { return codebook.name.version; }));
    for (const StoredCodebook& codebook : list) {
      *response.add_codebooks() = ToProto(codebook, nullptr);
    }
    return absl::OkStatus();
  });
}

// --- rounds ---

absl::Status SurveyApi::CreateRound(const Call& call,
                                    const v1::CreateRoundRequest& request,
                                    v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name,
      ParseName<base::RoundName>(
          "round_id", request.parent() + "/rounds/" + request.round_id()));
  const v1::Round& sent = request.round();
  Round round{.name = name};
  round.display_name = sent.display_name();
  round.purpose = sent.purpose();
  round.method = sent.method();
  round.publisher = sent.publisher();
  round.synthetic = sent.synthetic();
  std::vector<base::Violation> violations;
  if (!sent.name().empty() && sent.name() != name.ToString()) {
    violations.push_back({.field = "round.name",
                          .reason = "NAME_CONTRADICTS",
                          .description = "The name and round_id disagree."});
  }
  const auto take = [&](std::string_view field, auto parsed, auto& target) {
    if (parsed.ok()) {
      target = *std::move(parsed);
    } else {
      violations.push_back(MakeViolation(field, parsed.status()));
    }
  };
  take("round.window_start", DateFromProto(sent.window_start()),
       round.window_start);
  take("round.window_end", DateFromProto(sent.window_end()), round.window_end);
  const auto codebook = base::CodebookName::Parse(sent.codebook());
  take("round.codebook", codebook, round.codebook);
  take("round.program", base::ProgramName::Parse(sent.program()),
       round.program);
  for (base::Violation& violation : CheckRound(round)) {
    // A codebook that does not parse was named already.
    if (violation.field == "round.codebook" && !codebook.ok()) continue;
    violations.push_back(std::move(violation));
  }
  if (!violations.empty()) return RoundInvalid(std::move(violations));

  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call),
          MakeChange(call, "CreateRound", request, d_.clock.Now()),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(const auto existing,
                                     store.FindRound(name));
            if (existing) return RoundExists(name);
            WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                     store.FindCodebook(round.codebook));
            if (!stored || stored->state != CodebookState::kPublished) {
              return CodebookNotPublished(round.codebook);
            }
            WELFARE_ASSIGN_OR_RETURN(const Round created,
                                     store.AppendRound(round));
            return ToProto(created).SerializeAsString();
          }));
  response.ParseFromString(reply);
  Announce(call, name);
  return absl::OkStatus();
}

absl::Status SurveyApi::OpenRound(const Call& call,
                                  const v1::OpenRoundRequest& request,
                                  v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  OpenedRound before{.round = {.name = name}};
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(before, d_.content.Load(store, name));
        return absl::OkStatus();
      }));
  std::optional<RegistryPin> pin;
  if (before.round.state == RoundState::kPlanned) {
    const int year = name.fiscal_year.value();
    std::set<int> years = {year};
    for (const int offset : before.codebook->registry_offsets()) {
      years.insert(year + offset);
    }
    for (int known = kFirstProgramYear; known < year; ++known) {
      years.insert(known);
    }
    WELFARE_ASSIGN_OR_RETURN(pin, d_.registry.Load(call, before.round.program,
                                                   name.fiscal_year, years));
  }
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "OpenRound", request, d_.clock.Now()),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(auto round, store.FindRound(name));
            if (!round) return RoundNotFound(name);
            if (round->state == RoundState::kOpen) {
              return ToProto(*round).SerializeAsString();
            }
            if (round->state != RoundState::kPlanned || !pin) {
              return RoundStateWrong(name, round->state, "be planned");
            }
            round->state = RoundState::kOpen;
            round->registry_version = pin->version;
            round->pin_revision = -1;
            WELFARE_ASSIGN_OR_RETURN(const Round opened,
                                     store.AppendRound(*round));
            WELFARE_RETURN_IF_ERROR(store.StoreFrame(opened, Frame(pin->rows)));
            return ToProto(opened).SerializeAsString();
          }));
  response.ParseFromString(reply);
  Announce(call, name);
  return absl::OkStatus();
}

absl::Status SurveyApi::CloseRound(const Call& call,
                                   const v1::CloseRoundRequest& request,
                                   v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "CloseRound", request, d_.clock.Now()),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(auto round, store.FindRound(name));
            if (!round) return RoundNotFound(name);
            if (round->state == RoundState::kPlanned) {
              return RoundStateWrong(name, round->state, "be open");
            }
            if (round->state == RoundState::kOpen) {
              round->state = RoundState::kClosed;
              WELFARE_ASSIGN_OR_RETURN(*round, store.AppendRound(*round));
            }
            return ToProto(*round).SerializeAsString();
          }));
  response.ParseFromString(reply);
  Announce(call, name);
  return absl::OkStatus();
}

absl::Status SurveyApi::GetRound(const Call& call,
                                 const v1::GetRoundRequest& request,
                                 v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.FindRound(name));
    if (!round) return RoundNotFound(name);
    response = ToProto(*round);
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListRounds(const Call& call,
                                   const v1::ListRoundsRequest& request,
                                   v1::ListRoundsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<base::FiscalYear>>());
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(
        auto list,
        store.ListRounds(survey,
                         after.has_value() ? std::get<0>(*after).value() : 0,
                         page.size() + 1));
    response.set_next_page_token(page.CutToSize(
        list, [](const Round& round) { return round.name.fiscal_year; }));
    for (const Round& round : list) *response.add_rounds() = ToProto(round);
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::GetRoundProgress(
    const Call& call, const v1::GetRoundProgressRequest& request,
    v1::RoundProgress& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, name));
    if (opened.frame == nullptr) {
      return RoundStateWrong(name, opened.round.state, "have been opened");
    }
    WELFARE_ASSIGN_OR_RETURN(
        const auto submissions,
        store.ListSubmissions(
            {.round = name,
             .after = std::nullopt,
             .kind = std::nullopt,
             .state = std::nullopt,
             .limit = static_cast<int>(opened.frame->size()) + 1}));
    response =
        ToProto(opened.round,
                ComputeProgress(opened.round, *opened.frame, submissions));
    return absl::OkStatus();
  });
}

// --- submissions ---

absl::Status SurveyApi::ChangeSubmission(const Call& call,
                                         const ChangeRequest& request,
                                         const base::SubmissionName& name,
                                         bool validate_only,
                                         const Decide& decide,
                                         v1::Submission& response) {
  const auto run = [&](StoreReader& store,
                       StoreWriter* writer) -> absl::StatusOr<std::string> {
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, name.parent()));
    if (opened.frame == nullptr) {
      return RoundNotOpen(name.parent(), opened.round.state);
    }
    WELFARE_ASSIGN_OR_RETURN(const PlannedChange plan, decide(store, opened));
    Submission after = plan.submission;
    if (writer != nullptr) {
      WELFARE_ASSIGN_OR_RETURN(after, Apply(*writer, plan));
    }
    // The reply is kept for repeats, so it holds no personal data.
    return ToProto(after, opened.round, true).SerializeAsString();
  };
  std::string reply;
  if (validate_only) {
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(reply, run(store, nullptr));
          return absl::OkStatus();
        }));
    response.ParseFromString(reply);
    return absl::OkStatus();
  }
  WELFARE_ASSIGN_OR_RETURN(
      reply, d_.store.Change(Limits(call), request, [&](StoreWriter& writer) {
        return run(writer, &writer);
      }));
  response.ParseFromString(reply);
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(const Contact contact,
                                 store.FindContact(name));
        SetContact(contact, response);
        return absl::OkStatus();
      }));
  Announce(call, name.parent());
  return absl::OkStatus();
}

absl::Status SurveyApi::CreateSubmission(
    const Call& call, const v1::CreateSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
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
  const std::string& sent_name = request.submission().name();
  if (!sent_name.empty() && sent_name != name.ToString()) {
    return SubmissionInvalid(std::vector<base::Violation>{
        {.field = "submission.name",
         .reason = "NAME_CONTRADICTS",
         .description = "The name and submission_id disagree."}});
  }
  WELFARE_ASSIGN_OR_RETURN(
      const SubmissionInput input,
      ReadInput(request.submission(), true, request.submission().has_header()));
  return ChangeSubmission(
      call, MakeChange(call, "CreateSubmission", request, d_.clock.Now()), name,
      request.validate_only(),
      [&](StoreReader& store, const OpenedRound& opened) {
        return PlanCreate(store, opened, name, input);
      },
      response);
}

absl::Status SurveyApi::UpdateSubmission(
    const Call& call, const v1::UpdateSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::SubmissionName>(
                               "submission.name", request.submission().name()));
  WELFARE_ASSIGN_OR_RETURN(const SubmissionInput input, ReadMasked(request));
  return ChangeSubmission(
      call, MakeChange(call, "UpdateSubmission", request, d_.clock.Now()), name,
      request.validate_only(),
      [&](StoreReader& store, const OpenedRound& opened) {
        return PlanUpdate(store, opened, name, request.submission().etag(),
                          input);
      },
      response);
}

absl::Status SurveyApi::SubmitSubmission(
    const Call& call, const v1::SubmitSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  const base::Timestamp now = d_.clock.Now();
  return ChangeSubmission(
      call, MakeChange(call, "SubmitSubmission", request, now), name, false,
      [&](StoreReader& store, const OpenedRound& opened) {
        return PlanSubmit(store, opened, name, request.etag(), now);
      },
      response);
}

absl::Status SurveyApi::AcceptSubmission(
    const Call& call, const v1::AcceptSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  return ChangeSubmission(
      call, MakeChange(call, "AcceptSubmission", request, d_.clock.Now()), name,
      false,
      [&](StoreReader& store, const OpenedRound& opened) {
        return PlanAccept(store, opened, name, request.etag());
      },
      response);
}

absl::Status SurveyApi::ReturnSubmission(
    const Call& call, const v1::ReturnSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  return ChangeSubmission(
      call, MakeChange(call, "ReturnSubmission", request, d_.clock.Now()), name,
      false,
      [&](StoreReader& store, const OpenedRound& opened) {
        return PlanReturn(store, opened, name, request.etag(),
                          request.reason());
      },
      response);
}

absl::Status SurveyApi::GetSubmission(const Call& call,
                                      const v1::GetSubmissionRequest& request,
                                      v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  const std::int64_t revision = request.data_version();
  if (revision < 0) return VersionNegative("data_version", revision);
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                             store.FindRound(name.parent()));
    if (!round) return SubmissionNotFound(name);
    if (revision > round->revision) {
      return VersionNotReached(revision, round->revision);
    }
    std::optional<Submission> found;
    if (revision > 0) {
      WELFARE_ASSIGN_OR_RETURN(found, store.FindSubmissionAt(name, revision));
      WELFARE_ASSIGN_OR_RETURN(round,
                               store.FindRoundAt(name.parent(), revision));
    } else {
      WELFARE_ASSIGN_OR_RETURN(found, store.FindSubmission(name));
    }
    if (!found || !round) return SubmissionNotFound(name);
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, *round));
    response = ToProto(*found, *round, true);
    const auto row = opened.frame->Find(name.respondent);
    if (!row) return StoredValueInvalid("respondent");
    for (const Answer& absence :
         ComputedAbsences(*opened.codebook, opened.frame->row(*row),
                          name.fiscal_year.value(), found->answers)) {
      *response.add_computed_absences() = ToProto(absence);
    }
    WELFARE_ASSIGN_OR_RETURN(const Contact contact, store.FindContact(name));
    SetContact(contact, response);
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListSubmissions(
    const Call& call, const v1::ListSubmissionsRequest& request,
    v1::ListSubmissionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  SubmissionQuery query{.round = name,
                        .after = std::nullopt,
                        .kind = std::nullopt,
                        .state = std::nullopt,
                        .answers = request.full(),
                        .limit = page.size() + 1};
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  if (after.has_value()) {
    auto last = base::Respondent::Parse(std::get<0>(*after));
    if (!last.ok()) return base::PageTokenInvalid();
    query.after = *std::move(last);
  }
  if (!type::v1::RespondentKind_IsValid(request.respondent_kind())) {
    return FilterInvalid("respondent_kind", request.respondent_kind());
  }
  if (!v1::Submission::State_IsValid(request.state())) {
    return FilterInvalid("state", request.state());
  }
  if (request.respondent_kind() != type::v1::RESPONDENT_KIND_UNSPECIFIED) {
    query.kind = static_cast<base::RespondentKind>(request.respondent_kind());
  }
  if (request.state() != v1::Submission::STATE_UNSPECIFIED) {
    query.state = static_cast<SubmissionState>(request.state());
  }
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.FindRound(name));
    if (!round) return RoundNotFound(name);
    WELFARE_ASSIGN_OR_RETURN(auto list, store.ListSubmissions(query));
    response.set_next_page_token(
        page.CutToSize(list, [](const Submission& submission) {
          return submission.name.respondent.ToString();
        }));
    WELFARE_ASSIGN_OR_RETURN(const int total, store.CountSubmissions(query));
    response.set_total_size(total);
    response.set_round_revision(round->revision);
    for (const Submission& submission : list) {
      v1::Submission& one = *response.add_submissions();
      one = ToProto(submission, *round, request.full());
      if (!request.full()) continue;
      WELFARE_ASSIGN_OR_RETURN(const Contact contact,
                               store.FindContact(submission.name));
      SetContact(contact, one);
    }
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListSubmissionRevisions(
    const Call& call, const v1::ListSubmissionRevisionsRequest& request,
    v1::ListSubmissionRevisionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  WELFARE_ASSIGN_OR_RETURN(const auto last,
                           page.After<std::tuple<std::int64_t>>());
  const std::int64_t after = last.has_value() ? std::get<0>(*last) : 0;
  if (after > std::numeric_limits<int>::max()) return base::PageTokenInvalid();
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.FindRound(name.parent()));
    WELFARE_ASSIGN_OR_RETURN(
        auto list, store.ListSubmissionRevisions(name, static_cast<int>(after),
                                                 page.size() + 1));
    if (!round || (list.empty() && after == 0)) {
      return SubmissionNotFound(name);
    }
    response.set_next_page_token(
        page.CutToSize(list, [](const Submission& submission) {
          return std::int64_t{submission.revision};
        }));
    for (const Submission& submission : list) {
      *response.add_revisions() = ToProto(submission, *round, true);
    }
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ImportSubmissions(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    type::v1::ImportResult& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const CsvText answers,
                           ToCsvText("batch", request.batch()));
  WELFARE_ASSIGN_OR_RETURN(const CsvText headers,
                           ToCsvText("headers", request.headers()));
  WELFARE_ASSIGN_OR_RETURN(ImportBatch batch,
                           ReadImportBatch(answers, headers));
  const base::Timestamp now = d_.clock.Now();
  std::optional<ImportPlan> plan;
  ImportOutcome dry;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(
            plan, ImportPlan::Make(store, d_.content, std::move(batch)));
        if (!request.validate_only()) return absl::OkStatus();
        WELFARE_ASSIGN_OR_RETURN(dry, plan->Run(store, nullptr, now));
        return absl::OkStatus();
      }));
  if (request.validate_only()) {
    response = ToProto(dry);
    response.set_request_id(request.request_id());
    response.set_validate_only(true);
    return absl::OkStatus();
  }
  std::set<base::RoundName> touched;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(Limits(call),
                      MakeChange(call, "ImportSubmissions", request, now),
                      [&](StoreWriter& store) -> absl::StatusOr<std::string> {
                        WELFARE_ASSIGN_OR_RETURN(const ImportOutcome outcome,
                                                 plan->Run(store, &store, now));
                        touched.clear();
                        for (const auto& [round, revision] : outcome.rounds) {
                          touched.insert(round);
                        }
                        return ToProto(outcome).SerializeAsString();
                      }));
  response.ParseFromString(reply);
  response.set_request_id(request.request_id());
  for (const base::RoundName& round : touched) Announce(call, round);
  return absl::OkStatus();
}

// --- streams ---

absl::Status SurveyApi::StreamRoundColumns(
    const Call& call, const v1::StreamRoundColumnsRequest& request,
    const Write<v1::StreamRoundColumnsResponse>& write) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  if (request.revision() < 0) {
    return VersionNegative("revision", request.revision());
  }
  OpenedRound opened{.round = {.name = name}};
  std::vector<Submission> submissions;
  v1::Codebook codebook;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                                 store.FindRound(name));
        if (!round) return RoundNotFound(name);
        if (request.revision() > round->revision) {
          return VersionNotReached(request.revision(), round->revision);
        }
        if (request.revision() > 0) {
          WELFARE_ASSIGN_OR_RETURN(round,
                                   store.FindRoundAt(name, request.revision()));
          if (!round) return RoundNotFound(name);
        }
        WELFARE_ASSIGN_OR_RETURN(opened, d_.content.Load(store, *round));
        if (opened.frame == nullptr) {
          return RoundStateWrong(name, round->state, "have been opened");
        }
        WELFARE_ASSIGN_OR_RETURN(
            submissions, store.LoadSubmissionsAt(name, round->revision));
        WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                 store.FindCodebook(round->codebook));
        if (!stored) return CodebookNotFound(round->codebook);
        codebook = ToProto(*stored, opened.codebook.get());
        return absl::OkStatus();
      }));

  std::vector<const Submission*> rows(opened.frame->size(), nullptr);
  for (const Submission& submission : submissions) {
    const auto row = opened.frame->Find(submission.name.respondent);
    if (row) rows[*row] = &submission;
  }
  const std::vector<Column> columns = ComputeColumns(
      *opened.codebook, *opened.frame, name.fiscal_year.value(), rows);

  v1::StreamRoundColumnsResponse first;
  auto& header = *first.mutable_header();
  *header.mutable_round() = ToProto(opened.round);
  *header.mutable_codebook() = std::move(codebook);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    v1::Frame::Row& row = *header.mutable_frame()->add_rows();
    row = ToProto(opened.frame->row(r));
    if (rows[r] == nullptr) continue;
    row.set_state(static_cast<v1::Submission::State>(rows[r]->state));
    row.set_late(rows[r]->late);
    row.set_revision(rows[r]->revision);
  }
  header.set_columns(static_cast<std::int32_t>(columns.size()));
  WELFARE_RETURN_IF_ERROR(write(first));
  for (const Column& column : columns) {
    v1::StreamRoundColumnsResponse part;
    *part.mutable_column() = ToProto(column, *opened.codebook);
    WELFARE_RETURN_IF_ERROR(write(part));
  }
  return absl::OkStatus();
}

absl::Status SurveyApi::StreamRoundChanges(
    const Call& call, const v1::StreamRoundChangesRequest& request,
    const Write<v1::StreamRoundChangesResponse>& write) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  std::int64_t sent = request.after_revision();
  if (sent < 0) return VersionNegative("after_revision", sent);
  bool begun = false;
  while (true) {
    // Before reading, so that a change in between wakes the wait at once.
    const VersionFeed::Versions seen = d_.feed.Current();
    std::vector<RoundChange> changes;
    std::optional<Round> round;
    WELFARE_RETURN_IF_ERROR(d_.store.Read(
        [&] {
          StoreLimits limits = Limits(call);
          if (request.follow()) {
            limits.deadline =
                platform::CallLimits::After(platform::Database::kDefaultTimeout)
                    .deadline;
          }
          return limits;
        }(),
        [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(round, store.FindRound(name));
          if (!round) return RoundNotFound(name);
          if (sent > round->revision) {
            return VersionNotReached(sent, round->revision);
          }
          WELFARE_ASSIGN_OR_RETURN(
              changes, store.ListChanges(name, sent, kChangesPerMessage));
          return absl::OkStatus();
        }));
    if (!changes.empty() || !begun) {
      v1::StreamRoundChangesResponse response;
      for (const RoundChange& change : changes) {
        auto& one = *response.add_changes();
        one.set_round_revision(change.revision);
        if (const auto* submission = std::get_if<Submission>(&change.after)) {
          *one.mutable_submission() = ToProto(*submission, *round, true);
        } else {
          *one.mutable_round() = ToProto(std::get<Round>(change.after));
        }
        sent = change.revision;
      }
      response.set_round_revision(sent);
      WELFARE_RETURN_IF_ERROR(write(response));
      begun = true;
    }
    if (sent < round->revision) continue;
    if (!request.follow()) return absl::OkStatus();
    if (call.cancelled()) return platform::Cancelled("a stream");
    if (d_.feed.stopped()) return platform::ShuttingDown();
    d_.feed.WaitFor(seen, call.limits.stop);
  }
}

absl::Status SurveyApi::WatchVersions(
    const Call& call, const type::v1::WatchVersionsRequest& request,
    const Write<type::v1::WatchVersionsResponse>& write) {
  const std::set<std::string> wanted(request.resources().begin(),
                                     request.resources().end());
  VersionFeed::Versions seen;
  VersionFeed::Versions now = d_.feed.Current();
  bool begun = false;
  while (true) {
    type::v1::WatchVersionsResponse response;
    for (const auto& [resource, version] : now) {
      if (!wanted.empty() && !wanted.contains(resource)) continue;
      const auto before = seen.find(resource);
      if (before != seen.end() && before->second == version) continue;
      auto& entry = *response.add_entries();
      entry.set_resource(resource);
      entry.set_version(version);
    }
    if (response.entries_size() > 0 || !begun) {
      WELFARE_RETURN_IF_ERROR(write(response));
      begun = true;
    }
    seen = std::move(now);
    if (call.cancelled()) return platform::Cancelled("a stream");
    if (d_.feed.stopped()) return platform::ShuttingDown();
    now = d_.feed.WaitFor(seen, call.limits.stop);
  }
}

}  // namespace welfare::survey
