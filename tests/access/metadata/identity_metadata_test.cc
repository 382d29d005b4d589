#include "services/access/metadata/identity_metadata.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "welfare/internal/v1/identity.pb.h"

namespace welfare::access {
namespace {

using Message = internal::v1::Identity;

Message Good() {
  Message message;
  message.set_subject("office");
  message.add_grants("manager@jusou");
  message.add_grants("respondent@jusou");
  message.set_municipality_code("131016");
  message.set_respondent_kind(type::v1::RESPONDENT_KIND_COUNCIL);
  message.set_authentication(Message::TOKEN);
  return message;
}

void ExpectUnreadable(const std::string& bytes, std::string_view what) {
  EXPECT_STATUS(FromMetadata(bytes), absl::StatusCode::kInternal,
                "IDENTITY_UNREADABLE")
      << what;
}

TEST(IdentityMetadata, IsReadAsItWasWritten) {
  for (const Authentication authentication :
       {Authentication::kToken, Authentication::kCertificate,
        Authentication::kApiKey}) {
    for (const std::string_view kind : {"", "municipality", "council"}) {
      const std::vector<std::string> grants = {"registrar@*", "auditor@b",
                                               "auditor@a"};
      const auto identity =
          Identity::Make({.subject = "office",
                          .grants = grants,
                          .municipality_code = kind.empty() ? "" : "131016",
                          .respondent_kind = kind,
                          .authentication = authentication});
      ASSERT_OK(identity);
      const auto again = FromMetadata(ToMetadata(*identity));
      ASSERT_OK(again);
      EXPECT_EQ(*again, *identity);
    }
  }
  EXPECT_OK(FromMetadata(Good().SerializeAsString()));
}

TEST(IdentityMetadata, TellsItsSubjectAlone) {
  EXPECT_EQ(SubjectIn(Good().SerializeAsString()), "office");
  Message message = Good();
  message.set_subject(std::string(255, 's'));
  EXPECT_EQ(SubjectIn(message.SerializeAsString()), message.subject());
  message.clear_subject();
  EXPECT_EQ(SubjectIn(message.SerializeAsString()), "");
  const std::string bytes = Good().SerializeAsString();
  for (std::size_t size = 0; size < 8; ++size) {
    EXPECT_EQ(SubjectIn(bytes.substr(0, size)), "") << size;
  }
}

TEST(IdentityMetadata, FitsIntoAHeaderHoweverLong) {
  std::vector<std::string> grants;
  for (int i = 0; i < 64; ++i) {
    std::string survey = std::to_string(i);
    survey.insert(0, 63 - survey.size(), 's');
    grants.push_back("respondent@" + survey);
  }
  const auto identity =
      Identity::Make({.subject = std::string(255, 'a'),
                      .grants = grants,
                      .municipality_code = "131016",
                      .respondent_kind = "council",
                      .authentication = Authentication::kToken});
  ASSERT_OK(identity);
  const std::string bytes = ToMetadata(*identity);
  EXPECT_LE(bytes.size(), kMaxIdentityBytes);
  EXPECT_OK(FromMetadata(bytes));
}

TEST(IdentityMetadata, IsRefusedUnlessItIsWhatTheGatewayWrites) {
  const std::string good = Good().SerializeAsString();
  ExpectUnreadable("", "nothing");
  ExpectUnreadable("office", "no message");
  ExpectUnreadable(good.substr(0, good.size() - 1), "cut");
  ExpectUnreadable(good + good, "twice");
  ExpectUnreadable(good + std::string("\x32\x01x", 3), "a field unknown");
  ExpectUnreadable(std::string("\x2A\x01x", 3) + good, "a field of other type");
  ExpectUnreadable(good + std::string("\x28\x02", 2), "a field again");
  ExpectUnreadable(good + std::string(kMaxIdentityBytes, '\x12'), "long");
  // The last field is `authentication`: the same number in two bytes.
  ExpectUnreadable(good.substr(0, good.size() - 1) + std::string("\x82\x00", 2),
                   "a number longer than it need be");

  const auto changed = [](void (*change)(Message&)) {
    Message message = Good();
    change(message);
    return message.SerializeAsString();
  };
  ExpectUnreadable(changed([](Message& m) { m.clear_subject(); }),
                   "no subject");
  ExpectUnreadable(changed([](Message& m) { m.set_subject("総務"); }),
                   "a subject in Japanese");
  ExpectUnreadable(changed([](Message& m) { m.add_grants("root@*"); }),
                   "an unknown role");
  ExpectUnreadable(changed([](Message& m) { m.set_grants(0, "manager"); }),
                   "a grant without survey");
  ExpectUnreadable(changed([](Message& m) { m.add_grants("manager@jusou"); }),
                   "a grant twice");
  ExpectUnreadable(changed([](Message& m) { m.add_grants("manager@a"); }),
                   "grants out of order");
  ExpectUnreadable(changed([](Message& m) {
                     for (int i = 0; i < 65; ++i) {
                       m.add_grants("auditor@" + std::to_string(i));
                     }
                   }),
                   "too many grants");
  ExpectUnreadable(changed([](Message& m) { m.clear_municipality_code(); }),
                   "no municipality");
  ExpectUnreadable(changed([](Message& m) { m.clear_respondent_kind(); }),
                   "no kind");
  ExpectUnreadable(
      changed([](Message& m) {
        m.set_respondent_kind(static_cast<type::v1::RespondentKind>(3));
      }),
      "an unknown kind");
  ExpectUnreadable(changed([](Message& m) { m.clear_authentication(); }),
                   "nobody verified it");
  ExpectUnreadable(
      changed([](Message& m) {
        m.set_authentication(static_cast<Message::Authentication>(9));
      }),
      "verified in an unknown way");
}

// Nobody becomes the local operator or a service by a message.
TEST(IdentityMetadata, IsRefusedOfWhomTheProcessesNameThemselves) {
  for (const Identity& identity : {Identity::Anonymous(), Identity::Local(),
                                   Identity::Service("survey")}) {
    ExpectUnreadable(ToMetadata(identity), identity.subject());
    Message message = Good();
    message.set_subject(identity.subject());
    ExpectUnreadable(message.SerializeAsString(), identity.subject());
    message = Good();
    message.set_authentication(static_cast<Message::Authentication>(
        static_cast<int>(identity.authentication())));
    ExpectUnreadable(message.SerializeAsString(), identity.subject());
  }
}

// The message has the numbers and names of our own words.
TEST(IdentityMetadata, SpeaksTheSameWords) {
  const auto* numbers = Message::Authentication_descriptor();
  EXPECT_EQ(numbers->value_count(), 4);
  for (int i = 1; i < numbers->value_count(); ++i) {
    const auto* value = numbers->value(i);
    std::string name(ToString(static_cast<Authentication>(value->number())));
    for (char& c : name) c = static_cast<char>(c == '_' ? c : c - 32);
    EXPECT_EQ(value->name(), name);
  }
}

}  // namespace
}  // namespace welfare::access
