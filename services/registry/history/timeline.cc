#include "services/registry/history/timeline.h"

#include <map>

#include "services/registry/history/roster.h"

namespace welfare::registry {

std::vector<Transition> FindTransitions(const std::vector<YearStatus>& years) {
  std::vector<Transition> steps;
  bool ran_ever = false;
  bool running = false;
  bool preparing = false;
  for (const YearStatus& year : years) {
    const auto step = [&](TransitionKind kind) {
      steps.push_back({.fiscal_year = year.fiscal_year, .kind = kind});
    };
    const bool runs = year.status.implementing == Implementing::kYes;
    if (runs && !running) {
      step(ran_ever ? TransitionKind::kResumed : TransitionKind::kStarted);
    } else if (!runs && running) {
      step(year.status.implementing == Implementing::kEnded
               ? TransitionKind::kEnded
               : TransitionKind::kPaused);
    }
    if (year.status.preparation == Preparation::kYes && !preparing) {
      step(TransitionKind::kPreparationStarted);
    } else if (year.status.preparation == Preparation::kNo && preparing &&
               !runs) {
      step(TransitionKind::kPreparationStopped);
    }
    running = runs;
    ran_ever = ran_ever || runs;
    if (runs || year.status.preparation != Preparation::kUnknown) {
      preparing = !runs && year.status.preparation == Preparation::kYes;
    }
  }
  return steps;
}

ProgramTimeline ComputeTimeline(const RegistryView& view,
                                const Program& program) {
  ProgramTimeline timeline{.program = program.id,
                           .version = view.version(),
                           .years = {},
                           .rows = {}};
  std::map<base::MunicipalityCode, TimelineRow> rows;
  for (const base::FiscalYear year : view.FiscalYears(program.id)) {
    bool any = false;
    view.ForEachStatus(program.id, year, [&](const StatusRecord& record) {
      const Municipality* municipality =
          view.FindMunicipality(record.municipality);
      if (municipality == nullptr) return;
      any = true;
      TimelineRow& row = rows[record.municipality];
      row.municipality = municipality;
      row.years.push_back({.fiscal_year = year, .status = record.facts});
      if (record.facts.implementing == Implementing::kYes &&
          !row.first_implementation_year.has_value()) {
        row.first_implementation_year = year;
      }
    });
    if (!any) continue;
    const Roster roster = ComputeRoster(view, program, year);
    TimelineYear line{.fiscal_year = year,
                      .size = roster.counts.size,
                      .implementing = {},
                      .newcomers = {},
                      .newcomers_unknown = {},
                      .leavers = roster.leavers,
                      .preparing = {}};
    for (const RosterEntry& entry : roster.entries) {
      if (entry.status.implementing == Implementing::kYes) {
        line.implementing.push_back(entry.municipality);
        if (entry.newcomer) line.newcomers.push_back(entry.municipality);
        if (entry.newcomer_unknown) {
          line.newcomers_unknown.push_back(entry.municipality);
        }
        continue;
      }
      if (!entry.status.implementing.has_value()) ++line.unrecorded;
      if (entry.status.preparation == Preparation::kYes) {
        line.preparing.push_back(entry.municipality);
      }
    }
    timeline.years.push_back(std::move(line));
  }
  for (auto& [id, row] : rows) {
    row.transitions = FindTransitions(row.years);
    timeline.rows.push_back(std::move(row));
  }
  return timeline;
}

}  // namespace welfare::registry
