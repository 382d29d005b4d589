// program.
#include <vector>

#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/registry/registry_commands.h"

namespace welfare::ctl {
namespace {

int ListPrograms(Session& session, const ReadAt& at) {
  v1::ListProgramsRequest request;
  if (const int code = at.Fill(request); code != kOk) return code;
  std::vector<v1::Program> all;
  Table table(
      {{.title = "name", .csv_only = true},
       {.title = "id", .table_only = true},
       {.title = "display_name", .heading = "name"},
       {.title = "display_name_en", .spare = 2, .heading = "english"},
       {.title = "first_fiscal_year", .number = true, .heading = "since"},
       {.title = "first_record_year",
        .number = true,
        .heading = "records from"},
       {.title = "last_record_year", .number = true, .heading = "to"},
       {.title = "legal_basis", .spare = 1, .heading = "law"}});
  const int code = ReadPages<v1::ListProgramsResponse>(
      session, request, [&](const v1::ListProgramsResponse& page) {
        for (const v1::Program& p : page.programs()) {
          all.push_back(p);
          table.Add({p.name(), IdOf(p.name()), p.display_name(),
                     p.display_name_en(), YearText(p.first_fiscal_year()),
                     YearText(p.first_record_year()),
                     YearText(p.last_record_year()), p.legal_basis()});
        }
      });
  if (code != kOk) return code;
  PrintCountedList(session, all, table,
                   Say(all.size() == 1 ? Phrase("{count} programme")
                                       : Phrase("{count} programmes")),
                   Say("There is no programme."));
  return kOk;
}

}  // namespace

void AddProgramCommands(const Command& app, Session& session) {
  const Command noun =
      app.AddNoun("program", "Programmes that municipalities run");
  const Command list = noun.AddVerb("list", "List the programmes");
  auto at = std::make_shared<ReadAt>();
  at->AddTo(list);
  list.Runs(session, [&session, at] { return ListPrograms(session, *at); });
}

}  // namespace welfare::ctl
