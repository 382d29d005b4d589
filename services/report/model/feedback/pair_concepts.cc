#include "services/report/model/feedback/pair_concepts.h"

#include <algorithm>
#include <utility>

namespace welfare::report {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.push_back(Trimmed(text.substr(0, end)));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

// Whether anybody of the kind is asked: a question of the other kind is
// NOT_ASKED of everyone.
bool IsAskedOf(const RoundAnswers& round, std::size_t item,
               base::RespondentKind kind) {
  return std::ranges::any_of(
      round.respondents, [&](const RespondentAnswers& one) {
        return one.respondent.kind == kind && one.counted &&
               one.answers[item].absence != base::Absence::kNotAsked;
      });
}

}  // namespace

std::vector<StatedFact> ReadStatedFacts(std::string_view pair_concept) {
  std::vector<StatedFact> facts;
  for (const std::string_view part : Split(pair_concept, ';')) {
    const std::size_t open = part.find('(');
    if (open == std::string_view::npos || open == 0 || !part.ends_with(')')) {
      continue;
    }
    StatedFact fact;
    fact.fact = std::string(Trimmed(part.substr(0, open)));
    for (const std::string_view code :
         Split(part.substr(open + 1, part.size() - open - 2), '|')) {
      if (!code.empty()) fact.codes.emplace_back(code);
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<PairedFact> PairedFacts(const RoundAnswers& round) {
  std::vector<PairedFact> facts;
  for (std::size_t i = 0; i < round.items.size(); ++i) {
    for (StatedFact& stated : ReadStatedFacts(round.items[i].pair_concept)) {
      auto found = std::ranges::find(facts, stated.fact, &PairedFact::fact);
      if (found == facts.end()) {
        facts.push_back({stated.fact, {}, {}});
        found = facts.end() - 1;
      }
      if (IsAskedOf(round, i, base::RespondentKind::kMunicipality)) {
        found->municipality.push_back({i, stated.codes});
      }
      if (IsAskedOf(round, i, base::RespondentKind::kCouncil)) {
        found->council.push_back({i, std::move(stated.codes)});
      }
    }
  }
  std::erase_if(facts, [](const PairedFact& fact) {
    return fact.municipality.empty() || fact.council.empty();
  });
  return facts;
}

Stated StatedBy(const RoundAnswers& round, const RespondentAnswers& respondent,
                const std::vector<PairedFact::Question>& questions) {
  bool all = true;
  for (const PairedFact::Question& question : questions) {
    const AskedItem& item = round.items[question.item];
    const GivenAnswer& answer = respondent.answers[question.item];
    all = all && !answer.absence.has_value();
    for (std::size_t i = 0; i < item.options.size(); ++i) {
      if (answer.Chose(i) &&
          std::ranges::find(question.codes, item.options[i].code) !=
              question.codes.end()) {
        return Stated::kYes;
      }
    }
  }
  return all ? Stated::kNo : Stated::kUnknown;
}

}  // namespace welfare::report
