#include "services/indicator/api/indicator_reader.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/indicator/api/convert.h"
#include "services/indicator/api/requests.h"
#include "services/indicator/errors.h"
#include "services/platform/rpc/page_request.h"

namespace welfare::indicator {
namespace {

using platform::CallContext;

constexpr std::size_t kCodebooksInMemory = 8;

}  // namespace

IndicatorReader::IndicatorReader(const Surveys& surveys,
                                 const SurveyPeer& survey)
    : surveys_(surveys), survey_(survey), definitions_(kCodebooksInMemory) {}

absl::StatusOr<std::shared_ptr<const IndicatorReader::Definitions>>
IndicatorReader::DefinitionsOf(const CallContext& call,
                               const std::string& survey) {
  const auto data = surveys_.find(survey);
  if (data == surveys_.end()) {
    return SurveyNotFound(base::SurveyName{survey}.ToString());
  }
  const DefinitionSet& set = data->second.definitions;
  WELFARE_ASSIGN_OR_RETURN(
      const auto codebook,
      survey_.FindLatestCodebook(call, base::SurveyName{survey}));
  // Without a codebook only the definitions of files exist.
  const std::string key =
      codebook.has_value() ? codebook->name.ToString() + "/" + codebook->digest
                           : survey + "/none";
  return definitions_.Get(
      key, [&]() -> absl::StatusOr<std::shared_ptr<const Definitions>> {
        auto questionnaire =
            std::make_shared<const Questionnaire>("", std::vector<Item>());
        if (codebook.has_value()) {
          WELFARE_ASSIGN_OR_RETURN(questionnaire,
                                   survey_.GetCodebook(call, codebook->name));
        }
        Definitions all = set.ForQuestionnaire(*questionnaire);
        // A population the data does not know cannot be shown; such an
        // indicator is not computable either.
        std::erase_if(all, [&set](const Definition& one) {
          return set.FindPopulation(one.population) == nullptr;
        });
        return std::make_shared<const Definitions>(std::move(all));
      });
}

absl::Status IndicatorReader::GetIndicator(
    const CallContext& call, const v1::GetIndicatorRequest& request,
    v1::Indicator& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::IndicatorName>("name", request.name()));
  if (!surveys_.contains(name.survey)) return IndicatorNotFound(request.name());
  WELFARE_ASSIGN_OR_RETURN(const auto all, DefinitionsOf(call, name.survey));
  const auto found = std::ranges::find(*all, name.indicator, &Definition::id);
  if (found == all->end()) return IndicatorNotFound(request.name());
  response = ToProto(
      name.survey, *found,
      *surveys_.at(name.survey).definitions.FindPopulation(found->population));
  return absl::OkStatus();
}

absl::Status IndicatorReader::ListIndicators(
    const CallContext& call, const v1::ListIndicatorsRequest& request,
    v1::ListIndicatorsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  WELFARE_ASSIGN_OR_RETURN(const auto definitions,
                           DefinitionsOf(call, survey.survey));
  const Definitions& all = *definitions;
  WELFARE_ASSIGN_OR_RETURN(std::size_t at,
                           PositionAfter(all, &Definition::id, LastId(after)));
  const DefinitionSet& set = surveys_.at(survey.survey).definitions;
  base::PageRoom room(page.size());
  for (; at < all.size(); ++at) {
    v1::Indicator one = ToProto(survey.survey, all[at],
                                *set.FindPopulation(all[at].population));
    if (!room.Take(one.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(std::tuple(all[at - 1].id)));
      break;
    }
    *response.add_indicators() = std::move(one);
  }
  response.set_total_size(static_cast<int>(all.size()));
  return absl::OkStatus();
}

}  // namespace welfare::indicator
