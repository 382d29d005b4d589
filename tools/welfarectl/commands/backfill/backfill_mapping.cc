#include "tools/welfarectl/commands/backfill/backfill_mapping.h"

#include <iostream>
#include <memory>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
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
  return Fail(
      base::MakeError(CtlRow("FILE_MOVED")).With("path", mapping.path),
      kRefused);
}

int ImportMapping(Session& session, const PlannedMapping& mapping) {
  if (mapping.path.empty()) return kOk;
  return Send(session, mapping, /*validate_only=*/false);
}

void AddMappingVerb(const Command& noun, Session& session) {
  const Command verb = noun.AddVerb(
      "mapping", "Show the mapping by which imported answers were read");
  auto id = std::make_shared<std::string>();
  verb.AddOption("MAPPING", *id,
                 "Its id, as `mapping` of an answer says: 16 digits and a-f")
      .Required();
  verb.Runs(session, [&session, id] { return ShowMapping(session, *id); });
}

}  // namespace welfare::ctl
