#include "services/platform/tls/tls_material.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/platform/work/system_clock.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using support::CertificateWish;
using support::Issued;
using support::TestAuthority;
using support::WritePrivately;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TlsMaterialTest : public ::testing::Test {
 protected:
  // Good files of all four kinds.
  TlsMaterialTest() {
    own_ = server_authority_.Issue();
    WritePrivately(files_.certificate,
                   own_.certificate + server_authority_.certificate());
    WritePrivately(files_.key, own_.key);
    WritePrivately(files_.client_ca, clients_.certificate());
    WritePrivately(files_.crl, clients_.Crl());
  }

  LoadedTls Load() { return LoadTls(files_, SystemClock().Now()); }

  // The reasons, in their order; every problem speaks both languages and names
  // a file or a setting.
  std::vector<std::string> Reasons() {
    std::vector<std::string> reasons;
    for (const absl::Status& problem : Load().problems) {
      reasons.push_back(base::ReasonOf(problem));
      EXPECT_EQ(problem.code(), absl::StatusCode::kFailedPrecondition);
      const std::string japanese = base::GetErrorDetails(problem)->message_ja;
      for (const std::string_view text :
           {base::MessageOf(problem), std::string_view(japanese)}) {
        EXPECT_TRUE(text.find(folder_.path().string()) != text.npos ||
                    text.find("--tls-") != text.npos)
            << text;
        EXPECT_EQ(text.find('{'), text.npos) << text;
      }
    }
    return reasons;
  }

  // The server's own certificate, made anew.
  void Reissue(const CertificateWish& wish) {
    own_ = server_authority_.Issue(wish);
    WritePrivately(files_.certificate, own_.certificate);
    WritePrivately(files_.key, own_.key);
  }

  support::TempDir folder_;
  TestAuthority server_authority_{"Servers"};
  TestAuthority clients_{"Clients"};
  Issued own_;
  TlsFiles files_{.certificate = folder_.File("server.pem"),
                  .key = folder_.File("server.key"),
                  .client_ca = folder_.File("clients.pem"),
                  .crl = folder_.File("clients.crl")};
};

TEST_F(TlsMaterialTest, GoodFilesAreTaken) {
  const LoadedTls loaded = Load();
  EXPECT_THAT(loaded.problems, IsEmpty()) << loaded.problems.front();
  ASSERT_TRUE(loaded.material.has_value());
  EXPECT_EQ(loaded.material->key_pem, own_.key);
  const auto left = loaded.material->not_after - SystemClock().Now();
  EXPECT_GT(left, std::chrono::hours(23));
  EXPECT_LE(left, std::chrono::hours(24));
  ASSERT_EQ(loaded.material->crls.size(), 1U);
  EXPECT_EQ(loaded.material->crls[0].issuer, "CN=Clients");
}

TEST_F(TlsMaterialTest, FilesComeTogether) {
  files_ = {.certificate = files_.certificate};
  EXPECT_THAT(Reasons(), ElementsAre("TLS_SETTING_MISSING"));
  files_ = {.key = folder_.File("server.key")};
  EXPECT_THAT(Reasons(), ElementsAre("TLS_SETTING_MISSING"));
  files_ = {.client_ca = folder_.File("clients.pem")};
  EXPECT_THAT(Reasons(), ElementsAre("TLS_SETTING_MISSING"));
  files_ = {.crl = folder_.File("clients.crl")};
  EXPECT_THAT(Reasons(), ElementsAre("TLS_SETTING_MISSING"));
}

TEST_F(TlsMaterialTest, AFileThatCannotBeReadIsNamedWithTheReason) {
  files_.key = folder_.File("nothing.key");
  files_.client_ca = folder_.path();
  EXPECT_THAT(Reasons(),
              ElementsAre("TLS_FILE_UNREADABLE", "TLS_FILE_UNREADABLE"));
  EXPECT_THAT(std::string(Load().problems[0].message()),
              HasSubstr("No such file"));
}

