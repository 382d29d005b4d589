#include "services/registry/registry_service.h"

#include <functional>
#include <memory>
#include <utility>

#include "services/platform/stream.h"
#include "services/registry/csv_import.h"

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
// stream ends.
template <typename Request>
auto ImportBatches(RegistryWriter& writer,
                   absl::Status (RegistryWriter::*import)(
                       const CallContext&, const Request&, SeenRecords&,
                       type::v1::ImportResult&)) {
  return [&writer, import, seen = std::make_shared<SeenRecords>()](
             const CallContext& call, const Request& request,
             type::v1::ImportResult& response) {
    return (writer.*import)(call, request, *seen, response);
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

grpc::ServerUnaryReactor* RegistryService::ListMunicipalities(
    grpc::CallbackServerContext* context,
    const v1::ListMunicipalitiesRequest* request,
    v1::ListMunicipalitiesResponse* response) {
  return platform::InlineUnary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListMunicipalities, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::ListStatusRecords(
    grpc::CallbackServerContext* context,
    const v1::ListStatusRecordsRequest* request,
    v1::ListStatusRecordsResponse* response) {
  return platform::InlineUnary(
      calls_, context, request, response,
      std::bind_front(&RegistryReader::ListStatusRecords, &reader_));
}

grpc::ServerUnaryReactor* RegistryService::RecordStatus(
    grpc::CallbackServerContext* context,
    const v1::RecordStatusRequest* request, v1::StatusRecord* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&RegistryWriter::RecordStatus, &writer_));
}

grpc::ServerBidiReactor<v1::ImportMunicipalitiesRequest,
                        type::v1::ImportResult>*
RegistryService::ImportMunicipalities(grpc::CallbackServerContext* context) {
  return platform::BidiStream<v1::ImportMunicipalitiesRequest,
                              type::v1::ImportResult>(
      calls_, context,
      ImportBatches(writer_, &RegistryWriter::ImportMunicipalities));
}

grpc::ServerUnaryReactor* RegistryService::BatchImportMunicipalities(
    grpc::CallbackServerContext* context,
    const v1::ImportMunicipalitiesRequest* request,
    type::v1::ImportResult* response) {
  return platform::Unary(
      calls_, context, request, response,
      ImportBatches(writer_, &RegistryWriter::ImportMunicipalities));
}

grpc::ServerBidiReactor<v1::ImportStatusRecordsRequest, type::v1::ImportResult>*
RegistryService::ImportStatusRecords(grpc::CallbackServerContext* context) {
  return platform::BidiStream<v1::ImportStatusRecordsRequest,
                              type::v1::ImportResult>(
      calls_, context,
      ImportBatches(writer_, &RegistryWriter::ImportStatusRecords));
}

grpc::ServerUnaryReactor* RegistryService::BatchImportStatusRecords(
    grpc::CallbackServerContext* context,
    const v1::ImportStatusRecordsRequest* request,
    type::v1::ImportResult* response) {
  return platform::Unary(
      calls_, context, request, response,
      ImportBatches(writer_, &RegistryWriter::ImportStatusRecords));
}

grpc::ServerWriteReactor<v1::StreamChangesResponse>*
RegistryService::StreamChanges(grpc::CallbackServerContext* context,
                               const v1::StreamChangesRequest* request) {
  return platform::ServerStream<v1::StreamChangesResponse>(
      calls_, context, request,
      [this](const CallContext& call, const v1::StreamChangesRequest& asked,
             platform::StreamWriter<v1::StreamChangesResponse>& writer) {
        return streams_.StreamChanges(call, asked, [&](const auto& message) {
          return writer.Write(message);
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
