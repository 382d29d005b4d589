#include "services/indicator/api/indicator_reader.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "services/base/page.h"
#include "services/base/page_room.h"
#include "services/base/resource_name.h"
#include "services/base/sha256.h"
#include "services/indicator/errors.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/errors.h"

namespace welfare::indicator {
namespace {

using platform::CallContext;

// Begins every cache key; raised with any change of what is computed from
// equal versions, or of the reply's shape.
constexpr std::string_view kCacheFormat = "indicator/3/";
// Replies never become wrong, only unlikely to be asked for again.
constexpr std::chrono::seconds kReplyLifetime = std::chrono::hours(1);
// A round takes well under a megabyte; these are last year's, this year's and
// the revisions of a busy day.
constexpr std::size_t kRoundsInMemory = 16;
constexpr std::size_t kHistoriesInMemory = 16;
constexpr std::size_t kListingsInMemory = 8;

// Stands for the revision of a previous round that was never opened; it goes
// into page tokens, which hold no negative numbers.
constexpr std::int64_t kPlanned = std::numeric_limits<std::int64_t>::max();

// Observes how long its life took.
class Timer {
 public:
  explicit Timer(platform::Histogram& histogram)
      : histogram_(histogram), start_(std::chrono::steady_clock::now()) {}
  ~Timer() {
    histogram_.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_)
            .count());
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  platform::Histogram& histogram_;
  std::chrono::steady_clock::time_point start_;
};

std::string BasisName(Basis basis) {
  return basis == Basis::kFinal ? "FINAL" : "PROVISIONAL";
}

// The last part of a page's key: the id of the element before the page.
template <typename Key>
std::optional<std::string> LastId(const std::optional<Key>& key) {
  if (!key.has_value()) return std::nullopt;
  return std::get<std::string>(*key);
}

// The position after the element whose id is `last_id`.
template <typename Range, typename Id>
absl::StatusOr<std::size_t> PositionAfter(
    const Range& all, Id id, const std::optional<std::string>& last_id) {
  if (!last_id.has_value()) return std::size_t{0};
  const auto found = std::ranges::find(all, *last_id, id);
  if (found == all.end()) return base::PageTokenInvalid();
  return static_cast<std::size_t>(found - all.begin()) + 1;
}

template <typename Name>
absl::StatusOr<Name> ParseName(std::string_view field, std::string_view text) {
  auto name = Name::Parse(text);
  if (!name.ok()) return NameInvalid(field, text, name.status());
  return name;
}

std::string DigestOf(const SurveyData& data) {
  std::string text =
      "first_program_year " +
      std::to_string(data.definitions.first_program_year.value_or(0)) + "\n";
  for (const PopulationDefinition& population : data.definitions.populations) {
    text += CanonicalText(Definition{}, population);
  }
  for (const Definition& definition : data.definitions.definitions) {
    text += CanonicalText(
        definition, *data.definitions.FindPopulation(definition.population));
  }
  for (const auto& [year, round] : data.published) {
    text += "published " + std::to_string(year) + " " + round.profile.version;
    for (const base::WordingRule& rule : round.profile.rules) {
      text += "\nrule " + rule.pattern;
      if (rule.lower.has_value()) text += " " + rule.lower->offset.ToString();
      if (rule.upper.has_value()) text += " " + rule.upper->offset.ToString();
    }
    for (const PublishedFigure& figure : round.figures) {
      text += "\nfigure " + figure.figure_id + " " + figure.statement_id + " " +
              figure.reading + " " + figure.label + " " + figure.value + " " +
              figure.value_as_published + " " + figure.kind + " " +
              figure.wording;
      for (const auto& bound : {figure.numerator, figure.denominator,
                                figure.lower_bound, figure.upper_bound}) {
        text += " " + (bound.has_value() ? std::to_string(*bound) : "-");
      }
      for (const std::string& id : figure.populations) text += " " + id;
    }
    for (const auto& [id, source] : round.sources) {
      text += "\nsource " + id + " " + source.indicator + " " + source.cell +
              " " + source.within;
      for (const std::string& option : source.options) text += " " + option;
      text += source.two_rounds ? " two" : " one";
    }
  }
  return base::Sha256Hex(text);
}

}  // namespace

IndicatorReader::IndicatorReader(const Dependencies& dependencies)
    : surveys_(dependencies.surveys),
      survey_(dependencies.survey),
      registry_(dependencies.registry),
      survey_versions_(dependencies.survey_versions),
      registry_versions_(dependencies.registry_versions),
      cache_(dependencies.cache),
      compute_seconds_(dependencies.metrics.AddHistogram(
          "welfare_indicator_compute_seconds",
          "Time to compute the indicators of one reply, without peers.",
          {0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3,
           1})),
      rounds_(kRoundsInMemory),
      histories_(kHistoriesInMemory),
      listings_(kListingsInMemory) {
  for (const auto& [id, data] : surveys_) digests_[id] = DigestOf(data);
}

