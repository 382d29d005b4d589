#include "services/indicator/api/codebook_checker.h"

#include <memory>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/indicator/api/convert.h"
#include "services/indicator/api/requests.h"
#include "services/indicator/errors.h"
#include "services/indicator/statements/misfits.h"

namespace welfare::indicator {
namespace {

// More than anybody reads; the rest is counted.
constexpr int kMostListed = 1000;

}  // namespace

absl::Status CodebookChecker::CheckDefinitions(
    const platform::CallContext& call,
    const v1::CheckDefinitionsRequest& request,
    v1::CheckDefinitionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::CodebookName>("name", request.name()));
  const auto data = surveys_.find(name.survey);
  if (data == surveys_.end()) {
    return SurveyNotFound(base::SurveyName{name.survey}.ToString());
  }
  WELFARE_ASSIGN_OR_RETURN(auto questionnaire, survey_.GetCodebook(call, name));
  WELFARE_ASSIGN_OR_RETURN(
      const std::unique_ptr<RoundIndicators> indicators,
      BindToCodebook(std::move(questionnaire), data->second.definitions));
  std::vector<Misfit> misfits = FindMisfits(*indicators);
  for (const auto& [year, published] : data->second.published) {
    std::vector<Misfit> rows = FindStatementMisfits(published, *indicators);
    misfits.insert(misfits.end(), std::make_move_iterator(rows.begin()),
                   std::make_move_iterator(rows.end()));
  }
  for (const Misfit& misfit : misfits) {
    if (response.misfits_size() == kMostListed) break;
    *response.add_misfits() = ToProto(name.survey, misfit);
  }
  response.set_misfits_total(static_cast<int>(misfits.size()));
  const RegistryHistory nobody;
  for (const Definition& definition : indicators->definitions()) {
    if (!indicators->IsComputable(definition.id)) continue;
    WELFARE_ASSIGN_OR_RETURN(const Figures figures,
                             indicators->Compute(definition.id, &nobody));
    *response.add_fits() = FitOf(figures);
  }
  return absl::OkStatus();
}

}  // namespace welfare::indicator
