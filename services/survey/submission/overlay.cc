#include "services/survey/submission/overlay.h"

#include <deque>
#include <limits>
#include <utility>
#include <variant>

#include "services/base/error.h"
#include "services/survey/error_table.h"
#include "services/survey/submission/validation.h"

namespace welfare::survey {
namespace {

using importing::Strategy;

bool SaysNothing(const Content& content) {
  const auto* absence = std::get_if<base::Absence>(&content);
  return absence != nullptr && *absence == base::Absence::kNoAnswer;
}

// Whether two answers of one place say the same: codes in any order, and not
// how the answers came.
bool SaysTheSame(const Answer& one, const Answer& other) {
  if (one.other_text != other.other_text) return false;
  return one.content == other.content || DigestText(one) == DigestText(other);
}

// A submission in the making, by the places of its codebook.
class Laying {
 public:
  Laying(const Codebook& codebook, const FrameRow& frame, int fiscal_year,
         std::span<const Answer> stored, std::span<const LaidRow> rows,
         Strategy strategy, std::size_t most_changes)
      : codebook_(codebook),
        frame_(frame),
        fiscal_year_(fiscal_year),
        rows_(rows),
        strategy_(strategy),
        most_changes_(most_changes),
        stored_(codebook.places()),
        row_at_(codebook.places(), kNone),
        next_(codebook.places()),
        taken_back_(codebook.places(), false) {
    PlaceFinder finder(codebook);
    for (const Answer& answer : stored) {
      const auto place = finder.Find(answer.item, answer.row);
      if (place) {
        stored_[*place] = &answer;
      } else if (strategy != Strategy::kReplace) {
        strays_.push_back({.sent = Own(ToSent(answer)), .row = kNone});
      }
    }
  }

  Overlay Run() {
    FindPlaces();
    if (strategy_ == Strategy::kDelete) Compare();
    if (!result_.violations.empty()) return std::move(result_);
    Lay();
    if (!Validate()) return std::move(result_);
    Tell();
    return std::move(result_);
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  // What will be sent of a place, and the row that says it.
  struct Next {
    const SentAnswer* sent = nullptr;  // null: nothing
    std::size_t row = kNone;
  };

  const SentAnswer* Own(SentAnswer sent) {
    return &own_.emplace_back(std::move(sent));
  }
  const SentAnswer* Blank(const std::string& item, const std::string& row) {
    return Own({.item = item,
                .row = row,
                .value = std::nullopt,
                .absence = base::Absence::kNoAnswer,
                .other_text = {},
                .provenance = Provenance::kImported});
  }

  ValidationResult Check(std::span<const SentAnswer* const> sent,
                         Completeness completeness) const {
    return ValidateAnswers(codebook_, frame_, fiscal_year_, sent, completeness);
  }

  const std::string& NameOf(std::size_t place) const {
    return codebook_.place(place).name;
  }

  // Each row's place. A row that says no value is judged by its place alone.
  void FindPlaces() {
    PlaceFinder finder(codebook_);
    std::vector<const SentAnswer*> silent;
    std::vector<std::size_t> row_of;
    place_of_row_.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const SentAnswer& sent = rows_[i].sent;
      const auto place = finder.Find(sent.item, sent.row);
      place_of_row_.push_back(place.value_or(kNone));
      if (place && row_at_[*place] == kNone) row_at_[*place] = i;
      if (rows_[i].says == LaidRow::Says::kValue) {
        // It is refused where it is judged.
        if (!place) strays_.push_back({.sent = &sent, .row = i});
        continue;
      }
      silent.push_back(Blank(sent.item, sent.row));
      row_of.push_back(i);
    }
    if (silent.empty()) return;
    for (AnswerViolation& fault :
         Check(silent, Completeness::kPartial).violations) {
      const bool of_place = fault.reason == reason::kUnknownItem ||
                            fault.reason == reason::kRowUnknown ||
                            fault.reason == reason::kDuplicateAnswer ||
                            fault.reason == reason::kWrongRespondentKind;
      if (!of_place) continue;
      fault.index = row_of[*fault.index];
      result_.violations.push_back(std::move(fault));
    }
  }