TEST_F(TlsMaterialTest, CertificatesThatCannotServeAreRefused) {
  for (const auto& [reason, wish] : std::map<std::string, CertificateWish>{
           {"TLS_CERTIFICATE_EXPIRED", {.until = -60}},
           {"TLS_CERTIFICATE_NOT_YET_VALID", {.from = 3600}},
           {"TLS_CERTIFICATE_WEAK", {.rsa_bits = 1024}},
           {"TLS_CERTIFICATE_PURPOSE", {.extended_usage = "clientAuth"}}}) {
    Reissue(wish);
    EXPECT_THAT(Reasons(), ElementsAre(reason));
  }
  WritePrivately(files_.certificate, own_.key);
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CERTIFICATE_INVALID"));
  WritePrivately(files_.certificate,
                 own_.certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n");
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CERTIFICATE_INVALID"));
}

TEST_F(TlsMaterialTest, KeysThatCannotServeAreRefused) {
  WritePrivately(files_.key, support::Encrypted(own_.key));
  EXPECT_THAT(Reasons(), ElementsAre("TLS_KEY_ENCRYPTED"));
  WritePrivately(files_.key, server_authority_.Issue().key);
  EXPECT_THAT(Reasons(), ElementsAre("TLS_KEY_MISMATCH"));
  WritePrivately(files_.key, own_.certificate);
  EXPECT_THAT(Reasons(), ElementsAre("TLS_KEY_INVALID"));
  WritePrivately(files_.key, own_.key);
  for (const mode_t mode : {0644U, 0604U, 0620U}) {
    chmod(files_.key.c_str(), mode);
    EXPECT_THAT(Reasons(), ElementsAre("TLS_KEY_EXPOSED")) << mode;
  }
  // A group that may read it is how containers get theirs.
  chmod(files_.key.c_str(), 0440);
  EXPECT_THAT(Reasons(), IsEmpty());
}

TEST_F(TlsMaterialTest, AuthoritiesAreAuthoritiesUpToTheRoot) {
  WritePrivately(files_.crl, clients_.Crl());
  WritePrivately(files_.client_ca, "");
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CA_EMPTY"));
  files_.crl.clear();
  WritePrivately(files_.client_ca, own_.certificate);
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CA_INVALID"));
  const TestAuthority below("Below", clients_);
  WritePrivately(files_.client_ca, below.certificate());
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CA_INVALID"));
  WritePrivately(files_.client_ca,
                 below.certificate() + clients_.certificate());
  EXPECT_THAT(Reasons(), IsEmpty());
}

TEST_F(TlsMaterialTest, EachAuthorityHasItsRevocationList) {
  WritePrivately(files_.crl, "nothing");
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CRL_INVALID"));
  WritePrivately(files_.crl, clients_.Crl() + server_authority_.Crl());
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CRL_FOREIGN"));
  // Of the same name, by another key.
  WritePrivately(files_.crl, TestAuthority("Clients").Crl());
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CRL_FOREIGN"));
  WritePrivately(files_.client_ca,
                 clients_.certificate() + TestAuthority("More").certificate());
  WritePrivately(files_.crl, clients_.Crl());
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CRL_MISSING"));
}

TEST_F(TlsMaterialTest, AnOverdueListIsNoReasonNotToStart) {
  WritePrivately(files_.crl, clients_.Crl({}, -60));
  const LoadedTls loaded = Load();
  ASSERT_TRUE(loaded.material.has_value());
  EXPECT_LT(loaded.material->crls[0].next_update, SystemClock().Now());
}

TEST_F(TlsMaterialTest, AProcessAmongOthersHasItsNameAndTheirAuthority) {
  const auto use = [&](const CertificateWish& wish,
                       const TestAuthority& authority) {
    own_ = authority.Issue(wish);
    WritePrivately(files_.certificate, own_.certificate);
    WritePrivately(files_.key, own_.key);
  };
  const CertificateWish good{.alternatives = "DNS:registry.welfare.internal",
                             .extended_usage = "serverAuth,clientAuth"};
  files_ = {.certificate = files_.certificate,
            .key = files_.key,
            .client_ca = files_.client_ca,
            .crl = {},
            .module = "registry",
            .settings = {.client_ca = "peer-ca-file"}};
  use(good, clients_);
  EXPECT_THAT(Reasons(), IsEmpty());
  // Through an authority that is not believed itself.
  const TestAuthority below("Below", clients_);
  own_ = below.Issue(good);
  WritePrivately(files_.certificate, own_.certificate + below.certificate());
  WritePrivately(files_.key, own_.key);
  EXPECT_THAT(Reasons(), IsEmpty());

  use(good, server_authority_);
  EXPECT_THAT(Reasons(), ElementsAre("TLS_CERTIFICATE_FOREIGN"));
  use({.alternatives = "DNS:survey.welfare.internal",
       .extended_usage = "serverAuth,clientAuth"},
      clients_);
  EXPECT_THAT(Reasons(), ElementsAre("TLS_PROCESS_NAME"));
  use({.alternatives = ""}, clients_);
  EXPECT_THAT(Reasons(),
              ElementsAre("TLS_CERTIFICATE_PURPOSE", "TLS_PROCESS_NAME"));
  use(good, clients_);
  files_.client_ca.clear();
  EXPECT_THAT(Reasons(), ElementsAre("TLS_SETTING_MISSING"));
  EXPECT_THAT(std::string(Load().problems[0].message()),
              HasSubstr("--peer-ca-file"));
}

TEST_F(TlsMaterialTest, EverythingThatIsWrongIsSaidAtOnce) {
  Reissue({.extended_usage = "clientAuth", .until = -60});
  WritePrivately(files_.key, support::Encrypted(own_.key));
  chmod(files_.key.c_str(), 0644);
  WritePrivately(files_.client_ca, "");
  WritePrivately(files_.crl, "");
  EXPECT_THAT(Reasons(),
              ElementsAre("TLS_CERTIFICATE_EXPIRED", "TLS_CERTIFICATE_PURPOSE",
                          "TLS_KEY_EXPOSED", "TLS_KEY_ENCRYPTED",
                          "TLS_CA_EMPTY", "TLS_CRL_INVALID"));
}

}  // namespace
}  // namespace welfare::platform