absl::StatusOr<const SurveyData*> IndicatorReader::FindSurvey(
    const std::string& survey) const {
  const auto found = surveys_.find(survey);
  if (found == surveys_.end()) {
    return SurveyNotFound(base::SurveyName{survey}.ToString());
  }
  return &found->second;
}

absl::StatusOr<std::shared_ptr<const IndicatorReader::Listing>>
IndicatorReader::ListingOf(const CallContext& call, const std::string& survey) {
  WELFARE_ASSIGN_OR_RETURN(const SurveyData* data, FindSurvey(survey));
  WELFARE_ASSIGN_OR_RETURN(
      const auto codebook,
      survey_.FindLatestCodebook(call, base::SurveyName{survey}));
  // Without a codebook only the definitions of files exist.
  const std::string key =
      codebook.has_value() ? codebook->name.ToString() + "/" + codebook->digest
                           : survey + "/none";
  return listings_.Get(
      key, [&]() -> absl::StatusOr<std::shared_ptr<const Listing>> {
        auto questionnaire =
            std::make_shared<const Questionnaire>("", std::vector<Item>());
        if (codebook.has_value()) {
          WELFARE_ASSIGN_OR_RETURN(questionnaire,
                                   survey_.GetCodebook(call, codebook->name));
        }
        auto listing = std::make_shared<Listing>();
        listing->definitions =
            data->definitions.ForQuestionnaire(*questionnaire);
        // A population the data does not know cannot be shown; such an
        // indicator is not computable either.
        std::erase_if(listing->definitions, [data](const Definition& one) {
          return data->definitions.FindPopulation(one.population) == nullptr;
        });
        return listing;
      });
}

absl::Status IndicatorReader::GetIndicator(
    const CallContext& call, const v1::GetIndicatorRequest& request,
    v1::Indicator& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::IndicatorName>("name", request.name()));
  if (!surveys_.contains(name.survey)) return IndicatorNotFound(request.name());
  WELFARE_ASSIGN_OR_RETURN(const auto listing, ListingOf(call, name.survey));
  const auto found =
      std::ranges::find(listing->definitions, name.indicator, &Definition::id);
  if (found == listing->definitions.end()) {
    return IndicatorNotFound(request.name());
  }
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
  WELFARE_ASSIGN_OR_RETURN(const auto listing, ListingOf(call, survey.survey));
  const std::vector<Definition>& all = listing->definitions;
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

