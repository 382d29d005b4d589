// Certificates, made while a test runs: nothing that expires lies in the tree.
#pragma once

#include <string>
#include <vector>

namespace welfare::support {

// What a certificate is to say. Times are seconds from now.
struct CertificateWish {
  std::string common_name = "localhost";
  // "DNS:localhost,IP:127.0.0.1,URI:spiffe://a/b"; empty: none.
  std::string alternatives = "DNS:localhost,IP:127.0.0.1";
  std::string extended_usage = "serverAuth";  // empty: none
  long from = -3600;
  long until = 86400;
  int rsa_bits = 0;  // 0: a key of P-256
  bool authority = false;
};

// Both in PEM.
struct Issued {
  std::string certificate;
  std::string key;
};

// An authority with a key of its own.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  // One below `parent`.
  TestAuthority(const std::string& name, const TestAuthority& parent);

  const std::string& certificate() const { return own_.certificate; }
  Issued Issue(const CertificateWish& wish = {}) const;
  // The certificate of a caller.
  Issued Client(const std::string& common_name) const;
  // A list that revokes `certificates`, good until so many seconds from now.
  std::string Crl(const std::vector<std::string>& certificates = {},
                  long until = 86400) const;

 private:
  Issued own_;
};

// The key encrypted with a password.
std::string Encrypted(const std::string& key);

// Writes `text` for its owner alone; replaces what was there by renaming, as
// tools that renew certificates do.
void WritePrivately(const std::string& path, const std::string& text);

}  // namespace welfare::support
