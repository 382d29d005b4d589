#include "services/indicator/round/registry_history.h"

namespace welfare::indicator {

base::Truth RegistryHistory::Fact(const std::string& code, int year,
                                  base::RegistryFact fact) const {
  if (fact == base::RegistryFact::kImplementing &&
      first_program_year.has_value() && year < *first_program_year) {
    return base::Truth::kFalse;
  }
  const auto roster = rosters.find(year);
  if (roster == rosters.end()) return base::Truth::kUnknown;
  const auto entry = roster->second.find(code);
  if (entry == roster->second.end()) return base::Truth::kUnknown;
  const StatusFacts& facts = entry->second.facts;
  return fact == base::RegistryFact::kImplementing ? facts.implementing
                                                   : facts.preparation;
}

base::Truth RegistryHistory::IsNewcomer(const std::string& code,
                                        int year) const {
  using base::RegistryFact;
  const base::Truth now = Fact(code, year, RegistryFact::kImplementing);
  // What did not exist the year before did not run it then.
  const auto roster = rosters.find(year - 1);
  if (roster != rosters.end() && !roster->second.contains(code)) return now;
  return base::And(
      now, base::Not(Fact(code, year - 1, RegistryFact::kImplementing)));
}

}  // namespace welfare::indicator
