#include "services/registry/api/registry_service.h"

#include <functional>
#include <memory>
#include <utility>

#include "services/platform/rpc/stream.h"
#include "services/registry/files/import_file.h"

namespace welfare::registry {
namespace {

using platform::CallContext;

// Answers a raw read from memory on gRPC's own thread, or on the pool when it
// has to wait.
template <typename Request, typename Handler>
grpc::ServerUnaryReactor* Read(const platform::CallEnvironment& calls,
                               const RegistryReader& reader,
                               grpc::CallbackServerContext* context,
                               const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response, Handler handler) {
  return platform::RawRead<Request>(
      calls, context, request, response,
      [&](const Request& message) { return reader.MustWait(message); },
      std::move(handler));
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
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::BatchGetMunicipalities, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListMunicipalities(
    grpc::CallbackServerContext* context,
    const v1::ListMunicipalitiesRequest* request,
    v1::ListMunicipalitiesResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListMunicipalities, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ResolveMunicipality(
    grpc::CallbackServerContext* context,
    const v1::ResolveMunicipalityRequest* request, v1::Municipality* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ResolveMunicipality, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::GetProgram(
    grpc::CallbackServerContext* context, const v1::GetProgramRequest* request,
    v1::Program* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::GetProgram, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListPrograms(
    grpc::CallbackServerContext* context,
    const v1::ListProgramsRequest* request,
    v1::ListProgramsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListPrograms, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListHistory(
    grpc::CallbackServerContext* context, const v1::ListHistoryRequest* request,
    v1::ListHistoryResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListHistory, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::GetProgramTimeline(
    grpc::CallbackServerContext* context,
    const v1::GetProgramTimelineRequest* request,
    v1::ProgramTimeline* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::GetProgramTimeline, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListStatusRecords(
    grpc::CallbackServerContext* context,
    const v1::ListStatusRecordsRequest* request,
    v1::ListStatusRecordsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListStatusRecords, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListLineageEvents(
    grpc::CallbackServerContext* context,
    const v1::ListLineageEventsRequest* request,
    v1::ListLineageEventsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListLineageEvents, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListBoundaryMappings(
    grpc::CallbackServerContext* context,
    const v1::ListBoundaryMappingsRequest* request,
    v1::ListBoundaryMappingsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListBoundaryMappings, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::GetRegistryState(
    grpc::CallbackServerContext* context,
    const v1::GetRegistryStateRequest* request, v1::RegistryState* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::GetRegistryState, &reader_));
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
  return platform::Unary(
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
  return platform::Unary(
      calls_, context, request, response,
      ImportBatches(writer_, &RegistryWriter::ImportStatusRecords, true));
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* RegistryService::StreamChanges(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return platform::ServerStream<grpc::ByteBuffer>(
      calls_, context, request,
      [this](const CallContext& call, const grpc::ByteBuffer& bytes,
             platform::StreamWriter<grpc::ByteBuffer>& writer) -> absl::Status {
        v1::StreamChangesRequest asked;
        if (!platform::ParseMessage(bytes, asked)) {
          return platform::UnreadableMessage();
        }
        return streams_.StreamChanges(
            call, asked, [&](const std::string& message) {
              return writer.Write(platform::ToByteBuffer(message));
            });
      });
}

grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>*
RegistryService::WatchVersions(grpc::CallbackServerContext* context,
                               const type::v1::WatchVersionsRequest* request) {
  return platform::ServerStream<type::v1::WatchVersionsResponse>(
      calls_, context, request,
      [this](const CallContext& call,
             const type::v1::WatchVersionsRequest& asked,
             platform::StreamWriter<type::v1::WatchVersionsResponse>& writer) {
        return streams_.WatchVersions(call, asked, [&](const auto& message) {
          return writer.Write(message);
        });
      });
}

}  // namespace welfare::registry
