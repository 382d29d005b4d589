// municipality: import, create, update, delete.
#include <google/protobuf/empty.pb.h>

#include <iostream>

#include "tools/welfarectl/commands/municipality_verbs.h"
#include "tools/welfarectl/commands/registry_calls.h"
#include "tools/welfarectl/commands/registry_import.h"

namespace welfare::ctl {
namespace {

using Stub = v1::RegistryService::Stub;

// The fields a person may set, by the API's path; files call some otherwise.
constexpr std::pair<const char*, const char*> kOtherNames[] = {
    {"name", "display_name"},
    {"name_en", "display_name_en"},
    {"council_name", "council.display_name"},
    {"council_name_checked", "council.name_checked"},
};
constexpr const char* kSettable =
    "display_name, kana, display_name_en, type, area, population_band, "
    "council.display_name or council.name_checked";

// Sets one field from `field=value`. Returns the path for the mask, or empty
// text after saying what is wrong.
std::string SetField(const std::string& assignment, v1::Municipality& m) {
  const auto at = assignment.find('=');
  std::string path = assignment.substr(0, at);
  for (const auto& [other, field] : kOtherNames) {
    if (path == other) path = field;
  }
  const std::string value =
      at == assignment.npos ? "" : assignment.substr(at + 1);
  if (at == assignment.npos) {
    path.clear();
  } else if (path == "display_name") {
    m.set_display_name(value);
  } else if (path == "kana") {
    m.set_kana(value);
  } else if (path == "display_name_en") {
    m.set_display_name_en(value);
  } else if (path == "area") {
    m.set_area(value);
  } else if (path == "population_band") {
    m.set_population_band(value);
  } else if (path == "council.display_name") {
    m.mutable_council()->set_display_name(value);
  } else if (path == "council.name_checked" &&
             (value == "yes" || value == "no")) {
    m.mutable_council()->set_name_checked(value == "yes");
  } else if (path == "type") {
    v1::Municipality::Type type = v1::Municipality::TYPE_UNSPECIFIED;
    if (!ParseType(value, type)) path.clear();
    m.set_type(type);
  } else {
    path.clear();
  }
  if (path.empty()) {
    std::cerr << "Error: --set " << assignment << ": write field=value with "
              << kSettable
              << "; type is special_ward, city, town or village, "
                 "council.name_checked yes or no.\n";
  }
  return path;
}

void PrintChanged(const Session& session, const v1::Municipality& reply,
                  bool dry_run) {
  Table table = MunicipalityTable();
  AddMunicipality(session, reply, table);
  Print(session, reply, table);
  std::cout << std::flush;
  if (session.output() == Output::kTable && !dry_run) {
    std::cerr << "etag " << reply.etag() << "\n";
  }
  SayDryRun(dry_run);
}

struct CreateFlags {
  v1::CreateMunicipalityRequest request;
  std::string type;
};

int Create(Session& session, CreateFlags& flags) {
  v1::Municipality::Type type = v1::Municipality::TYPE_UNSPECIFIED;
  ParseType(flags.type, type);
  flags.request.mutable_municipality()->set_type(type);
  flags.request.set_request_id(Session::NewRequestId());
  v1::Municipality reply;
  const int code =
      Call(session, flags.request, &Stub::CreateMunicipality, reply);
  if (code == kOk) {
    PrintChanged(session, reply, flags.request.validate_only());
  }
  return code;
}

struct UpdateFlags {
  std::string text, etag, reason, note;
  std::vector<std::string> assignments;
  int fiscal_year = 0;
  bool dry_run = false;
};

int Update(Session& session, const UpdateFlags& flags) {
  v1::UpdateMunicipalityRequest request;
  v1::Municipality& m = *request.mutable_municipality();
  for (const std::string& assignment : flags.assignments) {
    const std::string path = SetField(assignment, m);
    if (path.empty()) return kUsage;
    request.mutable_update_mask()->add_paths(path);
  }
  int code = FindMunicipality(session, flags.text, flags.fiscal_year,
                              *m.mutable_name());
  if (code != kOk) return code;
  m.set_etag(EtagOf(flags.etag));
  request.set_first_fiscal_year(flags.fiscal_year);
  request.set_reason(flags.reason);
  request.set_note(flags.note);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  v1::Municipality reply;
  code = Call(session, request, &Stub::UpdateMunicipality, reply);
  if (code == kOk) PrintChanged(session, reply, flags.dry_run);
  return code;
}

int Delete(Session& session, const UpdateFlags& flags) {
  v1::DeleteMunicipalityRequest request;
  int code = FindMunicipality(session, flags.text, 0, *request.mutable_name());
  if (code != kOk) return code;
  request.set_etag(EtagOf(flags.etag));
  request.set_reason(flags.reason);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(flags.dry_run);
  google::protobuf::Empty reply;
  code = Call(session, request, &Stub::DeleteMunicipality, reply);
  if (code != kOk) return code;
  Table table(
      std::vector<Table::Column>{{.title = "name", .heading = "taken back"}});
  table.Add({request.name()});
  Print(session, reply, table);
  SayDryRun(flags.dry_run);
  return kOk;
}

void AddImport(CLI::App& noun, Session& session) {
  CLI::App* verb =
      noun.add_subcommand("import", "Import municipalities from a CSV file");
  auto flags = std::make_shared<RegistryImportFlags>();
  auto reason = std::make_shared<std::string>();
  flags->AddTo(*verb);
  verb->add_option("--reason", *reason,
                   "Why they are imported; needed where a record deletes");
  verb->callback([&session, flags, reason] {
    session.action = [&session, flags, reason] {
      const auto stub = Registry(session);
      return RunRegistryImport<v1::ImportMunicipalitiesRequest>(
          session, *flags, "code",
          [&](grpc::ClientContext* context) {
            return stub->ImportMunicipalities(context);
          },
          [&](v1::ImportMunicipalitiesRequest& request) {
            request.set_reason(*reason);
          });
    };
  });
}

void AddCreate(CLI::App& noun, Session& session) {
  CLI::App* verb = noun.add_subcommand("create", "Create a municipality");
  auto flags = std::make_shared<CreateFlags>();
  v1::CreateMunicipalityRequest& request = flags->request;
  v1::Municipality& m = *request.mutable_municipality();
  verb->add_option("CODE", *m.mutable_code(), "Six-digit code")->required();
  verb->add_option("--name", *m.mutable_display_name(), "Official name")
      ->required();
  verb->add_option("--kana", *m.mutable_kana(),
                   "Reading in full-width katakana")
      ->required();
  verb->add_option("--name-en", *m.mutable_display_name_en(), "English name")
      ->required();
  verb->add_option("--type", flags->type, "What kind it is")
      ->required()
      ->check(CLI::IsMember({"special_ward", "city", "town", "village"}));
  verb->add_option("--area", *m.mutable_area(), "区部, 市部, 町村部 or 島しょ")
      ->required();
  verb->add_option("--population-band", *m.mutable_population_band(),
                   "Population band");
  // The council is sent only where something is said of it.
  verb->add_option_function<std::string>(
      "--council-name",
      [flags](const std::string& name) {
        flags->request.mutable_municipality()
            ->mutable_council()
            ->set_display_name(name);
      },
      "Name of its council; left out, the usual one");
  verb->add_flag_callback(
      "--council-name-checked",
      [flags] {
        flags->request.mutable_municipality()
            ->mutable_council()
            ->set_name_checked(true);
      },
      "That name was checked against a source");
  verb->add_option_function<int>(
          "--fiscal-year",
          [flags](const int& year) {
            flags->request.set_first_fiscal_year(year);
          },
          "First fiscal year it exists in; left out: it always did")
      ->check(CLI::PositiveNumber);
  verb->add_option("--reason", *request.mutable_reason(), "Why it is recorded");
  verb->add_option("--note", *request.mutable_note(),
                   "Where the facts come from");
  verb->add_flag_callback(
      "--dry-run", [flags] { flags->request.set_validate_only(true); },
      "Check everything, write nothing");
  verb->callback([&session, flags] {
    session.action = [&session, flags] { return Create(session, *flags); };
  });
}

CLI::App* AddEdit(CLI::App& noun, const std::string& name,
                  const std::string& description, UpdateFlags& flags) {
  CLI::App* verb = noun.add_subcommand(name, description);
  verb->add_option("CODE", flags.text,
                   "Six-digit code, resource name, or a name")
      ->required();
  verb->add_option("--reason", flags.reason, "Why")->required();
  verb->add_option("--etag", flags.etag,
                   "Refuse where this is no longer the current entity tag");
  verb->add_flag("--dry-run", flags.dry_run, "Check everything, write nothing");
  return verb;
}

}  // namespace

void AddMunicipalityWrites(CLI::App& noun, Session& session) {
  AddImport(noun, session);
  AddCreate(noun, session);

  auto update_flags = std::make_shared<UpdateFlags>();
  CLI::App* update =
      AddEdit(noun, "update", "Change facts of a municipality", *update_flags);
  update
      ->add_option(
          "--set", update_flags->assignments,
          std::string("field=value, several times; the field is ") + kSettable)
      ->required();
  update
      ->add_option("--fiscal-year", update_flags->fiscal_year,
                   "First fiscal year of the new facts; left out: puts right "
                   "what is recorded")
      ->check(CLI::PositiveNumber);
  update->add_option("--note", update_flags->note, "Where the facts come from");
  update->callback([&session, update_flags] {
    session.action = [&session, update_flags] {
      return Update(session, *update_flags);
    };
  });

  auto delete_flags = std::make_shared<UpdateFlags>();
  CLI::App* delete_verb =
      AddEdit(noun, "delete", "Take back a municipality created by mistake",
              *delete_flags);
  delete_verb->callback([&session, delete_flags] {
    session.action = [&session, delete_flags] {
      return Delete(session, *delete_flags);
    };
  });
}

}  // namespace welfare::ctl
