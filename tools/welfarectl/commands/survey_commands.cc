// codebook and round.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "services/base/date.h"
#include "services/base/error.h"
#include "tools/welfarectl/commands/commands.h"
#include "tools/welfarectl/files/csv_batches.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::ctl {
namespace {

namespace v1 = ::welfare::survey::v1;

std::unique_ptr<v1::SurveyService::Stub> Survey(Session& session) {
  return v1::SurveyService::NewStub(session.channel());
}

// --- codebook ---------------------------------------------------------------

Table CodebookTable() {
  return Table({{.title = "codebook"},
                {.title = "title"},
                {.title = "state"},
                {.title = "items", .number = true},
                {.title = "digest", .limit = 14}});
}

void AddRow(Table& table, const v1::Codebook& codebook) {
  table.Add(
      {codebook.name(), codebook.display_name(),
       ShortName(v1::Codebook::State_Name(codebook.state()), "STATE_"),
       codebook.items().empty() ? "" : std::to_string(codebook.items_size()),
       codebook.digest()});
}

int PrintCodebook(Session& session, const v1::Codebook& codebook) {
  Table table = CodebookTable();
  AddRow(table, codebook);
  Print(session, codebook, table);
  return kOk;
}

struct CodebookFlags {
  std::string path;
  std::string version;
  bool lint = false;
};

int ImportCodebook(Session& session, const CodebookFlags& flags) {
  v1::ImportCodebookRequest request;
  request.set_parent(session.survey_name());
  request.set_codebook_id(flags.version);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.lint);
  const std::filesystem::path folder(flags.path);
  const auto read = [&](const char* sheet, std::string& text) {
    auto file = ReadCsvFile((folder / sheet).string());
    if (!file.ok()) return file.status();
    text = std::move(file->text);
    return absl::OkStatus();
  };
  if (auto status = read("survey.csv", *request.mutable_survey_csv());
      !status.ok()) {
    return Fail(status);
  }
  if (auto status = read("choices.csv", *request.mutable_choices_csv());
      !status.ok()) {
    return Fail(status);
  }
  if (auto status = read("settings.csv", *request.mutable_settings_csv());
      !status.ok()) {
    return Fail(status);
  }
  v1::Codebook reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->ImportCodebook(context.get(), request, &reply);
  if (!status.ok()) return Fail(status);
  return PrintCodebook(session, reply);
}

int PublishCodebook(Session& session, const std::string& version) {
  v1::PublishCodebookRequest request;
  request.set_name(session.codebook_name(version));
  request.set_request_id(Session::NewRequestId());
  v1::Codebook reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->PublishCodebook(context.get(), request, &reply);
  if (!status.ok()) return Fail(status);
  return PrintCodebook(session, reply);
}

int ListCodebooks(Session& session) {
  auto stub = Survey(session);
  v1::ListCodebooksRequest request;
  request.set_parent(session.survey_name());
  request.set_page_size(1000);
  std::vector<v1::Codebook> all;
  Table table = CodebookTable();
  do {
    v1::ListCodebooksResponse response;
    const auto context = session.NewContext();
    const grpc::Status status =
        stub->ListCodebooks(context.get(), request, &response);
    if (!status.ok()) return Fail(status);
    for (const v1::Codebook& codebook : response.codebooks()) {
      AddRow(table, codebook);
      all.push_back(codebook);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  PrintList(session, all, table);
  return kOk;
}

// --- round ------------------------------------------------------------------

std::string DateText(const google::type::Date& date) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year(), date.month(),
                date.day());
  return text;
}

