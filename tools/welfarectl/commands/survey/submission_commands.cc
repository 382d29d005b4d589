// submission.
#include <google/protobuf/util/json_util.h>

#include <iostream>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/survey/answer_text.h"
#include "tools/welfarectl/commands/survey/submission_export.h"
#include "tools/welfarectl/commands/survey/submission_import.h"
#include "tools/welfarectl/commands/survey/survey_commands.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {

namespace survey_v1 = ::welfare::survey::v1;

namespace {

std::string StateName(survey_v1::Submission::State state) {
  return ShortName(survey_v1::Submission::State_Name(state), "STATE_");
}

// `131016-council` -> full name; a full name stays.
std::string SubmissionName(const Session& session, int fiscal_year,
                           const std::string& id) {
  return id.find('/') != std::string::npos
             ? id
             : session.round_name(fiscal_year) + "/submissions/" + id;
}

std::string SubmissionIdOf(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

Table SubmissionTable() {
  return Table({{.title = "respondent"},
                {.title = "state"},
                {.title = "revision", .number = true},
                {.title = "round_revision", .number = true},
                {.title = "late"},
                {.title = "digest", .limit = 14}});
}

void AddRow(const Session& session, const survey_v1::Submission& submission,
            Table& table) {
  table.Add({SubmissionIdOf(submission.name()), StateName(submission.state()),
             std::to_string(submission.revision()),
             std::to_string(submission.round_revision()),
             submission.late() ? SayInCell(session, "late") : "",
             submission.digest()});
}

int PrintSubmission(Session& session, const survey_v1::Submission& submission) {
  Table table = SubmissionTable();
  AddRow(session, submission, table);
  Print(session, submission, table);
  return kOk;
}

// --- create, get, list, history ---------------------------------------------

int CreateFromFile(Session& session, int fiscal_year, const std::string& id,
                   const std::string& path, const std::string& reason,
                   bool dry_run) {
  const absl::StatusOr<std::string> json = ReadWholeFile(path);
  if (!json.ok()) return Fail(json.status());
  survey_v1::CreateSubmissionRequest request;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      *json, request.mutable_submission());
  if (!parsed.ok()) {
    return Fail(base::MakeError(CtlRow("SUBMISSION_FORMAT"))
                    .With("path", path)
                    .Show("why", std::string(parsed.message())),
                kUsage);
  }
  request.set_parent(session.round_name(fiscal_year));
  request.set_submission_id(id);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(dry_run);
  request.set_reason(reason);
  survey_v1::Submission reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintSubmission(session, reply) : code;
}

int GetSubmission(Session& session, int fiscal_year, const std::string& id) {
  survey_v1::GetSubmissionRequest request;
  request.set_name(SubmissionName(session, fiscal_year, id));
  survey_v1::Submission reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  Table table({{.title = "item"},
               {.title = "value", .limit = 48},
               {.title = "other_text", .limit = 24},
               {.title = "absence"}});
  const auto add = [&](const survey_v1::Answer& answer) {
    table.Add({answer.row().empty() ? answer.item()
                                    : answer.item() + "/" + answer.row(),
               ValueText(answer), answer.other_text(), AbsenceText(answer)});
  };
  for (const survey_v1::Answer& answer : reply.answers()) add(answer);
  for (const survey_v1::Answer& answer : reply.computed_absences()) add(answer);
  if (session.output() == Output::kTable) {
    std::cout << Say("{id}  {state}, revision {revision}, round revision "
                     "{round}{synthetic}",
                     {{"id", SubmissionIdOf(reply.name())},
                      {"state", StateName(reply.state())},
                      {"revision", std::to_string(reply.revision())},
                      {"round", std::to_string(reply.round_revision())},
                      {"synthetic",
                       reply.synthetic() ? Say(", 架空 (synthetic)") : ""}})
              << "\n\n";
  }
  Print(session, reply, table);
  return kOk;
}

int ListSubmissions(Session& session, int fiscal_year) {
  survey_v1::ListSubmissionsRequest request;
  request.set_parent(session.round_name(fiscal_year));
  std::vector<survey_v1::Submission> all;
  Table table = SubmissionTable();
  const int code = ReadPages<survey_v1::ListSubmissionsResponse>(
      session, request, [&](const survey_v1::ListSubmissionsResponse& page) {
        for (const survey_v1::Submission& submission : page.submissions()) {
          AddRow(session, submission, table);
          all.push_back(submission);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

int ShowRevisions(Session& session, int fiscal_year, const std::string& id) {
  survey_v1::ListSubmissionRevisionsRequest request;
  request.set_name(SubmissionName(session, fiscal_year, id));
  std::vector<survey_v1::Submission> all;
  Table table({{.title = "revision", .number = true},
               {.title = "round_revision", .number = true},
               {.title = "state"},
               {.title = "answers", .number = true},
               {.title = "reason"},
               {.title = "digest", .limit = 14}});
  const int code = ReadPages<survey_v1::ListSubmissionRevisionsResponse>(
      session, request,
      [&](const survey_v1::ListSubmissionRevisionsResponse& page) {
        for (const survey_v1::Submission& revision : page.revisions()) {
          table.Add({std::to_string(revision.revision()),
                     std::to_string(revision.round_revision()),
                     StateName(revision.state()),
                     std::to_string(revision.answers_size()), revision.reason(),
                     revision.digest()});
          all.push_back(revision);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

int Submit(Session& session, const std::string& name) {
  survey_v1::SubmitSubmissionRequest request;
  request.set_name(name);
  request.set_request_id(Session::NewRequestId());
  survey_v1::Submission reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintSubmission(session, reply) : code;
}

int Accept(Session& session, const std::string& name) {
  survey_v1::AcceptSubmissionRequest request;
  request.set_name(name);
  request.set_request_id(Session::NewRequestId());
  survey_v1::Submission reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintSubmission(session, reply) : code;
}

// Accepts what is handed in and not accepted yet. Where one is refused, those
// before it stay accepted; the same command goes on from there.
int AcceptAll(Session& session, int fiscal_year) {
  survey_v1::ListSubmissionsRequest request;
  request.set_parent(session.round_name(fiscal_year));
  std::vector<std::string> names;
  const int code = ReadPages<survey_v1::ListSubmissionsResponse>(
      session, request, [&](const survey_v1::ListSubmissionsResponse& page) {
        for (const survey_v1::Submission& submission : page.submissions()) {
          if (submission.state() == survey_v1::Submission::STATE_SUBMITTED) {
            names.push_back(submission.name());
          }
        }
      });
  if (code != kOk) return code;
  std::vector<survey_v1::Submission> all;
  Table table = SubmissionTable();
  for (const std::string& name : names) {
    survey_v1::AcceptSubmissionRequest accept;
    accept.set_name(name);
    accept.set_request_id(Session::NewRequestId());
    survey_v1::Submission& reply = all.emplace_back();
    if (const int refused = Call(session, accept, reply); refused != kOk) {
      return refused;
    }
    AddRow(session, reply, table);
  }
  PrintCountedList(session, all, table, Say("{count} submissions accepted"),
                   Say("No submission waits to be accepted."));
  return kOk;
}

int Return(Session& session, const std::string& name,
           const std::string& reason) {
  survey_v1::ReturnSubmissionRequest request;
  request.set_name(name);
  request.set_reason(reason);
  request.set_request_id(Session::NewRequestId());
  survey_v1::Submission reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintSubmission(session, reply) : code;
}

struct SubmissionFlags {
  int fiscal_year = 0;
  std::string id, file, reason;
  bool dry_run = false;
  bool all = false;
};

std::shared_ptr<SubmissionFlags> AddSubmissionFlags(const Command& verb,
                                                    bool with_id) {
  auto flags = std::make_shared<SubmissionFlags>();
  if (with_id) {
    verb.AddOption("RESPONDENT", flags->id,
                   "131016-municipality or 131016-council")
        .Required();
  }
  verb.AddOption("--fiscal-year,--round", flags->fiscal_year,
                 "Fiscal year of the round")
      .Required();
  return flags;
}

}  // namespace

void AddSubmissionCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun("submission", "What respondents answered");

  AddSubmissionImport(noun, session);

  const Command create =
      noun.AddVerb("create", "Create a draft from a JSON file");
  auto create_flags = AddSubmissionFlags(create, /*with_id=*/true);
  create.AddOption("--file", create_flags->file, "JSON file").File().Required();
  create.AddOption("--reason", create_flags->reason,
                   "Why it is written on the respondent's behalf");
  create.AddSwitch("--dry-run", create_flags->dry_run,
                   "Check everything, write nothing");
  create.Runs(session, [&session, create_flags] {
    return CreateFromFile(session, create_flags->fiscal_year, create_flags->id,
                          create_flags->file, create_flags->reason,
                          create_flags->dry_run);
  });

  const auto add = [&](const char* verb, const Phrase& help, bool with_id,
                       auto run) {
    const Command command = noun.AddVerb(verb, help);
    auto flags = AddSubmissionFlags(command, with_id);
    command.Runs(session, [&session, flags, run] { return run(*flags); });
    return std::pair{command, flags};
  };
  add("get", "Show one submission with its answers", true,
      [&session](const SubmissionFlags& f) {
        return GetSubmission(session, f.fiscal_year, f.id);
      });
  add("list", "List the submissions of a round", false,
      [&session](const SubmissionFlags& f) {
        return ListSubmissions(session, f.fiscal_year);
      });
  add("history", "List every revision of one submission", true,
      [&session](const SubmissionFlags& f) {
        return ShowRevisions(session, f.fiscal_year, f.id);
      });
  AddSubmissionExport(noun, session);
  add("submit", "Hand a draft in", true, [&session](const SubmissionFlags& f) {
    return Submit(session, SubmissionName(session, f.fiscal_year, f.id));
  });
  const auto [accept_verb, accept_flags] =
      add("accept", "Accept a submission, or all that are handed in", false,
          [&session](const SubmissionFlags& f) {
            if (f.all) return AcceptAll(session, f.fiscal_year);
            if (f.id.empty()) {
              return Fail(base::MakeError(CtlRow("ARGUMENT_MISSING"))
                              .With("detail", "RESPONDENT, --all"),
                          kUsage);
            }
            return Accept(session, SubmissionName(session, f.fiscal_year, f.id));
          });
  const Flag respondent =
      accept_verb.AddOption("RESPONDENT", accept_flags->id,
                            "131016-municipality or 131016-council");
  accept_verb
      .AddSwitch("--all", accept_flags->all,
                 "Everyone's of the round that is handed in")
      .Excludes(respondent);
  const auto [return_verb, return_flags] =
      add("return", "Give a submission back to be mended", true,
          [&session](const SubmissionFlags& f) {
            return Return(session, SubmissionName(session, f.fiscal_year, f.id),
                          f.reason);
          });
  return_verb
      .AddOption("--reason", return_flags->reason,
                 "Why; the respondent reads it")
      .Required();
}

}  // namespace welfare::ctl
