#include "services/indicator/api/statement_reader.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/indicator/api/compute_timer.h"
#include "services/indicator/api/convert.h"
#include "services/indicator/api/requests.h"
#include "services/indicator/errors.h"
#include "services/indicator/statements/judge/judge.h"
#include "services/platform/rpc/page_request.h"

namespace welfare::indicator {
namespace {

using platform::CallContext;

// Stands for the revision of a previous round that was never opened; it goes
// into page tokens, which hold no negative numbers.
constexpr std::int64_t kPlanned = std::numeric_limits<std::int64_t>::max();

base::RoundName Before(const base::RoundName& round) {
  return {round.survey, round.fiscal_year - 1};
}

}  // namespace

StatementReader::StatementReader(const Dependencies& dependencies)
    : surveys_(dependencies.surveys),
      survey_(dependencies.survey),
      rounds_(dependencies.rounds),
      cache_(dependencies.cache),
      compute_seconds_(dependencies.compute_seconds) {}

absl::StatusOr<Pin> StatementReader::PinBefore(
    const CallContext& call, const v1::ListStatementsRequest& request,
    const base::RoundName& round, const Pin& pin,
    std::optional<std::int64_t> paged) {
  const std::int64_t asked = request.previous_data_version();
  if (asked < 0) return VersionNegative("previous_data_version", asked);
  if (request.has_previous_data_version() && asked == 0) return Pin();
  if (paged == kPlanned) return Pin{kPlanned, 0, {}};
  const std::int64_t revision = paged.value_or(asked);
  if (revision > 0) {
    return rounds_.PinVersion(call, Before(round), revision,
                              request.data_incarnation(), 0);
  }
  // The first page of a request without a pin decides which it is.
  if (paged.has_value()) return Pin();
  const absl::StatusOr<RoundHeader> found =
      survey_.GetRound(call, Before(round));
  if (found.status().code() == absl::StatusCode::kNotFound) return Pin();
  if (!found.ok()) return found.status();
  if (found->incarnation != pin.incarnation) {
    return SurveyUnavailable("it was restored meanwhile");
  }
  return Pin{found->opened ? found->revision : kPlanned,
             found->registry_version, found->incarnation};
}

absl::Status StatementReader::ListStatements(
    const CallContext& call, const v1::ListStatementsRequest& request,
    platform::SharedBytes& bytes) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return RoundNotFound(request.parent());
  WELFARE_ASSIGN_OR_RETURN(const std::string store,
                           rounds_.SurveyIncarnation(call, name));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store));
  // The revisions of the round and of the round before (0: there is none;
  // kPlanned: it was never opened), and the statement.
  using Key = std::tuple<std::int64_t, std::int64_t, std::string>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin,
      rounds_.PinVersion(
          call, name,
          after.has_value() ? std::get<0>(*after) : request.data_version(),
          request.data_incarnation(), 0));
  WELFARE_ASSIGN_OR_RETURN(
      const Pin before_pin,
      PinBefore(call, request, name, pin,
                after.has_value() ? std::optional(std::get<1>(*after))
                                  : std::nullopt));
  const auto key_of = [&](const std::string& registry) {
    return cache_.Key(
        name.ToString() + "/statements/" + std::to_string(page.size()) + "/" +
            LastId(after).value_or("-") + "/" + request.data_incarnation() +
            ":" + std::to_string(request.data_version()) +
            "/before=" + std::to_string(before_pin.revision) + "," +
            std::to_string(before_pin.registry_version),
        name.survey, pin, basis, registry);
  };
  // Only named where the bytes are at hand, because what refuses is below.
  std::string key = key_of(rounds_.RegistryIncarnation());
  call.CallerHas(key);
  bytes = cache_.Find(key);
  if (bytes != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const auto round, rounds_.Load(call, name, pin));
  std::shared_ptr<const LoadedRound> previous;
  if (before_pin.revision > 0 && before_pin.revision != kPlanned) {
    WELFARE_ASSIGN_OR_RETURN(previous,
                             rounds_.Load(call, Before(name), before_pin));
  }
  WELFARE_ASSIGN_OR_RETURN(const auto history, rounds_.HistoryOf(call, *round));

  const SurveyData& data = surveys_.at(name.survey);
  v1::ListStatementsResponse response;
  response.set_data_version(pin.revision);
  response.set_data_incarnation(pin.incarnation);
  response.set_registry_incarnation(round->header().registry_incarnation.empty()
                                        ? history->incarnation
                                        : round->header().registry_incarnation);
  if (previous != nullptr) {
    response.set_previous_data_version(before_pin.revision);
  }
  const auto published = data.published.find(name.fiscal_year.value());
  if (published != data.published.end()) {
    const ComputeTimer timer(compute_seconds_);
    StatementInputs inputs;
    inputs.rounds[name.fiscal_year.value()] = &round->On(basis);
    if (previous != nullptr) {
      inputs.rounds[Before(name).fiscal_year.value()] = &previous->On(basis);
    }
    // A round that was planned and never opened has no answers to compare.
    if (before_pin.revision == kPlanned) {
      inputs.planned.insert(Before(name).fiscal_year.value());
    }
    inputs.history = history.get();
    const std::vector<Statement> all =
        JudgeStatements(published->second, inputs);
    WELFARE_ASSIGN_OR_RETURN(std::size_t at,
                             PositionAfter(all, &Statement::id, LastId(after)));
    base::PageRoom room(page.size());
    for (; at < all.size(); ++at) {
      v1::Statement one = ToProto(name.ToString(), all[at]);
      if (!room.Take(one.ByteSizeLong())) {
        response.set_next_page_token(page.TokenAfter(
            Key(pin.revision, before_pin.revision, all[at - 1].id)));
        break;
      }
      *response.add_statements() = std::move(one);
    }
    response.set_total_size(static_cast<int>(all.size()));
    response.set_wording_profile(published->second.profile.version);
  }
  bytes = platform::Share(response.SerializeAsString());
  key = key_of(history->incarnation);
  call.CallerHas(key);
  cache_.Keep(key, bytes);
  return absl::OkStatus();
}

}  // namespace welfare::indicator
