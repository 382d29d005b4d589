#include "services/report/snapshot/canonical.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "services/base/coding/sha256.h"

namespace welfare::report {
namespace {

// Appends fields as `<length>:<bytes>,`, so that no two contents share a form.
class CanonicalWriter {
 public:
  void Text(std::string_view text) {
    out_ += std::to_string(text.size());
    out_ += ':';
    out_ += text;
    out_ += ',';
  }
  void Number(long long number) { Text(std::to_string(number)); }
  void Maybe(const std::optional<std::string>& text) {
    Number(text.has_value() ? 1 : 0);
    if (text.has_value()) Text(*text);
  }
  // Starts a list of `size` elements.
  void List(std::string_view name, std::size_t size) {
    Text(name);
    Number(static_cast<long long>(size));
  }
  template <typename Enum>
  void Value(Enum value) {
    Number(static_cast<long long>(value));
  }
  // 0: nothing is stated.
  template <typename Enum>
  void Value(std::optional<Enum> value) {
    Number(value.has_value() ? static_cast<long long>(*value) : 0);
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

void Write(CanonicalWriter& writer, const RoundFacts& round) {
  writer.Text(round.survey);
  writer.Number(round.fiscal_year);
  writer.Text(round.display_name);
  writer.Text(round.purpose);
  writer.Text(round.method);
  writer.Text(round.publisher);
  writer.Text(round.window_start.ToString());
  writer.Text(round.window_end.ToString());
  writer.Text(round.codebook);
  writer.Number(round.synthetic ? 1 : 0);
}

void Write(CanonicalWriter& writer, const std::vector<ProgressGroup>& groups) {
  writer.List("progress", groups.size());
  for (const ProgressGroup& group : groups) {
    writer.Value(group.kind);
    writer.Number(group.implementing ? 1 : 0);
    writer.Number(group.expected);
    writer.Number(group.received);
    writer.Number(group.on_time);
    writer.Number(group.accepted);
  }
}

void Write(CanonicalWriter& writer, const std::vector<CellFlag>& flags) {
  writer.List("flags", flags.size());
  for (const CellFlag flag : flags) writer.Value(flag);
}

void Write(CanonicalWriter& writer, const IndicatorValue& value) {
  writer.Text(value.id);
  writer.Number(value.fiscal_year);
  writer.Number(value.reference_year);
  writer.Text(value.label);
  writer.Value(value.measure);
  writer.Text(value.population_id);
  writer.Text(value.population_label);
  writer.Number(value.population_size);
  writer.Number(value.base);
  writer.Number(value.answered);
  writer.Number(value.multiple_answer ? 1 : 0);
  writer.Text(value.unit);
  writer.Text(value.definition_digest);
  Write(writer, value.flags);
  writer.List("cells", value.cells.size());
  for (const ValueCell& cell : value.cells) {
    writer.Text(cell.key);
    writer.Text(cell.label);
    writer.Number(cell.count);
    writer.Number(cell.base);
    writer.Maybe(cell.percent);
    writer.Maybe(cell.value);
    writer.Value(cell.role);
    Write(writer, cell.flags);
  }
  writer.List("absences", value.absences.size());
  for (const AbsenceCount& absence : value.absences) {
    writer.Value(absence.kind);
    writer.Number(absence.count);
    writer.Maybe(absence.percent);
  }
}

void Write(CanonicalWriter& writer, std::string_view name,
           const IndicatorValues& values) {
  writer.List(name, values.size());
  for (const auto& [id, value] : values) Write(writer, value);
}

void Write(CanonicalWriter& writer, const Roster& roster) {
  writer.Number(roster.fiscal_year);
  writer.List("entries", roster.entries.size());
  for (const RosterEntry& entry : roster.entries) {
    writer.Text(entry.municipality);
    writer.Text(entry.name);
    writer.Text(entry.area);
    writer.Value(entry.implementing);
    writer.Value(entry.preparation);
    writer.Number(entry.newcomer ? 1 : 0);
    writer.Number(entry.newcomer_unknown ? 1 : 0);
  }
  writer.List("leavers", roster.leavers.size());
  for (const std::string& leaver : roster.leavers) writer.Text(leaver);
}

void Write(CanonicalWriter& writer, const Statement& statement) {
  writer.Text(statement.id);
  writer.Number(statement.page);
  writer.Text(statement.label);
  writer.Text(statement.published);
  writer.Value(statement.check);
  writer.Value(statement.verdict);
  writer.Text(statement.agreeing_readings);
  writer.Text(statement.not_computed_reason);
  writer.List("readings", statement.readings.size());
  for (const Reading& reading : statement.readings) {
    writer.Text(reading.reading);
    writer.Text(reading.population_label);
    writer.Text(reading.computed);
    writer.Value(reading.verdict);
    writer.Text(reading.rule);
    writer.Value(reading.count);
    writer.Value(reading.base);
    writer.Value(reading.wording);
  }
}

void Write(CanonicalWriter& writer, const Change& change) {
  const PrintedCell& place = change.place;
  writer.Text(place.figure);
  writer.Text(place.row);
  writer.Number(place.occurrence);
  writer.Text(place.column);
  writer.Text(place.page);
  writer.Text(place.title);
  writer.Text(place.row_label);
  writer.Text(place.column_label);
  writer.Number(change.was_there ? 1 : 0);
  writer.Text(change.before);
  writer.Number(change.is_there ? 1 : 0);
  writer.Text(change.after);
  writer.Number(change.sign_changed ? 1 : 0);
  writer.List("causes", change.causes.size());
  for (const ChangeCause cause : change.causes) writer.Value(cause);
}

void WriteRosters(CanonicalWriter& writer, const Snapshot& snapshot) {
  writer.List("rosters", snapshot.rosters.size());
  for (const Roster& roster : snapshot.rosters) Write(writer, roster);
}

void WriteStatements(CanonicalWriter& writer, const Snapshot& snapshot) {
  writer.List("statements", snapshot.statements.size());
  for (const Statement& statement : snapshot.statements) {
    Write(writer, statement);
  }
  writer.Text(snapshot.wording_profile);
}

void Sort(std::vector<ProgressGroup>& groups) {
  std::sort(groups.begin(), groups.end(),
            [](const ProgressGroup& a, const ProgressGroup& b) {
              return std::tuple(a.kind, !a.implementing) <
                     std::tuple(b.kind, !b.implementing);
            });
}

void Sort(IndicatorValues& values) {
  for (auto& [id, value] : values) {
    std::sort(value.flags.begin(), value.flags.end());
    std::sort(value.absences.begin(), value.absences.end(),
              [](const AbsenceCount& a, const AbsenceCount& b) {
                return a.kind < b.kind;
              });
    for (ValueCell& cell : value.cells) {
      std::sort(cell.flags.begin(), cell.flags.end());
    }
  }
}

}  // namespace

void SortSnapshot(Snapshot& snapshot) {
  Sort(snapshot.progress);
  Sort(snapshot.previous_progress);
  Sort(snapshot.values);
  Sort(snapshot.previous_values);
  std::sort(snapshot.rosters.begin(), snapshot.rosters.end(),
            [](const Roster& a, const Roster& b) {
              return a.fiscal_year < b.fiscal_year;
            });
  for (Roster& roster : snapshot.rosters) {
    std::sort(roster.entries.begin(), roster.entries.end(),
              [](const RosterEntry& a, const RosterEntry& b) {
                return a.municipality < b.municipality;
              });
    std::sort(roster.leavers.begin(), roster.leavers.end());
  }
  std::sort(snapshot.statements.begin(), snapshot.statements.end(),
            [](const Statement& a, const Statement& b) {
              return std::tie(a.page, a.id) < std::tie(b.page, b.id);
            });
}

std::string CanonicalBytes(const Snapshot& snapshot,
                           std::string_view renderer_fingerprint) {
  CanonicalWriter writer;
  writer.Text("welfare report snapshot 4");
  writer.Text(renderer_fingerprint);
  writer.Text(snapshot.template_digest);
  writer.Value(snapshot.basis);
  writer.Value(snapshot.edition);
  writer.Text(snapshot.corrected_snapshot);
  writer.Text(snapshot.correction_reason);
  writer.List("errata", snapshot.errata.size());
  for (const Change& change : snapshot.errata) Write(writer, change);
  Write(writer, snapshot.round);
  Write(writer, snapshot.progress);
  Write(writer, "values", snapshot.values);
  writer.List("left out", snapshot.left_out.size());
  for (const auto& [id, words] : snapshot.left_out) {
    writer.Text(id);
    writer.Text(words);
  }
  writer.Number(snapshot.previous_round.has_value() ? 1 : 0);
  if (snapshot.previous_round.has_value()) {
    Write(writer, *snapshot.previous_round);
    Write(writer, snapshot.previous_progress);
    Write(writer, "previous values", snapshot.previous_values);
  }
  WriteRosters(writer, snapshot);
  WriteStatements(writer, snapshot);
  return writer.Take();
}

std::string RegistryBytes(const Snapshot& snapshot) {
  CanonicalWriter writer;
  WriteRosters(writer, snapshot);
  for (const auto* groups : {&snapshot.progress, &snapshot.previous_progress}) {
    for (const ProgressGroup& group : *groups) writer.Number(group.expected);
  }
  return writer.Take();
}

std::string StatementBytes(const Snapshot& snapshot) {
  CanonicalWriter writer;
  for (const Statement& statement : snapshot.statements) {
    writer.Text(statement.id);
    writer.Text(statement.label);
    writer.Text(statement.published);
    writer.Value(statement.check);
  }
  writer.Text(snapshot.wording_profile);
  return writer.Take();
}

std::string SnapshotId(const Snapshot& snapshot,
                       std::string_view renderer_fingerprint) {
  return base::Sha256Hex(CanonicalBytes(snapshot, renderer_fingerprint));
}

}  // namespace welfare::report
