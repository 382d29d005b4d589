// roster show.
#include <algorithm>
#include <iostream>
#include <map>
#include <vector>

#include "services/text/display_width.h"
#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/registry/registry_commands.h"
#include "tools/welfarectl/commands/registry/roster_timeline.h"

namespace welfare::ctl {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kLabelWidth = 16;
constexpr std::size_t kCountWidth = 3;
constexpr std::string_view kNew = "*";
constexpr std::string_view kPerhapsNew = "?";

// The mark behind the name of one that runs the programme.
std::string MarkOf(const v1::Roster::Entry& entry) {
  return std::string(entry.newcomer()           ? kNew
                     : entry.newcomer_unknown() ? kPerhapsNew
                                                : "");
}

// Prints `label  count  name、name、…`; names stay whole where lines are
// folded. Those that end in the mark of a newcomer are green.
void PrintNames(const Page& page, const std::string& label,
                const Names& names) {
  const std::size_t indent = kLabelWidth + 2 + kCountWidth + 2;
  const std::size_t width =
      page.width > indent + 20 ? page.width - indent : std::size_t{0};
  std::string line = Bold(page, text::PadRight(label, kLabelWidth)) + "  " +
                     text::PadLeft(std::to_string(names.size()), kCountWidth) +
                     "  ";
  std::size_t used = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string comma = i + 1 < names.size() ? "、" : "";
    const std::size_t size = text::DisplayWidth(names[i] + comma);
    if (width > 0 && used > 0 && used + size > width) {
      std::cout << line << "\n";
      line.assign(indent, ' ');
      used = 0;
    }
    line +=
        (names[i].ends_with(kNew) ? Green(page, names[i]) : names[i]) + comma;
    used += size;
  }
  if (names.empty()) line += "-";
  std::cout << line << "\n";
}

// Names of the municipalities `resources`, as the roster calls them.
template <typename Resources>
Names NamesOf(const v1::Roster& roster, const Resources& resources) {
  std::map<std::string, std::string> known;
  for (const v1::Roster::Entry& entry : roster.entries()) {
    known.emplace(entry.municipality(), entry.display_name());
  }
  Names names;
  for (const std::string& resource : resources) {
    const auto found = known.find(resource);
    names.push_back(found == known.end() ? IdOf(resource) : found->second);
  }
  return names;
}

Table EntryTable(const v1::Roster& roster) {
  Table table({{.title = "municipality", .csv_only = true},
               {.title = "code", .table_only = true},
               {.title = "display_name", .heading = "name"},
               {.title = "area"},
               {.title = "type", .spare = 2},
               {.title = "population_band", .spare = 1, .heading = "band"},
               {.title = "implementing"},
               {.title = "preparation"},
               {.title = "newcomer", .csv_only = true},
               {.title = "new", .spare = 3, .table_only = true},
               {.title = "first_implementation_year",
                .number = true,
                .heading = "since"},
               {.title = "years_since_start",
                .number = true,
                .spare = 4,
                .heading = "years"},
               {.title = "council_display_name", .csv_only = true}});
  for (const v1::Roster::Entry& e : roster.entries()) {
    table.Add(
        {e.municipality(), IdOf(e.municipality()), e.display_name(), e.area(),
         TypeName(e.type()), e.population_band(),
         ImplementingName(e.implementing()), PreparationName(e.preparation()),
         e.newcomer()           ? "yes"
         : e.newcomer_unknown() ? "unknown"
                                : "no",
         MarkOf(e), YearText(e.first_implementation_year()),
         e.has_years_since_start() ? std::to_string(e.years_since_start()) : "",
         e.council_display_name()});
  }
  return table;
}

// What a grouping is called in the table.
std::string GroupingName(const std::string& grouping) {
  return HeadingOf(grouping == "population_band" ? "band" : grouping);
}

void PrintGroups(const Session& session, const v1::Roster& roster) {
  Table table({{.title = "by"},
               {.title = "group"},
               {.title = "all", .number = true},
               {.title = "implementing", .number = true},
               {.title = "new", .number = true},
               {.title = "not", .number = true},
               {.title = "of these preparing", .number = true},
               {.title = "no record", .number = true}});
  std::string grouping;
  for (const v1::Roster::Group& group : roster.groups()) {
    // A grouping in which nothing is recorded divides nothing.
    if (group.group().empty() && group.size() == roster.entries_size())
      continue;
    table.Add(
        {group.grouping() == grouping ? "" : GroupingName(group.grouping()),
         group.group().empty() ? Say("(none)") : group.group(),
         std::to_string(group.size()),
         std::to_string(group.implementing_count()),
         std::to_string(group.newcomer_count()),
         std::to_string(group.not_implementing_count()),
         std::to_string(group.preparing_count()),
         std::to_string(group.unrecorded_count())});
    grouping = group.grouping();
  }
  if (table.size() == 0) return;
  std::cout << "\n";
  PrintRows(session, table);
}

