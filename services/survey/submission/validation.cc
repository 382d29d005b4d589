#include "services/survey/submission/validation.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "services/survey/submission/routing.h"
#include "services/survey/submission/text_limits.h"

namespace welfare::survey {
namespace {

// True when `text` holds nothing but white space, U+3000 included.
bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    if (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' ||
        text[0] == '\r') {
      text.remove_prefix(1);
    } else if (text.starts_with("\u3000")) {
      text.remove_prefix(3);
    } else {
      return false;
    }
  }
  return true;
}

class Validator {
 public:
  Validator(const Codebook& codebook, const FrameRow& frame, int fiscal_year,
            std::span<const SentAnswer> sent, Completeness completeness)
      : codebook_(codebook),
        frame_(frame),
        fiscal_year_(fiscal_year),
        sent_(sent),
        completeness_(completeness),
        row_(codebook, frame, fiscal_year),
        faulty_(codebook.size(), false) {}

  ValidationResult Run() {
    if (sent_.size() > MostAnswers(codebook_)) {
      Add(std::nullopt, "", "", reason::kTooManyAnswers,
          std::to_string(sent_.size()) +
              " answers are more than the codebook has questions; send one for "
              "each.");
      return {.answers = {}, .violations = std::move(violations_)};
    }
    for (std::size_t i = 0; i < sent_.size(); ++i) Accept(i);
    Route();
    CheckConstraints();
    CheckComplete();
    CheckTextBytes();
    Sort();
    if (violations_.empty()) CollectAnswers();
    return {.answers = std::move(answers_),
            .violations = std::move(violations_)};
  }

 private:
  // An item's place in the codebook and the row of a table, or -1.
  using Place = std::pair<std::size_t, int>;
  struct Accepted {
    std::size_t index;  // among the sent answers
    Answer answer;
  };

  void Add(std::optional<std::size_t> index, std::string item, std::string row,
           std::string_view reason, std::string description) {
    violations_.push_back({.index = index,
                           .item = std::move(item),
                           .row = std::move(row),
                           .reason = reason,
                           .description = std::move(description)});
  }
  void Add(std::size_t index, std::string_view reason,
           std::string description) {
    Add(index, sent_[index].item, sent_[index].row, reason,
        std::move(description));
  }

  // Checks one answer by itself and keeps it if it is right.
  void Accept(std::size_t index) {
    const SentAnswer& sent = sent_[index];
    const auto at = codebook_.Find(sent.item);
    if (!at) {
      Add(index, reason::kUnknownItem,
          "The codebook has no item of this id; use an id of the codebook.");
      return;
    }
    const Item& item = codebook_.item(*at);
    if (!item.AskedOf(frame_.respondent.kind)) {
      Add(index, reason::kWrongRespondentKind,
          "The item is not a question to a " +
              std::string(base::ToString(frame_.respondent.kind)) +
              "; leave it out.");
      return;
    }
    int row = -1;
    if (item.type == AnswerType::kTable) {
      const auto found = item.FindRow(sent.row);
      if (!found) {
        Add(index, reason::kRowUnknown,
            sent.row.empty() ? "The item is a table; name a row."
                             : "The table has no such row.");
        faulty_[*at] = true;
        return;
      }
      row = static_cast<int>(*found);
    } else if (!sent.row.empty()) {
      Add(index, reason::kRowUnknown, "The item is no table and has no rows.");
      faulty_[*at] = true;
      return;
    }
    const Place place = {*at, row};
    // A second answer does not count, whatever it says.
    if (!places_.insert({place, index}).second) {
      Add(index, reason::kDuplicateAnswer,
          "The item is answered twice; send one answer.");
      faulty_[*at] = true;
      return;
    }
    std::optional<Answer> answer = CheckAnswer(index, item);
    if (!answer) {
      faulty_[*at] = true;
      return;
    }
    accepted_.emplace(place,
                      Accepted{.index = index, .answer = *std::move(answer)});
  }

