#include "services/survey/submission/overlay.h"

#include <map>
#include <set>
#include <utility>
#include <variant>

#include "services/base/error.h"
#include "services/survey/error_table.h"
#include "services/survey/submission/validation.h"

namespace welfare::survey {
namespace {

using importing::Strategy;

std::string PlaceOf(const std::string& item, const std::string& row) {
  return row.empty() ? item : item + '/' + row;
}

bool SaysNothing(const Content& content) {
  const auto* absence = std::get_if<base::Absence>(&content);
  return absence != nullptr && *absence == base::Absence::kNoAnswer;
}

// A submission in the making.
class Laying {
 public:
  Laying(const Codebook& codebook, const FrameRow& frame, int fiscal_year,
         std::span<const Answer> stored, std::span<const LaidRow> rows,
         Strategy strategy)
      : codebook_(codebook),
        frame_(frame),
        fiscal_year_(fiscal_year),
        rows_(rows),
        strategy_(strategy) {
    for (const Answer& answer : stored) {
      stored_.emplace(PlaceOf(answer.item, answer.row), &answer);
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
  // What will be sent, in the order of places, and the row that says it.
  struct Next {
    SentAnswer sent;
    std::optional<std::size_t> row;
  };

  ValidationResult Check(std::span<const SentAnswer> sent,
                         Completeness completeness) const {
    return ValidateAnswers(codebook_, frame_, fiscal_year_, sent, completeness);
  }

  // Each row's place. A row that says no value is judged by its place alone.
  void FindPlaces() {
    std::vector<SentAnswer> silent;
    std::vector<std::size_t> row_of;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const SentAnswer& sent = rows_[i].sent;
      row_at_.emplace(PlaceOf(sent.item, sent.row), i);
      if (rows_[i].says == LaidRow::Says::kValue) continue;
      silent.push_back({.item = sent.item,
                        .row = sent.row,
                        .value = std::nullopt,
                        .absence = base::Absence::kNoAnswer,
                        .other_text = {}});
      row_of.push_back(i);
    }
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
    std::map<std::string, Next> next = Stored();
    for (const auto& [place, row] : row_at_) {
      if (rows_[row].says != LaidRow::Says::kValue) continue;
      next[place] = {.sent = rows_[row].sent, .row = row};
    }
    std::vector<SentAnswer> sent;
    std::vector<std::optional<std::size_t>> row_of;
    Flatten(next, sent, row_of);
    ValidationResult checked = Check(sent, Completeness::kPartial);
    for (AnswerViolation& fault : checked.violations) {
      if (!fault.index || !row_of[*fault.index]) continue;
      // What is not there need not be asked.
      if (fault.reason == reason::kNotAskedByRouting) continue;
      fault.index = row_of[*fault.index];
      result_.violations.push_back(std::move(fault));
    }
    if (!result_.violations.empty()) return;
    for (const Answer& said : checked.kept) {
      const std::string place = PlaceOf(said.item, said.row);
      const auto row = row_at_.find(place);
      if (row == row_at_.end() ||
          rows_[row->second].says != LaidRow::Says::kValue) {
        continue;
      }
      const auto before = stored_.find(place);
      if (before == stored_.end() || SaysNothing(before->second->content) ||
          DigestText(*before->second) == DigestText(said)) {
        continue;
      }
      const base::ViolationRow& fault =
          base::FindRow(kAnswerTable, reason::kAnswerDiffers);
      const base::ErrorWords words = {{"stored", ContentText(*before->second)}};
      result_.violations.push_back(
          {.index = row->second,
           .item = said.item,
           .row = said.row,
           .reason = fault.reason,
           .description = base::FillIn(fault.description, words),
           .description_ja = base::FillIn(fault.description_ja, words)});
    }
  }

  std::map<std::string, Next> Stored() const {
    std::map<std::string, Next> next;
    for (const auto& [place, answer] : stored_) {
      next.emplace(place, Next{.sent = ToSent({answer, 1}).front(), .row = {}});
    }
    return next;
  }

  void Lay() {
    if (strategy_ != Strategy::kReplace) next_ = Stored();
    for (const auto& [place, row] : row_at_) {
      const LaidRow& laid = rows_[row];
      const bool takes_back = strategy_ == Strategy::kDelete ||
                              laid.says == LaidRow::Says::kClear ||
                              (laid.says == LaidRow::Says::kBlank &&
                               strategy_ == Strategy::kReplace);
      if (takes_back) {
        next_.erase(place);
        taken_back_.insert(place);
      } else if (laid.says == LaidRow::Says::kValue) {
        Next& next = next_[place];
        next = {.sent = laid.sent, .row = row};
        next.sent.provenance = Provenance::kImported;
      }
    }
    if (strategy_ != Strategy::kReplace) return;
    for (const auto& [place, answer] : stored_) {
      if (!row_at_.contains(place)) taken_back_.insert(place);
    }
  }

  static void Flatten(const std::map<std::string, Next>& next,
                      std::vector<SentAnswer>& sent,
                      std::vector<std::optional<std::size_t>>& row_of) {
    for (const auto& [place, one] : next) {
      sent.push_back(one.sent);
      row_of.push_back(one.row);
    }
  }

  // Fills what is taken back and asked with NO_ANSWER, and drops blanks of what
  // is asked no more, until nothing is left to do: a blank makes no question,
  // so twice is enough, and a third time says what is still wrong.
  bool Validate() {
    for (int round = 0; round < 3; ++round) {
      std::vector<SentAnswer> sent;
      std::vector<std::optional<std::size_t>> row_of;
      std::vector<std::string> place_of;
      for (const auto& [place, one] : next_) place_of.push_back(place);
      Flatten(next_, sent, row_of);
      ValidationResult checked = Check(sent, Completeness::kCompleteFromFile);
      if (checked.ok()) {
        result_.answers = std::move(checked.answers);
        return true;
      }
      bool again = false;
      for (const AnswerViolation& fault : checked.violations) {
        const std::string place =
            fault.index ? place_of[*fault.index] : fault.key();
        if (!fault.index && fault.reason == reason::kAnswerMissing &&
            taken_back_.contains(place) && !next_.contains(place)) {
          const auto row = row_at_.find(place);
          next_[place] = {.sent = {.item = fault.item,
                                   .row = fault.row,
                                   .value = std::nullopt,
                                   .absence = base::Absence::kNoAnswer,
                                   .other_text = {},
                                   .provenance = Provenance::kImported},
                          .row = row == row_at_.end()
                                     ? std::nullopt
                                     : std::optional(row->second)};
          again = true;
        } else if (fault.index && !row_of[*fault.index] &&
                   fault.reason == reason::kNotAskedByRouting &&
                   sent[*fault.index].absence == base::Absence::kNoAnswer) {
          next_.erase(place);
          again = true;
        }
      }
      if (again && round < 2) continue;
      for (AnswerViolation& fault : checked.violations) {
        if (fault.index) fault.index = row_of[*fault.index];
        result_.violations.push_back(std::move(fault));
      }
      return false;
    }
    return false;
  }

  void Tell() {
    std::map<std::string, const Answer*> after;
    for (const Answer& answer : result_.answers) {
      after.emplace(PlaceOf(answer.item, answer.row), &answer);
    }
    const auto find = [](const auto& map, const std::string& place) {
      const auto found = map.find(place);
      return found == map.end() ? nullptr : found->second;
    };
    const auto text = [](const Answer* answer) {
      return answer == nullptr ? std::string() : ContentText(*answer);
    };
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const std::string place = PlaceOf(rows_[i].sent.item, rows_[i].sent.row);
      const Answer* before = find(stored_, place);
      const Answer* now = find(after, place);
      result_.outcomes.push_back(OutcomeOf(place, before, now));
      if (result_.outcomes.back() == RowOutcome::kUnchanged) continue;
      result_.changes.push_back({.row = i,
                                 .place = place,
                                 .before = text(before),
                                 .after = text(now)});
    }
    for (const auto& [place, answer] : after) {
      if (row_at_.contains(place) || !SaysNothing(answer->content)) continue;
      const Answer* before = find(stored_, place);
      if (before != nullptr && SaysNothing(before->content)) continue;
      result_.blanks.push_back(place);
    }
    for (const auto& [place, before] : stored_) {
      const Answer* now = find(after, place);
      if (row_at_.contains(place) || SaysNothing(before->content) ||
          (now != nullptr && !SaysNothing(now->content))) {
        continue;
      }
      ++result_.omitted;
      if (now == nullptr) result_.blanks.push_back(place);
      result_.changes.push_back({.row = std::nullopt,
                                 .place = place,
                                 .before = text(before),
                                 .after = text(now)});
    }
  }

  RowOutcome OutcomeOf(const std::string& place, const Answer* before,
                       const Answer* now) const {
    if (before == nullptr) {
      return now == nullptr ? RowOutcome::kUnchanged : RowOutcome::kCreated;
    }
    if (now != nullptr && DigestText(*before) == DigestText(*now)) {
      return RowOutcome::kUnchanged;
    }
    if (taken_back_.contains(place)) {
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
  std::map<std::string, const Answer*> stored_;
  std::map<std::string, std::size_t> row_at_;
  std::map<std::string, Next> next_;
  std::set<std::string> taken_back_;
  Overlay result_;
};

}  // namespace

Overlay LayOver(const Codebook& codebook, const FrameRow& frame,
                int fiscal_year, std::span<const Answer> stored,
                std::span<const LaidRow> rows, importing::Strategy strategy) {
  return Laying(codebook, frame, fiscal_year, stored, rows, strategy).Run();
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
