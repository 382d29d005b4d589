// codebook import, lint, list; publish has a file of its own.
#include "tools/welfarectl/commands/survey/codebook_commands.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/survey/codebook_publish.h"
#include "tools/welfarectl/commands/survey/survey_commands.h"
#include "tools/welfarectl/files/import_stream.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;

Table CodebookTable() {
  return Table({{.title = "codebook"},
                {.title = "title"},
                {.title = "state"},
                {.title = "items", .number = true},
                {.title = "digest", .limit = 14}});
}

void AddRow(Table& table, const survey_v1::Codebook& codebook) {
  table.Add(
      {codebook.name(), codebook.display_name(),
       ShortName(survey_v1::Codebook::State_Name(codebook.state()), "STATE_"),
       codebook.items().empty() ? "" : std::to_string(codebook.items_size()),
       codebook.digest()});
}

}  // namespace

int PrintCodebook(Session& session, const survey_v1::Codebook& codebook) {
  Table table = CodebookTable();
  AddRow(table, codebook);
  Print(session, codebook, table);
  return kOk;
}

namespace {

struct CodebookFlags {
  std::string path;
  std::string version;
  std::string encoding = "auto";
  bool lint = false;
};

int ImportCodebook(Session& session, const CodebookFlags& flags) {
  survey_v1::ImportCodebookRequest request;
  request.set_parent(session.survey_name());
  request.set_codebook_id(flags.version);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.lint);
  const std::filesystem::path folder(flags.path);
  const auto read = [&](const char* sheet, std::string& text) {
    auto file = ReadImportFile((folder / sheet).string(), flags.encoding);
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
  survey_v1::Codebook reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  return PrintCodebook(session, reply);
}

int ListCodebooks(Session& session) {
  survey_v1::ListCodebooksRequest request;
  request.set_parent(session.survey_name());
  std::vector<survey_v1::Codebook> all;
  Table table = CodebookTable();
  const int code = ReadPages<survey_v1::ListCodebooksResponse>(
      session, request, [&](const survey_v1::ListCodebooksResponse& page) {
        for (const survey_v1::Codebook& codebook : page.codebooks()) {
          AddRow(table, codebook);
          all.push_back(codebook);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

}  // namespace

void AddCodebookCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun("codebook", "Questionnaires, versioned");
  for (const bool lint : {false, true}) {
    const Command verb =
        noun.AddVerb(lint ? "lint" : "import",
                     lint ? Phrase("Check a codebook and write nothing")
                          : Phrase("Import a codebook as a draft"));
    auto flags = std::make_shared<CodebookFlags>();
    flags->lint = lint;
    verb.AddOption("PATH", flags->path,
                   "Folder with survey.csv, choices.csv and settings.csv")
        .File()
        .Required();
    verb.AddOption("--version-id", flags->version, "Version, such as 2025-1")
        .Required();
    AddEncodingFlag(verb, flags->encoding);
    verb.Runs(session,
              [&session, flags] { return ImportCodebook(session, *flags); });
  }
  AddCodebookPublish(noun, session);
  noun.AddVerb("list", "List the versions").Runs(session, [&session] {
    return ListCodebooks(session);
  });
}

}  // namespace welfare::ctl
