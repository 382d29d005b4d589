#include "services/access/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/access/violations.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<Identity> Make(std::vector<std::string> grants,
                              std::string_view code = "",
                              std::string_view kind = "",
                              std::string_view subject = "office") {
  return Identity::Make({.subject = subject,
                         .grants = grants,
                         .municipality_code = code,
                         .respondent_kind = kind,
                         .authentication = Authentication::kToken});
}

TEST(Grants, AreReadAndWritten) {
  for (const std::string text :
       {"registrar@*", "manager@jusou", "reviewer@*", "respondent@jusou_2",
        "auditor@a", "operator@*"}) {
    const auto grant = Grant::Parse(text);
    ASSERT_OK(grant);
    EXPECT_EQ(grant->ToString(), text);
  }
  EXPECT_OK(Grant::Parse("manager@" + std::string(63, 'a')));
}

TEST(Grants, AreRefusedInAnyOtherForm) {
  const std::map<std::string, std::string> bad = {
      {"", "GRANT_FORMAT"},
      {"manager", "GRANT_FORMAT"},
      {"@", "ROLE_UNKNOWN"},
      {"@jusou", "ROLE_UNKNOWN"},
      {"admin@*", "ROLE_UNKNOWN"},
      {"Manager@*", "ROLE_UNKNOWN"},
      {" manager@*", "ROLE_UNKNOWN"},
      {"manager@", "GRANT_SURVEY"},
      {"manager@JUSOU", "GRANT_SURVEY"},
      {"manager@**", "GRANT_SURVEY"},
      {"manager@jusou@jusou", "GRANT_SURVEY"},
      {"manager@重層", "GRANT_SURVEY"},
      {"manager@" + std::string(64, 'a'), "GRANT_SURVEY"},
      {std::string("manager@a\0", 10), "GRANT_SURVEY"},
      {"registrar@jusou", "GRANT_SCOPE"},
  };
  for (const auto& [text, reason] : bad) {
    EXPECT_EQ(base::ReasonOf(Grant::Parse(text).status()), reason) << text;
  }
}

TEST(Identities, KnowWhatTheyHold) {
  const auto identity =
      Make({"reviewer@*", "manager@jusou", "respondent@jusou"}, "131016",
           "municipality");
  ASSERT_OK(identity);
  EXPECT_TRUE(identity->Holds(Role::kManager, "jusou"));
  EXPECT_FALSE(identity->Holds(Role::kManager, "kodomo"));
  EXPECT_TRUE(identity->Holds(Role::kReviewer, "kodomo"));
  EXPECT_FALSE(identity->Holds(Role::kAuditor, "jusou"));
  EXPECT_TRUE(identity->HoldsAnywhere(Role::kRespondent));
  EXPECT_FALSE(identity->HoldsAnywhere(Role::kOperator));
  EXPECT_EQ(identity->respondent()->ToString(), "131016-municipality");
}

// `*` in a question is no survey: nobody asks for every one by chance.
TEST(Identities, HoldNothingInASurveyCalledByTheStar) {
  const auto identity = Make({"manager@jusou"});
  ASSERT_OK(identity);
  EXPECT_FALSE(identity->Holds(Role::kManager, "*"));
}

TEST(Identities, AreEqualWhateverTheOrderOfTheirGrants) {
  EXPECT_EQ(*Make({"auditor@*", "manager@b", "manager@a"}),
            *Make({"manager@a", "manager@b", "auditor@*"}));
  EXPECT_OK(Make({}));
  EXPECT_OK(Make({}, "131016", "council"));
}

TEST(Identities, AreRefusedWithEveryViolation) {
  EXPECT_STATUS(Make({}, "", "", ""), absl::StatusCode::kInvalidArgument,
                "IDENTITY_INVALID");
  EXPECT_THAT(
      ViolationsOf(Make({"manager", "auditor@*", "auditor@*"}, "131017", "both",
                        " office")
                       .status()),
      ElementsAre("grants[0] GRANT_FORMAT", "grants[2] GRANT_REPEATED",
                  "municipality_code CHECK_DIGIT",
                  "respondent_kind RESPONDENT_KIND", "subject SUBJECT_FORMAT"));
  EXPECT_THAT(ViolationsOf(Make({"respondent@jusou"}).status()),
              ElementsAre("municipality_code RESPONDENT_CLAIMS"));
  EXPECT_THAT(ViolationsOf(Make({}, "131016").status()),
              ElementsAre("respondent_kind RESPONDENT_CLAIMS"));
  EXPECT_THAT(ViolationsOf(Make({}, "", "council").status()),
              ElementsAre("municipality_code RESPONDENT_CLAIMS"));
  EXPECT_THAT(ViolationsOf(Make({}, "１３１０１６", "council").status()),
              ElementsAre("municipality_code CODE_FORMAT"));
  EXPECT_THAT(ViolationsOf(Make({}, "130001", "council").status()),
              ElementsAre("municipality_code CODE_OF_PREFECTURE"));
  EXPECT_THAT(
      ViolationsOf(Make(std::vector<std::string>(65, "auditor@*")).status()),
      ElementsAre("grants GRANTS_TOO_MANY"));
}

TEST(Subjects, ArePrintableAscii) {
  for (const std::string good :
       {"a", "CN=batch, O=Tokyo", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}) {
    EXPECT_OK(Make({}, "", "", good));
  }
  EXPECT_OK(Make({}, "", "", std::string(255, 'a')));
  for (const std::string& bad :
       {std::string(), std::string(256, 'a'), std::string(" a"),
        std::string("a "), std::string("a\nb"), std::string("a\0b", 3),
        std::string("総務"), std::string("a\x7F"), std::string("\xFF")}) {
    EXPECT_THAT(ViolationsOf(Make({}, "", "", bad).status()),
                ElementsAre("subject SUBJECT_FORMAT"));
  }
}

TEST(Subjects, OfThePlatformItselfAreNobodyElses) {
  for (const std::string bad :
       {"local", "anonymous", "service:", "service:indicator"}) {
    EXPECT_THAT(ViolationsOf(Make({}, "", "", bad).status()),
                ElementsAre("subject SUBJECT_RESERVED"));
  }
  EXPECT_OK(Make({}, "", "", "services"));
}

TEST(Identities, ThatThePlatformNamesHaveNoGrants) {
  const Identity local = Identity::Local();
  EXPECT_TRUE(local.is_local());
  EXPECT_EQ(local.subject(), "local");
  const Identity anonymous = Identity::Anonymous();
  EXPECT_TRUE(anonymous.is_anonymous());
  EXPECT_EQ(anonymous.subject(), "anonymous");
  const Identity service = Identity::Service("indicator");
  EXPECT_EQ(service.subject(), "service:indicator");
  EXPECT_EQ(service.service(), "indicator");
  for (const Identity* identity : {&local, &anonymous, &service}) {
    EXPECT_TRUE(identity->grants().empty());
    EXPECT_EQ(identity->is_local(), identity == &local);
    EXPECT_EQ(identity->is_anonymous(), identity == &anonymous);
    EXPECT_EQ(identity->service().empty(), identity != &service);
  }
  EXPECT_EQ(Make({})->service(), "");
}

}  // namespace
}  // namespace welfare::access
