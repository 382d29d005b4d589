#include "services/indicator/api/round_source.h"

#include <cstddef>
#include <utility>

#include "services/base/error.h"
#include "services/indicator/errors.h"

namespace welfare::indicator {
namespace {

// A round takes well under a megabyte; these are last year's, this year's and
// the revisions of a busy day.
constexpr std::size_t kRoundsInMemory = 16;
constexpr std::size_t kHistoriesInMemory = 16;

}  // namespace

RoundSource::RoundSource(const Dependencies& dependencies)
    : surveys_(dependencies.surveys),
      survey_(dependencies.survey),
      registry_(dependencies.registry),
      survey_versions_(dependencies.survey_versions),
      registry_versions_(dependencies.registry_versions),
      rounds_(kRoundsInMemory),
      histories_(kHistoriesInMemory) {}

absl::StatusOr<const SurveyData*> RoundSource::FindSurvey(
    const std::string& survey) const {
  const auto found = surveys_.find(survey);
  if (found == surveys_.end()) {
    return SurveyNotFound(base::SurveyName{survey}.ToString());
  }
  return &found->second;
}

absl::StatusOr<Pin> RoundSource::PinVersion(const platform::CallContext& call,
                                            const base::RoundName& name,
                                            std::int64_t data_version,
                                            const std::string& data_incarnation,
                                            std::int64_t min_version) {
  if (data_version < 0) return VersionNegative("data_version", data_version);
  if (min_version < 0) return VersionNegative("min_version", min_version);
  if (data_version > 0) {
    // The pins of an earlier revision are those the round had then.
    WELFARE_ASSIGN_OR_RETURN(std::string incarnation,
                             SurveyIncarnation(call, name));
    if (!data_incarnation.empty() && data_incarnation != incarnation) {
      // What was told last may be behind; the survey knows what it is now, and
      // how far it is a copy of the store that the pin is of.
      WELFARE_ASSIGN_OR_RETURN(const RoundHeader header, AskSurvey(call, name));
      incarnation = header.incarnation;
      WELFARE_RETURN_IF_ERROR(
          CheckStore(call, name, data_version, data_incarnation, incarnation));
    }
    Pin pin{data_version, 0, std::move(incarnation)};
    WELFARE_ASSIGN_OR_RETURN(const auto round, Load(call, name, pin));
    pin.registry_version = round->header().registry_version;
    return pin;
  }
  WELFARE_ASSIGN_OR_RETURN(const RoundHeader header, AskSurvey(call, name));
  WELFARE_RETURN_IF_ERROR(CheckStore(call, name, header.revision,
                                     data_incarnation, header.incarnation));
  // Who asks for a version waits before it comes here.
  if (header.revision < min_version) {
    return MinVersionNotReached(min_version, header.revision);
  }
  return Pin{header.revision, header.registry_version, header.incarnation};
}

absl::StatusOr<RoundHeader> RoundSource::AskSurvey(
    const platform::CallContext& call, const base::RoundName& name) {
  WELFARE_ASSIGN_OR_RETURN(RoundHeader header, survey_.GetRound(call, name));
  const std::lock_guard lock(mutex_);
  seen_survey_ = header.incarnation;
  return header;
}

absl::Status RoundSource::CheckStore(const platform::CallContext& call,
                                     const base::RoundName& name,
                                     std::int64_t revision,
                                     const std::string& pinned,
                                     const std::string& current) const {
  if (pinned.empty() || pinned == current) return absl::OkStatus();
  return survey_.CheckStore(call, name, revision, pinned);
}

absl::StatusOr<std::string> RoundSource::SurveyIncarnation(
    const platform::CallContext& call, const base::RoundName& name) {
  if (std::string told = survey_versions_.incarnation(); !told.empty()) {
    return told;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!seen_survey_.empty()) return seen_survey_;
  }
  WELFARE_ASSIGN_OR_RETURN(const RoundHeader header, AskSurvey(call, name));
  return header.incarnation;
}

std::string RoundSource::RegistryIncarnation() const {
  if (std::string told = registry_versions_.incarnation(); !told.empty()) {
    return told;
  }
  const std::lock_guard lock(mutex_);
  return seen_registry_;
}

absl::StatusOr<std::shared_ptr<const LoadedRound>> RoundSource::Load(
    const platform::CallContext& call, const base::RoundName& name,
    const Pin& pin) {
  WELFARE_ASSIGN_OR_RETURN(const SurveyData* data, FindSurvey(name.survey));
  return rounds_.Get(
      pin.incarnation + "/" + name.ToString() + "@" +
          std::to_string(pin.revision),
      [&]() -> absl::StatusOr<std::shared_ptr<const LoadedRound>> {
        WELFARE_ASSIGN_OR_RETURN(FetchedRound fetched,
                                 survey_.FetchRound(call, name, pin.revision));
        if (fetched.header.incarnation != pin.incarnation) {
          return SurveyUnavailable("it was restored meanwhile");
        }
        return LoadedRound::Make(std::move(fetched), data->definitions);
      });
}

absl::StatusOr<std::shared_ptr<const RegistryHistory>> RoundSource::HistoryOf(
    const platform::CallContext& call, const LoadedRound& round) {
  const RoundHeader& header = round.header();
  WELFARE_ASSIGN_OR_RETURN(const SurveyData* data, FindSurvey(header.survey));
  const int last = header.fiscal_year.value();
  int first = data->definitions.FirstRegistryYear();
  if (first == 0 || first > last) first = last;
  const auto load =
      [&]() -> absl::StatusOr<std::shared_ptr<const RegistryHistory>> {
    WELFARE_ASSIGN_OR_RETURN(RegistryHistory history,
                             registry_.GetHistory(call, header.program, first,
                                                  last, header.registry_version,
                                                  header.registry_incarnation));
    history.first_program_year = data->definitions.first_program_year;
    const std::lock_guard lock(mutex_);
    seen_registry_ = history.incarnation;
    return std::make_shared<const RegistryHistory>(std::move(history));
  };
  // The registry vouches for each pin by itself.
  const std::string key = "/" + header.program + "@" +
                          header.registry_incarnation + ":" +
                          std::to_string(header.registry_version) + "/" +
                          std::to_string(first) + "-" + std::to_string(last);
  const std::string registry = RegistryIncarnation();
  if (registry.empty()) {
    // Kept under the name that the reply brings.
    WELFARE_ASSIGN_OR_RETURN(const auto loaded, load());
    return histories_.Get(
        loaded->incarnation + key,
        [&]() -> absl::StatusOr<std::shared_ptr<const RegistryHistory>> {
          return loaded;
        });
  }
  return histories_.Get(
      registry + key,
      [&]() -> absl::StatusOr<std::shared_ptr<const RegistryHistory>> {
        WELFARE_ASSIGN_OR_RETURN(const auto loaded, load());
        if (!loaded->rosters.empty() && loaded->incarnation != registry) {
          return RegistryUnavailable("it was restored meanwhile");
        }
        return loaded;
      });
}

absl::StatusOr<std::shared_ptr<const RegistryHistory>> RoundSource::HistoryFor(
    const platform::CallContext& call, const LoadedRound& round, Basis basis,
    const std::string& indicator) {
  const Definition* definition = round.On(basis).FindDefinition(indicator);
  if (definition == nullptr ||
      definition->measure != Measure::kRegistrySeries) {
    return std::shared_ptr<const RegistryHistory>();
  }
  return HistoryOf(call, round);
}

}  // namespace welfare::indicator