  std::optional<Answer> CheckAnswer(std::size_t index, const Item& item) {
    const SentAnswer& sent = sent_[index];
    Answer answer{.item = item.id,
                  .row = sent.row,
                  .content = std::int64_t{0},
                  .other_text = sent.other_text,
                  .provenance = sent.provenance};
    const std::size_t before = violations_.size();
    if (sent.value && sent.absence) {
      Add(index, reason::kAbsenceAndValue,
          "An answer is a value or an absence; send one of them.");
    } else if (sent.absence) {
      CheckAbsence(index, item, *sent.absence);
      answer.content = *sent.absence;
    } else if (!sent.value) {
      Add(index, reason::kEmptyAnswer,
          "The answer has neither a value nor an absence; send NO_ANSWER for "
          "a blank.");
    } else {
      CheckValue(index, item, answer);
    }
    CheckOtherText(index, item, answer);
    if (violations_.size() != before) return std::nullopt;
    return answer;
  }

  void CheckAbsence(std::size_t index, const Item& item,
                    base::Absence absence) {
    if (!base::MayBeSent(absence)) {
      Add(index, reason::kAbsenceNotSendable,
          "The platform computes " + std::string(base::ToString(absence)) +
              "; leave the item out.");
    } else if (!item.Allows(absence)) {
      Add(index, reason::kAbsenceNotOffered,
          item.absences.empty()
              ? "The item needs a value where it is asked."
              : "The item does not take " +
                    std::string(base::ToString(absence)) + ".");
    }
  }

