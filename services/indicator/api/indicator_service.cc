#include "services/indicator/api/indicator_service.h"

#include <functional>

#include "services/indicator/errors.h"
#include "services/platform/errors.h"

namespace welfare::indicator {

grpc::ServerUnaryReactor* IndicatorService::GetIndicator(
    grpc::CallbackServerContext* context,
    const v1::GetIndicatorRequest* request, v1::Indicator* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&IndicatorReader::GetIndicator, &reader_));
}

grpc::ServerUnaryReactor* IndicatorService::ListIndicators(
    grpc::CallbackServerContext* context,
    const v1::ListIndicatorsRequest* request,
    v1::ListIndicatorsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&IndicatorReader::ListIndicators, &reader_));
}

grpc::ServerUnaryReactor* IndicatorService::GetIndicatorValue(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return platform::RawUnary<v1::GetIndicatorValueRequest>(
      calls_, context, request, response,
      std::bind_front(&IndicatorReader::GetIndicatorValue, &reader_));
}

grpc::ServerUnaryReactor* IndicatorService::ListIndicatorValues(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return platform::RawUnary<v1::ListIndicatorValuesRequest>(
      calls_, context, request, response,
      std::bind_front(&IndicatorReader::ListIndicatorValues, &reader_));
}

grpc::ServerUnaryReactor* IndicatorService::ExplainIndicatorValue(
    grpc::CallbackServerContext* context,
    const v1::ExplainIndicatorValueRequest* request,
    v1::ExplainIndicatorValueResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&IndicatorReader::ExplainIndicatorValue, &reader_));
}

grpc::ServerUnaryReactor* IndicatorService::ListStatements(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return platform::RawUnary<v1::ListStatementsRequest>(
      calls_, context, request, response,
      std::bind_front(&IndicatorReader::ListStatements, &reader_));
}

grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>*
IndicatorService::WatchVersions(grpc::CallbackServerContext* context,
                                const type::v1::WatchVersionsRequest* request) {
  return platform::ServerStream<type::v1::WatchVersionsResponse>(
      calls_, context, request,
      std::bind_front(&IndicatorService::Watch, this));
}

absl::Status IndicatorService::Watch(
    const platform::CallContext& call,
    const type::v1::WatchVersionsRequest& request,
    platform::StreamWriter<type::v1::WatchVersionsResponse>& writer) {
  // Values have the versions of their rounds, and these are the survey's to
  // tell. Two parties may end the watch: the caller and this process.
  std::stop_source either;
  const auto stop = [&either] { either.request_stop(); };
  const std::stop_callback on_call(call.limits.stop, stop);
  const std::stop_callback on_process(stop_.get_token(), stop);
  platform::CallContext watch = call;
  watch.limits.stop = either.get_token();
  const absl::Status ended = survey_.WatchVersions(
      watch, request,
      [&writer](const type::v1::WatchVersionsResponse& response) {
        return writer.Write(response);
      });
  if (stop_.stop_requested()) return platform::ShuttingDown();
  if (call.cancelled()) return platform::Cancelled("a stream");
  return ended.ok() ? SurveyUnavailable("its stream ended") : ended;
}

}  // namespace welfare::indicator
