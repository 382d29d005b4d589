// municipality: list, export.
#include "tools/welfarectl/commands/registry/municipality_list.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <set>
#include <vector>

#include "tools/welfarectl/commands/registry/registry_calls.h"

namespace welfare::ctl {
namespace {

using Municipalities = std::vector<v1::Municipality>;

struct ListFlags {
  std::string type, area, population_band, status, program = "jusou";
  int fiscal_year = 0;
  ReadAt at;
};

// What a list speaks for.
struct Listed {
  Municipalities municipalities;
  std::int64_t version = 0;
  int fiscal_year = 0;
};

int ReadList(Session& session, const v1::ListMunicipalitiesRequest& request,
             Listed& listed) {
  return ReadPages<v1::ListMunicipalitiesResponse>(
      session, request, [&](const v1::ListMunicipalitiesResponse& page) {
        listed.municipalities.insert(listed.municipalities.end(),
                                     page.municipalities().begin(),
                                     page.municipalities().end());
        listed.version = page.version();
        listed.fiscal_year = page.fiscal_year();
      });
}

// Makes `request` speak for what `listed` does. A version alone would not do:
// the year left out is that of the moment.
void Pin(const Listed& listed, v1::ListMunicipalitiesRequest& request) {
  request.clear_known_at();
  request.set_data_version(listed.version);
  request.set_fiscal_year(listed.fiscal_year);
}

// Those on record as not running the programme: NO and ENDED, which the
// registry tells apart.
int ReadNotImplementing(Session& session, v1::ListMunicipalitiesRequest request,
                        Listed& listed) {
  request.set_implementing(v1::IMPLEMENTING_NO);
  int code = ReadList(session, request, listed);
  if (code != kOk) return code;
  Listed ended;
  Pin(listed, request);
  request.set_implementing(v1::IMPLEMENTING_ENDED);
  code = ReadList(session, request, ended);
  if (code != kOk) return code;
  Municipalities both;
  std::merge(listed.municipalities.begin(), listed.municipalities.end(),
             ended.municipalities.begin(), ended.municipalities.end(),
             std::back_inserter(both),
             [](const auto& a, const auto& b) { return a.name() < b.name(); });
  listed.municipalities = std::move(both);
  return kOk;
}

// Those of which the year has no record: no fact matches them, so they are
// what remains of all.
int ReadUnknown(Session& session, v1::ListMunicipalitiesRequest request,
                Listed& listed) {
  const std::string program = request.program();
  request.clear_program();
  int code = ReadList(session, request, listed);
  if (code != kOk) return code;
  std::set<std::string> known;
  Pin(listed, request);
  request.set_program(program);
  for (const auto fact :
       {v1::IMPLEMENTING_YES, v1::IMPLEMENTING_NO, v1::IMPLEMENTING_ENDED}) {
    request.set_implementing(fact);
    Listed some;
    code = ReadList(session, request, some);
    if (code != kOk) return code;
    for (const auto& m : some.municipalities) known.insert(m.name());
  }
  std::erase_if(listed.municipalities, [&](const v1::Municipality& m) {
    return known.contains(m.name());
  });
  return kOk;
}

int ReadByStatus(Session& session, const ListFlags& flags,
                 v1::ListMunicipalitiesRequest request, Listed& listed) {
  if (flags.status.empty()) return ReadList(session, request, listed);
  request.set_program(ProgramName(flags.program));
  if (flags.status == "not-implementing") {
    return ReadNotImplementing(session, request, listed);
  }
  if (flags.status == "unknown") return ReadUnknown(session, request, listed);
  if (flags.status == "preparing") {
    request.set_preparation(v1::PREPARATION_YES);
  } else {
    request.set_implementing(v1::IMPLEMENTING_YES);
  }
  return ReadList(session, request, listed);
}

int ReadWith(Session& session, const ListFlags& flags, Listed& listed) {
  v1::ListMunicipalitiesRequest request;
  request.set_area(flags.area);
  request.set_population_band(flags.population_band);
  request.set_fiscal_year(flags.fiscal_year);
  v1::Municipality::Type type = v1::Municipality::TYPE_UNSPECIFIED;
  if (!flags.type.empty()) ParseType(flags.type, type);
  request.set_type(type);
  if (const int code = flags.at.Fill(request); code != kOk) return code;
  return ReadByStatus(session, flags, std::move(request), listed);
}

int List(Session& session, const ListFlags& flags) {
  Listed listed;
  const int code = ReadWith(session, flags, listed);
  if (code != kOk) return code;
  Table table = MunicipalityTable();
  for (const v1::Municipality& m : listed.municipalities) {
    AddMunicipality(session, m, table);
  }
  const base::ErrorWords words = {
      {"status", flags.status.empty()
                     ? ""
                     : " (" + flags.program + ": " + flags.status + ")"},
      {"year", std::to_string(listed.fiscal_year)},
      {"version", std::to_string(listed.version)}};
  PrintCountedList(
      session, listed.municipalities, table,
      Say(table.size() == 1
              ? Phrase("{count} municipality{status}, FY{year}, "
                       "registry version {version}")
              : Phrase("{count} municipalities{status}, FY{year}, "
                       "registry version {version}"),
          words),
      Say("No municipality{status} in FY{year}, registry version {version}.",
          words));
  return kOk;
}

// The year that a file must give for the facts of `m`, so that taking it in
// again finds them as they are; empty where they hold in every year.
std::string FileYear(const v1::Municipality& m) {
  if (m.periods().empty()) return YearText(m.first_fiscal_year());
  for (const v1::Municipality::Period& p : m.periods()) {
    const bool after = p.first_fiscal_year() > m.fiscal_year();
    const bool before =
        p.last_fiscal_year() != 0 && p.last_fiscal_year() < m.fiscal_year();
    // A period without a beginning is told by a year in it.
    if (!after && !before && p.first_fiscal_year() != 0) {
      return YearText(p.first_fiscal_year());
    }
  }
  return YearText(m.fiscal_year());
}

int Export(Session& session, const ListFlags& flags) {
  Listed listed;
  const int code = ReadWith(session, flags, listed);
  if (code != kOk) return code;
  const Municipalities& all = listed.municipalities;
  if (session.output() == Output::kJson) {
    PrintList(session, all, Table({}));
    return kOk;
  }
  const bool bands = std::any_of(all.begin(), all.end(), [](const auto& m) {
    return !m.population_band().empty();
  });
  const bool years = std::any_of(all.begin(), all.end(), [](const auto& m) {
    return !FileYear(m).empty();
  });
  std::vector<Table::Column> columns;
  for (const char* title : {"code", "name", "kana", "name_en", "type", "area",
                            "council_name", "council_name_checked"}) {
    columns.push_back({.title = title});
  }
  if (bands) columns.push_back({.title = "population_band"});
  if (years) columns.push_back({.title = "first_fiscal_year"});
  Table table(columns);
  for (const v1::Municipality& m : all) {
    std::vector<std::string> cells = {
        m.code(),
        m.display_name(),
        m.kana(),
        m.display_name_en(),
        TypeName(m.type()),
        m.area(),
        m.council().display_name(),
        m.council().name_checked() ? "yes" : "no"};
    if (bands) cells.push_back(m.population_band());
    if (years) cells.push_back(FileYear(m));
    table.Add(std::move(cells));
  }
  table.PrintCsv(std::cout);
  std::cout << std::flush;
  std::cerr << Say("{count} municipalities of FY{year}, registry version "
                   "{version}",
                   {{"count", std::to_string(all.size())},
                    {"year", std::to_string(listed.fiscal_year)},
                    {"version", std::to_string(listed.version)}})
            << "\n";
  return kOk;
}

}  // namespace

void AddMunicipalityLists(const Command& noun, Session& session) {
  const Command list = noun.AddVerb("list", "List municipalities");
  auto list_flags = std::make_shared<ListFlags>();
  list.AddOption("--type", list_flags->type, "Only this kind")
      .OneOf({"special_ward", "city", "town", "village"});
  list.AddOption("--area", list_flags->area, "区部, 市部, 町村部 or 島しょ");
  list.AddOption("--population-band", list_flags->population_band,
                 "Only this population band");
  list.AddOption("--status", list_flags->status,
                 "Only those on record with this status of --program; "
                 "not-implementing is no and ended, unknown is no record")
      .OneOf({"implementing", "not-implementing", "preparing", "unknown"});
  list.AddOption("--program", list_flags->program, "Programme of --status")
      .ShowDefault();
  AddFiscalYear(list, list_flags->fiscal_year);
  list_flags->at.AddTo(list);
  list.Runs(session,
            [&session, list_flags] { return List(session, *list_flags); });

  const Command export_verb =
      noun.AddVerb("export", "Write municipalities as CSV that `import` reads");
  auto export_flags = std::make_shared<ListFlags>();
  AddFiscalYear(export_verb, export_flags->fiscal_year);
  export_flags->at.AddTo(export_verb);
  export_verb.Runs(session, [&session, export_flags] {
    return Export(session, *export_flags);
  });
}

}  // namespace welfare::ctl
