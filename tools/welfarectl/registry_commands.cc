// municipality, status, roster.
#include <grpcpp/grpcpp.h>

#include <google/protobuf/util/time_util.h>
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "tools/welfarectl/commands.h"
#include "tools/welfarectl/csv_batches.h"
#include "tools/welfarectl/import_stream.h"
#include "tools/welfarectl/printer.h"
#include "tools/welfarectl/session.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::ctl {
namespace {

namespace v1 = ::welfare::registry::v1;

constexpr int kRecordsPerBatch = 2000;

std::unique_ptr<v1::RegistryService::Stub> Registry(Session& session) {
  return v1::RegistryService::NewStub(session.channel());
}

std::string TypeName(v1::Municipality::Type type) {
  return ShortName(v1::Municipality::Type_Name(type), "TYPE_");
}
std::string ImplementingName(v1::Implementing implementing) {
  return ShortName(v1::Implementing_Name(implementing), "IMPLEMENTING_");
}
std::string PreparationName(v1::Preparation preparation) {
  return ShortName(v1::Preparation_Name(preparation), "PREPARATION_");
}

// `131016` -> `municipalities/131016`; a full name stays.
std::string MunicipalityName(const std::string& code) {
  return code.starts_with("municipalities/") ? code : "municipalities/" + code;
}
std::string ProgramName(const std::string& program) {
  return program.starts_with("programs/") ? program : "programs/" + program;
}

Table MunicipalityTable() {
  return Table({{.title = "code"},
                {.title = "name"},
                {.title = "kana"},
                {.title = "name_en"},
                {.title = "type"},
                {.title = "area"},
                {.title = "council"}});
}

void AddRow(Table& table, const v1::Municipality& m) {
  table.Add({m.code(), m.display_name(), m.kana(), m.display_name_en(),
             TypeName(m.type()), m.area(), m.council().display_name()});
}

int ListMunicipalities(Session& session, const std::string& type,
                       const std::string& area) {
  auto stub = Registry(session);
  v1::ListMunicipalitiesRequest request;
  request.set_page_size(1000);
  request.set_area(area);
  if (!type.empty()) {
    std::string name = "TYPE_";
    for (const char c : type) {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    v1::Municipality::Type value;
    if (!v1::Municipality::Type_Parse(name, &value)) {
      std::cerr << "Error: --type is special_ward, city, town or village.\n";
      return kUsage;
    }
    request.set_type(value);
  }
  std::vector<v1::Municipality> all;
  Table table = MunicipalityTable();
  do {
    v1::ListMunicipalitiesResponse response;
    const auto context = session.NewContext();
    const grpc::Status status =
        stub->ListMunicipalities(context.get(), request, &response);
    if (!status.ok()) return Fail(status);
    for (const v1::Municipality& m : response.municipalities()) {
      AddRow(table, m);
      all.push_back(m);
    }
    // Later pages speak for the version of the first.
    request.set_data_version(response.version());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  PrintList(session, all, table);
  if (session.output() == Output::kTable) {
    std::cerr << all.size() << " municipalities\n";
  }
  return kOk;
}

int ShowHistory(Session& session, const std::string& program,
                const std::string& code) {
  auto stub = Registry(session);
  v1::ListStatusRecordsRequest request;
  request.set_parent(ProgramName(program));
  request.set_municipality(MunicipalityName(code));
  request.set_page_size(1000);
  std::vector<v1::StatusRecord> all;
  Table table({{.title = "fiscal_year", .number = true},
               {.title = "implementing"},
               {.title = "preparation"},
               {.title = "version", .number = true},
               {.title = "correction"},
               {.title = "reason"},
               {.title = "note"}});
  do {
    v1::ListStatusRecordsResponse response;
    const auto context = session.NewContext();
    const grpc::Status status =
        stub->ListStatusRecords(context.get(), request, &response);
    if (!status.ok()) return Fail(status);
    for (const v1::StatusRecord& record : response.status_records()) {
      table.Add({std::to_string(record.fiscal_year()),
                 ImplementingName(record.implementing()),
                 PreparationName(record.preparation()),
                 std::to_string(record.version()),
                 record.correction() ? "yes" : "", record.reason(),
                 record.note()});
      all.push_back(record);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  PrintList(session, all, table);
  return kOk;
}

std::string Join(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) {
    joined += (joined.empty() ? "" : "、") + name;
  }
  return joined.empty() ? "-" : joined;
}

int ShowRoster(Session& session, const std::string& program, int fiscal_year,
               const std::string& known_at) {
  v1::GetRosterRequest request;
  request.set_name(ProgramName(program) + "/rosters/" +
                   std::to_string(fiscal_year));
  if (!known_at.empty() && !google::protobuf::util::TimeUtil::FromString(
                               known_at, request.mutable_known_at())) {
    std::cerr << "Error: --known-at is a time such as "
                 "2025-06-01T00:00:00+09:00.\n";
    return kUsage;
  }
  v1::Roster roster;
  const auto context = session.NewContext();
  const grpc::Status status =
      Registry(session)->GetRoster(context.get(), request, &roster);
  if (!status.ok()) return Fail(status);

  Table table({{.title = "code"},
               {.title = "name"},
               {.title = "area"},
               {.title = "implementing"},
               {.title = "preparation"},
               {.title = "newcomer"},
               {.title = "first_year", .number = true}});
  std::vector<std::string> implementing, preparing;
  for (const v1::Roster::Entry& entry : roster.entries()) {
    table.Add({entry.municipality().substr(entry.municipality().find('/') + 1),
               entry.display_name(), entry.area(),
               ImplementingName(entry.implementing()),
               PreparationName(entry.preparation()),
               entry.newcomer() ? "*" : "",
               entry.first_implementation_year() == 0
                   ? "-"
                   : std::to_string(entry.first_implementation_year())});
    if (entry.implementing() == v1::IMPLEMENTING_YES) {
      implementing.push_back(entry.display_name() +
                             (entry.newcomer() ? "*" : ""));
    } else if (entry.preparation() == v1::PREPARATION_YES) {
      preparing.push_back(entry.display_name());
    }
  }
  if (session.output() != Output::kTable) {
    Print(session, roster, table);
    return kOk;
  }
  std::cout << "FY" << roster.fiscal_year() << ", registry version "
            << roster.version() << "\n"
            << "implementing " << roster.implementing_count()
            << " (* new: " << roster.newcomer_count()
            << "): " << Join(implementing) << "\n"
            << "not implementing " << roster.not_implementing_count()
            << ", of these preparing " << roster.preparing_count() << ": "
            << Join(preparing) << "\n\n";
  table.PrintTable(std::cout);
  return kOk;
}

struct RecordFlags {
  std::string code, program = "jusou", implementing, preparation, reason;
  int fiscal_year = 0;
  bool correction = false;
  bool dry_run = false;
};

int RecordStatus(Session& session, const RecordFlags& flags) {
  v1::RecordStatusRequest request;
  request.set_parent(ProgramName(flags.program));
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  v1::StatusRecord& record = *request.mutable_status_record();
  record.set_municipality(MunicipalityName(flags.code));
  record.set_fiscal_year(flags.fiscal_year);
  record.set_reason(flags.reason);
  record.set_correction(flags.correction);
  static const std::map<std::string, v1::Implementing> kImplementing = {
      {"yes", v1::IMPLEMENTING_YES},
      {"no", v1::IMPLEMENTING_NO},
      {"ended", v1::IMPLEMENTING_ENDED}};
  static const std::map<std::string, v1::Preparation> kPreparation = {
      {"yes", v1::PREPARATION_YES},
      {"no", v1::PREPARATION_NO},
      {"unknown", v1::PREPARATION_UNKNOWN}};
  record.set_implementing(kImplementing.at(flags.implementing));
  record.set_preparation(kPreparation.at(flags.preparation));
  v1::StatusRecord reply;
  const auto context = session.NewContext();
  const grpc::Status status =
      Registry(session)->RecordStatus(context.get(), request, &reply);
  if (!status.ok()) return Fail(status);
  Table table({{.title = "municipality"},
               {.title = "fiscal_year", .number = true},
               {.title = "implementing"},
               {.title = "preparation"},
               {.title = "version", .number = true}});
  table.Add({reply.municipality(), std::to_string(reply.fiscal_year()),
             ImplementingName(reply.implementing()),
             PreparationName(reply.preparation()),
             std::to_string(reply.version())});
  Print(session, reply, table);
  return kOk;
}

}  // namespace

void AddMunicipalityCommands(CLI::App& app, Session& session) {
  CLI::App* noun =
      app.add_subcommand("municipality", "Municipalities and their councils");
  noun->require_subcommand(1);

  CLI::App* import_verb =
      noun->add_subcommand("import", "Import municipalities from a CSV file");
  auto flags = std::make_shared<ImportFlags>();
  flags->AddTo(*import_verb, /*many=*/false);
  import_verb->callback([&session, flags] {
    session.action = [&session, flags] {
      auto stub = Registry(session);
      return RunImport<v1::ImportMunicipalitiesRequest>(
          session, *flags, {}, kRecordsPerBatch,
          [&](grpc::ClientContext* context) {
            return stub->ImportMunicipalities(context);
          });
    };
  });

  CLI::App* get = noun->add_subcommand("get", "Show one municipality");
  auto code = std::make_shared<std::string>();
  get->add_option("CODE", *code, "Six-digit code")->required();
  get->callback([&session, code] {
    session.action = [&session, code] {
      v1::GetMunicipalityRequest request;
      request.set_name(MunicipalityName(*code));
      v1::Municipality reply;
      const auto context = session.NewContext();
      const grpc::Status status =
          Registry(session)->GetMunicipality(context.get(), request, &reply);
      if (!status.ok()) return Fail(status);
      Table table = MunicipalityTable();
      AddRow(table, reply);
      Print(session, reply, table);
      return static_cast<int>(kOk);
    };
  });

  CLI::App* list = noun->add_subcommand("list", "List municipalities");
  auto type = std::make_shared<std::string>();
  auto area = std::make_shared<std::string>();
  list->add_option("--type", *type, "special_ward, city, town or village");
  list->add_option("--area", *area, "区部, 市部, 町村部 or 島しょ");
  list->callback([&session, type, area] {
    session.action = [&session, type, area] {
      return ListMunicipalities(session, *type, *area);
    };
  });

  CLI::App* history = noun->add_subcommand(
      "history", "Show what was recorded about a municipality, and when");
  auto history_code = std::make_shared<std::string>();
  auto program = std::make_shared<std::string>("jusou");
  history->add_option("CODE", *history_code, "Six-digit code")->required();
  history->add_option("--program", *program, "Programme id")
      ->capture_default_str();
  history->callback([&session, history_code, program] {
    session.action = [&session, history_code, program] {
      return ShowHistory(session, *program, *history_code);
    };
  });
}

void AddStatusCommands(CLI::App& app, Session& session) {
  CLI::App* noun = app.add_subcommand(
      "status", "What municipalities did about a programme, year by year");
  noun->require_subcommand(1);

  CLI::App* import_verb = noun->add_subcommand(
      "import", "Import the status history from a CSV file");
  auto flags = std::make_shared<ImportFlags>();
  auto correction_reason = std::make_shared<std::string>();
  flags->AddTo(*import_verb, /*many=*/false);
  import_verb->add_option("--correction-reason", *correction_reason,
                          "Reason for records that correct earlier ones");
  import_verb->callback([&session, flags, correction_reason] {
    session.action = [&session, flags, correction_reason] {
      auto stub = Registry(session);
      return RunImport<v1::ImportStatusRecordsRequest>(
          session, *flags, {}, kRecordsPerBatch,
          [&](grpc::ClientContext* context) {
            return stub->ImportStatusRecords(context);
          },
          [&](v1::ImportStatusRecordsRequest& request, const CsvBatch&) {
            request.set_correction_reason(*correction_reason);
            return absl::OkStatus();
          });
    };
  });

  CLI::App* record = noun->add_subcommand(
      "record", "Record the two facts for one municipality and year");
  auto record_flags = std::make_shared<RecordFlags>();
  record->add_option("CODE", record_flags->code, "Six-digit code")->required();
  record->add_option("--program", record_flags->program, "Programme id")
      ->capture_default_str();
  record->add_option("--fiscal-year", record_flags->fiscal_year, "Fiscal year")
      ->required();
  record
      ->add_option("--implementing", record_flags->implementing,
                   "Ran the programme")
      ->required()
      ->check(CLI::IsMember({"yes", "no", "ended"}));
  record
      ->add_option("--preparation", record_flags->preparation,
                   "Prepared for it")
      ->required()
      ->check(CLI::IsMember({"yes", "no", "unknown"}));
  record->add_option("--reason", record_flags->reason, "Why it is recorded");
  record->add_flag("--correction", record_flags->correction,
                   "Replaces the record there is; needs --reason");
  record->add_flag("--dry-run", record_flags->dry_run,
                   "Check everything, write nothing");
  record->callback([&session, record_flags] {
    session.action = [&session, record_flags] {
      return RecordStatus(session, *record_flags);
    };
  });
}

void AddRosterCommands(CLI::App& app, Session& session) {
  CLI::App* noun =
      app.add_subcommand("roster", "Who runs a programme in a year");
  noun->require_subcommand(1);
  CLI::App* show = noun->add_subcommand("show", "Show the roster of a year");
  auto program = std::make_shared<std::string>("jusou");
  auto fiscal_year = std::make_shared<int>(0);
  auto known_at = std::make_shared<std::string>();
  show->add_option("--program", *program, "Programme id")
      ->capture_default_str();
  show->add_option("--fiscal-year", *fiscal_year, "Fiscal year")->required();
  show->add_option("--known-at", *known_at,
                   "As known at this time, 2025-06-01T00:00:00+09:00");
  show->callback([&session, program, fiscal_year, known_at] {
    session.action = [&session, program, fiscal_year, known_at] {
      return ShowRoster(session, *program, *fiscal_year, *known_at);
    };
  });
}

}  // namespace welfare::ctl
