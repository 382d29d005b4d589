// Files of callers that change while everybody calls.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "services/base/error.h"
#include "services/platform/observe/log.h"
#include "tests/gateway/callers/asking_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using access::Algorithm;
using access::Issuer;
using std::chrono::milliseconds;
using support::WaitFor;
using ::testing::HasSubstr;

std::string Jwks(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ",") + key;
  return "{\"keys\":[" + text + "]}";
}

// A signer of tokens by a key of its own.
class Signer {
 public:
  explicit Signer(const std::string& kid) : kid_("\"" + kid + "\"") {}

  std::string Jwk() const {
    return access::ToJson(access::With(issuer_.Jwk(), "kid", kid_));
  }
  // Another token for each `number`.
  std::string Token(int number) const {
    return issuer_.Token(
        access::ToJson(access::With(access::EcHeader(), "kid", kid_)),
        access::ToJson(access::With(access::Claims(), "jti",
                                    "\"" + std::to_string(number) + "\"")));
  }

 private:
  std::string kid_;
  Issuer issuer_{Algorithm::kEs256};
};

class CallersFiles : public AskingGateway {};

TEST_F(CallersFiles, ANewKeyIsTakenAndAnOldOneDropped) {
  const Signer old_key("old");
  const Signer new_key("new");
  Write(paths_.jwks, Jwks({old_key.Jwk()}));
  Serve();
  EXPECT_TRUE(IsOk(GetWithToken(old_key.Token(1))));
  EXPECT_FALSE(IsOk(GetWithToken(new_key.Token(1))));
  Write(paths_.jwks, Jwks({new_key.Jwk()}));
  EXPECT_TRUE(WaitFor([&] { return IsOk(GetWithToken(new_key.Token(1))); }));
  // Also one that was kept.
  EXPECT_FALSE(IsOk(GetWithToken(old_key.Token(1))));
}

TEST_F(CallersFiles, ARevokedKeyIsRefusedSoon) {
  access::ApiKeys keys;
  const auto made = access::MakeApiKey(
      *access::Identity::Make(
          {.subject = "batch",
           .authentication = access::Authentication::kApiKey}),
      clock_.Now(), {});
  keys.Add(made.key);
  Write(paths_.api_keys, keys.ToJson());
  Serve();
  const std::string header = "X-API-Key: " + made.text + "\r\n";
  EXPECT_TRUE(IsOk(Get(header)));
  keys.Revoke(made.key.id, clock_.Now());
  Write(paths_.api_keys, keys.ToJson());
  EXPECT_TRUE(WaitFor([&] { return !IsOk(Get(header)); }));
}

TEST_F(CallersFiles, ABadFileChangesNothing) {
  Serve();
  const std::string token =
      access::EcToken(access::EcHeader(), access::Claims());
  ::testing::internal::CaptureStderr();
  const std::string secret = access::ToJson(
      {{"kty", "\"oct\""}, {"kid", "\"s\""}, {"k", "\"c2VjcmV0\""}});
  for (const std::string& bad :
       {std::string("nonsense"), std::string(), Jwks({}), Jwks({secret})}) {
    Write(paths_.jwks, bad);
    EXPECT_TRUE(WaitFor([&] { return Refused("jwks") == 1; })) << bad;
    EXPECT_TRUE(IsOk(GetWithToken(token))) << bad;
    Write(paths_.jwks, access::TwoKeys());
    EXPECT_TRUE(WaitFor([&] { return Refused("jwks") == 0; }));
  }
  std::filesystem::remove(paths_.jwks);
  EXPECT_TRUE(WaitFor([&] { return Refused("jwks") == 1; }));
  EXPECT_TRUE(IsOk(GetWithToken(token)));
  EXPECT_EQ(Refused("api_keys"), 0);
  platform::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("what it said before counts on"));
  EXPECT_THAT(log, HasSubstr("CALLER_FILE_INVALID"));
  EXPECT_THAT(log, HasSubstr("CALLER_FILE_UNREADABLE"));
  EXPECT_THAT(log, HasSubstr("keys[0].kty: A symmetric key (oct)"));
}

// Whoever publishes a key before signing with it loses no call.
TEST_F(CallersFiles, ARotationUnderLoadRefusesNoValidToken) {
  std::deque<Signer> signers;
  for (int i = 0; i < 6; ++i) signers.emplace_back("key-" + std::to_string(i));
  Write(paths_.jwks, Jwks({signers[0].Jwk()}));
  Serve();
  std::atomic<std::size_t> current{0};
  std::atomic<bool> stop{false};
  std::atomic<int> calls{0};
  std::mutex mutex;
  std::vector<std::string> refused;
  const auto load = [&](int caller) {
    for (int number = caller; !stop; number += 10) {
      // Half of the tokens come again, from the cache.
      const std::string token = signers[current].Token(number / 20);
      const std::string answer = GetWithToken(token);
      ++calls;
      if (!IsOk(answer)) {
        const std::lock_guard lock(mutex);
        refused.push_back(answer);
      }
    }
  };
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 3; ++i) callers.emplace_back(load, i);
    for (std::size_t next = 1; next < signers.size(); ++next) {
      const auto generation = files_->current()->generation;
      // Both keys: the new one is known before it signs, the old one until its
      // tokens are over.
      Write(paths_.jwks, Jwks({signers[next - 1].Jwk(), signers[next].Jwk()}));
      ASSERT_TRUE(
          WaitFor([&] { return files_->current()->generation > generation; }));
      current = next;
      const int before = calls;
      ASSERT_TRUE(WaitFor([&] { return calls > before + 20; }));
    }
    stop = true;
  }
  EXPECT_GT(calls.load(), 100);
  EXPECT_TRUE(refused.empty()) << refused.size() << ": " << refused.front();
}

TEST_F(CallersFiles, EveryProblemIsSaidAtOnce) {
  EXPECT_TRUE(CallerFiles::Check(paths_).empty());
  Write(paths_.jwks, "{}");
  Write(paths_.api_keys,
        R"({"version":1,"keys":[{"id":"x","secret_sha256":"y",)"
        R"("subject":"a","grants":["root@*"],"created":"never"}]})");
  std::filesystem::remove(paths_.certificate_callers);
  const auto problems = CallerFiles::Check(paths_);
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(base::MessageOf(problems[0]),
            "--jwks-file: " + paths_.jwks +
                " cannot be used: keys: This member is needed.");
  EXPECT_EQ(base::MessageOf(problems[1]),
            "--api-keys-file: " + paths_.api_keys +
                " cannot be used: keys[0].id: An id is 16 hexadecimal digits "
                "(and 3 more).");
  EXPECT_THAT(std::string(base::MessageOf(problems[2])),
              HasSubstr("--mtls-callers-file: " + paths_.certificate_callers +
                        " cannot be read (No such file or directory)"));
  EXPECT_EQ(base::ReasonOf(problems[2]), "CALLER_FILE_UNREADABLE");
  for (const absl::Status& problem : problems) {
    EXPECT_FALSE(base::GetErrorDetails(problem)->message_ja.empty());
  }
  EXPECT_FALSE(CallerFiles::Open(paths_, metrics_).ok());
  EXPECT_TRUE(CallerFiles::Check({}).empty());
}

}  // namespace
}  // namespace welfare::gateway
