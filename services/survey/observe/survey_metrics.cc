#include "services/survey/observe/survey_metrics.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/survey/progress/progress.h"
#include "services/survey/round/opened_round.h"

namespace welfare::survey {
namespace {

using importing::ImportCounts;

constexpr std::pair<const char*, int ImportCounts::*> kOutcomes[] = {
    {"created", &ImportCounts::created},
    {"updated", &ImportCounts::updated},
    {"unchanged", &ImportCounts::unchanged},
    {"deleted", &ImportCounts::deleted},
    {"rejected", &ImportCounts::rejected}};

double Seconds(base::Timestamp time) {
  return static_cast<double>(time.micros()) / 1e6;
}

// When the day is over in Japan, which is nine hours ahead.
double EndOf(const base::Date& day) {
  return static_cast<double>((day.days_since_epoch() + 1) * 86'400 - 9 * 3'600);
}

}  // namespace

SurveyMetrics::SurveyMetrics(platform::MetricsRegistry& metrics)
    : metrics_(metrics),
      last_import_(metrics.AddGauge(
          "welfare_import_last_success_timestamp_seconds",
          "When an import last took something, in seconds since 1970; 0: not "
          "since the process started.",
          {{"file", "submissions"}})) {
  for (const auto& [outcome, count] : kOutcomes) {
    rows_.push_back(
        {count, &metrics.AddCounter(
                    "welfare_survey_import_rows_total",
                    "Answers of imported files by outcome; dry runs are not "
                    "counted.",
                    {{"file", "submissions"}, {"outcome", outcome}})});
  }
}

void SurveyMetrics::CountImport(const ImportCounts& counts,
                                base::Timestamp now) {
  for (const RowCounter& row : rows_) {
    row.counter->Increment(counts.*(row.count));
  }
  if (counts.rows > counts.rejected) last_import_.Set(Seconds(now));
}

void SurveyMetrics::Show(const Round& round,
                         std::optional<base::Timestamp> last) {
  const platform::MetricLabels labels = {{"round", round.name.ToString()}};
  metrics_
      .AddGauge("welfare_round_open", "1 while the round takes answers.",
                labels)
      .Set(round.state == RoundState::kOpen ? 1 : 0);
  metrics_
      .AddGauge("welfare_round_window_end_timestamp_seconds",
                "When the last day of the round's window is over in Japan, in "
                "seconds since 1970; 0: it has none.",
                labels)
      .Set(round.window_end ? EndOf(*round.window_end) : 0);
  metrics_
      .AddGauge("welfare_round_last_submission_timestamp_seconds",
                "When a submission was last handed in, in seconds since 1970; "
                "0: none was.",
                labels)
      .Set(last ? Seconds(*last) : 0);
  metrics_
      .AddGauge("welfare_round_changed_timestamp_seconds",
                "When the round or one of its submissions last changed, in "
                "seconds since 1970.",
                labels)
      .Set(Seconds(round.update_time));
}

absl::Status SurveyMetrics::Count(StoreReader& store, PinnedContent& content,
                                  const base::RoundName& round) {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<Round> found,
                           store.rounds().Find(round));
  OpenedRound opened{.round = {.name = round}};
  if (found) {
    WELFARE_ASSIGN_OR_RETURN(opened, content.Load(store, *found));
  }
  if (opened.frame == nullptr) {
    // One that was never opened is not shown; one that was opened and deleted
    // expects nobody.
    const std::lock_guard lock(mutex_);
    if (!shown_.contains(round)) return absl::OkStatus();
    opened.frame = std::make_shared<const Frame>();
  }
  WELFARE_ASSIGN_OR_RETURN(SubmissionCounts counts,
                           store.submissions().CountByState(round));
  WELFARE_ASSIGN_OR_RETURN(const std::optional<base::Timestamp> last,
                           store.submissions().FindLastHandedIn(round));
  Show(opened.round, last);
  for (const base::RespondentKind kind :
       {base::RespondentKind::kMunicipality, base::RespondentKind::kCouncil}) {
    const std::string kind_name(base::ToString(kind));
    metrics_
        .AddGauge("welfare_submissions_expected",
                  "Respondents in the round's population.",
                  {{"round", round.ToString()}, {"respondent_kind", kind_name}})
        .Set(CountExpected(*opened.frame, kind));
    for (const auto& [state, word] : vocabulary::kSubmissionStates) {
      metrics_
          .AddGauge("welfare_submissions", "Submissions by state.",
                    {{"round", round.ToString()},
                     {"respondent_kind", kind_name},
                     {"state", std::string(word)}})
          .Set(counts[std::pair(kind, state)]);
    }
  }
  const std::lock_guard lock(mutex_);
  shown_.insert(round);
  return absl::OkStatus();
}

}  // namespace welfare::survey