void PrintComparison(const Page& page, const v1::Roster& roster) {
  const v1::Roster::Comparison& c = roster.comparison();
  const auto year_text = [](int year) {
    return Say("FY{year}", {{"year", std::to_string(year)}});
  };
  const std::string here = year_text(roster.fiscal_year());
  const std::string there = year_text(c.fiscal_year());
  std::cout << "\n"
            << Bold(page, Say("Implementing in {here} and in {there}",
                              {{"here", here}, {"there", there}}))
            << "\n";
  PrintNames(page, Say("only {year}", {{"year", here}}),
             NamesOf(roster, c.only_here()));
  PrintNames(page, Say("only {year}", {{"year", there}}),
             NamesOf(roster, c.only_there()));
  PrintNames(page, Say("both"), NamesOf(roster, c.both()));
  if (c.unknown_size() > 0) {
    PrintNames(page, Say("other year open"), NamesOf(roster, c.unknown()));
  }
}

// What the roster counts, in one line.
std::string CountsInWords(const v1::Roster& roster) {
  const auto counted = [](int count) {
    return base::ErrorWords{{"count", std::to_string(count)}};
  };
  return Say(
      "{count} implementing ({new} new, marked *{perhaps}), {rest} not, of "
      "these {preparing} in preparation{unrecorded}",
      {{"count", std::to_string(roster.implementing_count())},
       {"new", std::to_string(roster.newcomer_count())},
       {"perhaps",
        roster.newcomer_unknown_count() == 0
            ? ""
            : Say("; {count} new or not, marked ?: no record for the year "
                  "before",
                  counted(roster.newcomer_unknown_count()))},
       {"rest", std::to_string(roster.not_implementing_count())},
       {"preparing", std::to_string(roster.preparing_count())},
       {"unrecorded", roster.unrecorded_count() == 0
                          ? ""
                          : Say(", {count} without a record",
                                counted(roster.unrecorded_count()))}});
}

void PrintRoster(const Session& session, const v1::Roster& roster,
                 bool entries) {
  const Page page = OutputPage(session);
  Names implementing, preparing, rest, unrecorded;
  for (const v1::Roster::Entry& entry : roster.entries()) {
    const std::string& name = entry.display_name();
    if (entry.implementing() == v1::IMPLEMENTING_YES) {
      implementing.push_back(name + MarkOf(entry));
    } else if (entry.preparation() == v1::PREPARATION_YES) {
      preparing.push_back(name);
    } else if (entry.implementing() == v1::IMPLEMENTING_UNSPECIFIED) {
      unrecorded.push_back(name);
    } else {
      rest.push_back(name);
    }
  }
  std::cout << Say("{name}, registry version {version}",
                   {{"name", Bold(page, roster.name())},
                    {"version", std::to_string(roster.version())}})
            << "\n"
            << CountsInWords(roster) << "\n\n";
  PrintNames(page, Say("implementing"), implementing);
  PrintNames(page, Say("in preparation"), preparing);
  PrintNames(page, Say("the rest"), rest);
  if (!unrecorded.empty()) PrintNames(page, Say("no record"), unrecorded);
  if (roster.leavers_size() > 0) {
    PrintNames(page, Say("left"), NamesOf(roster, roster.leavers()));
  }
  PrintGroups(session, roster);
  if (roster.has_comparison()) PrintComparison(page, roster);
  if (entries) {
    std::cout << "\n";
    PrintRows(session, EntryTable(roster));
  }
}

struct ShowFlags {
  std::string program = "jusou";
  int fiscal_year = 0;
  int compared = 0;
  bool entries = false;
  ReadAt at;
};

int Show(Session& session, const ShowFlags& flags) {
  v1::GetRosterRequest request;
  request.set_name(ProgramName(flags.program) + "/rosters/" +
                   std::to_string(flags.fiscal_year));
  request.set_compared_fiscal_year(flags.compared);
  if (const int code = flags.at.Fill(request); code != kOk) return code;
  v1::Roster roster;
  const int code = Call(session, request, roster);
  if (code != kOk) return code;
  if (session.output() == Output::kTable) {
    PrintRoster(session, roster, flags.entries);
  } else {
    Print(session, roster, EntryTable(roster));
  }
  return kOk;
}

}  // namespace

void AddRosterCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun("roster", "Who runs a programme in a year");
  const Command show = noun.AddVerb("show", "Show the roster of a year");
  auto flags = std::make_shared<ShowFlags>();
  show.AddOption("--program", flags->program, "Programme id").ShowDefault();
  show.AddOption("--fiscal-year", flags->fiscal_year, "Fiscal year").Required();
  show.AddOption("--compare", flags->compared, "Compare with this fiscal year");
  show.AddSwitch("--entries", flags->entries,
                 "List every municipality as well");
  flags->at.AddTo(show);
  show.Runs(session, [&session, flags] { return Show(session, *flags); });
  AddRosterTimeline(noun, session);
}

}  // namespace welfare::ctl
