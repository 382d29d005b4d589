// The gRPC face of the registry: one line per method.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "welfare/registry/v1/registry_service.grpc.pb.h"

#include "services/platform/rpc/handler.h"
#include "services/registry/api/change_stream.h"
#include "services/registry/api/registry_reader.h"
#include "services/registry/api/registry_writer.h"

namespace welfare::registry {

// Any thread of gRPC may call it. GetMunicipality and GetRoster are raw
// methods: a reply seen before goes out as the bytes it went out as before.
// StreamChanges is one too: it writes its bytes itself.
class RegistryService final
    : public v1::RegistryService::WithRawCallbackMethod_GetMunicipality<
          v1::RegistryService::WithRawCallbackMethod_GetRoster<
              v1::RegistryService::WithRawCallbackMethod_StreamChanges<
                  v1::RegistryService::CallbackService>>> {
 public:
  struct Dependencies {
    RegistryReader& reader;
    RegistryWriter& writer;
    const LiveHistory& live;
    const platform::Incarnation& incarnation;  // copied
    const platform::CallEnvironment& calls;
  };
  // All must outlive the service.
  explicit RegistryService(const Dependencies& dependencies);
  ~RegistryService() override;

  grpc::ServerUnaryReactor* GetMunicipality(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetRoster(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetMunicipalities(
      grpc::CallbackServerContext* context,
      const v1::BatchGetMunicipalitiesRequest* request,
      v1::BatchGetMunicipalitiesResponse* response) override;
  grpc::ServerUnaryReactor* ListMunicipalities(
      grpc::CallbackServerContext* context,
      const v1::ListMunicipalitiesRequest* request,
      v1::ListMunicipalitiesResponse* response) override;
  grpc::ServerUnaryReactor* ResolveMunicipality(
      grpc::CallbackServerContext* context,
      const v1::ResolveMunicipalityRequest* request,
      v1::Municipality* response) override;
  grpc::ServerUnaryReactor* GetProgram(grpc::CallbackServerContext* context,
                                       const v1::GetProgramRequest* request,
                                       v1::Program* response) override;
  grpc::ServerUnaryReactor* ListPrograms(
      grpc::CallbackServerContext* context,
      const v1::ListProgramsRequest* request,
      v1::ListProgramsResponse* response) override;
  grpc::ServerUnaryReactor* ListHistory(
      grpc::CallbackServerContext* context,
      const v1::ListHistoryRequest* request,
      v1::ListHistoryResponse* response) override;
  grpc::ServerUnaryReactor* GetProgramTimeline(
      grpc::CallbackServerContext* context,
      const v1::GetProgramTimelineRequest* request,
      v1::ProgramTimeline* response) override;
  grpc::ServerUnaryReactor* ListStatusRecords(
      grpc::CallbackServerContext* context,
      const v1::ListStatusRecordsRequest* request,
      v1::ListStatusRecordsResponse* response) override;
  grpc::ServerUnaryReactor* ListLineageEvents(
      grpc::CallbackServerContext* context,
      const v1::ListLineageEventsRequest* request,
      v1::ListLineageEventsResponse* response) override;
  grpc::ServerUnaryReactor* ListBoundaryMappings(
      grpc::CallbackServerContext* context,
      const v1::ListBoundaryMappingsRequest* request,
      v1::ListBoundaryMappingsResponse* response) override;
  grpc::ServerUnaryReactor* GetRegistryState(
      grpc::CallbackServerContext* context,
      const v1::GetRegistryStateRequest* request,
      v1::RegistryState* response) override;
  grpc::ServerUnaryReactor* CreateMunicipality(
      grpc::CallbackServerContext* context,
      const v1::CreateMunicipalityRequest* request,
      v1::Municipality* response) override;
  grpc::ServerUnaryReactor* UpdateMunicipality(
      grpc::CallbackServerContext* context,
      const v1::UpdateMunicipalityRequest* request,
      v1::Municipality* response) override;
  grpc::ServerUnaryReactor* DeleteMunicipality(
      grpc::CallbackServerContext* context,
      const v1::DeleteMunicipalityRequest* request,
      google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* RecordStatus(grpc::CallbackServerContext* context,
                                         const v1::RecordStatusRequest* request,
                                         v1::StatusRecord* response) override;
  grpc::ServerUnaryReactor* RetractStatus(
      grpc::CallbackServerContext* context,
      const v1::RetractStatusRequest* request,
      v1::StatusRecord* response) override;
  grpc::ServerUnaryReactor* CreateLineageEvent(
      grpc::CallbackServerContext* context,
      const v1::CreateLineageEventRequest* request,
      v1::LineageEvent* response) override;
  grpc::ServerUnaryReactor* RetractLineageEvent(
      grpc::CallbackServerContext* context,
      const v1::RetractLineageEventRequest* request,
      v1::LineageEvent* response) override;
  grpc::ServerBidiReactor<v1::ImportMunicipalitiesRequest,
                          type::v1::ImportResult>*
  ImportMunicipalities(grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* BatchImportMunicipalities(
      grpc::CallbackServerContext* context,
      const v1::ImportMunicipalitiesRequest* request,
      type::v1::ImportResult* response) override;
  grpc::ServerBidiReactor<v1::ImportStatusRecordsRequest,
                          type::v1::ImportResult>*
  ImportStatusRecords(grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* BatchImportStatusRecords(
      grpc::CallbackServerContext* context,
      const v1::ImportStatusRecordsRequest* request,
      type::v1::ImportResult* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamChanges(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>* WatchVersions(
      grpc::CallbackServerContext* context,
      const type::v1::WatchVersionsRequest* request) override;

 private:
  RegistryReader& reader_;
  RegistryWriter& writer_;
  const LiveHistory& live_;
  const platform::Incarnation incarnation_;
  const platform::CallEnvironment& calls_;
};

}  // namespace welfare::registry
