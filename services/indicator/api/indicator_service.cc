#include "services/indicator/api/indicator_service.h"

#include "services/base/names/resource_name.h"
#include "services/indicator/errors.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

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

platform::ReadPlan PlanOfValue(const v1::GetIndicatorValueRequest& request) {
  const auto name = base::IndicatorValueName::Parse(request.name());
  if (!name.ok()) return {.blocks = true};
  return PlanOf(request, {name->survey, name->fiscal_year});
}

platform::ReadPlan PlanOfValues(const v1::ListIndicatorValuesRequest& request) {
  const auto name = base::RoundName::Parse(request.parent());
  // Later pages speak of the first page's revision.
  if (!name.ok() || !request.page_token().empty()) return {.blocks = true};
  return PlanOf(request, *name);
}

}  // namespace

IndicatorService::IndicatorService(const Dependencies& dependencies)
    : MethodTable("welfare.indicator.v1.IndicatorService", dependencies.calls) {
  Unary("GetIndicator", &IndicatorReader::GetIndicator,
        dependencies.indicators);
  Unary("ListIndicators", &IndicatorReader::ListIndicators,
        dependencies.indicators);
  Read("GetIndicatorValue", &PlanOfValue, &ValueReader::GetIndicatorValue,
       dependencies.values);
  Read("ListIndicatorValues", &PlanOfValues, &ValueReader::ListIndicatorValues,
       dependencies.values);
  Unary("ExplainIndicatorValue", &ValueReader::ExplainIndicatorValue,
        dependencies.values);
  Unary("ListStatements", &StatementReader::ListStatements,
        dependencies.statements);
  Unary("CheckDefinitions", &CodebookChecker::CheckDefinitions,
        dependencies.checker);
  WatchVersions<type::v1::WatchVersionsRequest,
                type::v1::WatchVersionsResponse>();
  Complete();
}

IndicatorService::~IndicatorService() = default;

}  // namespace welfare::indicator
