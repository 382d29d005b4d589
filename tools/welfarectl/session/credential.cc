#include "tools/welfarectl/session/credential.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>

#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {
namespace {

// A token of the gateway's longest, and then some.
constexpr std::size_t kMostBytes = 16 * 1024;

bool IsThisMachine(std::string_view server) {
  return server.starts_with("127.") || server.starts_with("localhost:") ||
         server.starts_with("[::1]:") || server.starts_with("unix");
}

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

absl::Status Credential::Open(const Options& options) {
  if (!options.token_file.empty()) {
    path_ = options.token_file;
    key_ = "authorization";
    scheme_ = "Bearer ";
  } else if (!options.api_key_file.empty()) {
    path_ = options.api_key_file;
    key_ = "x-api-key";
  } else {
    return absl::OkStatus();
  }
  if (options.ca_file.empty() && !IsThisMachine(options.server)) {
    return base::MakeError(CtlRow("CREDENTIAL_WITHOUT_TLS"));
  }
  return Read();
}

bool Credential::Renew() {
  if (path_.empty()) return false;
  Read().IgnoreError();
  return true;
}

absl::Status Credential::Read() {
  std::ifstream in(path_, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)),
                   std::istreambuf_iterator<char>());
  if (!in) {
    return base::MakeError(CtlRow("FILE_UNREADABLE")).With("path", path_);
  }
  while (!text.empty() && IsSpace(text.back())) text.pop_back();
  const bool visible = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c > ' ' && c <= '~'; });
  if (text.empty() || text.size() > kMostBytes || !visible) {
    return base::MakeError(CtlRow("CREDENTIAL_FORMAT")).With("path", path_);
  }
  value_ = scheme_ + text;
  return absl::OkStatus();
}

}  // namespace welfare::ctl