  // Rows of kDelete that say a value must say the stored one.
  void Compare() {
    TakeStored();
    for (std::size_t place = 0; place < next_.size(); ++place) {
      const std::size_t row = row_at_[place];
      if (row == kNone || rows_[row].says != LaidRow::Says::kValue) continue;
      next_[place] = {.sent = &rows_[row].sent, .row = row};
    }
    Flatten();
    ValidationResult checked = Check(sent_, Completeness::kPartial);
    for (AnswerViolation& fault : checked.violations) {
      if (!fault.index || row_of_[*fault.index] == kNone) continue;
      // What is not there need not be asked.
      if (fault.reason == reason::kNotAskedByRouting) continue;
      fault.index = row_of_[*fault.index];
      result_.violations.push_back(std::move(fault));
    }
    if (!result_.violations.empty()) return;
    PlaceFinder finder(codebook_);
    for (const Answer& said : checked.kept) {
      const auto place = finder.Find(said.item, said.row);
      if (!place || row_at_[*place] == kNone ||
          rows_[row_at_[*place]].says != LaidRow::Says::kValue) {
        continue;
      }
      const Answer* before = stored_[*place];
      if (before == nullptr || SaysNothing(before->content) ||
          SaysTheSame(*before, said)) {
        continue;
      }
      const base::ViolationRow& fault =
          base::FindRow(kAnswerTable, reason::kAnswerDiffers);
      const base::ErrorWords words = {{"stored", ContentText(*before)}};
      result_.violations.push_back(
          {.index = row_at_[*place],
           .item = said.item,
           .row = said.row,
           .reason = fault.reason,
           .description = base::FillIn(fault.description, words),
           .description_ja = base::FillIn(fault.description_ja, words)});
    }
  }

  // What is stored, sent again, where no row will say another.
  void TakeStored() {
    for (std::size_t place = 0; place < next_.size(); ++place) {
      next_[place] = {};
      const std::size_t row = row_at_[place];
      const bool said =
          row != kNone && rows_[row].says == LaidRow::Says::kValue;
      if (stored_[place] == nullptr || said) continue;
      next_[place].sent = Own(ToSent(*stored_[place]));
    }
  }

  void Lay() {
    const bool replaces = strategy_ == Strategy::kReplace;
    if (strategy_ == Strategy::kMerge) {
      TakeStored();
    } else if (!replaces) {
      for (std::size_t place = 0; place < next_.size(); ++place) {
        next_[place] = {};
        if (stored_[place] == nullptr || row_at_[place] != kNone) continue;
        next_[place].sent = Own(ToSent(*stored_[place]));
      }
    }
    for (std::size_t place = 0; place < next_.size(); ++place) {
      const std::size_t row = row_at_[place];
      if (row == kNone) {
        taken_back_[place] = replaces && stored_[place] != nullptr;
        continue;
      }
      const LaidRow& laid = rows_[row];
      const bool takes_back = strategy_ == Strategy::kDelete ||
                              laid.says == LaidRow::Says::kClear ||
                              (laid.says == LaidRow::Says::kBlank && replaces);
      if (takes_back) {
        next_[place] = {};
        taken_back_[place] = true;
      } else if (laid.says == LaidRow::Says::kValue) {
        next_[place] = {.sent = &laid.sent, .row = row};
        if (laid.sent.provenance != Provenance::kImported) {
          SentAnswer imported = laid.sent;
          imported.provenance = Provenance::kImported;
          next_[place].sent = Own(std::move(imported));
        }
      }
    }
  }

  // Leaves next_ as a list, in the order of places, in sent_; what has none
  // stands behind.
  void Flatten() {
    sent_.clear();
    row_of_.clear();
    const auto add = [&](const Next& one) {
      sent_.push_back(one.sent);
      row_of_.push_back(one.row);
    };
    for (const Next& one : next_) {
      if (one.sent != nullptr) add(one);
    }
    for (const Next& one : strays_) add(one);
  }

  // Fills what is taken back and asked with NO_ANSWER, and drops blanks of what
  // is asked no more, until nothing is left to do: a blank makes no question,
  // so twice is enough, and a third time says what is still wrong.
  bool Validate() {
    for (int round = 0; round < 3; ++round) {
      Flatten();
      ValidationResult checked = Check(sent_, Completeness::kCompleteFromFile);
      if (checked.ok()) {
        result_.answers = std::move(checked.answers);
        return true;
      }
      bool again = false;
      for (const AnswerViolation& fault : checked.violations) {
        const auto place = fault.index
                               ? codebook_.FindPlace(sent_[*fault.index]->item,
                                                     sent_[*fault.index]->row)
                               : codebook_.FindPlace(fault.item, fault.row);
        if (!place) continue;
        if (!fault.index && fault.reason == reason::kAnswerMissing &&
            taken_back_[*place] && next_[*place].sent == nullptr) {
          next_[*place] = {.sent = Blank(fault.item, fault.row),
                           .row = row_at_[*place]};
          again = true;
        } else if (fault.index && row_of_[*fault.index] == kNone &&
                   fault.reason == reason::kNotAskedByRouting &&
                   sent_[*fault.index]->absence == base::Absence::kNoAnswer) {
          next_[*place] = {};
          again = true;
        }
      }
      if (again && round < 2) continue;
      for (AnswerViolation& fault : checked.violations) {
        if (fault.index) {
          const std::size_t row = row_of_[*fault.index];
          fault.index = row == kNone ? std::nullopt : std::optional(row);
        }
        result_.violations.push_back(std::move(fault));
      }
      return false;
    }
    return false;
  }