  void CheckValue(std::size_t index, const Item& item, Answer& answer) {
    const auto& value = *sent_[index].value;
    switch (item.type) {
      case AnswerType::kSingle:
      case AnswerType::kMultiple:
        if (const auto* codes = std::get_if<Codes>(&value)) {
          CheckCodes(index, item, *codes, answer);
        } else {
          Add(index, reason::kTypeMismatch,
              "The item takes codes of its options.");
        }
        return;
      case AnswerType::kInteger:
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
          if (*integer > kLargestNumber || *integer < -kLargestNumber) {
            Add(index, reason::kNumberRange,
                "The number has more than twelve digits.");
          }
          answer.content = *integer;
        } else {
          Add(index, reason::kTypeMismatch,
              "The item takes a whole number in digits.");
        }
        return;
      case AnswerType::kText:
      case AnswerType::kTable:
        if (const auto* text = std::get_if<std::string>(&value)) {
          CheckText(index, *text, kLongestText);
          answer.content = *text;
        } else {
          Add(index, reason::kTypeMismatch, "The item takes text.");
        }
        return;
    }
  }

  void CheckCodes(std::size_t index, const Item& item, const Codes& codes,
                  Answer& answer) {
    if (codes.empty()) {
      Add(index, reason::kEmptyAnswer,
          "No option is chosen; send NO_ANSWER for a blank.");
      return;
    }
    std::vector<bool> chosen(item.options.size(), false);
    std::size_t known = 0;
    bool exclusive = false;
    // As many as the item offers; more would be faults without end.
    std::size_t faults = 0;
    for (const std::string& code : codes) {
      const auto option = item.FindOption(code);
      if ((!option || chosen[*option]) && faults++ > item.options.size()) {
        break;
      }
      if (!option) {
        Add(index, reason::kOptionNotOffered,
            "The item does not offer '" + Shorten(code, 100) + "'.");
        continue;
      }
      if (chosen[*option]) {
        Add(index, reason::kOptionRepeated,
            "The option '" + code + "' is chosen twice.");
        continue;
      }
      chosen[*option] = true;
      exclusive = exclusive || item.options[*option].exclusive;
      ++known;
    }
    if (item.type == AnswerType::kSingle && codes.size() > 1) {
      Add(index, reason::kSingleAnswer, "The item takes exactly one option.");
    } else if (exclusive && known > 1) {
      Add(index, reason::kExclusiveOption,
          "An option that excludes the others stands beside another.");
    }
    Codes ordered;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      if (chosen[k]) ordered.push_back(item.options[k].code);
    }
    answer.content = std::move(ordered);
  }

  void CheckText(std::size_t index, std::string_view text,
                 std::size_t longest) {
    const auto characters = CountCharacters(text);
    if (!characters) {
      Add(index, reason::kTextInvalid,
          "The text is not UTF-8 or holds control characters.");
    } else if (*characters > longest) {
      Add(index, reason::kTextTooLong,
          "The text has more than " + std::to_string(longest) + " characters.");
    } else if (IsBlank(text)) {
      Add(index, reason::kEmptyText,
          "The text is blank; send NO_ANSWER for a blank.");
    }
  }

  void CheckOtherText(std::size_t index, const Item& item,
                      const Answer& answer) {
    bool takes_text = false;
    if (const auto* codes = std::get_if<Codes>(&answer.content)) {
      for (const std::string& code : *codes) {
        const auto option = item.FindOption(code);
        takes_text = takes_text || (option && item.options[*option].takes_text);
      }
    }
    const std::string& text = sent_[index].other_text;
    if (takes_text && IsBlank(text)) {
      Add(index, reason::kOtherTextRequired,
          "The chosen option needs a text of its own in other_text.");
    } else if (!takes_text && !text.empty()) {
      Add(index, reason::kOtherTextUnexpected,
          "No chosen option takes a text; leave other_text empty.");
    } else if (takes_text) {
      CheckText(index, text, kLongestOtherText);
    }
  }

  void Route() {
    std::vector<base::Value> values(codebook_.size());
    for (const auto& [place, accepted] : accepted_) {
      values[place.first] =
          ToValue(codebook_.item(place.first), accepted.answer.content);
    }
    routes_ = EvaluateRouting(codebook_, frame_.respondent.kind,
                              std::move(values), row_);
    for (const auto& [place, index] : places_) {
      if (routes_[place.first] == Route::kNotApplicable &&
          !GateFaulty(place.first)) {
        Add(index, reason::kNotAskedByRouting,
            "The question is not asked of this respondent; leave it out.");
      }
    }
  }

  // True when a condition of the item reads an answer that is itself wrong:
  // then nothing can be said of the routing, and one fault is not made two.
  bool GateFaulty(std::size_t item) const {
    const base::CheckedExpression* relevant = codebook_.relevant(item);
    if (relevant == nullptr) return false;
    return std::any_of(
        relevant->items().begin(), relevant->items().end(),
        [&](std::size_t gate) { return faulty_[gate] || GateFaulty(gate); });
  }

  void CheckConstraints() {
    for (const auto& [place, accepted] : accepted_) {
      const base::CheckedExpression* constraint =
          codebook_.constraint(place.first);
      if (constraint == nullptr || routes_[place.first] != Route::kAsked ||
          std::holds_alternative<base::Absence>(accepted.answer.content)) {
        continue;
      }
      if (constraint->EvaluateTruth(row_) == base::Truth::kFalse) {
        const std::string& message =
            codebook_.item(place.first).constraint_message;
        Add(accepted.index, reason::kConstraint,
            message.empty() ? "The value breaks the item's rule." : message);
      }
    }
  }

  void CheckComplete() {
    if (completeness_ == Completeness::kPartial) return;
    for (std::size_t i = 0; i < codebook_.size(); ++i) {
      if (routes_[i] != Route::kAsked) continue;
      const Item& item = codebook_.item(i);
      if (item.type != AnswerType::kTable) {
        CheckPresent(item, {i, -1}, "");
        continue;
      }
      for (std::size_t k = 0; k < item.rows.size(); ++k) {
        CheckPresent(item, {i, static_cast<int>(k)}, item.rows[k].code);
      }
    }
  }

  void CheckTextBytes() {
    std::size_t bytes = 0;
    for (const auto& [place, accepted] : accepted_) {
      if (const auto* text =
              std::get_if<std::string>(&accepted.answer.content)) {
        bytes += text->size();
      }
      bytes += accepted.answer.other_text.size();
    }
    if (bytes <= kMostTextBytes) return;
    Add(std::nullopt, "", "", reason::kTextsTooLong,
        "All texts together have more than " + std::to_string(kMostTextBytes) +
            " bytes; shorten them.");
  }

  void CheckPresent(const Item& item, const Place& place,
                    const std::string& row) {
    if (places_.contains(place)) return;
    const bool free_text =
        item.type == AnswerType::kText || item.type == AnswerType::kTable;
    if (completeness_ == Completeness::kCompleteFromFile && free_text &&
        item.Allows(base::Absence::kNoAnswer)) {
      Answer blank{.item = item.id,
                   .row = row,
                   .content = base::Absence::kNoAnswer,
                   .other_text = "",
                   .provenance = Provenance::kImported};
      accepted_.emplace(place, Accepted{.index = 0, .answer = blank});
      return;
    }
    Add(std::nullopt, item.id, row, reason::kAnswerMissing,
        item.Allows(base::Absence::kNoAnswer)
            ? "The question is asked; send a value, or NO_ANSWER for a blank."
            : "The question is asked and needs a value.");
  }

  void Sort() {
    std::stable_sort(violations_.begin(), violations_.end(),
                     [&](const AnswerViolation& a, const AnswerViolation& b) {
                       return a.index.value_or(sent_.size()) <
                              b.index.value_or(sent_.size());
                     });
  }

  void CollectAnswers() {
    answers_.reserve(accepted_.size());
    for (auto& [place, accepted] : accepted_) {
      answers_.push_back(std::move(accepted.answer));
    }
  }

  const Codebook& codebook_;
  const FrameRow& frame_;
  const int fiscal_year_;
  const std::span<const SentAnswer> sent_;
  const Completeness completeness_;

  AnswerRow row_;
  std::map<Place, std::size_t> places_;  // every place that was answered
  std::map<Place, Accepted> accepted_;   // those answered rightly
  std::vector<bool> faulty_;             // items with a wrong answer
  std::vector<survey::Route> routes_;
  std::vector<AnswerViolation> violations_;
  std::vector<Answer> answers_;
};

}  // namespace

