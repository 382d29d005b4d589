#include "services/report/snapshot/canonical.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/report/snapshot/canonical_form.h"

namespace welfare::report {
namespace {

constexpr std::string_view kForm = "welfare report snapshot 4";

template <typename Form>
void Fields(Form& form, Of<Form, RoundFacts>& round) {
  form.Text(round.survey);
  form.Number(round.fiscal_year);
  form.Text(round.display_name);
  form.Text(round.purpose);
  form.Text(round.method);
  form.Text(round.publisher);
  form.Day(round.window_start);
  form.Day(round.window_end);
  form.Text(round.codebook);
  form.Number(round.synthetic);
}

template <typename Form>
void Fields(Form& form, Of<Form, std::vector<ProgressGroup>>& groups) {
  form.List("progress", groups, [&form](Of<Form, ProgressGroup>& group) {
    form.Value(group.kind);
    form.Number(group.implementing);
    form.Number(group.expected);
    form.Number(group.received);
    form.Number(group.on_time);
    form.Number(group.accepted);
  });
}

template <typename Form>
void Fields(Form& form, Of<Form, std::vector<CellFlag>>& flags) {
  form.List("flags", flags,
            [&form](Of<Form, CellFlag>& flag) { form.Value(flag); });
}

template <typename Form>
void Fields(Form& form, Of<Form, IndicatorValue>& value) {
  form.Text(value.id);
  form.Number(value.fiscal_year);
  form.Number(value.reference_year);
  form.Text(value.label);
  form.Value(value.measure);
  form.Text(value.population_id);
  form.Text(value.population_label);
  form.Number(value.population_size);
  form.Number(value.base);
  form.Number(value.answered);
  form.Number(value.multiple_answer);
  form.Text(value.unit);
  form.Text(value.definition_digest);
  Fields(form, value.flags);
  form.List("cells", value.cells, [&form](Of<Form, ValueCell>& cell) {
    form.Text(cell.key);
    form.Text(cell.label);
    form.Number(cell.count);
    form.Number(cell.base);
    form.Maybe(cell.percent);
    form.Maybe(cell.value);
    form.Value(cell.role);
    Fields(form, cell.flags);
  });
  form.List("absences", value.absences,
            [&form](Of<Form, AbsenceCount>& absence) {
              form.Value(absence.kind);
              form.Number(absence.count);
              form.Maybe(absence.percent);
            });
}

// The id of a value is its key, and is read as a field of it.
void Fields(CanonicalWriter& writer, std::string_view name,
            const IndicatorValues& values) {
  writer.List(name, values,
              [&writer](const auto& entry) { Fields(writer, entry.second); });
}

void Fields(CanonicalReader& reader, std::string_view name,
            IndicatorValues& values) {
  std::vector<IndicatorValue> list;
  reader.List(name, list,
              [&reader](IndicatorValue& value) { Fields(reader, value); });
  for (IndicatorValue& value : list) {
    std::string id = value.id;
    values.emplace_hint(values.end(), std::move(id), std::move(value));
  }
}

template <typename Form>
void Fields(Form& form, Of<Form, Roster>& roster) {
  form.Number(roster.fiscal_year);
  form.List("entries", roster.entries, [&form](Of<Form, RosterEntry>& entry) {
    form.Text(entry.municipality);
    form.Text(entry.name);
    form.Text(entry.area);
    form.Value(entry.implementing);
    form.Value(entry.preparation);
    form.Number(entry.newcomer);
    form.Number(entry.newcomer_unknown);
  });
  form.List("leavers", roster.leavers,
            [&form](Of<Form, std::string>& leaver) { form.Text(leaver); });
}

template <typename Form>
void Fields(Form& form, Of<Form, Statement>& statement) {
  form.Text(statement.id);
  form.Number(statement.page);
  form.Text(statement.label);
  form.Text(statement.published);
  form.Value(statement.check);
  form.Value(statement.verdict);
  form.Text(statement.agreeing_readings);
  form.Text(statement.not_computed_reason);
  form.List("readings", statement.readings,
            [&form](Of<Form, Reading>& reading) {
              form.Text(reading.reading);
              form.Text(reading.population_label);
              form.Text(reading.computed);
              form.Value(reading.verdict);
              form.Text(reading.rule);
              form.Value(reading.count);
              form.Value(reading.base);
              form.Value(reading.wording);
            });
}

template <typename Form>
void Fields(Form& form, Of<Form, Change>& change) {
  auto& place = change.place;
  form.Text(place.figure);
  form.Text(place.row);
  form.Number(place.occurrence);
  form.Text(place.column);
  form.Text(place.page);
  form.Text(place.title);
  form.Text(place.row_label);
  form.Text(place.column_label);
  form.Number(change.was_there);
  form.Text(change.before);
  form.Number(change.is_there);
  form.Text(change.after);
  form.Number(change.sign_changed);
  form.List("causes", change.causes,
            [&form](Of<Form, ChangeCause>& cause) { form.Value(cause); });
}

template <typename Form>
void RosterFields(Form& form, Of<Form, Snapshot>& snapshot) {
  form.List("rosters", snapshot.rosters,
            [&form](Of<Form, Roster>& roster) { Fields(form, roster); });
}

template <typename Form>
void Fields(Form& form, Of<Form, Snapshot>& snapshot) {
  form.Text(snapshot.template_digest);
  form.Value(snapshot.basis);
  form.Value(snapshot.edition);
  form.Text(snapshot.corrected_snapshot);
  form.Text(snapshot.correction_reason);
  form.List("errata", snapshot.errata,
            [&form](Of<Form, Change>& change) { Fields(form, change); });
  Fields(form, snapshot.round);
  Fields(form, snapshot.progress);
  Fields(form, "values", snapshot.values);
  form.Map("left out", snapshot.left_out,
           [&form](Of<Form, std::string>& id, Of<Form, std::string>& words) {
             form.Text(id);
             form.Text(words);
           });
  if (form.Has(snapshot.previous_round)) {
    Fields(form, *snapshot.previous_round);
    Fields(form, snapshot.previous_progress);
    Fields(form, "previous values", snapshot.previous_values);
  }
  RosterFields(form, snapshot);
  form.List("statements", snapshot.statements,
            [&form](Of<Form, Statement>& statement) {
              Fields(form, statement);
            });
  form.Text(snapshot.wording_profile);
  // Of a report that shows none the form is what it was before there were any.
  // One for stakeholders says in any case, for what follows it here.
  if (form.HasMore(!snapshot.excerpts.empty() ||
                   snapshot.audience != Audience::kEverybody)) {
    form.List("excerpts", snapshot.excerpts,
              [&form](Of<Form, PrintedExcerpt>& excerpt) {
                form.Text(excerpt.id);
                form.Text(excerpt.item);
                form.Text(excerpt.category);
                form.Text(excerpt.text);
                form.Text(excerpt.respondent);
              });
  }
}

// Of a report for stakeholders alone: one for everybody keeps the form, and so
// the id, that it had before there were others.
template <typename Form>
void AudienceFields(Form& form, Of<Form, Snapshot>& snapshot) {
  form.Value(snapshot.audience);
  form.List("named", snapshot.named, [&form](Of<Form, NamedQuestion>& one) {
    form.Text(one.id);
    form.Text(one.label);
    form.Number(one.reference_year);
    form.Number(one.council);
    form.Number(one.multiple_answer);
    form.Number(one.base);
    form.List("choices", one.choices,
              [&form](Of<Form, NamedQuestion::Choice>& choice) {
                form.Text(choice.key);
                form.Text(choice.label);
                form.Number(choice.absence);
                form.List("names", choice.names,
                          [&form](Of<Form, std::string>& name) {
                            form.Text(name);
                          });
              });
    form.List("written", one.written,
              [&form](Of<Form, NamedQuestion::Written>& written) {
                form.Text(written.respondent);
                form.Text(written.name);
                form.Text(written.row);
                form.Text(written.text);
                form.Text(written.printed);
              });
  });
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
  writer.Text(kForm);
  writer.Text(renderer_fingerprint);
  Fields(writer, snapshot);
  if (snapshot.audience != Audience::kEverybody) {
    AudienceFields(writer, snapshot);
  }
  return writer.Take();
}

std::optional<CanonicalSnapshot> ReadCanonical(std::string_view bytes) {
  CanonicalReader reader(bytes);
  CanonicalSnapshot read;
  reader.Text(kForm);
  reader.Text(read.renderer_fingerprint);
  Fields(reader, read.snapshot);
  if (reader.HasMore(false)) {
    AudienceFields(reader, read.snapshot);
    if (read.snapshot.audience != Audience::kStakeholders) return std::nullopt;
  }
  if (!reader.Complete()) return std::nullopt;
  return read;
}

std::string RegistryBytes(const Snapshot& snapshot) {
  CanonicalWriter writer;
  RosterFields(writer, snapshot);
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
