// municipality: get, resolve; the other verbs are in files of their own.
#include <iostream>

#include "tools/welfarectl/commands/registry/municipality_edits.h"
#include "tools/welfarectl/commands/registry/municipality_history.h"
#include "tools/welfarectl/commands/registry/municipality_list.h"
#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/registry/registry_commands.h"

namespace welfare::ctl {
namespace {

// `FY2024 to FY2026`, with words for the open ends.
std::string YearsText(int first, int last) {
  const base::ErrorWords words = {{"from", std::to_string(first)},
                                  {"to", std::to_string(last)}};
  if (last == 0) {
    return Say(first == 0 ? Phrase("since before the records")
                          : Phrase("from FY{from} on"),
               words);
  }
  return Say(first == 0 ? Phrase("since before the records to FY{to}")
                        : Phrase("FY{from} to FY{to}"),
             words);
}

Table PeriodTable() {
  using Fit = Table::Fit;
  return Table({{.title = "first_fiscal_year", .heading = "from"},
                {.title = "last_fiscal_year", .heading = "to"},
                {.title = "code"},
                {.title = "display_name", .heading = "name"},
                {.title = "kana", .spare = 2},
                {.title = "display_name_en", .spare = 3, .heading = "english"},
                {.title = "type"},
                {.title = "area"},
                {.title = "population_band", .spare = 1, .heading = "band"},
                {.title = "council_display_name",
                 .fit = Fit::kEllipsis,
                 .heading = "council"}});
}

void PrintFacts(const Session& session, const v1::Municipality& m) {
  const Page page = OutputPage(session);
  const std::string council =
      Say(m.council().name_checked() ? Phrase("{name} (checked)")
                                     : Phrase("{name} (unchecked)"),
          {{"name", m.council().display_name()}});
  PrintFields(
      std::cout, page,
      {{"resource", m.name()},
       {"code", m.code()},
       {"name", m.display_name()},
       {"kana", m.kana()},
       {"english", m.display_name_en()},
       {"type", TypeName(m.type())},
       {"area", m.area()},
       {"band", m.population_band()},
       {"council", council},
       {"as in", Say("FY{year}", {{"year", std::to_string(m.fiscal_year())}})},
       {"exists", YearsText(m.first_fiscal_year(), m.last_fiscal_year())},
       {"version", std::to_string(m.version())},
       {"etag", m.etag()},
       {"created", TimeText(m.create_time())},
       {"changed", TimeText(m.update_time())}});
  if (m.periods().empty()) return;
  Table table = PeriodTable();
  for (const v1::Municipality::Period& p : m.periods()) {
    table.Add({YearText(p.first_fiscal_year()), YearText(p.last_fiscal_year()),
               p.code(), p.display_name(), p.kana(), p.display_name_en(),
               TypeName(p.type()), p.area(), p.population_band(),
               p.council_display_name()});
  }
  std::cout << "\n";
  PrintRows(session, table);
}

void PrintMunicipality(const Session& session, const v1::Municipality& m) {
  if (session.output() == Output::kTable) {
    PrintFacts(session, m);
    return;
  }
  Table table = MunicipalityTable();
  AddMunicipality(session, m, table);
  Print(session, m, table);
}

struct GetFlags {
  std::string text;
  int fiscal_year = 0;
  int code_digits = 6;
  ReadAt at;
};

int Resolve(Session& session, const GetFlags& flags) {
  v1::ResolveMunicipalityRequest request;
  request.set_text(flags.text);
  request.set_fiscal_year(flags.fiscal_year);
  request.set_five_digit_code(flags.code_digits == 5);
  if (const int code = flags.at.Fill(request); code != kOk) return code;
  v1::Municipality reply;
  const int code = Call(session, request, reply);
  if (code != kOk) return code;
  if (session.output() != Output::kTable) {
    PrintMunicipality(session, reply);
    return kOk;
  }
  Table table({{.title = "name", .heading = "resource"},
               {.title = "code"},
               {.title = "display_name", .heading = "name"},
               {.title = "type"},
               {.title = "area"},
               {.title = "fiscal_year", .number = true}});
  table.Add({reply.name(), reply.code(), reply.display_name(),
             TypeName(reply.type()), reply.area(),
             std::to_string(reply.fiscal_year())});
  PrintRows(session, table);
  return kOk;
}

int Get(Session& session, const GetFlags& flags) {
  v1::Municipality reply;
  if (!IsCodeLike(flags.text)) {
    v1::ResolveMunicipalityRequest request;
    request.set_text(flags.text);
    request.set_fiscal_year(flags.fiscal_year);
    if (const int code = flags.at.Fill(request); code != kOk) return code;
    const int code = Call(session, request, reply);
    if (code != kOk) return code;
  } else {
    v1::GetMunicipalityRequest request;
    request.set_name(MunicipalityName(flags.text));
    request.set_fiscal_year(flags.fiscal_year);
    if (const int code = flags.at.Fill(request); code != kOk) return code;
    const int code = Call(session, request, reply);
    if (code != kOk) return code;
  }
  PrintMunicipality(session, reply);
  return kOk;
}

void AddReads(const Command& noun, Session& session) {
  const Command get = noun.AddVerb("get", "Show one municipality");
  auto get_flags = std::make_shared<GetFlags>();
  get.AddOption("CODE", get_flags->text,
                "Six-digit code, resource name, or a name such as 青ヶ島村")
      .Required();
  AddFiscalYear(get, get_flags->fiscal_year);
  get_flags->at.AddTo(get);
  get.Runs(session, [&session, get_flags] { return Get(session, *get_flags); });

  const Command resolve =
      noun.AddVerb("resolve", "Say which municipality a code or a name means");
  auto resolve_flags = std::make_shared<GetFlags>();
  resolve
      .AddOption("TEXT", resolve_flags->text,
                 "Code, or name of a municipality or council in any "
                 "declared spelling")
      .Required();
  resolve
      .AddOption("--code-digits", resolve_flags->code_digits,
                 "5: digits are a code without check digit")
      .OneOf({5, 6})
      .ShowDefault();
  AddFiscalYear(resolve, resolve_flags->fiscal_year);
  resolve_flags->at.AddTo(resolve);
  resolve.Runs(session, [&session, resolve_flags] {
    return Resolve(session, *resolve_flags);
  });
}

}  // namespace

void AddMunicipalityCommands(const Command& app, Session& session) {
  const Command noun =
      app.AddNoun("municipality", "Municipalities and their councils");
  AddReads(noun, session);
  AddMunicipalityLists(noun, session);
  AddMunicipalityHistory(noun, session);
  AddMunicipalityWrites(noun, session);
}

}  // namespace welfare::ctl
