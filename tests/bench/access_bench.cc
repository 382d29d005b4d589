// What it costs to know a caller: a token verified anew, against the bare
// signature check of OpenSSL, a token known from before, an API key, and a
// forged token.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "services/access/api_keys.h"
#include "services/access/metadata/identity_metadata.h"
#include "services/access/tokens/token_cache.h"
#include "tests/access/tokens/token_fixture.h"

namespace welfare::bench {
namespace {

using access::Algorithm;
using access::Issuer;

constexpr int kTokens = 1'000;

std::string Token(Algorithm algorithm) {
  return algorithm == Algorithm::kRs256
             ? Issuer::Rs256().Token(access::ToJson(access::RsaHeader()),
                                     access::ToJson(access::Claims()))
             : access::EcToken(access::EcHeader(), access::Claims());
}

template <Algorithm kAlgorithm>
void BareSignature(benchmark::State& state) {
  const Issuer& issuer =
      kAlgorithm == Algorithm::kRs256 ? Issuer::Rs256() : Issuer::Es256();
  const std::string text = Token(kAlgorithm);
  const std::string message = text.substr(0, text.rfind('.'));
  const std::string signature = issuer.SignDer(message);
  for (auto _ : state) {
    benchmark::DoNotOptimize(issuer.BareVerify(message, signature));
  }
}

template <Algorithm kAlgorithm>
void VerifyToken(benchmark::State& state) {
  const std::string token = Token(kAlgorithm);
  access::Judge(token);  // the first one makes the keys
  for (auto _ : state) benchmark::DoNotOptimize(access::Judge(token));
}

void HitTokenCache(benchmark::State& state) {
  static access::TokenCache& cache = *new access::TokenCache(32 << 20);
  static const std::vector<std::string>& tokens = [] {
    auto* made = new std::vector<std::string>;
    const std::string token = Token(Algorithm::kRs256);
    const auto caller = std::get<access::Caller>(access::Judge(token));
    const std::string metadata = access::ToMetadata(caller.identity);
    for (int i = 0; i < kTokens; ++i) {
      made->push_back(token + std::to_string(i));
      cache.Keep(access::DigestOf(made->back()), 1, caller.expires, metadata);
    }
    return std::ref(*made);
  }();
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cache.Find(access::DigestOf(tokens[next]), 1,
                                        access::Seconds(access::kNowSeconds)));
    next = (next + 7) % tokens.size();
  }
}

void VerifyApiKey(benchmark::State& state) {
  access::ApiKeys keys;
  const auto now = access::Seconds(access::kNowSeconds);
  const auto made = access::MakeApiKey(
      *access::Identity::Make(
          {.subject = "batch",
           .authentication = access::Authentication::kApiKey}),
      now, {});
  keys.Add(made.key);
  for (auto _ : state) benchmark::DoNotOptimize(keys.Verify(made.text, now));
}

void RefuseForgedToken(benchmark::State& state) {
  std::string token = Token(Algorithm::kRs256);
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  access::Judge(token);
  for (auto _ : state) benchmark::DoNotOptimize(access::Judge(token));
}

BENCHMARK(BareSignature<Algorithm::kRs256>);
BENCHMARK(VerifyToken<Algorithm::kRs256>);
BENCHMARK(BareSignature<Algorithm::kEs256>);
BENCHMARK(VerifyToken<Algorithm::kEs256>);
BENCHMARK(HitTokenCache)->Threads(1)->Threads(2);
BENCHMARK(VerifyApiKey);
BENCHMARK(RefuseForgedToken);

}  // namespace
}  // namespace welfare::bench

BENCHMARK_MAIN();