absl::Status SetDate(const std::string& text, google::type::Date& date) {
  WELFARE_ASSIGN_OR_RETURN(const base::Date parsed, base::Date::Parse(text));
  date.set_year(parsed.year());
  date.set_month(parsed.month());
  date.set_day(parsed.day());
  return absl::OkStatus();
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

void AddRow(Table& table, const v1::Round& round) {
  table.Add(
      {round.name(), round.display_name(),
       ShortName(v1::Round::State_Name(round.state()), "STATE_"),
       DateText(round.window_start()) + ".." + DateText(round.window_end()),
       round.codebook().substr(round.codebook().rfind('/') + 1),
       std::to_string(round.registry_version()),
       std::to_string(round.revision()), round.synthetic() ? "架空" : ""});
}

int PrintRound(Session& session, const v1::Round& round) {
  Table table = RoundTable();
  AddRow(table, round);
  Print(session, round, table);
  return kOk;
}

struct RoundFlags {
  int fiscal_year = 0;
  std::string title, purpose, method, publisher, window_start, window_end;
  std::string codebook, program = "jusou";
  bool synthetic = false;
};

int CreateRound(Session& session, const RoundFlags& flags) {
  v1::CreateRoundRequest request;
  request.set_parent(session.survey_name());
  request.set_round_id(std::to_string(flags.fiscal_year));
  request.set_request_id(Session::NewRequestId());
  v1::Round& round = *request.mutable_round();
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
      static_cast<void>(Fail(status));
      return kUsage;
    }
  }
  v1::Round reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->CreateRound(context.get(), request, &reply);
  if (!status.ok()) return Fail(status);
  return PrintRound(session, reply);
}

int OpenRound(Session& session, int fiscal_year) {
  v1::OpenRoundRequest request;
  request.set_name(session.round_name(fiscal_year));
  request.set_request_id(Session::NewRequestId());
  v1::Round reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->OpenRound(context.get(), request, &reply);
  return status.ok() ? PrintRound(session, reply) : Fail(status);
}

int CloseRound(Session& session, int fiscal_year) {
  v1::CloseRoundRequest request;
  request.set_name(session.round_name(fiscal_year));
  request.set_request_id(Session::NewRequestId());
  v1::Round reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->CloseRound(context.get(), request, &reply);
  return status.ok() ? PrintRound(session, reply) : Fail(status);
}

int GetRound(Session& session, int fiscal_year) {
  v1::GetRoundRequest request;
  request.set_name(session.round_name(fiscal_year));
  v1::Round reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->GetRound(context.get(), request, &reply);
  return status.ok() ? PrintRound(session, reply) : Fail(status);
}

