#include "services/survey/submission/validation.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <variant>

#include "services/base/error.h"
#include "services/survey/error_table.h"
#include "services/survey/errors.h"
#include "services/survey/submission/routing.h"
#include "services/survey/text_limits.h"
#include "services/text/field_rules.h"
#include "services/text/normalize.h"
#include "services/text/value_readers.h"

namespace welfare::survey {
namespace {

// Bytes of a code that is kept in a draft; no option's is longer.
constexpr std::size_t kLongestCode = 63;

// A reason that is not in the table does not compile.
consteval const base::ViolationRow& AnswerFault(std::string_view reason) {
  return base::FindRow(kAnswerTable, reason);
}

// Words of sentences, in both languages.
constexpr Phrase kCodes = {"codes of its options", "選択肢のコード"};
constexpr Phrase kNumber = {"a whole number in digits", "整数（数字）"};
constexpr Phrase kText = {"text", "文字"};

std::string_view KindInJapanese(base::RespondentKind kind) {
  return kind == base::RespondentKind::kCouncil ? "社会福祉協議会" : "自治体";
}

class Validator {
 public:
  Validator(const Codebook& codebook, const FrameRow& frame, int fiscal_year,
            std::span<const SentAnswer* const> sent, Completeness completeness)
      : codebook_(codebook),
        frame_(frame),
        fiscal_year_(fiscal_year),
        sent_(sent),
        completeness_(completeness),
        row_(codebook, frame, fiscal_year),
        finder_(codebook),
        sent_at_(codebook.places(), kNone),
        accepted_(codebook.places()),
        faulty_(codebook.size(), false) {}

