#include "services/registry/api/registry_service.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/rpc/stream.h"
#include "services/platform/rpc/version_stream.h"
#include "services/registry/errors.h"
#include "services/registry/files/import_file.h"

namespace welfare::registry {
namespace {

using platform::CallContext;

// What a read waits for before it is answered.
template <typename Request>
std::optional<platform::VersionWait> WaitOf(const RegistryReader& reader,
                                            const Request& request) {
  // What never changes has no version to wait for.
  if constexpr (requires { request.min_version(); }) {
    if (request.min_version() > reader.version()) {
      return platform::VersionWait{.resource = std::string(kRegistryResource),
                                   .version = request.min_version(),
                                   .missed = &MinVersionNotReached};
    }
  }
  return std::nullopt;
}

// Answers a raw read from memory on gRPC's own thread, or on the pool when it
// blocks or waits.
template <typename Request, typename Handler>
grpc::ServerUnaryReactor* Read(const platform::CallEnvironment& calls,
                               const RegistryReader& reader,
                               grpc::CallbackServerContext* context,
                               const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response, Handler handler) {
  return platform::RawRead<Request>(
      calls, context, request, response,
      [&](const Request& message) {
        return platform::ReadPlan{.blocks = reader.Blocks(message),
                                  .wait = WaitOf(reader, message)};
      },
      std::move(handler));
}

// Answers any other read on the pool.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Read(
    const platform::CallEnvironment& calls, RegistryReader& reader,
    grpc::CallbackServerContext* context, const Request* request,
    Response* response,
    absl::Status (RegistryReader::*handler)(const CallContext&, const Request&,
                                            Response&) const) {
  return platform::WaitingUnary(calls, context, request, response,
                                WaitOf(reader, *request),
                                std::bind_front(handler, &reader));
}

// One file comes as one stream: what its batches held is remembered until the
// stream ends. A unary call is a file of its own.
template <typename Request, typename Row>
auto ImportBatches(RegistryWriter& writer,
                   absl::Status (RegistryWriter::*import)(
                       const CallContext&, const Request&, ImportFile<Row>&,
                       bool, type::v1::ImportResult&),
                   bool alone) {
  return [&writer, import, alone, file = std::make_shared<ImportFile<Row>>()](
             const CallContext& call, const Request& request,
             type::v1::ImportResult& response) {
    return (writer.*import)(call, request, *file, alone, response);
  };
}

}  // namespace

RegistryService::RegistryService(const Dependencies& dependencies)
    : reader_(dependencies.reader),
      writer_(dependencies.writer),
      live_(dependencies.live),
      incarnation_(dependencies.incarnation),
      calls_(dependencies.calls) {}

RegistryService::~RegistryService() = default;

grpc::ServerUnaryReactor* RegistryService::GetMunicipality(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Read<v1::GetMunicipalityRequest>(
      calls_, reader_, context, request, response,
      std::bind_front(&RegistryReader::GetMunicipality, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::GetRoster(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Read<v1::GetRosterRequest>(
      calls_, reader_, context, request, response,
      std::bind_front(&RegistryReader::GetRoster, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::BatchGetMunicipalities(
    grpc::CallbackServerContext* context,
    const v1::BatchGetMunicipalitiesRequest* request,
    v1::BatchGetMunicipalitiesResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::BatchGetMunicipalities);
}

grpc::ServerUnaryReactor* RegistryService::ListMunicipalities(
    grpc::CallbackServerContext* context,
    const v1::ListMunicipalitiesRequest* request,
    v1::ListMunicipalitiesResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ListMunicipalities);
}

grpc::ServerUnaryReactor* RegistryService::ResolveMunicipality(
    grpc::CallbackServerContext* context,
    const v1::ResolveMunicipalityRequest* request, v1::Municipality* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ResolveMunicipality);
}

grpc::ServerUnaryReactor* RegistryService::GetProgram(
    grpc::CallbackServerContext* context, const v1::GetProgramRequest* request,
    v1::Program* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::GetProgram);
}

grpc::ServerUnaryReactor* RegistryService::ListPrograms(
    grpc::CallbackServerContext* context,
    const v1::ListProgramsRequest* request,
    v1::ListProgramsResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ListPrograms);
}

grpc::ServerUnaryReactor* RegistryService::ListHistory(
    grpc::CallbackServerContext* context, const v1::ListHistoryRequest* request,
    v1::ListHistoryResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ListHistory);
}

grpc::ServerUnaryReactor* RegistryService::GetProgramTimeline(
    grpc::CallbackServerContext* context,
    const v1::GetProgramTimelineRequest* request,
    v1::ProgramTimeline* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::GetProgramTimeline);
}

grpc::ServerUnaryReactor* RegistryService::ListStatusRecords(
    grpc::CallbackServerContext* context,
    const v1::ListStatusRecordsRequest* request,
    v1::ListStatusRecordsResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ListStatusRecords);
}

grpc::ServerUnaryReactor* RegistryService::ListLineageEvents(
    grpc::CallbackServerContext* context,
    const v1::ListLineageEventsRequest* request,
    v1::ListLineageEventsResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ListLineageEvents);
}

