#include "services/report/excerpt/excerpt.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace welfare::report {
namespace {

using vocabulary::PublishLevel;

Excerpt ConsentedExcerpt() {
  Excerpt excerpt;
  excerpt.survey = "jusou";
  excerpt.fiscal_year = 2025;
  excerpt.id = "quote-1";
  excerpt.respondent = "131016-council";
  excerpt.item = "ideas";
  excerpt.original_text = "千代田で集う";
  excerpt.source_revision = 3;
  excerpt.edited_text = "地域で集う";
  excerpt.category = "居場所";
  excerpt.consent = Consent::kGiven;
  excerpt.consent_level = PublishLevel::kStakeholders;
  excerpt.consent_note = "電話";
  excerpt.consent_time = base::Timestamp::FromMicros(1);
  return excerpt;
}

TEST(Excerpt, AConsentIsToWhatWasWrittenAndWhatIsPrinted) {
  const Excerpt stored = ConsentedExcerpt();
  const SourceAnswer same{"千代田で集う", 4};
  EXPECT_EQ(Edit(stored, stored, same).consent, Consent::kGiven);
  EXPECT_EQ(Edit(stored, stored, same).source_revision, 4);
  Excerpt other_text = stored;
  other_text.edited_text = "集う";
  Excerpt other_category = stored;
  other_category.category = "つながり";
  Excerpt other_name = stored;
  other_name.attribution = Attribution::kNamed;
  for (const Excerpt& edited : {other_text, other_category, other_name}) {
    const Excerpt changed = Edit(stored, edited, same);
    EXPECT_EQ(changed.consent, Consent::kNone);
    EXPECT_FALSE(changed.consent_level.has_value());
    EXPECT_EQ(changed.consent_note, "");
    EXPECT_FALSE(changed.consent_time.has_value());
  }
  EXPECT_EQ(Edit(stored, stored, {"別の文", 4}).consent, Consent::kNone);
}

TEST(Excerpt, WhoAnsweredItselfAloneConsents) {
  const auto at = base::Timestamp::FromMicros(7);
  const ConsentWords given{.consent = Consent::kGiven,
                           .level = PublishLevel::kPublic,
                           .note = "電話",
                           .by = "staff"};
  const ConsentWords taken{.consent = Consent::kWithdrawn,
                           .level = std::nullopt,
                           .note = "電話",
                           .by = "staff"};
  const auto stated = StateConsent(ConsentedExcerpt(), given, at);
  ASSERT_TRUE(stated.has_value());
  EXPECT_EQ(stated->editor, "staff");
  EXPECT_EQ(stated->consent_by, "staff");
  EXPECT_FALSE(stated->respondent_decides);
  const Excerpt own = DecideConsent(
      *stated,
      {.consent = Consent::kGiven,
       .level = PublishLevel::kStakeholders,
       .note = "",
       .by = "hanako"},
      at);
  EXPECT_EQ(own.consent_level, PublishLevel::kStakeholders);
  EXPECT_EQ(own.consent_note, "");
  EXPECT_EQ(own.consent_by, "hanako");
  EXPECT_EQ(own.editor, "staff");
  // Staff widens nothing, takes back what it is told, and gives nothing anew.
  EXPECT_FALSE(StateConsent(own, given, at).has_value());
  const auto back = StateConsent(own, taken, at);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->consent, Consent::kWithdrawn);
  EXPECT_FALSE(StateConsent(*back, given, at).has_value());
  // Another text is another question.
  Excerpt edited = *back;
  edited.edited_text = "集う";
  const Excerpt anew = Edit(*back, edited, {"千代田で集う", 4});
  EXPECT_EQ(anew.consent_by, "");
  EXPECT_TRUE(StateConsent(anew, given, at).has_value());
}

TEST(Excerpt, MayBePrintedWhileConsentedToAndUnchanged) {
  const Excerpt good = ConsentedExcerpt();
  EXPECT_FALSE(FindHindrance(&good, SourceAnswer{"千代田で集う", 9}));
  EXPECT_EQ(FindHindrance(nullptr), Hindrance::kMissing);
  EXPECT_EQ(FindHindrance(&good, std::nullopt), Hindrance::kUncounted);
  EXPECT_EQ(FindHindrance(&good, SourceAnswer{"", 9}), Hindrance::kChanged);
  Excerpt none = good;
  none.consent = Consent::kNone;
  EXPECT_EQ(FindHindrance(&none), Hindrance::kNoConsent);
  none.consent = Consent::kWithdrawn;
  EXPECT_EQ(FindHindrance(&none), Hindrance::kWithdrawn);
  for (const Hindrance hindrance :
       {Hindrance::kMissing, Hindrance::kNoConsent, Hindrance::kWithdrawn,
        Hindrance::kUncounted, Hindrance::kChanged}) {
    EXPECT_FALSE(HindranceWords(hindrance).empty());
    EXPECT_FALSE(HindranceWordsJa(hindrance).empty());
  }
}

TEST(Excerpt, AConsentCoversItsReadersAndFewer) {
  EXPECT_TRUE(Covers(PublishLevel::kPublic, PublishLevel::kAggregate));
  EXPECT_TRUE(Covers(PublishLevel::kAggregate, PublishLevel::kPublic));
  EXPECT_TRUE(Covers(PublishLevel::kStakeholders, PublishLevel::kInternal));
  EXPECT_TRUE(Covers(PublishLevel::kStakeholders, PublishLevel::kStakeholders));
  EXPECT_FALSE(Covers(PublishLevel::kStakeholders, PublishLevel::kAggregate));
}

TEST(Excerpt, NamesItsRespondentAsFarAsItSays) {
  const auto roster = [](int year, const char* name, const char* area) {
    RosterEntry entry;
    entry.municipality = "municipalities/131016";
    entry.name = name;
    entry.area = area;
    return Roster{year, {entry}, {}};
  };
  const std::vector<Roster> rosters = {roster(2024, "旧千代田区", "市部"),
                                       roster(2025, "千代田区", "区部")};
  Excerpt excerpt = ConsentedExcerpt();
  EXPECT_EQ(Print(excerpt, rosters).respondent, "社協");
  excerpt.attribution = Attribution::kArea;
  EXPECT_EQ(Print(excerpt, rosters).respondent, "区部の社協");
  excerpt.attribution = Attribution::kNamed;
  EXPECT_EQ(Print(excerpt, rosters).respondent, "千代田区社協");
  excerpt.respondent = "131016-municipality";
  const PrintedExcerpt printed = Print(excerpt, rosters);
  EXPECT_EQ(printed.respondent, "千代田区");
  EXPECT_EQ(printed.text, "地域で集う");
  EXPECT_EQ(printed.category, "居場所");
  EXPECT_EQ(Print(excerpt, {}).respondent, "自治体");
}

}  // namespace
}  // namespace welfare::report
