// roster timeline.
#include "tools/welfarectl/commands/registry/roster_timeline.h"

#include <algorithm>
#include <iostream>
#include <vector>

#include "tools/welfarectl/commands/registry/registry_calls.h"

namespace welfare::ctl {
namespace {

// Room for the numbers beside the bars, and for bars where lines have any
// length.
constexpr std::size_t kNumbersWidth = 58;
constexpr std::size_t kBarWidth = 60;

std::string StepName(v1::ProgramTimeline::Transition::Kind kind) {
  std::string name =
      ShortName(v1::ProgramTimeline::Transition::Kind_Name(kind), "");
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string StepsOf(const v1::ProgramTimeline::Municipality& m) {
  std::vector<std::string> steps;
  for (const auto& step : m.transitions()) {
    steps.push_back(std::to_string(step.fiscal_year()) + " " +
                    StepName(step.kind()));
  }
  return JoinWith(steps, ", ");
}

// `2024=no/yes`: ran it, prepared for it.
std::string YearsOf(const v1::ProgramTimeline::Municipality& m) {
  std::vector<std::string> years;
  for (const auto& year : m.years()) {
    years.push_back(std::to_string(year.fiscal_year()) + "=" +
                    ImplementingName(year.implementing()) + "/" +
                    PreparationName(year.preparation()));
  }
  return JoinWith(years, " ");
}

// How many municipalities one mark of a bar stands for.
int MarkSize(const v1::ProgramTimeline& timeline, const Page& page) {
  const std::size_t room = page.width == 0 ? kBarWidth
                           : page.width > kNumbersWidth + 10
                               ? page.width - kNumbersWidth
                               : std::size_t{10};
  int most = 1;
  for (const auto& year : timeline.years()) {
    most = std::max(most, year.implementing_count() + year.preparing_count());
  }
  const auto marks = static_cast<int>(room);
  return (most + marks - 1) / marks;
}

Table YearTable(const v1::ProgramTimeline& timeline, int mark_size) {
  Table table(
      {{.title = "fiscal_year", .number = true, .heading = "year"},
       {.title = "size", .number = true, .heading = "all"},
       {.title = "implementing_count",
        .number = true,
        .heading = "implementing"},
       {.title = "new", .number = true, .table_only = true},
       {.title = "left", .number = true, .table_only = true},
       {.title = "preparing_count", .number = true, .heading = "preparing"},
       {.title = "unrecorded_count", .number = true, .heading = "no record"},
       {.title = "bar", .heading = "#+", .table_only = true},
       {.title = "implementing", .csv_only = true},
       {.title = "newcomers", .csv_only = true},
       {.title = "newcomers_unknown", .csv_only = true},
       {.title = "leavers", .csv_only = true},
       {.title = "preparing", .csv_only = true}});
  const auto marks = [&](int count, char mark) {
    return std::string(
        static_cast<std::size_t>((count + mark_size - 1) / mark_size), mark);
  };
  for (const auto& year : timeline.years()) {
    table.Add({std::to_string(year.fiscal_year()), std::to_string(year.size()),
               std::to_string(year.implementing_count()),
               std::to_string(year.newcomers_size()) +
                   (year.newcomers_unknown().empty() ? "" : "?"),
               std::to_string(year.leavers_size()),
               std::to_string(year.preparing_count()),
               std::to_string(year.unrecorded_count()),
               marks(year.implementing_count(), '#') +
                   marks(year.preparing_count(), '+'),
               IdsOf(year.implementing()), IdsOf(year.newcomers()),
               IdsOf(year.newcomers_unknown()), IdsOf(year.leavers()),
               IdsOf(year.preparing())});
  }
  return table;
}

// `all`: those without a step as well.
Table WayTable(const v1::ProgramTimeline& timeline, bool all) {
  Table table(
      {{.title = "municipality", .csv_only = true},
       {.title = "code", .table_only = true},
       {.title = "display_name", .heading = "name"},
       {.title = "first_implementation_year",
        .number = true,
        .heading = "since"},
       {.title = "years_since_start", .number = true, .heading = "years"},
       {.title = "years", .csv_only = true},
       {.title = "transitions", .fit = Table::Fit::kFold, .heading = "steps"}});
  for (const auto& m : timeline.municipalities()) {
    if (!all && m.transitions().empty() && m.first_implementation_year() == 0) {
      continue;
    }
    table.Add(
        {m.municipality(), IdOf(m.municipality()), m.display_name(),
         YearText(m.first_implementation_year()),
         m.has_years_since_start() ? std::to_string(m.years_since_start()) : "",
         YearsOf(m), StepsOf(m)});
  }
  return table;
}

struct TimelineFlags {
  std::string program = "jusou", by;
  ReadAt at;
};

void PrintTimeline(const Session& session, const v1::ProgramTimeline& timeline,
                   const std::string& by) {
  const Page page = OutputPage(session);
  std::cout << Say("{name}, registry version {version}",
                   {{"name", Bold(page, timeline.name())},
                    {"version", std::to_string(timeline.version())}})
            << "\n\n";
  if (by != "municipality") {
    const int mark_size = MarkSize(timeline, page);
    PrintRows(session, YearTable(timeline, mark_size));
    std::cout << Say(mark_size == 1
                         ? Phrase("# implementing, + preparing; a mark is one "
                                  "municipality")
                         : Phrase("# implementing, + preparing; a mark is up "
                                  "to {count} municipalities"),
                     {{"count", std::to_string(mark_size)}})
              << "\n";
    if (std::any_of(timeline.years().begin(), timeline.years().end(),
                    [](const v1::ProgramTimeline::Year& year) {
                      return year.newcomers_unknown_size() > 0;
                    })) {
      std::cout << Say("? others may be new: the year before has no record of "
                       "them")
                << "\n";
    }
  }
  if (by == "year") return;
  if (by != "municipality") std::cout << "\n";
  const Table table = WayTable(timeline, /*all=*/false);
  if (table.size() > 0) PrintRows(session, table);
  std::cout << std::flush;
  const std::size_t others =
      static_cast<std::size_t>(timeline.municipalities_size()) - table.size();
  std::cerr << Say("{count} more on record never ran it nor are known to have "
                   "begun to prepare",
                   {{"count", std::to_string(others)}})
            << "\n";
}

int ShowTimeline(Session& session, const TimelineFlags& flags) {
  v1::GetProgramTimelineRequest request;
  request.set_name(ProgramName(flags.program) + "/timeline");
  if (const int code = flags.at.Fill(request); code != kOk) return code;
  v1::ProgramTimeline timeline;
  const int code = Call(session, request, timeline);
  if (code != kOk) return code;
  if (session.output() == Output::kTable) {
    PrintTimeline(session, timeline, flags.by);
  } else {
    Print(session, timeline,
          flags.by == "municipality" ? WayTable(timeline, /*all=*/true)
                                     : YearTable(timeline, 1));
  }
  return kOk;
}

}  // namespace

void AddRosterTimeline(const Command& noun, Session& session) {
  const Command timeline = noun.AddVerb(
      "timeline", "Show what became of a programme over the years");
  auto flags = std::make_shared<TimelineFlags>();
  timeline.AddOption("--program", flags->program, "Programme id").ShowDefault();
  timeline
      .AddOption("--by", flags->by,
                 "Only this table; left out: both, in CSV that of the years")
      .OneOf({"year", "municipality"});
  flags->at.AddTo(timeline);
  timeline.Runs(session,
                [&session, flags] { return ShowTimeline(session, *flags); });
}

}  // namespace welfare::ctl
