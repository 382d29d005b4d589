#include "services/registry/history/state_digest.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "services/base/coding/sha256.h"

namespace welfare::registry {
namespace {

// One line of fields. Fields hold no control characters (KeepText), so the
// separators are unambiguous.
std::string Line(const std::vector<std::string_view>& fields) {
  std::string line;
  for (const std::string_view field : fields) {
    line += field;
    line += '\t';
  }
  line.back() = '\n';
  return line;
}

std::string Join(const std::vector<base::MunicipalityCode>& codes) {
  std::string joined;
  for (const base::MunicipalityCode& code : codes) {
    joined += code.ToString() + " ";
  }
  return joined;
}

}  // namespace

RegistryState ComputeState(const RegistryView& view) {
  RegistryState state;
  std::vector<std::string> lines;
  for (const Municipality* municipality : view.Municipalities()) {
    ++state.municipalities;
    for (const MunicipalityPeriod& period : municipality->periods) {
      const MunicipalityFacts& facts = period.facts;
      lines.push_back(
          Line({"municipality", municipality->first_code.ToString(),
                period.first.ToString(), period.last.ToString(),
                facts.code.ToString(), facts.name, facts.kana, facts.name_en,
                ToString(facts.type), facts.area, facts.population_band,
                facts.council_name,
                facts.council_name_checked ? "checked" : "unchecked"}));
    }
  }
  for (const std::string& program : view.Programs()) {
    for (const base::FiscalYear year : view.FiscalYears(program)) {
      view.ForEachStatus(program, year, [&](const StatusRecord& record) {
        ++state.status_records;
        lines.push_back(
            Line({"status", program, record.municipality.ToString(),
                  year.ToString(), FileWord(record.facts.implementing),
                  FileWord(record.facts.preparation)}));
      });
    }
  }
  for (const LineageEvent* event : view.LineageEvents()) {
    ++state.lineage_events;
    lines.push_back(Line({"lineage", ToString(event->kind),
                          event->effective_date.ToString(),
                          Join(event->predecessors), Join(event->successors)}));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  state.digest = base::Sha256Hex(text);
  return state;
}

}  // namespace welfare::registry
