// Which questions a respondent is asked, given what it answered.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "services/base/expression/expression.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// What the routing says of one item.
enum class Route : unsigned char {
  kAsked,          // the condition is true, or there is none
  kNotApplicable,  // the condition is false or UNKNOWN
  kNotAsked,       // not a question to this kind of respondent
};

// One respondent's answers as values, for expressions. Used by one thread.
class AnswerRow final : public base::ExpressionRow {
 public:
  // REQUIRES: all three outlive the row.
  AnswerRow(const Codebook& codebook, const FrameRow& frame, int fiscal_year);

  // Sets what item `index` holds; missing until then.
  void Set(std::size_t index, base::Value value) {
    values_[index] = std::move(value);
  }

  const base::Value& item(std::size_t index) const override {
    return values_[index];
  }
  base::Truth registry(base::RegistryFact fact, int offset) const override {
    return frame_.Fact(fact, fiscal_year_ + offset);
  }
  int fiscal_year() const override { return fiscal_year_; }

 private:
  const FrameRow& frame_;
  int fiscal_year_;
  std::vector<base::Value> values_;
};

// Returns the value of `content` for expressions; missing for an absence, for
// a cell of a table, and for codes that the item does not offer.
base::Value ToValue(const Item& item, const Content& content);

// Routes every item in codebook order. `values` gives the value an item would
// have; an item that is not asked is missing for all after it. On return `row`
// holds exactly the values of the items that are asked.
std::vector<Route> EvaluateRouting(const Codebook& codebook,
                                   base::RespondentKind kind,
                                   std::vector<base::Value> values,
                                   AnswerRow& row);

// As above, from stored answers.
std::vector<Route> EvaluateRouting(const Codebook& codebook,
                                   const FrameRow& frame, int fiscal_year,
                                   std::span<const Answer> answers);

}  // namespace welfare::survey
