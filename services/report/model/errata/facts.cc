#include "services/report/model/errata/facts.h"

#include <variant>

#include "services/base/coding/sha256.h"
#include "services/report/snapshot/canonical.h"

namespace welfare::report {

ReportFacts FactsOf(const Snapshot& snapshot, const ReportModel& model,
                    std::string_view fingerprint) {
  ReportFacts facts;
  facts["program"] = base::Sha256Hex(std::string(fingerprint));
  facts["template"] = snapshot.template_digest;
  facts["codebook"] = snapshot.round.codebook;
  facts["registry"] = base::Sha256Hex(RegistryBytes(snapshot));
  facts["statements"] = base::Sha256Hex(StatementBytes(snapshot));
  for (const auto& [id, value] : snapshot.values) {
    facts["definition/" + id] = value.definition_digest;
  }
  for (const auto& [id, value] : snapshot.previous_values) {
    facts.emplace("definition/" + id, value.definition_digest);
  }
  for (const auto& [respondent, digest] : snapshot.counted) {
    facts["now/" + respondent] = digest;
  }
  for (const auto& [respondent, digest] : snapshot.previous_counted) {
    facts["before/" + respondent] = digest;
  }
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      std::string indicators;
      for (const std::string& id : figure->indicators) {
        indicators += (indicators.empty() ? "" : " ") + id;
      }
      facts["figure/" + figure->id] = indicators;
    }
  }
  return facts;
}

std::string ToText(const ReportFacts& facts) {
  std::string text;
  for (const auto& [key, value] : facts) text += key + "\t" + value + "\n";
  return text;
}

std::optional<ReportFacts> ReadFacts(std::string_view text) {
  ReportFacts facts;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t tab = text.find('\t');
    if (end == std::string_view::npos || tab > end) return std::nullopt;
    facts.emplace(text.substr(0, tab), text.substr(tab + 1, end - tab - 1));
    text.remove_prefix(end + 1);
  }
  return facts;
}

}  // namespace welfare::report
