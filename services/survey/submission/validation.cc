#include "services/survey/submission/validation.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "services/base/error.h"
#include "services/survey/submission/routing.h"
#include "services/survey/text_limits.h"
#include "services/text/field_rules.h"
#include "services/text/normalize.h"
#include "services/text/value_readers.h"

namespace welfare::survey {
namespace {

// Bytes of a code that is kept in a draft; no option's is longer.
constexpr std::size_t kLongestCode = 63;

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
      violations_.back().unkeepable = true;
      return {.answers = {}, .kept = {}, .violations = std::move(violations_)};
    }
    for (std::size_t i = 0; i < sent_.size(); ++i) Accept(i);
    Route();
    CheckConstraints();
    // Before blanks are filled in: a draft keeps what was sent.
    CollectKept();
    CheckComplete();
    CheckTextBytes();
    Sort();
    if (violations_.empty()) CollectAnswers();
    return {.answers = std::move(answers_),
            .kept = std::move(kept_),
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
  // What a draft cannot keep either.
  void Refuse(std::size_t index, std::string_view reason,
              std::string description) {
    Add(index, reason, std::move(description));
    violations_.back().unkeepable = true;
    unkeepable_.insert(index);
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
      Refuse(index, reason::kUnknownItem,
             "The codebook has no item of this id; use an id of the codebook.");
      return;
    }
    const Item& item = codebook_.item(*at);
    int row = -1;
    if (item.type == AnswerType::kTable) {
      const auto found = item.FindRow(sent.row);
      if (!found) {
        Refuse(index, reason::kRowUnknown,
               sent.row.empty() ? "The item is a table; name a row."
                                : "The table has no such row.");
        faulty_[*at] = true;
        return;
      }
      row = static_cast<int>(*found);
    } else if (!sent.row.empty()) {
      Refuse(index, reason::kRowUnknown,
             "The item is no table and has no rows.");
      faulty_[*at] = true;
      return;
    }
    const Place place = {*at, row};
    // A second answer does not count, whatever it says.
    if (!places_.insert({place, index}).second) {
      Refuse(index, reason::kDuplicateAnswer,
             "The item is answered twice; send one answer.");
      faulty_[*at] = true;
      return;
    }
    if (!item.AskedOf(frame_.respondent.kind)) {
      Add(index, reason::kWrongRespondentKind,
          "The item is not a question to a " +
              std::string(base::ToString(frame_.respondent.kind)) +
              "; leave it out.");
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
                  .other_text = IsBlank(sent.other_text)
                                    ? ""
                                    : text::ComposeKana(sent.other_text),
                  .provenance = sent.provenance};
    const std::size_t before = violations_.size();
    if (sent.value && sent.absence) {
      Refuse(index, reason::kAbsenceAndValue,
             "An answer is a value or an absence; send one of them.");
    } else if (sent.absence) {
      CheckAbsence(index, item, *sent.absence);
      answer.content = *sent.absence;
    } else if (!sent.value) {
      Refuse(
          index, reason::kEmptyAnswer,
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
      Refuse(index, reason::kAbsenceNotSendable,
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
          Mismatch(index, "The item takes codes of its options.");
        }
        return;
      case AnswerType::kInteger:
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
          if (*integer > kLargestNumber || *integer < -kLargestNumber) {
            Add(index, reason::kNumberRange,
                "The number has more than twelve digits.");
          }
          answer.content = *integer;
        } else if (const auto* text = std::get_if<std::string>(&value)) {
          ReadNumber(index, *text, answer);
        } else {
          Mismatch(index, "The item takes a whole number in digits.");
        }
        return;
      case AnswerType::kText:
      case AnswerType::kTable:
        if (const auto* text = std::get_if<std::string>(&value)) {
          CheckText(index, *text, kLongestText);
          answer.content = text::ComposeKana(*text);
        } else {
          Mismatch(index, "The item takes text.");
        }
        return;
    }
  }

  // A number as people write it, in whatever way it came.
  void ReadNumber(std::size_t index, const std::string& text, Answer& answer) {
    const auto number = text::ReadInteger(text);
    if (number.ok() && *number <= kLargestNumber &&
        *number >= -kLargestNumber) {
      answer.content = *number;
    } else if (number.ok() ||
               base::ReasonOf(number.status()) == "NUMBER_RANGE") {
      Add(index, reason::kNumberRange,
          "The number has more than twelve digits.");
    } else {
      Mismatch(index, std::string(base::MessageOf(number.status())));
    }
  }

  // A value of another type is kept in a draft, so it has a length as well.
  void Mismatch(std::size_t index, std::string description) {
    const auto& value = *sent_[index].value;
    if (const auto* text = std::get_if<std::string>(&value)) {
      const auto characters = CountCharacters(*text);
      if (!characters || *characters > kLongestText) {
        CheckText(index, *text, kLongestText);
        return;
      }
    } else if (const auto* codes = std::get_if<Codes>(&value)) {
      CheckCodesLength(index, *codes);
    }
    Add(index, reason::kTypeMismatch, std::move(description));
  }

