#include "services/report/snapshot/named_answers.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace welfare::report {
namespace {

using base::Absence;
using base::RespondentKind;
using Choice = NamedQuestion::Choice;

// Who counts and was asked.
std::vector<const RespondentAnswers*> AskedOf(const RoundAnswers& round,
                                              std::size_t item,
                                              RespondentKind kind) {
  std::vector<const RespondentAnswers*> asked;
  for (const RespondentAnswers& one : round.respondents) {
    const std::optional<Absence>& absence = one.answers[item].absence;
    if (one.respondent.kind == kind && one.counted &&
        (!absence.has_value() || base::StaysInBase(*absence))) {
      asked.push_back(&one);
    }
  }
  return asked;
}

std::vector<std::string> NamesOf(
    const std::vector<const RespondentAnswers*>& asked,
    const std::function<bool(const RespondentAnswers&)>& which) {
  std::vector<std::string> names;
  for (const RespondentAnswers* one : asked) {
    if (which(*one)) names.push_back(one->name);
  }
  return names;
}

void AddAbsences(const std::vector<const RespondentAnswers*>& asked,
                 std::size_t item, NamedQuestion& question) {
  for (const Absence kind : base::kAllAbsences) {
    Choice choice{std::string(base::ToString(kind)),
                  std::string(base::ToJapanese(kind)), true};
    choice.names = NamesOf(asked, [&](const RespondentAnswers& one) {
      return one.answers[item].absence == kind;
    });
    if (!choice.names.empty()) question.choices.push_back(std::move(choice));
  }
}

void AddWritten(const std::vector<const RespondentAnswers*>& asked,
                const AskedItem& item, std::size_t at,
                NamedQuestion& question) {
  for (const RespondentAnswers* one : asked) {
    const GivenAnswer& answer = one->answers[at];
    if (answer.absence.has_value()) continue;
    question.written.push_back(
        {.respondent = one->respondent.ToString(),
         .name = one->name,
         .row = item.row_label,
         .text = item.type == AnswerType::kInteger
                     ? std::to_string(answer.number) + item.unit
                     : answer.text,
         .printed = ""});
  }
}

// What one kind of respondents answered to the question whose items begin at
// `first` and end before `end`: the rows of a table, else one.
NamedQuestion QuestionOf(const RoundAnswers& round, std::size_t first,
                         std::size_t end, RespondentKind kind) {
  const AskedItem& item = round.items[first];
  NamedQuestion question;
  question.council = kind == RespondentKind::kCouncil;
  question.id = item.id + (question.council ? "_council" : "");
  question.label = item.label;
  question.reference_year = item.reference_year;
  question.multiple_answer = item.type == AnswerType::kMultiple ||
                             item.type == AnswerType::kTable;
  for (std::size_t i = first; i < end; ++i) {
    const auto asked = AskedOf(round, i, kind);
    question.base = std::max(question.base, static_cast<int>(asked.size()));
    switch (item.type) {
      case AnswerType::kSingle:
      case AnswerType::kMultiple:
        for (std::size_t k = 0; k < item.options.size(); ++k) {
          question.choices.push_back(
              {item.options[k].code, item.options[k].label, false,
               NamesOf(asked, [&](const RespondentAnswers& one) {
                 return one.answers[i].Chose(k);
               })});
        }
        AddAbsences(asked, i, question);
        break;
      case AnswerType::kTable:
        question.choices.push_back(
            {round.items[i].row, round.items[i].row_label, false,
             NamesOf(asked, [&](const RespondentAnswers& one) {
               return !one.answers[i].absence.has_value();
             })});
        AddWritten(asked, round.items[i], i, question);
        break;
      case AnswerType::kInteger:
      case AnswerType::kText:
        AddAbsences(asked, i, question);
        AddWritten(asked, round.items[i], i, question);
        break;
    }
  }
  return question;
}

}  // namespace

bool ShowsOthers(PublishLevel level) {
  switch (level) {
    case PublishLevel::kStakeholders:
    case PublishLevel::kPublic:
      return true;
    case PublishLevel::kInternal:
    case PublishLevel::kAggregate:
      return false;
  }
  return false;
}

std::vector<NamedQuestion> NamedAnswersOf(const RoundAnswers& round) {
  std::vector<NamedQuestion> questions;
  for (std::size_t i = 0; i < round.items.size();) {
    std::size_t end = i + 1;
    while (end < round.items.size() &&
           round.items[i].type == AnswerType::kTable &&
           round.items[end].id == round.items[i].id) {
      ++end;
    }
    const std::size_t first = std::exchange(i, end);
    if (!ShowsOthers(round.items[first].level)) continue;
    for (const RespondentKind kind :
         {RespondentKind::kMunicipality, RespondentKind::kCouncil}) {
      const auto& kinds = round.items[first].respondents;
      if (std::ranges::find(kinds, kind) == kinds.end()) continue;
      questions.push_back(QuestionOf(round, first, end, kind));
    }
  }
  return questions;
}

}  // namespace welfare::report
