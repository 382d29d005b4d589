// PROGRESS: where the returns stand.
#include <array>

#include "services/indicator/measures/measures.h"

namespace welfare::indicator {
namespace {

using base::Truth;

// The rows of a frame by what is known of their returns.
struct ReturnSets {
  Bitmap late;
  Bitmap early;  // before the window's first day: neither on time nor late
  Bitmap accepted;
  Bitmap implementing;
  Bitmap not_implementing;
};

ReturnSets ReturnsOf(const RoundView& round) {
  const std::vector<FrameRow>& rows = round.table.rows();
  const std::optional<base::Date>& first_day =
      round.table.header().window_start;
  const Bitmap nobody(rows.size());
  ReturnSets sets{nobody, nobody, nobody, nobody, nobody};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].late) sets.late.Set(row);
    if (first_day.has_value() && rows[row].received_on.has_value() &&
        *rows[row].received_on < *first_day) {
      sets.early.Set(row);
    }
    if (rows[row].state == SubmissionState::kAccepted ||
        rows[row].state == SubmissionState::kFinal) {
      sets.accepted.Set(row);
    }
    switch (round.RowOf(row).registry(base::RegistryFact::kImplementing, 0)) {
      case Truth::kTrue:
        sets.implementing.Set(row);
        break;
      case Truth::kFalse:
        sets.not_implementing.Set(row);
        break;
      case Truth::kUnknown:
        break;
    }
  }
  return sets;
}

class ProgressMeasure final : public MeasureMethod {
 public:
  // It reads no answers.
  void Bind(const Questionnaire& /*questionnaire*/,
            BoundIndicator& /*bound*/) const override {}

  absl::Status Resolve(const BoundIndicator& bound, const RoundView& round,
                       const RegistryHistory* /*history*/,
                       FigureSets& sets) const override {
    const Bitmap& members = bound.population->members;
    // Where a return stands is known of everybody: nobody is absent.
    sets.base = members;
    sets.answered = members;
    const Bitmap received = members & round.table.counted();
    const ReturnSets of = ReturnsOf(round);
    sets.Add("received", "提出", received, members);
    sets.Add("on_time", "期間内の提出", received - of.late - of.early, members);
    sets.Add("late", "期間後の提出", received & of.late, members);
    sets.Add("accepted", "受理", received & of.accepted, members);
    sets.Add("received_implementing", "提出(実施)", received & of.implementing,
             members & of.implementing);
    sets.Add("received_not_implementing", "提出(未実施)",
             received & of.not_implementing, members & of.not_implementing);
    // Cells of their own only where somebody is in them: nobody need be
    // received before the window, and a registry usually knows everybody.
    const Bitmap before = received & of.early;
    if (before.Count() > 0) {
      sets.Add("early", "期間前の提出", before, members);
    }
    const Bitmap unrecorded = members - of.implementing - of.not_implementing;
    if (unrecorded.Count() > 0) {
      sets.Add("received_status_unknown", "提出(実施状況の記録なし)",
               received & unrecorded, unrecorded);
    }
    return absl::OkStatus();
  }

  std::string Reason(const BoundIndicator& /*bound*/, const RoundView& round,
                     const FigureSets& /*sets*/, std::size_t row,
                     std::optional<std::size_t> /*cell*/) const override {
    // By the number of a state; none is 0.
    constexpr std::array<std::string_view, 6> kStates = {
        "no submission", "draft", "submitted", "returned", "accepted", "final"};
    const FrameRow& frame = round.table.rows()[row];
    std::string reason(
        kStates[frame.state.has_value() ? static_cast<std::size_t>(*frame.state)
                                        : 0]);
    if (frame.late) reason += ", late";
    if (frame.received_on.has_value()) {
      reason += ", received " + frame.received_on->ToString();
    }
    return reason;
  }
};

}  // namespace

const MeasureMethod& ProgressMethod() {
  static const ProgressMeasure method;
  return method;
}

}  // namespace welfare::indicator