int ListRounds(Session& session) {
  auto stub = Survey(session);
  v1::ListRoundsRequest request;
  request.set_parent(session.survey_name());
  request.set_page_size(1000);
  std::vector<v1::Round> all;
  Table table = RoundTable();
  do {
    v1::ListRoundsResponse response;
    const auto context = session.NewContext();
    const grpc::Status status =
        stub->ListRounds(context.get(), request, &response);
    if (!status.ok()) return Fail(status);
    for (const v1::Round& round : response.rounds()) {
      AddRow(table, round);
      all.push_back(round);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  PrintList(session, all, table);
  return kOk;
}

int ShowProgress(Session& session, int fiscal_year) {
  v1::GetRoundProgressRequest request;
  request.set_name(session.round_name(fiscal_year));
  v1::RoundProgress reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Survey(session)->GetRoundProgress(context.get(), request, &reply);
  if (!status.ok()) return Fail(status);
  Table table({{.title = "respondents"},
               {.title = "group"},
               {.title = "expected", .number = true},
               {.title = "received", .number = true},
               {.title = "on_time", .number = true},
               {.title = "accepted", .number = true},
               {.title = "draft", .number = true}});
  for (const v1::RoundProgress::Group& group : reply.groups()) {
    table.Add(
        {ShortName(type::v1::RespondentKind_Name(group.respondent_kind()),
                   "RESPONDENT_KIND_"),
         group.implementing() ? "implementing" : "not implementing",
         std::to_string(group.expected()), std::to_string(group.received()),
         std::to_string(group.on_time()), std::to_string(group.accepted()),
         std::to_string(group.draft())});
  }
  table.Add({"all", "", std::to_string(reply.expected()),
             std::to_string(reply.received()), "", "", ""});
  Print(session, reply, table);
  return kOk;
}

// A verb whose only argument is the round's fiscal year.
void AddRoundVerb(CLI::App& noun, Session& session, const char* verb,
                  const char* help, int (*run)(Session&, int)) {
  CLI::App* command = noun.add_subcommand(verb, help);
  auto fiscal_year = std::make_shared<int>(0);
  command->add_option("--fiscal-year", *fiscal_year, "Fiscal year of the round")
      ->required();
  command->callback([&session, fiscal_year, run] {
    session.action = [&session, fiscal_year, run] {
      return run(session, *fiscal_year);
    };
  });
}

}  // namespace

void AddCodebookCommands(CLI::App& app, Session& session) {
  CLI::App* noun = app.add_subcommand("codebook", "Questionnaires, versioned");
  noun->require_subcommand(1);
  for (const bool lint : {false, true}) {
    CLI::App* verb = noun->add_subcommand(
        lint ? "lint" : "import", lint ? "Check a codebook and write nothing"
                                       : "Import a codebook as a draft");
    auto flags = std::make_shared<CodebookFlags>();
    flags->lint = lint;
    verb->add_option("PATH", flags->path,
                     "Folder with survey.csv, choices.csv and settings.csv")
        ->required();
    verb->add_option("--version-id", flags->version, "Version, such as 2025-1")
        ->required();
    verb->callback([&session, flags] {
      session.action = [&session, flags] {
        return ImportCodebook(session, *flags);
      };
    });
  }
  CLI::App* publish = noun->add_subcommand(
      "publish", "Publish a draft; from then on it never changes");
  auto version = std::make_shared<std::string>();
  publish->add_option("VERSION", *version, "Version, such as 2025-1")
      ->required();
  publish->callback([&session, version] {
    session.action = [&session, version] {
      return PublishCodebook(session, *version);
    };
  });
  noun->add_subcommand("list", "List the versions")->callback([&session] {
    session.action = [&session] { return ListCodebooks(session); };
  });
}

void AddRoundCommands(CLI::App& app, Session& session) {
  CLI::App* noun = app.add_subcommand("round", "One fiscal year's survey");
  noun->require_subcommand(1);
  CLI::App* create = noun->add_subcommand("create", "Create a planned round");
  auto flags = std::make_shared<RoundFlags>();
  create->add_option("--fiscal-year", flags->fiscal_year, "Fiscal year")
      ->required();
  create->add_option("--title", flags->title, "Name of the survey")->required();
  create->add_option("--purpose", flags->purpose, "What it is for");
  create->add_option("--method", flags->method, "How it is carried out");
  create->add_option("--publisher", flags->publisher, "Who publishes it");
  create
      ->add_option("--window-start", flags->window_start,
                   "First day, 2025-06-16")
      ->required();
  create
      ->add_option("--window-end", flags->window_end,
                   "Last day, inclusive, 2025-07-11")
      ->required();
  create->add_option("--codebook", flags->codebook, "Codebook version, 2025-1")
      ->required();
  create->add_option("--program", flags->program, "Programme id")
      ->capture_default_str();
  create->add_flag("--synthetic", flags->synthetic,
                   "Demonstration data (架空): marked wherever it shows");
  create->callback([&session, flags] {
    session.action = [&session, flags] { return CreateRound(session, *flags); };
  });
  AddRoundVerb(*noun, session, "open",
               "Open a round: pin the registry and freeze the population",
               &OpenRound);
  AddRoundVerb(*noun, session, "close", "Close a round to submissions",
               &CloseRound);
  AddRoundVerb(*noun, session, "get", "Show a round", &GetRound);
  AddRoundVerb(*noun, session, "progress",
               "Show expected, received, on time and accepted by group",
               &ShowProgress);
  noun->add_subcommand("list", "List the rounds")->callback([&session] {
    session.action = [&session] { return ListRounds(session); };
  });
}

}  // namespace welfare::ctl
