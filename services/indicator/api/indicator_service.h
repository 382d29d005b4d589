#pragma once

#include "services/indicator/api/codebook_checker.h"
#include "services/indicator/api/indicator_reader.h"
#include "services/indicator/api/statement_reader.h"
#include "services/indicator/api/value_reader.h"
#include "services/platform/calls/method_table.h"

namespace welfare::indicator {

// The gRPC face of the indicators: one row a method.
class IndicatorService final : public platform::MethodTable {
 public:
  struct Dependencies {
    IndicatorReader& indicators;
    ValueReader& values;
    StatementReader& statements;
    CodebookChecker& checker;
    const platform::CallEnvironment& calls;
  };
  // All must outlive the service.
  explicit IndicatorService(const Dependencies& dependencies);
  ~IndicatorService() override;
};

}  // namespace welfare::indicator
