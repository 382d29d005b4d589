#include "services/access/certificate_callers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/access/violations.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

using ::testing::ElementsAre;

std::string File(const std::string& callers) {
  return "{\"version\":1,\"callers\":[" + callers + "]}";
}

constexpr char kCallers[] = R"(
  {"certificate":"dns:batch.city.example","grants":["manager@jusou"]},
  {"certificate":"uri:urn:example:batch","grants":["auditor@*"]},
  {"certificate":"cn:131016","grants":["respondent@jusou"],
   "municipality_code":"131016","respondent_kind":"municipality"})";

std::string WhoIs(const CertificateNames& names) {
  const auto callers = CertificateCallers::Parse(File(kCallers));
  EXPECT_OK(callers);
  if (!callers.ok()) return "";
  const Admission found = callers->Find(names);
  const auto* refusal = std::get_if<Refusal>(&found);
  return refusal == nullptr ? std::get<Caller>(found).identity.subject()
                            : std::string(ToString(*refusal));
}

TEST(CertificateCallers, AreFoundByAnyOneOfTheirNames) {
  const std::vector<std::string> dns = {"other.example", "Batch.City.Example"};
  const std::vector<std::string> uris = {"urn:example:batch"};
  EXPECT_EQ(WhoIs({.dns_names = dns}), "dns:batch.city.example");
  EXPECT_EQ(WhoIs({.uris = uris}), "uri:urn:example:batch");
  EXPECT_EQ(WhoIs({.common_name = "131016"}), "cn:131016");
  EXPECT_EQ(WhoIs({.common_name = "Batch", .dns_names = dns}),
            "dns:batch.city.example");
}

// A name is good in its own place only.
TEST(CertificateCallers, AreNobodyWithoutANameOrWithTwo) {
  const std::vector<std::string> dns = {"batch.city.example"};
  const std::vector<std::string> uris = {"urn:example:batch"};
  const std::vector<std::string> elsewhere = {"131016", "batch.city.example"};
  EXPECT_EQ(WhoIs({}), "certificate_unknown");
  EXPECT_EQ(WhoIs({.common_name = "batch.city.example"}),
            "certificate_unknown");
  EXPECT_EQ(WhoIs({.common_name = "dns:batch.city.example"}),
            "certificate_unknown");
  EXPECT_EQ(WhoIs({.uris = elsewhere}), "certificate_unknown");
  EXPECT_EQ(WhoIs({.dns_names = dns, .uris = uris}), "certificate_unclear");
  EXPECT_EQ(WhoIs({.common_name = "131016", .dns_names = dns}),
            "certificate_unclear");
}

TEST(CertificateCallers, AreVerifiedByCertificate) {
  const auto callers = CertificateCallers::Parse(File(kCallers));
  ASSERT_OK(callers);
  EXPECT_EQ(callers->size(), 3U);
  const Admission found = callers->Find({.common_name = "131016"});
  const Identity& identity = std::get<Caller>(found).identity;
  EXPECT_EQ(identity.authentication(), Authentication::kCertificate);
  EXPECT_TRUE(identity.Holds(Role::kRespondent, "jusou"));
  EXPECT_EQ(identity.respondent()->ToString(), "131016-municipality");
}

std::set<std::string> Faults(const std::string& json) {
  const auto callers = CertificateCallers::Parse(json);
  EXPECT_STATUS(callers, absl::StatusCode::kInvalidArgument,
                "CERTIFICATE_CALLERS_INVALID");
  return ViolationsOf(callers.status());
}

TEST(CertificateCallers, AreRefusedWithEveryViolation) {
  EXPECT_OK(CertificateCallers::Parse(File("")));
  EXPECT_THAT(Faults("x"), ElementsAre(" JSON_SYNTAX"));
  EXPECT_THAT(Faults("{\"version\":1,\"keys\":[]}"),
              ElementsAre("keys MEMBER_UNKNOWN"));
  EXPECT_THAT(Faults(std::string(kMaxCertificateCallersBytes + 1, ' ')),
              ElementsAre(" FILE_SIZE"));
  EXPECT_THAT(Faults(File("1,{}")),
              ElementsAre("callers[0] MEMBER_TYPE",
                          "callers[1].certificate MEMBER_MISSING",
                          "callers[1].grants MEMBER_MISSING"));
  for (const char* name :
       {"batch.city.example", "dns:", "dns:Batch.example", "DNS:a", "mail:a"}) {
    EXPECT_THAT(Faults(File("{\"certificate\":\"" + std::string(name) +
                            "\",\"grants\":[]}")),
                ElementsAre("callers[0].certificate CERTIFICATE_NAME"))
        << name;
  }
  EXPECT_THAT(
      Faults(File("{\"certificate\":\"cn:班\",\"grants\":[\"root@*\"]},"
                  "{\"certificate\":\"cn:a\",\"grants\":[],\"expires\":1},"
                  "{\"certificate\":\"cn:a\",\"grants\":[]}")),
      ElementsAre("callers[0].certificate SUBJECT_FORMAT",
                  "callers[0].grants[0] ROLE_UNKNOWN",
                  "callers[1].expires MEMBER_UNKNOWN",
                  "callers[2].certificate CERTIFICATE_NAME_REPEATED"));
}

}  // namespace
}  // namespace welfare::access