grpc::ServerUnaryReactor* RegistryService::ListBoundaryMappings(
    grpc::CallbackServerContext* context,
    const v1::ListBoundaryMappingsRequest* request,
    v1::ListBoundaryMappingsResponse* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::ListBoundaryMappings);
}

grpc::ServerUnaryReactor* RegistryService::GetRegistryState(
    grpc::CallbackServerContext* context,
    const v1::GetRegistryStateRequest* request, v1::RegistryState* response) {
  return Read(calls_, reader_, context, request, response,
              &RegistryReader::GetRegistryState);
}

grpc::ServerUnaryReactor* RegistryService::CreateMunicipality(
    grpc::CallbackServerContext* context,
    const v1::CreateMunicipalityRequest* request, v1::Municipality* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::CreateMunicipality, &writer_));
}

grpc::ServerUnaryReactor* RegistryService::UpdateMunicipality(
    grpc::CallbackServerContext* context,
    const v1::UpdateMunicipalityRequest* request, v1::Municipality* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::UpdateMunicipality, &writer_));
}

grpc::ServerUnaryReactor* RegistryService::DeleteMunicipality(
    grpc::CallbackServerContext* context,
    const v1::DeleteMunicipalityRequest* request,
    google::protobuf::Empty* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::DeleteMunicipality, &writer_));
}

grpc::ServerUnaryReactor* RegistryService::RecordStatus(
    grpc::CallbackServerContext* context,
    const v1::RecordStatusRequest* request, v1::StatusRecord* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::RecordStatus, &writer_));
}

grpc::ServerUnaryReactor* RegistryService::RetractStatus(
    grpc::CallbackServerContext* context,
    const v1::RetractStatusRequest* request, v1::StatusRecord* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::RetractStatus, &writer_));
}

grpc::ServerUnaryReactor* RegistryService::CreateLineageEvent(
    grpc::CallbackServerContext* context,
    const v1::CreateLineageEventRequest* request, v1::LineageEvent* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::CreateLineageEvent, &writer_));
}

grpc::ServerUnaryReactor* RegistryService::RetractLineageEvent(
    grpc::CallbackServerContext* context,
    const v1::RetractLineageEventRequest* request, v1::LineageEvent* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::RetractLineageEvent, &writer_));
}

grpc::ServerBidiReactor<v1::ImportMunicipalitiesRequest,
                        type::v1::ImportResult>*
RegistryService::ImportMunicipalities(grpc::CallbackServerContext* context) {
  return platform::BidiStream<v1::ImportMunicipalitiesRequest,
                              type::v1::ImportResult>(
      calls_, context,
      ImportBatches(writer_, &RegistryWriter::ImportMunicipalities, false));
}

grpc::ServerUnaryReactor* RegistryService::BatchImportMunicipalities(
    grpc::CallbackServerContext* context,
    const v1::ImportMunicipalitiesRequest* request,
    type::v1::ImportResult* response) {
  return platform::BulkUnary(
      calls_, context, request, response,
      ImportBatches(writer_, &RegistryWriter::ImportMunicipalities, true));
}

grpc::ServerBidiReactor<v1::ImportStatusRecordsRequest, type::v1::ImportResult>*
RegistryService::ImportStatusRecords(grpc::CallbackServerContext* context) {
  return platform::BidiStream<v1::ImportStatusRecordsRequest,
                              type::v1::ImportResult>(
      calls_, context,
      ImportBatches(writer_, &RegistryWriter::ImportStatusRecords, false));
}

grpc::ServerUnaryReactor* RegistryService::BatchImportStatusRecords(
    grpc::CallbackServerContext* context,
    const v1::ImportStatusRecordsRequest* request,
    type::v1::ImportResult* response) {
  return platform::BulkUnary(
      calls_, context, request, response,
      ImportBatches(writer_, &RegistryWriter::ImportStatusRecords, true));
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* RegistryService::StreamChanges(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  v1::StreamChangesRequest asked;
  const bool readable = platform::ParseMessage(*request, asked);
  return platform::FollowingStream<grpc::ByteBuffer>(
      calls_, context, request, asked.follow(),
      [readable, changes = ChangeStream(live_, incarnation_, asked)](
          const platform::CallContext&, const grpc::ByteBuffer&,
          grpc::ByteBuffer& message) mutable
      -> absl::StatusOr<platform::StreamStep> {
        if (!readable) return platform::UnreadableMessage();
        std::string bytes;
        WELFARE_ASSIGN_OR_RETURN(platform::StreamStep step,
                                 changes.Next(bytes));
        message = platform::MoveToByteBuffer(std::move(bytes));
        return step;
      });
}

grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>*
RegistryService::WatchVersions(grpc::CallbackServerContext* context,
                               const type::v1::WatchVersionsRequest* request) {
  return platform::WatchVersions<type::v1::WatchVersionsResponse>(
      calls_, context, *request);
}

}  // namespace welfare::registry