  void Show(std::optional<std::size_t> row, std::size_t place,
            const Answer* before, const Answer* now) {
    if (result_.changes.size() >= most_changes_) return;
    const auto text = [](const Answer* answer) {
      return answer == nullptr ? std::string() : ContentText(*answer);
    };
    result_.changes.push_back({.row = row,
                               .place = NameOf(place),
                               .before = text(before),
                               .after = text(now)});
  }

  void Tell() {
    std::vector<const Answer*> after(next_.size());
    PlaceFinder finder(codebook_);
    for (const Answer& answer : result_.answers) {
      after[*finder.Find(answer.item, answer.row)] = &answer;
    }
    result_.outcomes.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      // What is right has a place.
      const std::size_t place = place_of_row_[i];
      const Answer* before = stored_[place];
      const Answer* now = after[place];
      result_.outcomes.push_back(OutcomeOf(place, before, now));
      if (result_.outcomes.back() == RowOutcome::kUnchanged) continue;
      Show(i, place, before, now);
    }
    for (std::size_t place = 0; place < after.size(); ++place) {
      if (row_at_[place] != kNone) continue;
      const Answer* before = stored_[place];
      const Answer* now = after[place];
      const bool said = before != nullptr && !SaysNothing(before->content);
      if (now != nullptr && SaysNothing(now->content) &&
          (before == nullptr || said)) {
        result_.blanks.push_back(NameOf(place));
      }
      if (!said || (now != nullptr && !SaysNothing(now->content))) continue;
      ++result_.omitted;
      if (now == nullptr) result_.blanks.push_back(NameOf(place));
      Show(std::nullopt, place, before, now);
    }
  }

  RowOutcome OutcomeOf(std::size_t place, const Answer* before,
                       const Answer* now) const {
    if (before == nullptr) {
      return now == nullptr ? RowOutcome::kUnchanged : RowOutcome::kCreated;
    }
    if (now != nullptr && SaysTheSame(*before, *now)) {
      return RowOutcome::kUnchanged;
    }
    if (taken_back_[place]) {
      return now == nullptr && SaysNothing(before->content)
                 ? RowOutcome::kUnchanged
                 : RowOutcome::kDeleted;
    }
    return now == nullptr ? RowOutcome::kDeleted : RowOutcome::kUpdated;
  }

  const Codebook& codebook_;
  const FrameRow& frame_;
  const int fiscal_year_;
  const std::span<const LaidRow> rows_;
  const Strategy strategy_;
  const std::size_t most_changes_;
  // By place.
  std::vector<const Answer*> stored_;
  std::vector<std::size_t> row_at_;  // the first row that names it, or kNone
  std::vector<Next> next_;
  std::vector<bool> taken_back_;
  std::vector<std::size_t> place_of_row_;  // or kNone
  std::vector<Next> strays_;               // what the codebook has no place for
  std::deque<SentAnswer> own_;
  std::vector<const SentAnswer*> sent_;
  std::vector<std::size_t> row_of_;  // of those
  Overlay result_;
};

}  // namespace

Overlay LayOver(const Codebook& codebook, const FrameRow& frame,
                int fiscal_year, std::span<const Answer> stored,
                std::span<const LaidRow> rows, importing::Strategy strategy,
                std::size_t most_changes) {
  return Laying(codebook, frame, fiscal_year, stored, rows, strategy,
                most_changes)
      .Run();
}

std::string ContentText(const Answer& answer) {
  std::string text;
  if (const auto* codes = std::get_if<Codes>(&answer.content)) {
    for (const std::string& code : *codes) {
      if (!text.empty()) text += ' ';
      text += code;
    }
  } else if (const auto* number = std::get_if<std::int64_t>(&answer.content)) {
    text = std::to_string(*number);
  } else if (const auto* words = std::get_if<std::string>(&answer.content)) {
    text = *words;
  } else {
    text = base::ToString(std::get<base::Absence>(answer.content));
  }
  if (!answer.other_text.empty()) text += " (" + answer.other_text + ")";
  return text;
}

}  // namespace welfare::survey
