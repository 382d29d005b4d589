// municipality: import, create, update, delete.
#include "tools/welfarectl/commands/registry/municipality_edits.h"

#include <google/protobuf/empty.pb.h>

#include <iostream>

#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/registry/registry_import.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {
namespace {

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
    static_cast<void>(Fail(base::MakeError(CtlRow("ASSIGNMENT_FORMAT"))
                               .Show("assignment", assignment)
                               .Show("fields", kSettable)));
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
  const int code = Call(session, flags.request, reply);
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
  code = Call(session, request, reply);
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
  code = Call(session, request, reply);
  if (code != kOk) return code;
  Table table(
      std::vector<Table::Column>{{.title = "name", .heading = "taken back"}});
  table.Add({request.name()});
  Print(session, reply, table);
  SayDryRun(flags.dry_run);
  return kOk;
}

void AddImport(const Command& noun, Session& session) {
  const Command verb =
      noun.AddVerb("import", "Import municipalities from a CSV file");
  auto flags = std::make_shared<RegistryImportFlags>();
  auto reason = std::make_shared<std::string>();
  flags->AddTo(verb);
  verb.AddOption("--reason", *reason,
                 "Why they are imported; needed where a record deletes");
  verb.Runs(session, [&session, flags, reason] {
    return RunRegistryImport<v1::ImportMunicipalitiesRequest>(
        session, *flags, "code", [&](v1::ImportMunicipalitiesRequest& request) {
          request.set_reason(*reason);
        });
  });
}

void AddCreate(const Command& noun, Session& session) {
  const Command verb = noun.AddVerb("create", "Create a municipality");
  auto flags = std::make_shared<CreateFlags>();
  v1::CreateMunicipalityRequest& request = flags->request;
  v1::Municipality& m = *request.mutable_municipality();
  verb.AddOption("CODE", *m.mutable_code(), "Six-digit code").Required();
  verb.AddOption("--name", *m.mutable_display_name(), "Official name")
      .Required();
  verb.AddOption("--kana", *m.mutable_kana(), "Reading in full-width katakana")
      .Required();
  verb.AddOption("--name-en", *m.mutable_display_name_en(), "English name")
      .Required();
  verb.AddOption("--type", flags->type, "What kind it is")
      .Required()
      .OneOf({"special_ward", "city", "town", "village"});
  verb.AddOption("--area", *m.mutable_area(), "区部, 市部, 町村部 or 島しょ")
      .Required();
  verb.AddOption("--population-band", *m.mutable_population_band(),
                 "Population band");
  // The council is sent only where something is said of it.
  verb.AddTextOption(
      "--council-name",
      [flags](const std::string& name) {
        flags->request.mutable_municipality()
            ->mutable_council()
            ->set_display_name(name);
      },
      "Name of its council; left out, the usual one");
  verb.AddSwitch(
      "--council-name-checked",
      [flags] {
        flags->request.mutable_municipality()
            ->mutable_council()
            ->set_name_checked(true);
      },
      "That name was checked against a source");
  verb.AddNumberOption(
          "--fiscal-year",
          [flags](const int& year) {
            flags->request.set_first_fiscal_year(year);
          },
          "First fiscal year it exists in; left out: it always did")
      .Positive();
  verb.AddOption("--reason", *request.mutable_reason(), "Why it is recorded");
  verb.AddOption("--note", *request.mutable_note(),
                 "Where the facts come from");
  verb.AddSwitch(
      "--dry-run", [flags] { flags->request.set_validate_only(true); },
      "Check everything, write nothing");
  verb.Runs(session, [&session, flags] { return Create(session, *flags); });
}

Command AddEdit(const Command& noun, const std::string& name,
                const Phrase& description, UpdateFlags& flags) {
  const Command verb = noun.AddVerb(name, description);
  verb.AddOption("CODE", flags.text, "Six-digit code, resource name, or a name")
      .Required();
  verb.AddOption("--reason", flags.reason, "Why").Required();
  verb.AddOption("--etag", flags.etag,
                 "Refuse where this is no longer the current entity tag");
  verb.AddSwitch("--dry-run", flags.dry_run, "Check everything, write nothing");
  return verb;
}

}  // namespace

void AddMunicipalityWrites(const Command& noun, Session& session) {
  AddImport(noun, session);
  AddCreate(noun, session);

  auto update_flags = std::make_shared<UpdateFlags>();
  Command update =
      AddEdit(noun, "update", "Change facts of a municipality", *update_flags);
  update
      .AddOption("--set", update_flags->assignments,
                 "field=value, several times; the field is display_name, kana, "
                 "display_name_en, type, area, population_band, "
                 "council.display_name or council.name_checked")
      .Required();
  update
      .AddOption("--fiscal-year", update_flags->fiscal_year,
                 "First fiscal year of the new facts; left out: puts right "
                 "what is recorded")
      .Positive();
  update.AddOption("--note", update_flags->note, "Where the facts come from");
  update.Runs(session, [&session, update_flags] {
    return Update(session, *update_flags);
  });

  auto delete_flags = std::make_shared<UpdateFlags>();
  Command delete_verb =
      AddEdit(noun, "delete", "Take back a municipality created by mistake",
              *delete_flags);
  delete_verb.Runs(session, [&session, delete_flags] {
    return Delete(session, *delete_flags);
  });
}

}  // namespace welfare::ctl
