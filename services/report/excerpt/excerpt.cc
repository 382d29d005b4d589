#include "services/report/excerpt/excerpt.h"

#include <utility>

#include "services/base/coding/sha256.h"

namespace welfare::report {
namespace {

using vocabulary::PublishLevel;

// How many readers a level has, from few to everybody.
int ReadersOf(PublishLevel level) {
  switch (level) {
    case PublishLevel::kInternal:
      return 0;
    case PublishLevel::kStakeholders:
      return 1;
    case PublishLevel::kAggregate:
    case PublishLevel::kPublic:
      return 2;
  }
  return 2;
}

std::string RoundOf(const Excerpt& excerpt) {
  return "surveys/" + excerpt.survey + "/rounds/" +
         std::to_string(excerpt.fiscal_year);
}

Excerpt WithConsent(const Excerpt& excerpt, const ConsentWords& words,
                    base::Timestamp now) {
  Excerpt result = excerpt;
  result.consent = words.consent;
  result.consent_level = words.level;
  result.consent_note = words.note;
  result.consent_by = words.by;
  result.consent_time = now;
  return result;
}

}  // namespace

std::string Excerpt::Name() const {
  return RoundOf(*this) + "/excerpts/" + id;
}

std::string Excerpt::SubmissionName() const {
  return RoundOf(*this) + "/submissions/" + respondent;
}

Excerpt Edit(const Excerpt& excerpt, const Excerpt& edited,
             const SourceAnswer& source) {
  Excerpt result = excerpt;
  result.edited_text = edited.edited_text;
  result.category = edited.category;
  result.attribution = edited.attribution;
  result.original_text = source.text;
  result.source_revision = source.revision;
  if (PrintedDigest(result) != PrintedDigest(excerpt) ||
      result.original_text != excerpt.original_text) {
    result.consent = Consent::kNone;
    result.consent_level.reset();
    result.consent_note.clear();
    result.consent_time.reset();
    result.consent_by.clear();
    result.respondent_decides = false;
  }
  return result;
}

std::optional<Excerpt> StateConsent(const Excerpt& excerpt,
                                    const ConsentWords& words,
                                    base::Timestamp now) {
  if (excerpt.respondent_decides && words.consent == Consent::kGiven) {
    return std::nullopt;
  }
  Excerpt result = WithConsent(excerpt, words, now);
  result.editor = words.by;
  return result;
}

Excerpt DecideConsent(const Excerpt& excerpt, const ConsentWords& words,
                      base::Timestamp now) {
  Excerpt result = WithConsent(excerpt, words, now);
  result.respondent_decides = true;
  return result;
}

bool Covers(PublishLevel given, PublishLevel wanted) {
  return ReadersOf(given) >= ReadersOf(wanted);
}

std::optional<Hindrance> FindHindrance(const Excerpt* excerpt) {
  if (excerpt == nullptr) return Hindrance::kMissing;
  switch (excerpt->consent) {
    case Consent::kNone:
      return Hindrance::kNoConsent;
    case Consent::kWithdrawn:
      return Hindrance::kWithdrawn;
    case Consent::kGiven:
      break;
  }
  return std::nullopt;
}

std::optional<Hindrance> FindHindrance(
    const Excerpt* excerpt, const std::optional<SourceAnswer>& source) {
  if (auto hindrance = FindHindrance(excerpt)) return hindrance;
  if (!source.has_value()) return Hindrance::kUncounted;
  if (source->text != excerpt->original_text) return Hindrance::kChanged;
  return std::nullopt;
}

std::string_view HindranceWords(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::kMissing:
      return "the round has none of this id";
    case Hindrance::kNoConsent:
      return "its respondent has not consented to it";
    case Hindrance::kWithdrawn:
      return "its respondent withdrew the consent";
    case Hindrance::kUncounted:
      return "the answer that it is from does not count";
    case Hindrance::kChanged:
      return "the answer that it is from is another since";
  }
  return "";
}

std::string_view HindranceWordsJa(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::kMissing:
      return "この調査回にない";
    case Hindrance::kNoConsent:
      return "回答者の同意がない";
    case Hindrance::kWithdrawn:
      return "回答者が同意を撤回した";
    case Hindrance::kUncounted:
      return "もとの回答が集計の対象ではない";
    case Hindrance::kChanged:
      return "もとの回答が変わった";
  }
  return "";
}

PrintedExcerpt Print(const Excerpt& excerpt,
                     const std::vector<Roster>& rosters) {
  const std::size_t dash = excerpt.respondent.find('-');
  const std::string code = excerpt.respondent.substr(0, dash);
  const bool council = excerpt.respondent.substr(dash + 1) == "council";
  const std::string kind = council ? "社協" : "自治体";
  PrintedExcerpt printed{.id = excerpt.id,
                         .item = excerpt.item,
                         .category = excerpt.category,
                         .text = excerpt.edited_text,
                         .respondent = kind};
  if (excerpt.attribution == Attribution::kKind) return printed;
  for (const Roster& roster : rosters) {
    if (roster.fiscal_year != excerpt.fiscal_year) continue;
    for (const RosterEntry& entry : roster.entries) {
      if (entry.municipality != "municipalities/" + code) continue;
      if (excerpt.attribution == Attribution::kNamed) {
        printed.respondent = entry.name + (council ? "社協" : "");
      } else if (!entry.area.empty()) {
        printed.respondent = entry.area + "の" + kind;
      }
    }
  }
  return printed;
}

std::string PrintedDigest(const Excerpt& excerpt) {
  std::string bytes;
  for (const std::string& part :
       {excerpt.edited_text, excerpt.category,
        std::to_string(static_cast<int>(excerpt.attribution))}) {
    bytes += std::to_string(part.size()) + ":" + part;
  }
  return base::Sha256Hex(bytes);
}

}  // namespace welfare::report
