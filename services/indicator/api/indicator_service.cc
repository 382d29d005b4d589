#include "services/indicator/api/indicator_service.h"

#include <functional>

#include "services/base/resource_name.h"
#include "services/indicator/errors.h"
#include "services/platform/rpc/version_stream.h"

namespace welfare::indicator {
namespace {

// A read of a round: what it waits for, unless it names its revision.
template <typename Request>
platform::ReadPlan PlanOf(const Request& request,
                          const base::RoundName& round) {
  platform::ReadPlan plan{.blocks = true};
  if (request.data_version() == 0 && request.min_version() > 0) {
    plan.wait = platform::VersionWait{.resource = round.ToString(),
                                      .version = request.min_version(),
                                      .missed = &MinVersionNotReached};
  }
  return plan;
}

}  // namespace

IndicatorService::IndicatorService(const Dependencies& dependencies)
    : reader_(dependencies.reader),
      checker_(dependencies.checker),
      calls_(dependencies.calls) {}

IndicatorService::~IndicatorService() = default;

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
  return platform::RawRead<v1::GetIndicatorValueRequest>(
      calls_, context, request, response,
      [](const v1::GetIndicatorValueRequest& asked) {
        const auto name = base::IndicatorValueName::Parse(asked.name());
        if (!name.ok()) return platform::ReadPlan{.blocks = true};
        return PlanOf(asked, {name->survey, name->fiscal_year});
      },
      std::bind_front(&IndicatorReader::GetIndicatorValue, &reader_));
}

grpc::ServerUnaryReactor* IndicatorService::ListIndicatorValues(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return platform::RawRead<v1::ListIndicatorValuesRequest>(
      calls_, context, request, response,
      [](const v1::ListIndicatorValuesRequest& asked) {
        const auto name = base::RoundName::Parse(asked.parent());
        // Later pages speak of the first page's revision.
        if (!name.ok() || !asked.page_token().empty()) {
          return platform::ReadPlan{.blocks = true};
        }
        return PlanOf(asked, *name);
      },
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

grpc::ServerUnaryReactor* IndicatorService::CheckDefinitions(
    grpc::CallbackServerContext* context,
    const v1::CheckDefinitionsRequest* request,
    v1::CheckDefinitionsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&CodebookChecker::CheckDefinitions, &checker_));
}

grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>*
IndicatorService::WatchVersions(grpc::CallbackServerContext* context,
                                const type::v1::WatchVersionsRequest* request) {
  return platform::WatchVersions<type::v1::WatchVersionsResponse>(
      calls_, context, *request);
}

}  // namespace welfare::indicator
