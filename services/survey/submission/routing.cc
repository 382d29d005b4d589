#include "services/survey/submission/routing.h"

#include <utility>

#include "services/base/numbers/rational.h"

namespace welfare::survey {

AnswerRow::AnswerRow(const Codebook& codebook, const FrameRow& frame,
                     int fiscal_year)
    : frame_(frame), fiscal_year_(fiscal_year), values_(codebook.size()) {}

base::Value ToValue(const Item& item, const Content& content) {
  if (item.type == AnswerType::kTable) return {};
  if (const auto* codes = std::get_if<Codes>(&content)) {
    base::OptionSet set;
    for (const std::string& code : *codes) {
      const auto index = item.FindOption(code);
      if (!index) return {};
      if (item.type == AnswerType::kSingle) {
        return base::Value::OfOption(*index);
      }
      set.set(*index);
    }
    return item.type == AnswerType::kMultiple ? base::Value::OfOptions(set)
                                              : base::Value();
  }
  if (const auto* integer = std::get_if<std::int64_t>(&content)) {
    return item.type == AnswerType::kInteger
               ? base::Value::Of(base::Rational(*integer))
               : base::Value();
  }
  if (const auto* text = std::get_if<std::string>(&content)) {
    return item.type == AnswerType::kText ? base::Value::OfText(*text)
                                          : base::Value();
  }
  return {};
}

std::vector<Route> EvaluateRouting(const Codebook& codebook,
                                   base::RespondentKind kind,
                                   std::vector<base::Value> values,
                                   AnswerRow& row) {
  std::vector<Route> routes(codebook.size(), Route::kAsked);
  for (std::size_t i = 0; i < codebook.size(); ++i) {
    const base::CheckedExpression* relevant = codebook.relevant(i);
    if (!codebook.item(i).AskedOf(kind)) {
      routes[i] = Route::kNotAsked;
    } else if (relevant != nullptr &&
               relevant->EvaluateTruth(row) != base::Truth::kTrue) {
      routes[i] = Route::kNotApplicable;
    } else {
      row.Set(i, std::move(values[i]));
    }
  }
  return routes;
}

std::vector<Route> EvaluateRouting(const Codebook& codebook,
                                   const FrameRow& frame, int fiscal_year,
                                   std::span<const Answer> answers) {
  std::vector<base::Value> values(codebook.size());
  for (const Answer& answer : answers) {
    const auto index = codebook.Find(answer.item);
    if (index) values[*index] = ToValue(codebook.item(*index), answer.content);
  }
  AnswerRow row(codebook, frame, fiscal_year);
  return EvaluateRouting(codebook, frame.respondent.kind, std::move(values),
                         row);
}

}  // namespace welfare::survey
