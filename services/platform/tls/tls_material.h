#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/time/clock.h"

namespace welfare::platform {

// What the files of TlsFiles are called where they are set.
struct TlsSettings {
  std::string_view certificate = "tls-cert-file";
  std::string_view key = "tls-key-file";
  std::string_view client_ca = "tls-client-ca-file";
};

// Files of certificates and keys; empty: not set.
struct TlsFiles {
  // A chain, the server's own certificate first.
  std::string certificate = {};
  std::string key = {};
  std::string client_ca = {};  // authorities of the other side
  std::string crl = {};        // their revocation lists
  // The module of a process that talks to others: its certificate then carries
  // its name (process_name.h), is for both sides of a connection, and is signed
  // by an authority of `client_ca`. Empty: a server's certificate.
  std::string module = {};
  // Of somebody who calls servers that `client_ca` vouches for: that one may
  // stand alone, and a certificate is a client's, shown where it is asked for.
  bool client = false;
  TlsSettings settings = {};

  // Whether any of them is set.
  bool any() const {
    return !certificate.empty() || !key.empty() || !client_ca.empty() ||
           !crl.empty();
  }
};

// A revocation list, as the log names it.
struct CrlSummary {
  std::string issuer;
  base::Timestamp next_update;  // from then on all of its issuer are refused
};

// What the files held, checked: every text can be read by OpenSSL, and the key
// is that of the certificate.
struct TlsMaterial {
  std::string certificate_pem;
  std::string key_pem;
  std::string client_ca_pem;  // empty: clients show no certificates
  std::string crl_pem;        // empty: nothing is revoked
  // When the first certificate of the chain expires.
  base::Timestamp not_after;
  std::vector<CrlSummary> crls;
};

struct LoadedTls {
  std::optional<TlsMaterial> material;  // none where there are problems
  // Everything that is wrong, in the order of the settings.
  std::vector<absl::Status> problems;
};

// Reads the files and checks them as of `now`. A revocation list that is over
// is no problem here: what it lists stays revoked, and its issuer's
// certificates are refused until it is renewed. A key is refused when others
// than its owner and its group may read it.
//
// Problems: FAILED_PRECONDITION, the reasons TLS_... of error_table.h.
LoadedTls LoadTls(const TlsFiles& files, base::Timestamp now);

}  // namespace welfare::platform
