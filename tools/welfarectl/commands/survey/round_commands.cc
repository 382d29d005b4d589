// round create, close, get, progress, list; the verbs that change a round have
// a file of their own.
#include "tools/welfarectl/commands/survey/round_commands.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/time/date.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/survey/round_edits.h"
#include "tools/welfarectl/commands/survey/survey_commands.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;

std::string DayText(const google::type::Date& date) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(),
                date.day());
  return text;
}

Table RoundTable() {
  return Table({{.title = "round"},
                {.title = "title", .limit = 44},
                {.title = "state"},
                {.title = "window"},
                {.title = "codebook"},
                {.title = "registry", .number = true},
                {.title = "revision", .number = true},
                {.title = "data"}});
}

void AddRow(Table& table, const survey_v1::Round& round) {
  table.Add({round.name(), round.display_name(),
             ShortName(survey_v1::Round::State_Name(round.state()), "STATE_"),
             DayText(round.window_start()) + ".." + DayText(round.window_end()),
             round.codebook().substr(round.codebook().rfind('/') + 1),
             std::to_string(round.registry_version()),
             std::to_string(round.revision()),
             round.synthetic() ? "架空" : ""});
}

}  // namespace

int PrintRound(Session& session, const survey_v1::Round& round) {
  Table table = RoundTable();
  AddRow(table, round);
  Print(session, round, table);
  return kOk;
}

absl::Status SetDate(const std::string& text, google::type::Date& date) {
  WELFARE_ASSIGN_OR_RETURN(const base::Date parsed, base::Date::Parse(text));
  date.set_year(parsed.year());
  date.set_month(parsed.month());
  date.set_day(parsed.day());
  return absl::OkStatus();
}

namespace {

struct RoundFlags {
  int fiscal_year = 0;
  std::string title, purpose, method, publisher, window_start, window_end;
  std::string codebook, program = "jusou";
  bool synthetic = false;
};

int CreateRound(Session& session, const RoundFlags& flags) {
  survey_v1::CreateRoundRequest request;
  request.set_parent(session.survey_name());
  request.set_round_id(std::to_string(flags.fiscal_year));
  request.set_request_id(Session::NewRequestId());
  survey_v1::Round& round = *request.mutable_round();
  round.set_display_name(flags.title);
  round.set_purpose(flags.purpose);
  round.set_method(flags.method);
  round.set_publisher(flags.publisher);
  round.set_codebook(session.codebook_name(flags.codebook));
  round.set_program("programs/" + flags.program);
  round.set_synthetic(flags.synthetic);
  for (const auto& [text, date] :
       {std::pair{&flags.window_start, round.mutable_window_start()},
        std::pair{&flags.window_end, round.mutable_window_end()}}) {
    if (absl::Status status = SetDate(*text, *date); !status.ok()) {
      return Fail(status, kUsage);
    }
  }
  survey_v1::Round reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  return PrintRound(session, reply);
}

int CloseRound(Session& session, int fiscal_year) {
  survey_v1::CloseRoundRequest request;
  request.set_name(session.round_name(fiscal_year));
  request.set_request_id(Session::NewRequestId());
  survey_v1::Round reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintRound(session, reply) : code;
}

int GetRound(Session& session, int fiscal_year) {
  survey_v1::GetRoundRequest request;
  request.set_name(session.round_name(fiscal_year));
  survey_v1::Round reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintRound(session, reply) : code;
}

int ListRounds(Session& session) {
  survey_v1::ListRoundsRequest request;
  request.set_parent(session.survey_name());
  std::vector<survey_v1::Round> all;
  Table table = RoundTable();
  const int code = ReadPages<survey_v1::ListRoundsResponse>(
      session, request, [&](const survey_v1::ListRoundsResponse& page) {
        for (const survey_v1::Round& round : page.rounds()) {
          AddRow(table, round);
          all.push_back(round);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

int ShowProgress(Session& session, int fiscal_year) {
  survey_v1::GetRoundProgressRequest request;
  request.set_name(session.round_name(fiscal_year));
  survey_v1::RoundProgress reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  Table table({{.title = "respondents"},
               {.title = "group"},
               {.title = "expected", .number = true},
               {.title = "received", .number = true},
               {.title = "on_time", .number = true},
               {.title = "accepted", .number = true},
               {.title = "draft", .number = true}});
  for (const survey_v1::RoundProgress::Group& group : reply.groups()) {
    table.Add(
        {ShortName(type::v1::RespondentKind_Name(group.respondent_kind()),
                   "RESPONDENT_KIND_"),
         SayInCell(session, group.implementing() ? Phrase("implementing")
                                                 : Phrase("not implementing")),
         std::to_string(group.expected()), std::to_string(group.received()),
         std::to_string(group.on_time()), std::to_string(group.accepted()),
         std::to_string(group.draft())});
  }
  table.Add({SayInCell(session, "all"), "", std::to_string(reply.expected()),
             std::to_string(reply.received()), "", "", ""});
  Print(session, reply, table);
  return kOk;
}

// A verb whose only argument is the round's fiscal year.
void AddRoundVerb(const Command& noun, Session& session, const char* verb,
                  const Phrase& help, int (*run)(Session&, int)) {
  const Command command = noun.AddVerb(verb, help);
  auto fiscal_year = std::make_shared<int>(0);
  command.AddOption("--fiscal-year", *fiscal_year, "Fiscal year of the round")
      .Required();
  command.Runs(session, [&session, fiscal_year, run] {
    return run(session, *fiscal_year);
  });
}

}  // namespace

void AddRoundCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun("round", "One fiscal year's survey");
  const Command create = noun.AddVerb("create", "Create a planned round");
  auto flags = std::make_shared<RoundFlags>();
  create.AddOption("--fiscal-year", flags->fiscal_year, "Fiscal year")
      .Required();
  create.AddOption("--title", flags->title, "Name of the survey").Required();
  create.AddOption("--purpose", flags->purpose, "What it is for");
  create.AddOption("--method", flags->method, "How it is carried out");
  create.AddOption("--publisher", flags->publisher, "Who publishes it");
  create
      .AddOption("--window-start", flags->window_start, "First day, 2025-06-16")
      .Required();
  create
      .AddOption("--window-end", flags->window_end,
                 "Last day, inclusive, 2025-07-11")
      .Required();
  create.AddOption("--codebook", flags->codebook, "Codebook version, 2025-1")
      .Required();
  create.AddOption("--program", flags->program, "Programme id").ShowDefault();
  create.AddSwitch("--synthetic", flags->synthetic,
                   "Demonstration data (架空): marked wherever it shows");
  create.Runs(session,
              [&session, flags] { return CreateRound(session, *flags); });
  AddRoundEdits(noun, session);
  AddRoundVerb(noun, session, "close", "Close a round to submissions",
               &CloseRound);
  AddRoundVerb(noun, session, "get", "Show a round", &GetRound);
  AddRoundVerb(noun, session, "progress",
               "Show expected, received, on time and accepted by group",
               &ShowProgress);
  noun.AddVerb("list", "List the rounds").Runs(session, [&session] {
    return ListRounds(session);
  });
}

}  // namespace welfare::ctl
