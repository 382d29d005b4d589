// lineage.

#include <iostream>
#include <map>
#include <vector>

#include "services/base/error.h"
#include "services/base/time/date.h"
#include "services/text/csv.h"
#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/registry/registry_commands.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/import_stream.h"

namespace welfare::ctl {
namespace {

Table EventTable() {
  using Fit = Table::Fit;
  return Table(
      {{.title = "name", .csv_only = true},
       {.title = "id", .number = true, .table_only = true},
       {.title = "kind"},
       {.title = "effective_date", .heading = "date"},
       {.title = "fiscal_year", .number = true, .heading = "year"},
       {.title = "predecessors", .fit = Fit::kFold, .heading = "from"},
       {.title = "successors", .fit = Fit::kFold, .heading = "to"},
       {.title = "note", .fit = Fit::kFold, .spare = 3, .heading = "source"},
       {.title = "retracted", .csv_only = true},
       {.title = "record", .spare = 1, .table_only = true},
       {.title = "reason", .fit = Fit::kFold, .spare = 2},
       {.title = "version", .number = true, .spare = 4},
       {.title = "record_time", .spare = 5, .heading = "recorded"}});
}

void AddEvent(const Session& session, const v1::LineageEvent& event,
              Table& table) {
  table.Add(
      {event.name(), IdOf(event.name()), KindName(event.kind()),
       DateText(event.effective_date()), std::to_string(event.fiscal_year()),
       IdsOf(event.predecessors()), IdsOf(event.successors()), event.note(),
       event.retracted() ? "yes" : "no",
       event.retracted() ? Say("taken back") : "", event.reason(),
       std::to_string(event.version()), TimeFor(session, event.record_time())});
}

// The answer to a write.
void PrintEvent(const Session& session, const v1::LineageEvent& event,
                bool dry_run) {
  Table table = EventTable();
  AddEvent(session, event, table);
  Print(session, event, table);
  SayDryRun(dry_run);
}

int List(Session& session, const ReadAt& at) {
  v1::ListLineageEventsRequest request;
  if (const int code = at.Fill(request); code != kOk) return code;
  std::vector<v1::LineageEvent> all;
  Table table = EventTable();
  const int code = ReadPages<v1::ListLineageEventsResponse>(
      session, request, [&](const v1::ListLineageEventsResponse& page) {
        for (const v1::LineageEvent& event : page.lineage_events()) {
          all.push_back(event);
          AddEvent(session, event, table);
        }
      });
  if (code != kOk) return code;
  PrintCountedList(session, all, table,
                   Say(all.size() == 1 ? Phrase("{count} lineage event")
                                       : Phrase("{count} lineage events")),
                   Say("No merger, split or rename is recorded."));
  return kOk;
}

// Reads municipalities in the format of `municipality import`. Only words that
// have no other form in the API are looked at; the rest is the service's to
// check.
absl::Status ReadCreated(const std::string& path, const std::string& encoding,
                         v1::LineageEvent& event) {
  WELFARE_ASSIGN_OR_RETURN(const CsvFile file, ReadImportFile(path, encoding));
  text::CsvReader reader(file.text);
  WELFARE_ASSIGN_OR_RETURN(const auto header, reader.Next());
  while (true) {
    WELFARE_ASSIGN_OR_RETURN(auto record, reader.Next());
    if (!record.has_value()) return absl::OkStatus();
    text::DropBlankTail(*record, file.header.size());
    const auto refuse = [&](const base::ErrorRow& row) {
      return base::MakeError(row)
          .With("path", path)
          .With("line", static_cast<long long>(reader.last_line()));
    };
    if (record->cells.size() != file.header.size()) {
      return refuse(CtlRow("CELL_COUNT"))
          .With("found", static_cast<long long>(record->cells.size()))
          .With("expected", static_cast<long long>(file.header.size()));
    }
    std::map<std::string, std::string> cells;
    for (std::size_t c = 0; c < file.header.size(); ++c) {
      cells[file.header[c]] = record->cells[c];
    }
    v1::Municipality& m = *event.add_created();
    m.set_code(cells["code"]);
    m.set_display_name(cells["name"]);
    m.set_kana(cells["kana"]);
    m.set_display_name_en(cells["name_en"]);
    m.set_area(cells["area"]);
    m.set_population_band(cells["population_band"]);
    v1::Municipality::Type type = v1::Municipality::TYPE_UNSPECIFIED;
    if (!cells["type"].empty() && !ParseType(cells["type"], type)) {
      return refuse(CtlRow("MUNICIPALITY_TYPE"));
    }
    m.set_type(type);
    if (!cells["council_name"].empty()) {
      m.mutable_council()->set_display_name(cells["council_name"]);
      m.mutable_council()->set_name_checked(cells["council_name_checked"] ==
                                            "yes");
    }
  }
}

struct RecordFlags {
  std::string kind, date, created, encoding = "auto", reason, note;
  std::vector<std::string> from, to;
  bool dry_run = false;
};

// The resource that `text` names: one of those the event creates, or one the
// registry has.
int FindPart(Session& session, const std::string& text, int fiscal_year,
             const v1::LineageEvent& event, std::string& name) {
  for (const v1::Municipality& m : event.created()) {
    if (text != m.display_name() && text != m.code()) continue;
    // In a rename it is the municipality there was.
    name = event.kind() == v1::LineageEvent::KIND_RENAME
               ? event.predecessors(0)
               : MunicipalityName(m.code());
    return kOk;
  }
  return FindMunicipality(session, text, fiscal_year, name);
}

int Record(Session& session, const RecordFlags& flags) {
  v1::CreateLineageEventRequest request;
  v1::LineageEvent& event = *request.mutable_lineage_event();
  const auto date = base::Date::Parse(flags.date);
  if (!date.ok()) {
    return Fail(base::MakeError(CtlRow("DATE_FORMAT")), kUsage);
  }
  event.mutable_effective_date()->set_year(date->year());
  event.mutable_effective_date()->set_month(date->month());
  event.mutable_effective_date()->set_day(date->day());
  for (const auto kind :
       {v1::LineageEvent::KIND_MERGER, v1::LineageEvent::KIND_SPLIT,
        v1::LineageEvent::KIND_RENAME}) {
    if (KindName(kind) == flags.kind) event.set_kind(kind);
  }
  if (!flags.created.empty()) {
    if (absl::Status status = ReadCreated(flags.created, flags.encoding, event);
        !status.ok()) {
      return Fail(status);
    }
  }
  // Names are those of the last fiscal year that begins before the event.
  const bool before_april =
      date->month() < 4 || (date->month() == 4 && date->day() == 1);
  const int year = before_april ? date->year() - 1 : date->year();
  for (const std::string& text : flags.from) {
    const int code =
        FindMunicipality(session, text, year, *event.add_predecessors());
    if (code != kOk) return code;
  }
  if (flags.to.empty() && event.kind() == v1::LineageEvent::KIND_RENAME) {
    *event.mutable_successors() = event.predecessors();
  }
  for (const std::string& text : flags.to) {
    const int code =
        FindPart(session, text, year, event, *event.add_successors());
    if (code != kOk) return code;
  }
  event.set_note(flags.note);
  event.set_reason(flags.reason);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  v1::LineageEvent reply;
  const int code = Call(session, request, reply);
  if (code != kOk) return code;
  PrintEvent(session, reply, flags.dry_run);
  return kOk;
}

struct RetractFlags {
  std::string id, reason;
  bool dry_run = false;
};

int Retract(Session& session, const RetractFlags& flags) {
  constexpr std::string_view kCollection = "lineageEvents/";
  v1::RetractLineageEventRequest request;
  request.set_name(flags.id.starts_with(kCollection)
                       ? flags.id
                       : std::string(kCollection) + flags.id);
  request.set_reason(flags.reason);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  v1::LineageEvent reply;
  const int code = Call(session, request, reply);
  if (code != kOk) return code;
  PrintEvent(session, reply, flags.dry_run);
  return kOk;
}

void AddRetractVerb(const Command& noun, Session& session) {
  const Command retract = noun.AddVerb(
      "retract", "Take back an event that was recorded by mistake");
  auto flags = std::make_shared<RetractFlags>();
  retract.AddOption("ID", flags->id, "Its number, or its resource name")
      .Required();
  retract.AddOption("--reason", flags->reason, "Why").Required();
  retract.AddSwitch("--dry-run", flags->dry_run,
                    "Check everything, write nothing");
  retract.Runs(session, [&session, flags] { return Retract(session, *flags); });
}

struct MapFlags {
  int from_year = 0, to_year = 0;
  bool all = false;
  ReadAt at;
};

int Map(Session& session, const MapFlags& flags) {
  v1::ListBoundaryMappingsRequest request;
  request.set_fiscal_year(flags.from_year);
  request.set_boundaries_fiscal_year(flags.to_year);
  if (const int code = flags.at.Fill(request); code != kOk) return code;
  std::vector<v1::BoundaryMapping> all;
  const int code = ReadPages<v1::ListBoundaryMappingsResponse>(
      session, request, [&](const v1::ListBoundaryMappingsResponse& page) {
        all.insert(all.end(), page.boundary_mappings().begin(),
                   page.boundary_mappings().end());
      });
  if (code != kOk) return code;
  using Fit = Table::Fit;
  Table table({{.title = "municipality", .csv_only = true},
               {.title = "code", .table_only = true},
               {.title = "display_name", .heading = "name"},
               {.title = "successors", .csv_only = true},
               {.title = "successor_display_names", .csv_only = true},
               {.title = "in", .fit = Fit::kFold, .table_only = true},
               {.title = "ambiguous"},
               {.title = "lineage_events", .heading = "events"}});
  const bool only_changed = session.output() == Output::kTable && !flags.all;
  for (const v1::BoundaryMapping& m : all) {
    if (only_changed && m.lineage_events().empty()) continue;
    std::vector<std::string> names, parts;
    for (int i = 0; i < m.successors_size(); ++i) {
      names.push_back(i < m.successor_display_names_size()
                          ? m.successor_display_names(i)
                          : "");
      parts.push_back(IdOf(m.successors(i)) + " " + names.back());
    }
    table.Add({m.municipality(), IdOf(m.municipality()), m.display_name(),
               IdsOf(m.successors()), JoinWith(names, " "),
               JoinWith(parts, ", "), m.ambiguous() ? "yes" : "no",
               IdsOf(m.lineage_events())});
  }
  const base::ErrorWords words = {
      {"all", std::to_string(all.size())},
      {"years",
       Say("FY{from} to FY{to}", {{"from", std::to_string(flags.from_year)},
                                  {"to", std::to_string(flags.to_year)}})}};
  PrintCountedList(
      session, all, table,
      Say(only_changed ? Phrase("{count} of {all} municipalities, {years}; the "
                                "others are themselves")
                       : Phrase("{count} of {all} municipalities, {years}"),
          words),
      Say(all.empty()
              ? Phrase("There is no municipality in that year.")
              : Phrase("All {all} municipalities are themselves, {years}."),
          words));
  return kOk;
}

void AddRecordVerb(const Command& noun, Session& session) {
  const Command record =
      noun.AddVerb("record", "Record a merger, a split or a rename");
  auto flags = std::make_shared<RecordFlags>();
  record.AddOption("--kind", flags->kind, "What happened")
      .Required()
      .OneOf({"merger", "split", "rename"});
  record.AddOption("--date", flags->date, "Day it took effect, 2027-04-01")
      .Required();
  record
      .AddOption("--from", flags->from,
                 "Municipalities before: codes, resource names, or names")
      .Required();
  record.AddOption("--to", flags->to,
                   "Municipalities after, those of --created among them; "
                   "may be left out in a rename");
  record
      .AddOption("--created", flags->created,
                 "CSV file, in the format of `municipality import`, of the "
                 "municipalities it brings about; in a rename, of the one "
                 "with what is new")
      .File();
  AddEncodingFlag(record, flags->encoding);
  record.AddOption("--reason", flags->reason, "Why it is recorded").Required();
  record.AddOption("--note", flags->note, "Where it is published");
  record.AddSwitch("--dry-run", flags->dry_run,
                   "Check everything, write nothing");
  record.Runs(session, [&session, flags] { return Record(session, *flags); });
}

}  // namespace

void AddLineageCommands(const Command& app, Session& session) {
  const Command noun =
      app.AddNoun("lineage", "Mergers, splits and renames of municipalities");
  const Command list = noun.AddVerb("list", "List them, oldest first");
  auto at = std::make_shared<ReadAt>();
  at->AddTo(list);
  list.Runs(session, [&session, at] { return List(session, *at); });
  AddRecordVerb(noun, session);
  AddRetractVerb(noun, session);

  const Command map = noun.AddVerb(
      "map", "Say where the municipalities of a year lie in a later one");
  auto map_flags = std::make_shared<MapFlags>();
  map.AddOption("--from-year", map_flags->from_year,
                "Fiscal year of the municipalities")
      .Required();
  map.AddOption("--to-year", map_flags->to_year,
                "Fiscal year of the boundaries")
      .Required();
  map.AddSwitch("--all", map_flags->all,
                "In a table, those as well that are themselves");
  map_flags->at.AddTo(map);
  map.Runs(session, [&session, map_flags] { return Map(session, *map_flags); });
}

}  // namespace welfare::ctl
