// municipality history.
#include "tools/welfarectl/commands/registry/municipality_history.h"

#include <vector>

#include "tools/welfarectl/commands/registry/registry_calls.h"

namespace welfare::ctl {
namespace {

std::string FactsInWords(const v1::HistoryEntry::Facts& facts) {
  std::vector<std::string> words;
  for (const v1::HistoryEntry::Fact& fact : facts.facts()) {
    if (fact.field() == "exists") {
      words.push_back(fact.value() == "yes" ? "exists" : "ends");
      continue;
    }
    // An unchecked usual name of the council follows the municipality's.
    const char* none =
        fact.field() == "council.display_name" ? "(the usual)" : "(none)";
    words.push_back(fact.field() + " " +
                    (fact.value().empty() ? none : fact.value()));
  }
  const std::string from =
      facts.first_fiscal_year() == 0
          ? ""
          : "from FY" + std::to_string(facts.first_fiscal_year()) + ": ";
  if (facts.retracted_version() != 0) {
    return from + "what version " + std::to_string(facts.retracted_version()) +
           " said is taken back";
  }
  return from + JoinWith(words, ", ");
}

std::string StatusInWords(const v1::StatusRecord& record) {
  const std::string what =
      IdOf(record.program()) + " FY" + std::to_string(record.fiscal_year());
  const std::string facts =
      "implementing " + ImplementingName(record.implementing()) +
      ", preparation " + PreparationName(record.preparation());
  if (record.retracted()) return what + ": taken back (was " + facts + ")";
  if (record.restored_version() != 0) {
    return what + ": correction taken back, again as in version " +
           std::to_string(record.restored_version()) + ": " + facts;
  }
  return what + ": " + facts + (record.correction() ? " (correction)" : "");
}

std::string ChangeInWords(const v1::HistoryEntry& entry) {
  switch (entry.change_case()) {
    case v1::HistoryEntry::kFacts:
      return FactsInWords(entry.facts());
    case v1::HistoryEntry::kStatusRecord:
      return StatusInWords(entry.status_record());
    case v1::HistoryEntry::kLineageEvent:
      return LineageInWords(entry.lineage_event());
    case v1::HistoryEntry::kDeleted:
      return "taken back";
    case v1::HistoryEntry::CHANGE_NOT_SET:
      break;
  }
  return "";
}

struct HistoryFlags {
  std::string text, program;
  ReadAt at;
};

int ShowHistory(Session& session, const HistoryFlags& flags) {
  v1::ListHistoryRequest request;
  int code =
      FindMunicipality(session, flags.text, 0, *request.mutable_parent());
  if (code != kOk) return code;
  if (code = flags.at.Fill(request); code != kOk) return code;
  std::vector<v1::HistoryEntry> all;
  using Fit = Table::Fit;
  Table table(
      {{.title = "version", .number = true},
       {.title = "record_time", .fit = Fit::kFold, .heading = "recorded"},
       {.title = "actor", .spare = 1, .heading = "by"},
       {.title = "action", .spare = 3},
       {.title = "change", .fit = Fit::kFold, .heading = "what"},
       {.title = "reason", .fit = Fit::kFold, .spare = 1},
       {.title = "note", .fit = Fit::kFold, .spare = 1, .heading = "source"}});
  code = ReadPages<v1::ListHistoryResponse>(
      session, request, [&](const v1::ListHistoryResponse& page) {
        for (const v1::HistoryEntry& entry : page.history()) {
          if (!flags.program.empty() &&
              entry.status_record().program() != ProgramName(flags.program)) {
            continue;
          }
          all.push_back(entry);
          table.Add({std::to_string(entry.version()),
                     TimeFor(session, entry.record_time()), entry.actor(),
                     entry.action(), ChangeInWords(entry), entry.reason(),
                     entry.note()});
        }
      });
  if (code != kOk) return code;
  PrintCountedList(
      session, all, table,
      "recorded about " + request.parent() + ", times in Asia/Tokyo",
      "Nothing of this kind is recorded about " + request.parent() + ".");
  return kOk;
}

}  // namespace

void AddMunicipalityHistory(const Command& noun, Session& session) {
  const Command history = noun.AddVerb(
      "history", "Show what was recorded about a municipality, and when");
  auto flags = std::make_shared<HistoryFlags>();
  history
      .AddOption("CODE", flags->text,
                 "Six-digit code, resource name, or a name")
      .Required();
  history.AddOption("--program", flags->program,
                    "Only its status in this programme");
  flags->at.AddTo(history);
  history.Runs(session,
               [&session, flags] { return ShowHistory(session, *flags); });
}

}  // namespace welfare::ctl
