#include "tools/welfarectl/commands/backfill/backfill_mapping.h"

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/output/time_text.h"
#include "tools/welfarectl/session/call.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;

// Digits of the digest that are the id of a mapping.
constexpr std::size_t kIdDigits = 16;

absl::Status Read(PlannedMapping& mapping) {
  WELFARE_ASSIGN_OR_RETURN(mapping.text, ReadWholeFile(mapping.path));
  mapping.sha256 = base::Sha256Hex(mapping.text);
  return absl::OkStatus();
}

int Send(Session& session, const PlannedMapping& mapping, bool validate_only) {
  survey_v1::ImportMappingRequest request;
  request.set_parent(session.survey_name());
  request.set_content(mapping.text);
  request.set_request_id(Session::NewRequestId());
  request.set_validate_only(validate_only);
  survey_v1::Mapping reply;
  const CallStatus status = TryCall(session, request, reply);
  if (status.ok()) return kOk;
  if (ReasonOf(status) != "MAPPING_INVALID") return Fail(status);
  for (const FieldViolation& fault : ViolationsOf(status)) {
    std::cerr << OneLine(mapping.path + " " + fault.field + ": " +
                         fault.description)
              << "\n";
  }
  return Fail(base::MakeError(CtlRow("MAPPING_WRONG"))
                  .With("path", mapping.path)
                  .With("faults", MetadataOf(status, "violations")));
}

int ShowMapping(Session& session, const std::string& id) {
  survey_v1::GetMappingRequest request;
  request.set_name(session.survey_name() + "/mappings/" + id);
  survey_v1::Mapping mapping;
  if (const int code = Call(session, request, mapping); code != kOk) {
    return code;
  }
  if (session.output() == Output::kJson) {
    std::cout << ctl::ToJson(mapping) << "\n";
  } else {
    std::cout << mapping.content();
  }
  return kOk;
}

Table MappingTable() {
  return Table({{.title = "mapping"},
                {.title = "codebook"},
                {.title = "from_codebook", .spare = 3, .heading = "from"},
                {.title = "create_time", .spare = 4, .heading = "recorded"},
                {.title = "actor", .spare = 5, .heading = "by"},
                {.title = "digest", .csv_only = true},
                {.title = "fiscal_year"},
                {.title = "rows", .number = true},
                {.title = "batches", .number = true, .csv_only = true},
                {.title = "first_time", .csv_only = true},
                {.title = "last_time", .spare = 2, .heading = "last used"},
                {.title = "last_actor", .spare = 6, .heading = "by"},
                {.title = "uses_complete", .csv_only = true},
                {.title = "note",
                 .fit = Table::Fit::kFold,
                 .spare = 1,
                 .table_only = true}});
}

// A row for each use of a mapping, or one where it has none.
void AddMappingRows(const Session& session, Table& table,
                    const survey_v1::Mapping& mapping) {
  const auto add = [&](const survey_v1::Mapping::Use* use) {
    const auto number = [&](std::int64_t value) {
      return use == nullptr ? std::string() : std::to_string(value);
    };
    const survey_v1::Mapping::Use& shown =
        use == nullptr ? survey_v1::Mapping::Use::default_instance() : *use;
    table.Add({LastPart(mapping.name()), LastPart(mapping.codebook()),
               LastPart(mapping.from_codebook()),
               TimeFor(session, mapping.create_time()), mapping.actor(),
               mapping.digest(), LastPart(shown.round()), number(shown.rows()),
               number(shown.batches()), TimeFor(session, shown.first_time()),
               TimeFor(session, shown.last_time()), shown.actor(),
               mapping.uses_complete() ? "true" : "false",
               mapping.uses_complete()
                   ? ""
                   : SayInCell(session, "its first uses were not counted")});
  };
  for (const survey_v1::Mapping::Use& use : mapping.uses()) add(&use);
  if (mapping.uses().empty()) add(nullptr);
}

int ListMappings(Session& session, std::optional<int> fiscal_year) {
  survey_v1::ListMappingsRequest request;
  request.set_parent(session.survey_name());
  if (fiscal_year) request.set_round(session.round_name(*fiscal_year));
  std::vector<survey_v1::Mapping> all;
  Table table = MappingTable();
  const int code = ReadPages<survey_v1::ListMappingsResponse>(
      session, request, [&](const survey_v1::ListMappingsResponse& page) {
        for (const survey_v1::Mapping& mapping : page.mappings()) {
          AddMappingRows(session, table, mapping);
          all.push_back(mapping);
        }
      });
  if (code != kOk) return code;
  if (session.output() != Output::kTable || !all.empty()) {
    PrintList(session, all, table);
  }
  PrintCount(session, all.size(),
             Say(all.size() == 1 ? Phrase("{count} mapping")
                                 : Phrase("{count} mappings")),
             Say("There is no such mapping."));
  return kOk;
}

}  // namespace

int OpenMapping(Session& session, const std::string& path,
                PlannedMapping& mapping) {
  if (path.empty()) return kOk;
  mapping.path = path;
  if (const absl::Status read = Read(mapping); !read.ok()) return Fail(read);
  mapping.name = session.survey_name() + "/mappings/" +
                 mapping.sha256.substr(0, kIdDigits);
  return Send(session, mapping, /*validate_only=*/true);
}

int OpenMappingAsPlanned(PlannedMapping& mapping) {
  if (mapping.path.empty()) return kOk;
  const std::string planned = mapping.sha256;
  if (const absl::Status read = Read(mapping); !read.ok()) return Fail(read);
  if (mapping.sha256 == planned) return kOk;
  return Fail(base::MakeError(CtlRow("FILE_MOVED")).With("path", mapping.path),
              kRefused);
}

int ImportMapping(Session& session, const PlannedMapping& mapping) {
  if (mapping.path.empty()) return kOk;
  return Send(session, mapping, /*validate_only=*/false);
}

void AddMappingVerbs(const Command& noun, Session& session) {
  const Command verb = noun.AddVerb(
      "mapping", "Show the mapping by which imported answers were read");
  auto id = std::make_shared<std::string>();
  verb.AddOption("MAPPING", *id,
                 "Its id, as `mapping` of an answer says: 16 digits and a-f")
      .Required();
  verb.Runs(session, [&session, id] { return ShowMapping(session, *id); });

  const Command list = noun.AddVerb(
      "mappings", "List the mappings that are kept, and their uses");
  auto year = std::make_shared<std::optional<int>>();
  list.AddNumberOption(
      "--fiscal-year", [year](const int& value) { *year = value; },
      "Only those by which answers of this round were imported");
  list.Runs(session, [&session, year] { return ListMappings(session, *year); });
}

}  // namespace welfare::ctl
