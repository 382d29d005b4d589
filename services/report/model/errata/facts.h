// What a report was made of, by names: kept beside it and never in its bytes, so
// that a change from one report to another can be told its cause.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Keys:
//   program, template, codebook, registry, statements: what these were;
//   definition/<indicator>: digest of the definition;
//   figure/<figure>: the indicators it shows, with spaces between them;
//   now/<respondent>, before/<respondent>: digest of the answers that count, of
//   the round and of the one before.
using ReportFacts = std::map<std::string, std::string, std::less<>>;

// `fingerprint` is of all renderers.
ReportFacts FactsOf(const Snapshot& snapshot, const ReportModel& model,
                    std::string_view fingerprint);

// Facts as one text, and back; nothing where `text` is none.
std::string ToText(const ReportFacts& facts);
std::optional<ReportFacts> ReadFacts(std::string_view text);

}  // namespace welfare::report
