#include "services/indicator/round/registry_history.h"

namespace welfare::indicator {

base::Truth RegistryHistory::Fact(const std::string& code, int year,
                                  base::RegistryFact fact) const {
  const auto roster = rosters.find(year);
  if (roster == rosters.end()) return base::Truth::kUnknown;
  const auto entry = roster->second.find(code);
  if (entry == roster->second.end()) return base::Truth::kUnknown;
  const StatusFacts& facts = entry->second.facts;
  return fact == base::RegistryFact::kImplementing ? facts.implementing
                                                   : facts.preparation;
}

bool RegistryHistory::IsNewcomer(const std::string& code, int year) const {
  using base::RegistryFact;
  using base::Truth;
  return Fact(code, year, RegistryFact::kImplementing) == Truth::kTrue &&
         Fact(code, year - 1, RegistryFact::kImplementing) != Truth::kTrue;
}

}  // namespace welfare::indicator
