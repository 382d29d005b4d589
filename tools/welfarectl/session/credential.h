// What proves to the gateway who calls.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"

namespace welfare::ctl {

struct Options;

// A token or an API key, from its file.
class Credential {
 public:
  // Reads the file that `options` names, if one. What opens doors is not shown
  // to a network: without TLS the server is of this machine.
  //
  // Errors: NOT_FOUND, FILE_UNREADABLE; INVALID_ARGUMENT, CREDENTIAL_FORMAT and
  // CREDENTIAL_WITHOUT_TLS.
  absl::Status Open(const Options& options);

  // Reads the file again, so that a token that was renewed counts from the next
  // call on; one that cannot be read now counts as it was. False: there is
  // none.
  bool Renew();
  // What goes with a call: `authorization` and `Bearer ...`.
  const std::string& key() const { return key_; }
  const std::string& value() const { return value_; }

 private:
  absl::Status Read();

  std::string path_;  // empty: none
  std::string key_;
  std::string scheme_;  // before the text
  std::string value_;
};

}  // namespace welfare::ctl
