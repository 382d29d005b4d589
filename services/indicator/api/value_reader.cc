#include "services/indicator/api/value_reader.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/indicator/api/compute_timer.h"
#include "services/indicator/api/convert.h"
#include "services/indicator/api/requests.h"
#include "services/indicator/errors.h"
#include "services/platform/rpc/page_request.h"

namespace welfare::indicator {

using platform::CallContext;

ValueReader::ValueReader(const Dependencies& dependencies)
    : surveys_(dependencies.surveys),
      rounds_(dependencies.rounds),
      cache_(dependencies.cache),
      compute_seconds_(dependencies.compute_seconds) {}

absl::Status ValueReader::GetIndicatorValue(
    const CallContext& call, const v1::GetIndicatorValueRequest& request,
    platform::SharedBytes& bytes) {
  WELFARE_ASSIGN_OR_RETURN(const auto name, ParseName<base::IndicatorValueName>(
                                                "name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return IndicatorNotFound(request.name());
  const base::RoundName round_name{name.survey, name.fiscal_year};
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin,
      rounds_.PinVersion(call, round_name, request.data_version(),
                         request.data_incarnation(), request.min_version()));
  const auto key_of = [&](const std::string& registry) {
    return cache_.Key(name.ToString(), name.survey, pin, basis, registry);
  };
  const std::string registry = rounds_.RegistryIncarnation();
  // Only named where the bytes are at hand, because what refuses is below.
  std::string key = key_of(registry);
  call.CallerHas(key);
  bytes = cache_.Find(key);
  if (bytes != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const auto round,
                           rounds_.Load(call, round_name, pin));
  WELFARE_ASSIGN_OR_RETURN(
      const auto history,
      rounds_.HistoryFor(call, *round, basis, name.indicator));
  {
    const ComputeTimer timer(compute_seconds_);
    if (round->On(basis).FindDefinition(name.indicator) == nullptr) {
      return IndicatorNotFound(name.parent().ToString());
    }
    WELFARE_ASSIGN_OR_RETURN(
        const Figures figures,
        round->On(basis).Compute(name.indicator, history.get()));
    bytes = platform::Share(ToProto(name.survey, figures).SerializeAsString());
  }
  // While the registry is unknown, what was made without it is kept as such.
  key = key_of(history == nullptr ? registry : history->incarnation);
  call.CallerHas(key);
  cache_.Keep(key, bytes);
  return absl::OkStatus();
}

absl::Status ValueReader::ListIndicatorValues(
    const CallContext& call, const v1::ListIndicatorValuesRequest& request,
    platform::SharedBytes& bytes) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return RoundNotFound(request.parent());
  WELFARE_ASSIGN_OR_RETURN(const std::string store,
                           rounds_.SurveyIncarnation(call, name));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store));
  using Key = std::tuple<std::int64_t, std::string>;  // revision, indicator
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  // Later pages speak of the first page's revision.
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin,
      rounds_.PinVersion(
          call, name,
          after.has_value() ? std::get<0>(*after) : request.data_version(),
          request.data_incarnation(),
          after.has_value() ? 0 : request.min_version()));
  const auto key_of = [&](const std::string& registry) {
    return cache_.Key(
        name.ToString() + "/values/" + std::to_string(page.size()) + "/" +
            LastId(after).value_or("-") + "/" + request.data_incarnation() +
            ":" + std::to_string(request.data_version()),
        name.survey, pin, basis, registry);
  };
  std::string key = key_of(rounds_.RegistryIncarnation());
  call.CallerHas(key);
  bytes = cache_.Find(key);
  if (bytes != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const auto round, rounds_.Load(call, name, pin));
  WELFARE_ASSIGN_OR_RETURN(const auto history, rounds_.HistoryOf(call, *round));
  {
    const ComputeTimer timer(compute_seconds_);
    const RoundIndicators& indicators = round->On(basis);
    // What the round's codebook does not carry is left out; asking for it by
    // name says why.
    std::vector<std::string> ids;
    for (const Definition& definition : indicators.definitions()) {
      if (indicators.IsComputable(definition.id)) ids.push_back(definition.id);
    }
    WELFARE_ASSIGN_OR_RETURN(
        std::size_t at, PositionAfter(ids, std::identity(), LastId(after)));
    base::PageRoom room(page.size());
    v1::ListIndicatorValuesResponse response;
    for (; at < ids.size() && room.left() > 0; ++at) {
      WELFARE_ASSIGN_OR_RETURN(const Figures figures,
                               indicators.Compute(ids[at], history.get()));
      v1::IndicatorValue one = ToProto(name.survey, figures);
      if (!room.Take(one.ByteSizeLong())) break;
      *response.add_indicator_values() = std::move(one);
    }
    if (at < ids.size()) {
      response.set_next_page_token(
          page.TokenAfter(Key(pin.revision, ids[at - 1])));
    }
    response.set_total_size(static_cast<int>(ids.size()));
    if (!after.has_value()) {
      for (const Misfit& misfit : FindMisfits(indicators)) {
        *response.add_left_out() = ToProto(name.survey, misfit);
      }
    }
    bytes = platform::Share(response.SerializeAsString());
  }
  key = key_of(history->incarnation);
  call.CallerHas(key);
  cache_.Keep(key, bytes);
  return absl::OkStatus();
}

absl::Status ValueReader::ExplainIndicatorValue(
    const CallContext& call, const v1::ExplainIndicatorValueRequest& request,
    v1::ExplainIndicatorValueResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name, ParseName<base::IndicatorValueName>(
                                                "name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return IndicatorNotFound(request.name());
  const base::RoundName round_name{name.survey, name.fiscal_year};
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin,
      rounds_.PinVersion(call, round_name, request.data_version(),
                         request.data_incarnation(), 0));
  WELFARE_ASSIGN_OR_RETURN(const auto round,
                           rounds_.Load(call, round_name, pin));
  WELFARE_ASSIGN_OR_RETURN(
      const auto history,
      rounds_.HistoryFor(call, *round, basis, name.indicator));
  const ComputeTimer timer(compute_seconds_);
  const RoundIndicators& indicators = round->On(basis);
  if (indicators.FindDefinition(name.indicator) == nullptr) {
    return IndicatorNotFound(name.parent().ToString());
  }
  WELFARE_ASSIGN_OR_RETURN(
      const ExplainedCell explained,
      indicators.Explain(name.indicator, request.cell(), history.get()));
  if (call.CallerHas(
          cache_.Key(name.ToString() + "/explain", name.survey, pin, basis,
                     history == nullptr ? "" : history->incarnation))) {
    return absl::OkStatus();
  }
  *response.mutable_indicator_value() = ToProto(name.survey, explained.figures);
  response.set_cell(request.cell());
  for (const CellExplanation& one : explained.explanations) {
    *response.add_explanations() =
        ToProto(indicators.table().rows()[one.row], one);
  }
  return absl::OkStatus();
}

}  // namespace welfare::indicator
