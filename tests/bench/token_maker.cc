// Makes a JWKS and many different tokens that a gateway takes, for load.
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/access/tokens/issuer.h"
#include "tests/bench/flags.h"

namespace welfare::bench {
namespace {

int Main(int argc, char** argv) {
  std::string folder;
  std::string grants;
  int count = 1;
  if (const auto code =
          ReadFlags("Makes jwks.json and tokens.txt, a token a line.",
                    {{"--folder", "where", &folder, true},
                     {"--grants", "of each token, as JSON", &grants, true},
                     {"--count", "how many tokens", &count}},
                    argc, argv)) {
    return *code;
  }
  const access::Issuer& issuer = access::Issuer::Es256();
  std::ofstream jwks(folder + "/jwks.json");
  jwks << "{\"keys\":["
       << access::ToJson(access::With(issuer.Jwk(), "kid", "\"ec-1\"")) << "]}";
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const std::string header = R"({"alg":"ES256","typ":"JWT","kid":"ec-1"})";
  std::ofstream tokens(folder + "/tokens.txt");
  for (int i = 0; i < count; ++i) {
    tokens << issuer.Token(header,
                           access::ToJson(
                               {{"iss", "\"bench\""},
                                {"aud", "\"welfare\""},
                                {"sub", "\"caller-" + std::to_string(i) + "\""},
                                {"exp", std::to_string(now + 3600)},
                                {"grants", grants}}))
           << "\n";
  }
  tokens.close();
  jwks.close();
  return jwks && tokens ? 0 : 1;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