absl::StatusOr<IndicatorReader::Pin> IndicatorReader::PinVersion(
    const CallContext& call, const base::RoundName& name,
    std::int64_t data_version, const std::string& data_incarnation,
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
    WELFARE_ASSIGN_OR_RETURN(const auto round,
                             Load(call, name, data_version, incarnation));
    return Pin{data_version, round->header().registry_version,
               std::move(incarnation)};
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

absl::StatusOr<RoundHeader> IndicatorReader::AskSurvey(
    const CallContext& call, const base::RoundName& name) {
  WELFARE_ASSIGN_OR_RETURN(RoundHeader header, survey_.GetRound(call, name));
  const std::lock_guard lock(mutex_);
  seen_survey_ = header.incarnation;
  return header;
}

absl::Status IndicatorReader::CheckStore(const CallContext& call,
                                         const base::RoundName& name,
                                         std::int64_t revision,
                                         const std::string& pinned,
                                         const std::string& current) const {
  if (pinned.empty() || pinned == current) return absl::OkStatus();
  return survey_.CheckStore(call, name, revision, pinned);
}

absl::StatusOr<std::string> IndicatorReader::SurveyIncarnation(
    const CallContext& call, const base::RoundName& name) {
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

std::string IndicatorReader::RegistryIncarnation() const {
  if (std::string told = registry_versions_.incarnation(); !told.empty()) {
    return told;
  }
  const std::lock_guard lock(mutex_);
  return seen_registry_;
}

absl::StatusOr<std::shared_ptr<const LoadedRound>> IndicatorReader::Load(
    const CallContext& call, const base::RoundName& name, std::int64_t revision,
    const std::string& incarnation) {
  WELFARE_ASSIGN_OR_RETURN(const SurveyData* data, FindSurvey(name.survey));
  return rounds_.Get(
      incarnation + "/" + name.ToString() + "@" + std::to_string(revision),
      [&]() -> absl::StatusOr<std::shared_ptr<const LoadedRound>> {
        WELFARE_ASSIGN_OR_RETURN(FetchedRound fetched,
                                 survey_.FetchRound(call, name, revision));
        if (fetched.header.incarnation != incarnation) {
          return SurveyUnavailable("it was restored meanwhile");
        }
        return LoadedRound::Make(std::move(fetched), data->definitions);
      });
}

absl::StatusOr<std::shared_ptr<const RegistryHistory>>
IndicatorReader::HistoryOf(const CallContext& call, const LoadedRound& round) {
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

absl::StatusOr<std::shared_ptr<const RegistryHistory>>
IndicatorReader::HistoryFor(const CallContext& call, const LoadedRound& round,
                            Basis basis, const std::string& indicator) {
  const Definition* definition = round.On(basis).FindDefinition(indicator);
  if (definition == nullptr ||
      definition->measure != Measure::kRegistrySeries) {
    return std::shared_ptr<const RegistryHistory>();
  }
  return HistoryOf(call, round);
}

std::string IndicatorReader::VersionsKey(const std::string& survey,
                                         const Pin& pin, Basis basis,
                                         const std::string& registry) const {
  const auto digest = digests_.find(survey);
  return "round=" + pin.incarnation + "@" + std::to_string(pin.revision) +
         "/registry=" + registry + "@" + std::to_string(pin.registry_version) +
         "/basis=" + BasisName(basis) + "/definitions=" +
         (digest == digests_.end() ? std::string("-") : digest->second);
}

absl::Status IndicatorReader::GetIndicatorValue(
    const CallContext& call, const v1::GetIndicatorValueRequest& request,
    platform::SharedBytes& bytes) {
  WELFARE_ASSIGN_OR_RETURN(const auto name, ParseName<base::IndicatorValueName>(
                                                "name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return IndicatorNotFound(request.name());
  const base::RoundName round_name{name.survey, name.fiscal_year};
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin,
      PinVersion(call, round_name, request.data_version(),
                 request.data_incarnation(), request.min_version()));
  const auto key_of = [&](const std::string& registry) {
    return std::string(kCacheFormat) + name.ToString() + "/" +
           VersionsKey(name.survey, pin, basis, registry);
  };
  const std::string registry = RegistryIncarnation();
  bytes = cache_.Get(key_of(registry));
  if (bytes != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(
      const auto round, Load(call, round_name, pin.revision, pin.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto history,
                           HistoryFor(call, *round, basis, name.indicator));
  {
    const Timer timer(compute_seconds_);
    if (round->On(basis).FindDefinition(name.indicator) == nullptr) {
      return IndicatorNotFound(name.parent().ToString());
    }
    WELFARE_ASSIGN_OR_RETURN(
        const Figures figures,
        round->On(basis).Compute(name.indicator, history.get()));
    bytes = platform::Share(ToProto(name.survey, figures).SerializeAsString());
  }
  // While the registry is unknown, what was made without it is kept as such.
  cache_.Set(key_of(history == nullptr ? registry : history->incarnation),
             bytes, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status IndicatorReader::ListIndicatorValues(
    const CallContext& call, const v1::ListIndicatorValuesRequest& request,
    platform::SharedBytes& bytes) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return RoundNotFound(request.parent());
  WELFARE_ASSIGN_OR_RETURN(const std::string store,
                           SurveyIncarnation(call, name));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store));
  using Key = std::tuple<std::int64_t, std::string>;  // revision, indicator
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  // Later pages speak of the first page's revision.
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin, PinVersion(call, name,
                                after.has_value() ? std::get<0>(*after)
                                                  : request.data_version(),
                                request.data_incarnation(),
                                after.has_value() ? 0 : request.min_version()));
  const auto key_of = [&](const std::string& registry) {
    return std::string(kCacheFormat) + name.ToString() + "/values/" +
           std::to_string(page.size()) + "/" + LastId(after).value_or("-") +
           "/" + request.data_incarnation() + ":" +
           std::to_string(request.data_version()) + "/" +
           VersionsKey(name.survey, pin, basis, registry);
  };
  bytes = cache_.Get(key_of(RegistryIncarnation()));
  if (bytes != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const auto round,
                           Load(call, name, pin.revision, pin.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto history, HistoryOf(call, *round));
  {
    const Timer timer(compute_seconds_);
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
  cache_.Set(key_of(history->incarnation), bytes, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status IndicatorReader::ExplainIndicatorValue(
    const CallContext& call, const v1::ExplainIndicatorValueRequest& request,
    v1::ExplainIndicatorValueResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name, ParseName<base::IndicatorValueName>(
                                                "name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return IndicatorNotFound(request.name());
  const base::RoundName round_name{name.survey, name.fiscal_year};
  WELFARE_ASSIGN_OR_RETURN(const Pin pin,
                           PinVersion(call, round_name, request.data_version(),
                                      request.data_incarnation(), 0));
  WELFARE_ASSIGN_OR_RETURN(
      const auto round, Load(call, round_name, pin.revision, pin.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto history,
                           HistoryFor(call, *round, basis, name.indicator));
  const Timer timer(compute_seconds_);
  const RoundIndicators& indicators = round->On(basis);
  if (indicators.FindDefinition(name.indicator) == nullptr) {
    return IndicatorNotFound(name.parent().ToString());
  }
  WELFARE_ASSIGN_OR_RETURN(
      const ExplainedCell explained,
      indicators.Explain(name.indicator, request.cell(), history.get()));
  *response.mutable_indicator_value() = ToProto(name.survey, explained.figures);
  response.set_cell(request.cell());
  for (const CellExplanation& one : explained.explanations) {
    *response.add_explanations() =
        ToProto(indicators.table().rows()[one.row], one);
  }
  return absl::OkStatus();
}

absl::Status IndicatorReader::ListStatements(
    const CallContext& call, const v1::ListStatementsRequest& request,
    platform::SharedBytes& bytes) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const Basis basis, FromProto(request.basis()));
  if (!surveys_.contains(name.survey)) return RoundNotFound(request.parent());
  WELFARE_ASSIGN_OR_RETURN(const std::string store,
                           SurveyIncarnation(call, name));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store));
  // The revisions of the round and of the round before (0: there is none;
  // kPlanned: it was never opened), and the statement.
  using Key = std::tuple<std::int64_t, std::int64_t, std::string>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin, PinVersion(call, name,
                                after.has_value() ? std::get<0>(*after)
                                                  : request.data_version(),
                                request.data_incarnation(), 0));
  if (request.previous_data_version() < 0) {
    return VersionNegative("previous_data_version",
                           request.previous_data_version());
  }
  const base::RoundName before{name.survey, name.fiscal_year - 1};
  Pin before_pin;
  if (!after.has_value() && request.previous_data_version() > 0) {
    WELFARE_ASSIGN_OR_RETURN(
        before_pin, PinVersion(call, before, request.previous_data_version(),
                               request.data_incarnation(), 0));
  } else if (!after.has_value()) {
    const absl::StatusOr<RoundHeader> found = survey_.GetRound(call, before);
    if (found.ok()) {
      before_pin = {found->opened ? found->revision : kPlanned,
                    found->registry_version, found->incarnation};
    } else if (found.status().code() != absl::StatusCode::kNotFound) {
      return found.status();
    }
    if (found.ok() && found->incarnation != pin.incarnation) {
      return SurveyUnavailable("it was restored meanwhile");
    }
  } else if (std::get<1>(*after) == kPlanned) {
    before_pin.revision = kPlanned;
  } else if (std::get<1>(*after) > 0) {
    WELFARE_ASSIGN_OR_RETURN(before_pin,
                             PinVersion(call, before, std::get<1>(*after),
                                        request.data_incarnation(), 0));
  }
  const auto key_of = [&](const std::string& registry) {
    return std::string(kCacheFormat) + name.ToString() + "/statements/" +
           std::to_string(page.size()) + "/" + LastId(after).value_or("-") +
           "/" + request.data_incarnation() + ":" +
           std::to_string(request.data_version()) +
           "/before=" + std::to_string(before_pin.revision) + "," +
           std::to_string(before_pin.registry_version) + "/" +
           VersionsKey(name.survey, pin, basis, registry);
  };
  bytes = cache_.Get(key_of(RegistryIncarnation()));
  if (bytes != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const auto round,
                           Load(call, name, pin.revision, pin.incarnation));
  std::shared_ptr<const LoadedRound> previous;
  if (before_pin.revision > 0 && before_pin.revision != kPlanned) {
    WELFARE_ASSIGN_OR_RETURN(previous, Load(call, before, before_pin.revision,
                                            before_pin.incarnation));
  }
  WELFARE_ASSIGN_OR_RETURN(const auto history, HistoryOf(call, *round));

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
    const Timer timer(compute_seconds_);
    StatementInputs inputs;
    inputs.rounds[name.fiscal_year.value()] = &round->On(basis);
    if (previous != nullptr) {
      inputs.rounds[before.fiscal_year.value()] = &previous->On(basis);
    }
    // A round that was planned and never opened has no answers to compare.
    if (before_pin.revision == kPlanned) {
      inputs.planned.insert(before.fiscal_year.value());
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
  cache_.Set(key_of(history->incarnation), bytes, kReplyLifetime);
  return absl::OkStatus();
}

}  // namespace welfare::indicator
