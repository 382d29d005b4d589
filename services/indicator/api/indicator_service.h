// The gRPC face of the indicators: one line per method.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "services/indicator/api/codebook_checker.h"
#include "services/indicator/api/indicator_reader.h"
#include "services/platform/rpc/handler.h"
#include "services/platform/rpc/stream.h"

namespace welfare::indicator {

// Any thread of gRPC may call it. Replies that are cached go out as the bytes
// they went out as before: those methods are raw.
class IndicatorService final
    : public v1::IndicatorService::WithRawCallbackMethod_GetIndicatorValue<
          v1::IndicatorService::WithRawCallbackMethod_ListIndicatorValues<
              v1::IndicatorService::WithRawCallbackMethod_ListStatements<
                  v1::IndicatorService::CallbackService>>> {
 public:
  struct Dependencies {
    IndicatorReader& reader;
    CodebookChecker& checker;
    const platform::CallEnvironment& calls;
  };
  // All must outlive the service.
  explicit IndicatorService(const Dependencies& dependencies);
  ~IndicatorService() override;

  grpc::ServerUnaryReactor* GetIndicator(grpc::CallbackServerContext* context,
                                         const v1::GetIndicatorRequest* request,
                                         v1::Indicator* response) override;
  grpc::ServerUnaryReactor* ListIndicators(
      grpc::CallbackServerContext* context,
      const v1::ListIndicatorsRequest* request,
      v1::ListIndicatorsResponse* response) override;
  grpc::ServerUnaryReactor* GetIndicatorValue(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListIndicatorValues(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ExplainIndicatorValue(
      grpc::CallbackServerContext* context,
      const v1::ExplainIndicatorValueRequest* request,
      v1::ExplainIndicatorValueResponse* response) override;
  grpc::ServerUnaryReactor* ListStatements(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CheckDefinitions(
      grpc::CallbackServerContext* context,
      const v1::CheckDefinitionsRequest* request,
      v1::CheckDefinitionsResponse* response) override;
  grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>* WatchVersions(
      grpc::CallbackServerContext* context,
      const type::v1::WatchVersionsRequest* request) override;

 private:
  IndicatorReader& reader_;
  CodebookChecker& checker_;
  const platform::CallEnvironment& calls_;
};

}  // namespace welfare::indicator
