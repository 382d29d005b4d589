// municipality history.
#include "tools/welfarectl/commands/registry/municipality_history.h"

#include <vector>

#include "tools/welfarectl/commands/registry/registry_calls.h"

namespace welfare::ctl {
namespace {

std::string FactsInWords(const Session& session,
                         const v1::HistoryEntry::Facts& facts) {
  std::vector<std::string> words;
  for (const v1::HistoryEntry::Fact& fact : facts.facts()) {
    if (fact.field() == "exists") {
      words.push_back(SayInCell(
          session, fact.value() == "yes" ? Phrase("exists") : Phrase("ends")));
      continue;
    }
    // An unchecked usual name of the council follows the municipality's.
    const Phrase none = fact.field() == "council.display_name"
                            ? Phrase("(the usual)")
                            : Phrase("(none)");
    words.push_back(
        fact.field() + " " +
        (fact.value().empty() ? SayInCell(session, none) : fact.value()));
  }
  const std::string what =
      facts.retracted_version() == 0
          ? JoinWith(words, ", ")
          : SayInCell(session, "what version {version} said is taken back",
                      {{"version", std::to_string(facts.retracted_version())}});
  if (facts.first_fiscal_year() == 0) return what;
  return SayInCell(
      session, "from FY{year}: {what}",
      {{"year", std::to_string(facts.first_fiscal_year())}, {"what", what}});
}

std::string StatusInWords(const Session& session,
                          const v1::StatusRecord& record) {
  const std::string what =
      SayInCell(session, "{program} FY{year}",
                {{"program", IdOf(record.program())},
                 {"year", std::to_string(record.fiscal_year())}});
  const std::string facts = SayInCell(
      session, "implementing {implementing}, preparation {preparation}",
      {{"implementing", ImplementingName(record.implementing())},
       {"preparation", PreparationName(record.preparation())}});
  const base::ErrorWords words = {
      {"what", what},
      {"facts", facts},
      {"version", std::to_string(record.restored_version())}};
  if (record.retracted()) {
    return SayInCell(session, "{what}: taken back (was {facts})", words);
  }
  if (record.restored_version() != 0) {
    return SayInCell(session,
                     "{what}: correction taken back, again as in version "
                     "{version}: {facts}",
                     words);
  }
  if (record.correction()) {
    return SayInCell(session, "{what}: {facts} (correction)", words);
  }
  return what + ": " + facts;
}

std::string ChangeInWords(const Session& session,
                          const v1::HistoryEntry& entry) {
  switch (entry.change_case()) {
    case v1::HistoryEntry::kFacts:
      return FactsInWords(session, entry.facts());
    case v1::HistoryEntry::kStatusRecord:
      return StatusInWords(session, entry.status_record());
    case v1::HistoryEntry::kLineageEvent:
      return LineageInWords(session, entry.lineage_event());
    case v1::HistoryEntry::kDeleted:
      return SayInCell(session, "taken back");
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
                     entry.action(), ChangeInWords(session, entry),
                     entry.reason(), entry.note()});
        }
      });
  if (code != kOk) return code;
  PrintCountedList(session, all, table,
                   Say("{count} recorded about {name}, times in Asia/Tokyo",
                       {{"name", request.parent()}}),
                   Say("Nothing of this kind is recorded about {name}.",
                       {{"name", request.parent()}}));
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