  // More codes than any item has options, or one that is no code, are not kept.
  void CheckCodesLength(std::size_t index, const Codes& codes) {
    const bool odd =
        codes.size() > Codebook::kMaxCodes ||
        std::any_of(codes.begin(), codes.end(), [](const std::string& code) {
          return code.size() > kLongestCode || !CountCharacters(code);
        });
    if (odd) {
      Refuse(index, reason::kTextTooLong,
             "Send at most 64 codes of at most 63 characters.");
    }
  }

  void CheckCodes(std::size_t index, const Item& item, const Codes& codes,
                  Answer& answer) {
    if (codes.empty()) {
      Add(index, reason::kEmptyAnswer,
          "No option is chosen; send NO_ANSWER for a blank.");
      return;
    }
    CheckCodesLength(index, codes);
    if (unkeepable_.contains(index)) return;
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
      Refuse(index, reason::kTextInvalid,
             std::string(
                 base::MessageOf(text::Check(text::kFreeTextField, text))));
    } else if (*characters > longest) {
      Refuse(
          index, reason::kTextTooLong,
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
    const auto characters = CountCharacters(text);
    if (!characters || *characters > kLongestOtherText) {
      CheckText(index, text, kLongestOtherText);
    } else if (takes_text && IsBlank(text)) {
      Add(index, reason::kOtherTextRequired,
          "The chosen option needs a text of its own in other_text.");
    } else if (!takes_text && !IsBlank(text)) {
      Add(index, reason::kOtherTextUnexpected,
          "No chosen option takes a text; leave other_text empty.");
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
    const std::vector<bool> unclear = FindUnclear();
    for (const auto& [place, index] : places_) {
      if (routes_[place.first] == Route::kNotApplicable &&
          !unclear[place.first]) {
        Add(index, reason::kNotAskedByRouting,
            "The question is not asked of this respondent; leave it out.");
      }
    }
  }

  // The items whose routing depends on an answer that is itself wrong: nothing
  // can be said of it, and one fault is not made two. Conditions look back, so
  // one pass in the codebook's order is enough.
  std::vector<bool> FindUnclear() const {
    std::vector<bool> unclear(codebook_.size(), false);
    for (std::size_t i = 0; i < codebook_.size(); ++i) {
      const base::CheckedExpression* relevant = codebook_.relevant(i);
      if (relevant == nullptr) continue;
      unclear[i] = std::any_of(
          relevant->items().begin(), relevant->items().end(),
          [&](std::size_t gate) { return faulty_[gate] || unclear[gate]; });
    }
    return unclear;
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

  // Of what was sent, right or wrong: a draft keeps that.
  void CheckTextBytes() {
    std::size_t bytes = 0;
    for (const Answer& answer : kept_) {
      if (const auto* text = std::get_if<std::string>(&answer.content)) {
        bytes += text->size();
      }
      bytes += answer.other_text.size();
    }
    if (bytes <= kMostTextBytes) return;
    Add(std::nullopt, "", "", reason::kTextsTooLong,
        "All texts together have more than " + std::to_string(kMostTextBytes) +
            " bytes; shorten them.");
    violations_.back().unkeepable = true;
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

  void CollectKept() {
    kept_.reserve(places_.size());
    for (const auto& [place, index] : places_) {
      if (unkeepable_.contains(index)) continue;
      const auto accepted = accepted_.find(place);
      kept_.push_back(accepted != accepted_.end() ? accepted->second.answer
                                                  : AsSent(sent_[index]));
    }
  }

  // REQUIRES: a value or an absence.
  static Answer AsSent(const SentAnswer& sent) {
    Answer answer{.item = sent.item,
                  .row = sent.row,
                  .content = std::int64_t{0},
                  .other_text = sent.other_text,
                  .provenance = sent.provenance};
    if (sent.absence) {
      answer.content = *sent.absence;
    } else {
      std::visit([&](const auto& value) { answer.content = value; },
                 *sent.value);
    }
    return answer;
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
  std::set<std::size_t> unkeepable_;  // of the sent answers
  std::vector<AnswerViolation> violations_;
  std::vector<Answer> answers_;
  std::vector<Answer> kept_;
};

}  // namespace

std::size_t MostAnswers(const Codebook& codebook) {
  std::size_t places = 0;
  for (const Item& item : codebook.items()) {
    places += std::max<std::size_t>(1, item.rows.size());
  }
  return 2 * places + 100;
}

bool ValidationResult::keepable() const {
  return std::none_of(
      violations.begin(), violations.end(),
      [](const AnswerViolation& violation) { return violation.unkeepable; });
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