  ValidationResult Run() {
    if (sent_.size() > MostAnswers(codebook_)) {
      Add(std::nullopt, "", "", AnswerFault(reason::kTooManyAnswers),
          {{"found", std::to_string(sent_.size())}});
      violations_.back().unkeepable = true;
      return {.answers = {}, .kept = {}, .violations = std::move(violations_)};
    }
    for (std::size_t i = 0; i < sent_.size(); ++i) Accept(i);
    Route();
    CheckConstraints();
    CheckComplete();
    CheckTextBytes();
    Sort();
    if (completeness_ == Completeness::kPartial || !violations_.empty()) {
      CollectKept();
    }
    if (violations_.empty()) CollectAnswers();
    return {.answers = std::move(answers_),
            .kept = std::move(kept_),
            .violations = std::move(violations_)};
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  void Add(std::optional<std::size_t> index, std::string item, std::string row,
           const base::ViolationRow& fault,
           const base::ErrorWords& words = {}) {
    violations_.push_back(
        {.index = index,
         .item = std::move(item),
         .row = std::move(row),
         .reason = fault.reason,
         .description = base::FillIn(fault.description, words),
         .description_ja = base::FillIn(fault.description_ja, words)});
  }
  void Add(std::size_t index, const base::ViolationRow& fault,
           const base::ErrorWords& words = {}) {
    Add(index, sent_[index]->item, sent_[index]->row, fault, words);
  }
  // What a draft cannot keep either.
  void Refuse(std::size_t index, const base::ViolationRow& fault,
              const base::ErrorWords& words = {}) {
    Add(index, fault, words);
    violations_.back().unkeepable = true;
    unkeepable_.insert(index);
  }
  // Lets another sentence stand in place of the one that was added last.
  void Say(std::string english, std::string japanese) {
    violations_.back().description = std::move(english);
    violations_.back().description_ja = std::move(japanese);
  }

  // Checks one answer by itself and keeps it if it is right.
  void Accept(std::size_t index) {
    const SentAnswer& sent = *sent_[index];
    const auto place = finder_.Find(sent.item, sent.row);
    if (!place) {
      if (const auto known = codebook_.Find(sent.item)) {
        Refuse(index, AnswerFault(reason::kRowUnknown));
        faulty_[*known] = true;
      } else {
        Refuse(index, AnswerFault(reason::kUnknownItem));
      }
      return;
    }
    const std::size_t at = codebook_.place(*place).item;
    const Item& item = codebook_.item(at);
    // A second answer does not count, whatever it says.
    if (sent_at_[*place] != kNone) {
      Refuse(index, AnswerFault(reason::kDuplicateAnswer));
      faulty_[at] = true;
      return;
    }
    sent_at_[*place] = index;
    if (!item.AskedOf(frame_.respondent.kind)) {
      const base::RespondentKind kind = frame_.respondent.kind;
      Add(index, AnswerFault(reason::kWrongRespondentKind),
          {{"kind", std::string(base::ToString(kind))},
           {"kind_ja", std::string(KindInJapanese(kind))}});
      return;
    }
    std::optional<Answer> answer = CheckAnswer(index, item);
    if (!answer) {
      faulty_[at] = true;
      return;
    }
    accepted_[*place] = std::move(answer);
  }

  std::optional<Answer> CheckAnswer(std::size_t index, const Item& item) {
    const SentAnswer& sent = *sent_[index];
    Answer answer{.item = item.id,
                  .row = sent.row,
                  .content = std::int64_t{0},
                  .other_text = IsBlank(sent.other_text)
                                    ? ""
                                    : text::ComposeKana(sent.other_text),
                  .provenance = sent.provenance,
                  .mapping = sent.mapping};
    const std::size_t before = violations_.size();
    if (sent.value && sent.absence) {
      Refuse(index, AnswerFault(reason::kAbsenceAndValue));
    } else if (sent.absence) {
      CheckAbsence(index, item, *sent.absence);
      answer.content = *sent.absence;
    } else if (!sent.value) {
      Refuse(index, AnswerFault(reason::kEmptyAnswer));
    } else {
      CheckValue(index, item, answer);
    }
    CheckOtherText(index, item, answer);
    if (violations_.size() != before) return std::nullopt;
    return answer;
  }

  void CheckAbsence(std::size_t index, const Item& item,
                    base::Absence absence) {
    const base::ErrorWords words = {
        {"absence", std::string(base::ToString(absence))}};
    if (!base::MayBeSent(absence)) {
      Refuse(index, AnswerFault(reason::kAbsenceNotSendable), words);
    } else if (!item.Allows(absence)) {
      Add(index, AnswerFault(reason::kAbsenceNotOffered), words);
    }
  }

  void CheckValue(std::size_t index, const Item& item, Answer& answer) {
    const auto& value = *sent_[index]->value;
    switch (item.type) {
      case AnswerType::kSingle:
      case AnswerType::kMultiple:
        if (const auto* codes = std::get_if<Codes>(&value)) {
          CheckCodes(index, item, *codes, answer);
        } else {
          Mismatch(index, kCodes);
        }
        return;
      case AnswerType::kInteger:
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
          if (*integer > kLargestNumber || *integer < -kLargestNumber) {
            Add(index, AnswerFault(reason::kNumberRange));
          }
          answer.content = *integer;
        } else if (const auto* text = std::get_if<std::string>(&value)) {
          ReadNumber(index, *text, answer);
        } else {
          Mismatch(index, kNumber);
        }
        return;
      case AnswerType::kText:
      case AnswerType::kTable:
        if (const auto* text = std::get_if<std::string>(&value)) {
          CheckText(index, *text, kLongestText);
          answer.content = text::ComposeKana(*text);
        } else {
          Mismatch(index, kText);
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
      Add(index, AnswerFault(reason::kNumberRange));
    } else if (Mismatch(index, kNumber)) {
      // The reader says what it takes to be a number.
      base::Violation fault = base::ViolationOf("", number.status());
      Say(std::move(fault.description), std::move(fault.description_ja));
    }
  }

  // A value of another type is kept in a draft, so it has a length as well.
  // Returns whether that is in order and the type alone is wrong.
  bool Mismatch(std::size_t index, const Phrase& expected) {
    const auto& value = *sent_[index]->value;
    if (const auto* text = std::get_if<std::string>(&value)) {
      const auto characters = CountCharacters(*text);
      if (!characters || *characters > kLongestText) {
        CheckText(index, *text, kLongestText);
        return false;
      }
    } else if (const auto* codes = std::get_if<Codes>(&value)) {
      CheckCodesLength(index, *codes);
    }
    Add(index, AnswerFault(reason::kTypeMismatch),
        {{"expected", std::string(expected.english)},
         {"expected_ja", std::string(expected.japanese)}});
    return true;
  }

  // More codes than any item has options, or one that is no code, are not kept.
  void CheckCodesLength(std::size_t index, const Codes& codes) {
    const bool odd =
        codes.size() > Codebook::kMaxCodes ||
        std::any_of(codes.begin(), codes.end(), [](const std::string& code) {
          return code.size() > kLongestCode || !CountCharacters(code);
        });
    if (odd) {
      Refuse(index, AnswerFault(reason::kTextTooLong),
             {{"most", "64 codes of 63 characters"},
              {"most_ja", "63字のコード64個"}});
    }
  }

  void CheckCodes(std::size_t index, const Item& item, const Codes& codes,
                  Answer& answer) {
    if (codes.empty()) {
      Add(index, AnswerFault(reason::kEmptyAnswer));
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
        Add(index, AnswerFault(reason::kOptionNotOffered),
            {{"code", Shorten(code, 100)}});
        continue;
      }
      if (chosen[*option]) {
        Add(index, AnswerFault(reason::kOptionRepeated), {{"code", code}});
        continue;
      }
      chosen[*option] = true;
      exclusive = exclusive || item.options[*option].exclusive;
      ++known;
    }
    if (item.type == AnswerType::kSingle && codes.size() > 1) {
      Add(index, AnswerFault(reason::kSingleAnswer));
    } else if (exclusive && known > 1) {
      Add(index, AnswerFault(reason::kExclusiveOption));
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
      const base::Violation fault =
          base::ViolationOf("", text::Check(text::kFreeTextField, text));
      Refuse(
          index, AnswerFault(reason::kTextInvalid),
          {{"fault", fault.description}, {"fault_ja", fault.description_ja}});
    } else if (*characters > longest) {
      const std::string most = std::to_string(longest);
      Refuse(index, AnswerFault(reason::kTextTooLong),
             {{"most", most + " characters"}, {"most_ja", most + "字"}});
    } else if (IsBlank(text)) {
      Add(index, AnswerFault(reason::kEmptyText));
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
    const std::string& text = sent_[index]->other_text;
    const auto characters = CountCharacters(text);
    if (!characters || *characters > kLongestOtherText) {
      CheckText(index, text, kLongestOtherText);
    } else if (takes_text && IsBlank(text)) {
      Add(index, AnswerFault(reason::kOtherTextRequired));
    } else if (!takes_text && !IsBlank(text)) {
      Add(index, AnswerFault(reason::kOtherTextUnexpected));
    }
  }

  void Route() {
    std::vector<base::Value> values(codebook_.size());
    for (std::size_t place = 0; place < accepted_.size(); ++place) {
      const std::size_t item = codebook_.place(place).item;
      if (!accepted_[place] || !codebook_.is_read(item)) continue;
      values[item] = ToValue(codebook_.item(item), accepted_[place]->content);
    }
    routes_ = EvaluateRouting(codebook_, frame_.respondent.kind,
                              std::move(values), row_);
    const std::vector<bool> unclear = FindUnclear();
    for (std::size_t place = 0; place < sent_at_.size(); ++place) {
      const std::size_t item = codebook_.place(place).item;
      if (sent_at_[place] != kNone && routes_[item] == Route::kNotApplicable &&
          !unclear[item]) {
        Add(sent_at_[place], AnswerFault(reason::kNotAskedByRouting));
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
    for (std::size_t place = 0; place < accepted_.size(); ++place) {
      if (!accepted_[place]) continue;
      const std::size_t item = codebook_.place(place).item;
      const base::CheckedExpression* constraint = codebook_.constraint(item);
      if (constraint == nullptr || routes_[item] != Route::kAsked ||
          std::holds_alternative<base::Absence>(accepted_[place]->content)) {
        continue;
      }
      if (constraint->EvaluateTruth(row_) == base::Truth::kFalse) {
        const std::string& message = codebook_.item(item).constraint_message;
        Add(sent_at_[place], AnswerFault(reason::kConstraint));
        if (!message.empty()) Say(message, message);
      }
    }
  }

  void CheckComplete() {
    if (completeness_ == Completeness::kPartial) return;
    for (std::size_t place = 0; place < sent_at_.size(); ++place) {
      if (sent_at_[place] == kNone &&
          routes_[codebook_.place(place).item] == Route::kAsked) {
        FillOrMiss(place);
      }
    }
  }

  // Of what was sent, right or wrong: a draft keeps that.
  void CheckTextBytes() {
    std::size_t bytes = 0;
    for (std::size_t place = 0; place < sent_at_.size(); ++place) {
      const std::size_t index = sent_at_[place];
      if (index == kNone || unkeepable_.contains(index)) continue;
      if (accepted_[place]) {
        const Answer& answer = *accepted_[place];
        if (const auto* text = std::get_if<std::string>(&answer.content)) {
          bytes += text->size();
        }
        bytes += answer.other_text.size();
        continue;
      }
      const SentAnswer& sent = *sent_[index];
      if (!sent.absence && sent.value) {
        if (const auto* text = std::get_if<std::string>(&*sent.value)) {
          bytes += text->size();
        }
      }
      bytes += sent.other_text.size();
    }
    if (bytes <= kMostTextBytes) return;
    Add(std::nullopt, "", "", AnswerFault(reason::kTextsTooLong),
        {{"most", std::to_string(kMostTextBytes)}});
    violations_.back().unkeepable = true;
  }

  // Of a place that was asked and not answered.
  void FillOrMiss(std::size_t place) {
    const Codebook::Place& at = codebook_.place(place);
    const Item& item = codebook_.item(at.item);
    const std::string row =
        at.row < 0
            ? ""
            : std::string(item.rows[static_cast<std::size_t>(at.row)].code);
    const bool free_text =
        item.type == AnswerType::kText || item.type == AnswerType::kTable;
    const bool blank = item.Allows(base::Absence::kNoAnswer);
    if (completeness_ == Completeness::kCompleteFromFile && free_text &&
        blank) {
      accepted_[place] = Answer{.item = item.id,
                                .row = row,
                                .content = base::Absence::kNoAnswer,
                                .other_text = ""};
      return;
    }
    Add(std::nullopt, item.id, row, AnswerFault(reason::kAnswerMissing),
        {{"or_blank", blank ? ", or NO_ANSWER for a blank" : ""},
         {"or_blank_ja", blank ? "、または NO_ANSWER（無回答）" : ""}});
  }

  void Sort() {
    std::stable_sort(violations_.begin(), violations_.end(),
                     [&](const AnswerViolation& a, const AnswerViolation& b) {
                       return a.index.value_or(sent_.size()) <
                              b.index.value_or(sent_.size());
                     });
  }

  void CollectKept() {
    kept_.reserve(sent_.size());
    for (std::size_t place = 0; place < sent_at_.size(); ++place) {
      const std::size_t index = sent_at_[place];
      if (index == kNone || unkeepable_.contains(index)) continue;
      kept_.push_back(accepted_[place] ? *accepted_[place]
                                       : AsSent(*sent_[index]));
    }
  }

  // REQUIRES: a value or an absence.
  static Answer AsSent(const SentAnswer& sent) {
    Answer answer{.item = sent.item,
                  .row = sent.row,
                  .content = std::int64_t{0},
                  .other_text = sent.other_text,
                  .provenance = sent.provenance,
                  .mapping = sent.mapping};
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
    for (std::optional<Answer>& accepted : accepted_) {
      if (accepted) answers_.push_back(*std::move(accepted));
    }
  }

  const Codebook& codebook_;
  const FrameRow& frame_;
  const int fiscal_year_;
  const std::span<const SentAnswer* const> sent_;
  const Completeness completeness_;

  AnswerRow row_;
  PlaceFinder finder_;
  // By place: which of the sent answers it was given, or kNone, and what was
  // right or filled in.
  std::vector<std::size_t> sent_at_;
  std::vector<std::optional<Answer>> accepted_;
  std::vector<bool> faulty_;  // items with a wrong answer
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
                                 std::span<const SentAnswer* const> sent,
                                 Completeness completeness) {
  return Validator(codebook, frame, fiscal_year, sent, completeness).Run();
}

ValidationResult ValidateAnswers(const Codebook& codebook,
                                 const FrameRow& frame, int fiscal_year,
                                 std::span<const SentAnswer> sent,
                                 Completeness completeness) {
  std::vector<const SentAnswer*> places;
  places.reserve(sent.size());
  for (const SentAnswer& one : sent) places.push_back(&one);
  return ValidateAnswers(codebook, frame, fiscal_year, places, completeness);
}

std::vector<SentAnswer> ToSent(std::span<const Answer> answers) {
  std::vector<SentAnswer> sent;
  sent.reserve(answers.size());
  for (const Answer& answer : answers) sent.push_back(ToSent(answer));
  return sent;
}

SentAnswer ToSent(const Answer& answer) {
  SentAnswer one{.item = answer.item,
                 .row = answer.row,
                 .value = std::nullopt,
                 .absence = std::nullopt,
                 .other_text = answer.other_text,
                 .provenance = answer.provenance,
                 .mapping = answer.mapping};
  if (const auto* codes = std::get_if<Codes>(&answer.content)) {
    one.value = *codes;
  } else if (const auto* integer = std::get_if<std::int64_t>(&answer.content)) {
    one.value = *integer;
  } else if (const auto* text = std::get_if<std::string>(&answer.content)) {
    one.value = *text;
  } else {
    one.absence = std::get<base::Absence>(answer.content);
  }
  return one;
}

}  // namespace welfare::survey
