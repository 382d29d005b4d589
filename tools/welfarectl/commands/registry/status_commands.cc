// status.
#include <algorithm>
#include <iostream>
#include <map>
#include <tuple>
#include <vector>

#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/registry/registry_commands.h"
#include "tools/welfarectl/commands/registry/registry_import.h"

namespace welfare::ctl {
namespace {

using Records = std::vector<v1::StatusRecord>;
using NamesById = std::map<std::string, std::string>;

Table StatusTable() {
  using Fit = Table::Fit;
  return Table(
      {{.title = "program", .csv_only = true},
       {.title = "municipality", .csv_only = true},
       {.title = "code", .table_only = true},
       {.title = "display_name", .heading = "name", .table_only = true},
       {.title = "fiscal_year", .number = true, .heading = "year"},
       {.title = "implementing"},
       {.title = "preparation"},
       {.title = "version", .number = true},
       {.title = "record_time", .spare = 4, .heading = "recorded"},
       {.title = "correction", .csv_only = true},
       {.title = "retracted", .csv_only = true},
       {.title = "kind", .spare = 1, .table_only = true},
       {.title = "reason", .fit = Fit::kFold, .spare = 1},
       {.title = "note", .fit = Fit::kFold, .spare = 1, .heading = "source"},
       {.title = "etag", .csv_only = true},
       {.title = "restored_version", .csv_only = true}});
}

void AddRecord(const Session& session, const v1::StatusRecord& record,
               const NamesById& names, Table& table) {
  const auto name = names.find(record.municipality());
  table.Add(
      {record.program(), record.municipality(), IdOf(record.municipality()),
       name == names.end() ? "" : name->second,
       std::to_string(record.fiscal_year()),
       ImplementingName(record.implementing()),
       PreparationName(record.preparation()), std::to_string(record.version()),
       TimeFor(session, record.record_time()),
       record.correction() ? "yes" : "no", record.retracted() ? "yes" : "no",
       record.retracted()               ? Say("taken back")
       : record.restored_version() != 0 ? Say("in force again")
       : record.correction()            ? Say("correction")
                                        : "",
       record.reason(), record.note(), record.etag(),
       record.restored_version() == 0
           ? ""
           : std::to_string(record.restored_version())});
}

// What municipalities are called now, for tables; a municipality without a
// name here is told by its code.
NamesById NamesNow(Session& session) {
  NamesById names;
  if (session.output() != Output::kTable) return names;
  const int ignored = ReadPages<v1::ListMunicipalitiesResponse>(
      session, v1::ListMunicipalitiesRequest(),
      [&](const v1::ListMunicipalitiesResponse& page) {
        for (const v1::Municipality& m : page.municipalities()) {
          names.emplace(m.name(), m.display_name());
        }
      });
  static_cast<void>(ignored);
  return names;
}

struct StatusListFlags {
  std::string program = "jusou", municipality;
  int fiscal_year = 0;
  bool in_force = false;
  ReadAt at;
};

int ReadRecords(Session& session, const StatusListFlags& flags,
                Records& records) {
  v1::ListStatusRecordsRequest request;
  request.set_parent(ProgramName(flags.program));
  request.set_fiscal_year(flags.fiscal_year);
  request.set_in_force(flags.in_force);
  int code = flags.at.Fill(request);
  if (code != kOk) return code;
  if (!flags.municipality.empty()) {
    code = FindMunicipality(session, flags.municipality, flags.fiscal_year,
                            *request.mutable_municipality());
    if (code != kOk) return code;
  }
  return ReadPages<v1::ListStatusRecordsResponse>(
      session, request, [&](const v1::ListStatusRecordsResponse& page) {
        records.insert(records.end(), page.status_records().begin(),
                       page.status_records().end());
      });
}

int List(Session& session, const StatusListFlags& flags) {
  Records records;
  const int code = ReadRecords(session, flags, records);
  if (code != kOk) return code;
  const NamesById names = records.empty() ? NamesById() : NamesNow(session);
  Table table = StatusTable();
  for (const auto& record : records) AddRecord(session, record, names, table);
  PrintCountedList(
      session, records, table,
      Say(records.size() == 1 ? Phrase("{count} record{in_force}, times in "
                                       "Asia/Tokyo")
                              : Phrase("{count} records{in_force}, times in "
                                       "Asia/Tokyo"),
          {{"in_force", flags.in_force ? Say(" in force") : ""}}),
      Say("No such record."));
  return kOk;
}

int Export(Session& session, StatusListFlags& flags) {
  flags.in_force = true;
  Records records;
  const int code = ReadRecords(session, flags, records);
  if (code != kOk) return code;
  const auto key = [](const v1::StatusRecord& r) {
    return std::make_tuple(r.fiscal_year(), r.municipality());
  };
  std::sort(records.begin(), records.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  Table table({{.title = "program"},
               {.title = "municipality_code"},
               {.title = "fiscal_year"},
               {.title = "implementing"},
               {.title = "preparation"},
               {.title = "note"}});
  for (const v1::StatusRecord& record : records) {
    table.Add({IdOf(record.program()), IdOf(record.municipality()),
               std::to_string(record.fiscal_year()),
               ImplementingName(record.implementing()),
               PreparationName(record.preparation()), record.note()});
  }
  if (session.output() == Output::kJson) {
    PrintList(session, records, table);
  } else {
    table.PrintCsv(std::cout);
  }
  std::cout << std::flush;
  std::cerr << Say("{count} records in force",
                   {{"count", std::to_string(records.size())}})
            << "\n";
  return kOk;
}

struct StatusFlags {
  std::string text, program = "jusou", implementing, preparation, reason, note,
                    etag;
  int fiscal_year = 0;
  bool correction = false;
  bool dry_run = false;
};

int PrintRecorded(Session& session, const v1::StatusRecord& reply,
                  bool dry_run) {
  Table table = StatusTable();
  AddRecord(session, reply, NamesNow(session), table);
  Print(session, reply, table);
  std::cout << std::flush;
  if (session.output() == Output::kTable && !dry_run) {
    std::cerr << "etag " << reply.etag() << "\n";
  }
  SayDryRun(dry_run);
  return kOk;
}

int Record(Session& session, const StatusFlags& flags) {
  static const std::map<std::string, v1::Implementing> kImplementing = {
      {"yes", v1::IMPLEMENTING_YES},
      {"no", v1::IMPLEMENTING_NO},
      {"ended", v1::IMPLEMENTING_ENDED}};
  static const std::map<std::string, v1::Preparation> kPreparation = {
      {"yes", v1::PREPARATION_YES},
      {"no", v1::PREPARATION_NO},
      {"unknown", v1::PREPARATION_UNKNOWN}};
  v1::RecordStatusRequest request;
  request.set_parent(ProgramName(flags.program));
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  v1::StatusRecord& record = *request.mutable_status_record();
  int code = FindMunicipality(session, flags.text, flags.fiscal_year,
                              *record.mutable_municipality());
  if (code != kOk) return code;
  record.set_fiscal_year(flags.fiscal_year);
  record.set_reason(flags.reason);
  record.set_note(flags.note);
  record.set_etag(EtagOf(flags.etag));
  record.set_correction(flags.correction);
  record.set_implementing(kImplementing.at(flags.implementing));
  record.set_preparation(kPreparation.at(flags.preparation));
  v1::StatusRecord reply;
  code = Call(session, request, reply);
  return code == kOk ? PrintRecorded(session, reply, flags.dry_run) : code;
}

int Retract(Session& session, const StatusFlags& flags) {
  v1::RetractStatusRequest request;
  request.set_parent(ProgramName(flags.program));
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  int code = FindMunicipality(session, flags.text, flags.fiscal_year,
                              *request.mutable_municipality());
  if (code != kOk) return code;
  request.set_fiscal_year(flags.fiscal_year);
  request.set_reason(flags.reason);
  request.set_etag(EtagOf(flags.etag));
  v1::StatusRecord reply;
  code = Call(session, request, reply);
  return code == kOk ? PrintRecorded(session, reply, flags.dry_run) : code;
}

void AddStatusImport(const Command& noun, Session& session) {
  const Command verb =
      noun.AddVerb("import", "Import the status history from a CSV file");
  auto flags = std::make_shared<RegistryImportFlags>();
  auto reason = std::make_shared<std::string>();
  flags->AddTo(verb);
  verb.AddOption("--correction-reason", *reason,
                 "Reason for records that correct or take back earlier ones");
  verb.Runs(session, [&session, flags, reason] {
    return RunRegistryImport<v1::ImportStatusRecordsRequest>(
        session, *flags, "municipality_code",
        [&](v1::ImportStatusRecordsRequest& request) {
          request.set_correction_reason(*reason);
        });
  });
}

// What record and retract have in common.
Command AddWrite(const Command& noun, const std::string& name,
                 const Phrase& description, StatusFlags& flags) {
  const Command verb = noun.AddVerb(name, description);
  verb.AddOption("CODE", flags.text, "Six-digit code, resource name, or a name")
      .Required();
  verb.AddOption("--program", flags.program, "Programme id").ShowDefault();
  verb.AddOption("--fiscal-year", flags.fiscal_year, "Fiscal year").Required();
  verb.AddOption("--etag", flags.etag,
                 "Refuse where this is no longer the entity tag of what is "
                 "on record; \"0\" is that of nothing");
  verb.AddSwitch("--dry-run", flags.dry_run, "Check everything, write nothing");
  return verb;
}

void AddStatusRecord(const Command& noun, Session& session) {
  auto flags = std::make_shared<StatusFlags>();
  Command record =
      AddWrite(noun, "record",
               "Record the two facts for one municipality and year", *flags);
  record.AddOption("--implementing", flags->implementing, "Ran the programme")
      .Required()
      .OneOf({"yes", "no", "ended"});
  record.AddOption("--preparation", flags->preparation, "Prepared for it")
      .Required()
      .OneOf({"yes", "no", "unknown"});
  record.AddOption("--reason", flags->reason, "Why it is recorded");
  record.AddOption("--note", flags->note, "Where the fact comes from");
  record.AddSwitch("--correction", flags->correction,
                   "Replaces the record there is; needs --reason");
  record.Runs(session, [&session, flags] { return Record(session, *flags); });
}

void AddReadFlags(const Command& verb, StatusListFlags& flags) {
  verb.AddOption("--program", flags.program, "Programme id").ShowDefault();
  verb.AddOption("--fiscal-year", flags.fiscal_year, "Only this fiscal year");
  verb.AddOption("--municipality", flags.municipality,
                 "Only this one: code, resource name, or a name");
  flags.at.AddTo(verb);
}

}  // namespace

void AddStatusCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun(
      "status", "What municipalities did about a programme, year by year");
  AddStatusImport(noun, session);
  AddStatusRecord(noun, session);

  auto retract_flags = std::make_shared<StatusFlags>();
  Command retract =
      AddWrite(noun, "retract",
               "Take back the record of a year that was made by mistake",
               *retract_flags);
  retract.AddOption("--reason", retract_flags->reason, "Why").Required();
  retract.Runs(session, [&session, retract_flags] {
    return Retract(session, *retract_flags);
  });

  const Command list =
      noun.AddVerb("list", "List what was recorded, oldest first");
  auto list_flags = std::make_shared<StatusListFlags>();
  AddReadFlags(list, *list_flags);
  list.AddSwitch("--in-force", list_flags->in_force,
                 "Only the record that holds for each municipality and year");
  list.Runs(session,
            [&session, list_flags] { return List(session, *list_flags); });

  const Command export_verb = noun.AddVerb(
      "export", "Write the records in force as CSV that `import` reads");
  auto export_flags = std::make_shared<StatusListFlags>();
  AddReadFlags(export_verb, *export_flags);
  export_verb.Runs(session, [&session, export_flags] {
    return Export(session, *export_flags);
  });
}

}  // namespace welfare::ctl
