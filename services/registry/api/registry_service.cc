#include "services/registry/api/registry_service.h"

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "services/base/error.h"
#include "services/registry/api/change_stream.h"
#include "services/registry/errors.h"
#include "services/registry/files/import_file.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::registry {
namespace {

using platform::CallContext;

// How a read is answered. GetMunicipality and GetRoster come from memory, and
// what was replied before goes out as the bytes it went out as then; they
// block only where the reader says so. The others work on the pool.
template <typename Request>
platform::ReadPlan PlanOf(const RegistryReader& reader,
                          const Request& request) {
  platform::ReadPlan plan{.blocks = true};
  if constexpr (std::is_same_v<Request, v1::GetMunicipalityRequest> ||
                std::is_same_v<Request, v1::GetRosterRequest>) {
    plan.blocks = reader.versions().Blocks(request);
  }
  // What never changes has no version to wait for.
  if constexpr (requires { request.min_version(); }) {
    if (request.min_version() > reader.versions().last()) {
      plan.wait =
          platform::VersionWait{.resource = std::string(kRegistryResource),
                                .version = request.min_version(),
                                .missed = &MinVersionNotReached};
    }
  }
  return plan;
}

template <typename Request, typename Row>
using ImportMethod = absl::Status (ImportWriter::*)(const CallContext&,
                                                    const Request&,
                                                    ImportFile<Row>&, bool,
                                                    platform::SharedBytes&);

// One file comes as one stream: what its batches held is remembered until the
// stream ends.
template <typename Request, typename Row>
auto FileOfBatches(ImportWriter& writer, ImportMethod<Request, Row> import) {
  return [&writer, import] {
    return [&writer, import, file = std::make_shared<ImportFile<Row>>()](
               const CallContext& call, const Request& request,
               platform::SharedBytes& reply) {
      return (writer.*import)(call, request, *file, false, reply);
    };
  };
}

// A unary call is a file of its own.
template <typename Request, typename Row>
auto FileAlone(ImportWriter& writer, ImportMethod<Request, Row> import) {
  return [&writer, import](const CallContext& call, const Request& request,
                           platform::SharedBytes& reply) {
    ImportFile<Row> file;
    return (writer.*import)(call, request, file, true, reply);
  };
}

// StreamChanges writes its bytes itself.
auto ChangesAsBytes(ChangeStream changes) {
  return [changes = std::move(changes)](const CallContext&,
                                        const v1::StreamChangesRequest&,
                                        platform::SharedBytes& message) mutable
         -> absl::StatusOr<platform::StreamStep> {
    std::string bytes;
    WELFARE_ASSIGN_OR_RETURN(platform::StreamStep step, changes.Next(bytes));
    message = platform::Share(std::move(bytes));
    return step;
  };
}

}  // namespace

RegistryService::RegistryService(const Dependencies& dependencies)
    : MethodTable("welfare.registry.v1.RegistryService", dependencies.calls),
      incarnation_(dependencies.incarnation) {
  using Writer = RegistryWriter;
  const RegistryReader& reader = dependencies.reader;
  Writer& writer = dependencies.writer;
  const LiveHistory& live = dependencies.live;
  const auto plan = [&reader](const auto& request) {
    return PlanOf(reader, request);
  };

  using Municipalities = MunicipalityReader;
  const Municipalities& municipalities = reader.municipalities();
  Read("GetMunicipality", plan, &Municipalities::GetMunicipality,
       municipalities);
  Read("BatchGetMunicipalities", plan, &Municipalities::BatchGetMunicipalities,
       municipalities);
  Read("ListMunicipalities", plan, &Municipalities::ListMunicipalities,
       municipalities);
  Read("ResolveMunicipality", plan, &Municipalities::ResolveMunicipality,
       municipalities);
  Read("ListHistory", plan, &Municipalities::ListHistory, municipalities);

  using Programs = ProgramReader;
  const Programs& programs = reader.programs();
  Read("GetProgram", plan, &Programs::GetProgram, programs);
  Read("ListPrograms", plan, &Programs::ListPrograms, programs);
  Read("ListStatusRecords", plan, &Programs::ListStatusRecords, programs);

  using Rosters = RosterReader;
  const Rosters& rosters = reader.rosters();
  Read("GetRoster", plan, &Rosters::GetRoster, rosters);
  Read("GetProgramTimeline", plan, &Rosters::GetProgramTimeline, rosters);

  using Lineage = LineageReader;
  const Lineage& lineage = reader.lineage();
  Read("ListLineageEvents", plan, &Lineage::ListLineageEvents, lineage);
  Read("ListBoundaryMappings", plan, &Lineage::ListBoundaryMappings, lineage);

  Read("GetRegistryState", plan, &RegistryReader::GetRegistryState, reader);

  Unary("CreateMunicipality", &Writer::CreateMunicipality, writer);
  Unary("UpdateMunicipality", &Writer::UpdateMunicipality, writer);
  Unary("DeleteMunicipality", &Writer::DeleteMunicipality, writer);
  Unary("RecordStatus", &Writer::RecordStatus, writer);
  Unary("RetractStatus", &Writer::RetractStatus, writer);
  Unary("CreateLineageEvent", &Writer::CreateLineageEvent, writer);
  Unary("RetractLineageEvent", &Writer::RetractLineageEvent, writer);

  // What can be imported comes as a stream of batches or as one of them.
  ImportWriter& imports = dependencies.imports;
  const auto import_rows = [&](const std::string& what, auto method) {
    BidiStream("Import" + what, FileOfBatches(imports, method));
    BulkUnary("BatchImport" + what, FileAlone(imports, method));
  };
  import_rows("Municipalities", &ImportWriter::ImportMunicipalities);
  import_rows("StatusRecords", &ImportWriter::ImportStatusRecords);

  FollowingStream(
      "StreamChanges", &v1::StreamChangesRequest::follow,
      [this, &live](const v1::StreamChangesRequest& request) {
        return ChangesAsBytes(ChangeStream(live, incarnation_, request));
      });
  Unary("ListAuditRecords", &platform::AuditCalls::List, dependencies.audit);
  Unary("GetAuditHead", &platform::AuditCalls::Head, dependencies.audit);
  Unary("ProveAudit", &platform::AuditCalls::Prove, dependencies.audit);
  WatchVersions<type::v1::WatchVersionsRequest,
                type::v1::WatchVersionsResponse>();
  Complete();
}

RegistryService::~RegistryService() = default;

}  // namespace welfare::registry
