#include "services/indicator/round/table_row.h"

namespace welfare::indicator {

const base::Value& TableRow::item(std::size_t index) const {
  const auto found = values_.find(index);
  if (found != values_.end()) return found->second;
  return values_.emplace(index, table_.ValueAt(index, row_)).first->second;
}

base::Truth TableRow::registry(base::RegistryFact fact, int offset) const {
  if (fact == base::RegistryFact::kImplementing &&
      first_program_year_.has_value() &&
      fiscal_year() + offset < *first_program_year_) {
    return base::Truth::kFalse;
  }
  const auto& facts = table_.rows()[row_].facts;
  const auto found = facts.find(fiscal_year() + offset);
  if (found == facts.end()) return base::Truth::kUnknown;
  return fact == base::RegistryFact::kImplementing ? found->second.implementing
                                                   : found->second.preparation;
}

}  // namespace welfare::indicator