std::size_t MostAnswers(const Codebook& codebook) {
  std::size_t places = 0;
  for (const Item& item : codebook.items()) {
    places += std::max<std::size_t>(1, item.rows.size());
  }
  return 2 * places + 100;
}

std::string AnswerViolation::key() const {
  return row.empty() ? item : item + '/' + row;
}

ValidationResult ValidateAnswers(const Codebook& codebook,
                                 const FrameRow& frame, int fiscal_year,
                                 std::span<const SentAnswer> sent,
                                 Completeness completeness) {
  return Validator(codebook, frame, fiscal_year, sent, completeness).Run();
}

std::vector<SentAnswer> ToSent(std::span<const Answer> answers) {
  std::vector<SentAnswer> sent;
  sent.reserve(answers.size());
  for (const Answer& answer : answers) {
    SentAnswer one{.item = answer.item,
                   .row = answer.row,
                   .value = std::nullopt,
                   .absence = std::nullopt,
                   .other_text = answer.other_text,
                   .provenance = answer.provenance};
    if (const auto* codes = std::get_if<Codes>(&answer.content)) {
      one.value = *codes;
    } else if (const auto* integer =
                   std::get_if<std::int64_t>(&answer.content)) {
      one.value = *integer;
    } else if (const auto* text = std::get_if<std::string>(&answer.content)) {
      one.value = *text;
    } else {
      one.absence = std::get<base::Absence>(answer.content);
    }
    sent.push_back(std::move(one));
  }
  return sent;
}

}  // namespace welfare::survey
