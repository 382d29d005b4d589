// report template: what staff change from year to year.
#include "tools/welfarectl/commands/report/template_commands.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/files/import_stream.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/output/time_text.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::ctl {
namespace {

namespace report_v1 = ::welfare::report::v1;

struct TemplateFlags {
  std::string report_template = "jusou";
  int fiscal_year = 0;
  std::string file;
  std::string encoding = "auto";
  std::string comment;
  std::string revision = "current";
  std::string out = "-";
  bool dry_run = false;
};

std::string TemplateName(const Session& session, const TemplateFlags& flags) {
  return session.round_name(flags.fiscal_year) + "/templates/" +
         flags.report_template;
}

Table RevisionTable() {
  return Table({{.title = "revision"},
                {.title = "digest", .limit = 14},
                {.title = "by"},
                {.title = "created"},
                {.title = "comment", .limit = 40}});
}

void AddRow(Table& table, const Session& session,
            const report_v1::TemplateRevision& revision) {
  table.Add({revision.name(), revision.digest(), revision.editor(),
             TimeFor(session, revision.create_time()), revision.comment()});
}

int StoreTemplate(Session& session, const TemplateFlags& flags) {
  auto file = ReadImportFile(flags.file, flags.encoding);
  if (!file.ok()) return Fail(file.status());
  report_v1::CreateTemplateRevisionRequest request;
  request.set_parent(TemplateName(session, flags));
  request.mutable_template_revision()->set_text(std::move(file->text));
  request.mutable_template_revision()->set_comment(flags.comment);
  request.set_file(std::filesystem::path(flags.file).filename().string());
  request.set_validate_only(flags.dry_run);
  request.set_request_id(Session::NewRequestId());
  report_v1::TemplateRevision reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  Table table = RevisionTable();
  AddRow(table, session, reply);
  Print(session, reply, table);
  if (flags.dry_run) {
    std::cerr << Say("The template fits; nothing is stored.") << "\n";
  }
  return kOk;
}

int ShowTemplate(Session& session, const TemplateFlags& flags) {
  report_v1::GetTemplateRevisionRequest request;
  request.set_name(TemplateName(session, flags) + "/revisions/" +
                   flags.revision);
  report_v1::TemplateRevision reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  if (flags.out == "-") {
    std::cout << reply.text() << std::flush;
    return kOk;
  }
  if (const absl::Status written = WriteWholeFile(flags.out, reply.text());
      !written.ok()) {
    return Fail(written);
  }
  std::cerr << Say("{path}: {bytes} bytes, sha256 {digest}",
                   {{"path", flags.out},
                    {"bytes", std::to_string(reply.text().size())},
                    {"digest", reply.digest()}})
            << "\n";
  return kOk;
}

int ListTemplates(Session& session, const TemplateFlags& flags) {
  report_v1::ListTemplateRevisionsRequest request;
  request.set_parent(TemplateName(session, flags));
  std::vector<report_v1::TemplateRevision> all;
  Table table = RevisionTable();
  const int code = ReadPages<report_v1::ListTemplateRevisionsResponse>(
      session, request,
      [&](const report_v1::ListTemplateRevisionsResponse& page) {
        for (const report_v1::TemplateRevision& revision :
             page.template_revisions()) {
          AddRow(table, session, revision);
          all.push_back(revision);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

}  // namespace

void AddTemplateCommands(const Command& noun, Session& session) {
  const Command templates = noun.AddNoun(
      "template", "What the reports of a round are made from, as plain text");
  auto flags = std::make_shared<TemplateFlags>();
  const Command set = templates.AddVerb(
      "set", "Check a template and store it for a round's reports to come");
  const Command get = templates.AddVerb("get", "Write a template out");
  const Command list =
      templates.AddVerb("list", "List what was stored, the newest first");
  for (const Command& verb : {set, get, list}) {
    verb.AddOption("--template", flags->report_template, "Template id")
        .ShowDefault();
    verb.AddOption("--fiscal-year", flags->fiscal_year,
                   "Fiscal year of the round")
        .Required();
  }
  set.AddOption("FILE", flags->file, "The template, as YAML").File().Required();
  AddEncodingFlag(set, flags->encoding);
  set.AddOption("--comment", flags->comment, "Why it is another");
  set.AddSwitch("--dry-run", flags->dry_run, "Check everything, store nothing");
  set.Runs(session,
           [&session, flags] { return StoreTemplate(session, *flags); });
  get.AddOption("--revision", flags->revision,
                "Number of the revision, current or built-in")
      .ShowDefault();
  get.AddOption("--out", flags->out, "File to write; - is standard output")
      .File();
  get.Runs(session, [&session, flags] { return ShowTemplate(session, *flags); });
  list.Runs(session,
            [&session, flags] { return ListTemplates(session, *flags); });
}

}  // namespace welfare::ctl
