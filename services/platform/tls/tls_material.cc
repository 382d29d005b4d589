#include "services/platform/tls/tls_material.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "services/platform/errors.h"
#include "services/platform/tls/process_name.h"
#include "services/platform/work/watched_files.h"

namespace welfare::platform {
namespace {

// What an attacker of today cannot compute (NIST SP 800-57); RSA of 2048 bits.
constexpr int kLeastSecurityBits = 112;
// A chain or a set of lists is kilobytes; more is another file.
constexpr std::size_t kMostFileBytes = std::size_t{64} * 1024 * 1024;

template <auto kFree>
struct FreeBy {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BioPtr = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using CertificatePtr = std::unique_ptr<X509, FreeBy<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, FreeBy<X509_CRL_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;

void X509StackFree(STACK_OF(X509) * stack) { sk_X509_free(stack); }

BioPtr ReadFrom(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Every object of one kind in `text`. `whole` is false where what begins as one
// cannot be read.
template <typename Ptr, typename Read>
std::vector<Ptr> ReadAll(const std::string& text, const Read& read,
                         bool& whole) {
  const BioPtr in = ReadFrom(text);
  std::vector<Ptr> found;
  ERR_clear_error();
  while (auto* object = read(in.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(object);
  }
  whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return found;
}

std::string NameOf(const X509_NAME* name) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(
      out.get(), name, 0,
      (XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)));
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  if (size <= 0) return "(no name)";
  return {text, static_cast<std::size_t>(size)};
}

std::string SubjectOf(const CertificatePtr& certificate) {
  return NameOf(X509_get_subject_name(certificate.get()));
}

base::Timestamp TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return base::Timestamp::FromMicros(0);
  }
  return base::Timestamp::FromMicros(std::int64_t{timegm(&parts)} * 1'000'000);
}

// "2027-04-01 09:00:00 UTC"
std::string TextOf(base::Timestamp time) {
  const std::time_t seconds = time.micros() / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

bool IsSelfIssued(const CertificatePtr& certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate.get()),
                       X509_get_issuer_name(certificate.get())) == 0;
}

// Whether OpenSSL's security level 2, at which connections run, would refuse
// it. Nobody checks the signature of a root.
bool IsWeak(const CertificatePtr& certificate) {
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (key == nullptr || EVP_PKEY_get_security_bits(key) < kLeastSecurityBits) {
    return true;
  }
  int bits = 0;
  return !IsSelfIssued(certificate) &&
         X509_get_signature_info(certificate.get(), nullptr, nullptr, &bits,
                                 nullptr) == 1 &&
         bits < kLeastSecurityBits;
}

std::vector<std::string> DnsNamesIn(X509* certificate) {
  std::vector<std::string> names;
  auto* const others = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(others); ++i) {
    const GENERAL_NAME* const other = sk_GENERAL_NAME_value(others, i);
    if (other->type != GEN_DNS) continue;
    names.emplace_back(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(other->d.dNSName)),
        static_cast<std::size_t>(ASN1_STRING_length(other->d.dNSName)));
  }
  GENERAL_NAMES_free(others);
  return names;
}

// One reading of all files; collects what is wrong.
class Loading {
 public:
  Loading(const TlsFiles& files, base::Timestamp now)
      : files_(files), now_(now) {}

  LoadedTls Run() {
    const TlsSettings& named = files_.settings;
    Together(named.certificate, files_.certificate, named.key, files_.key);
    Together(named.key, files_.key, named.certificate, files_.certificate);
    if (files_.client) {
      Together(named.certificate, files_.certificate, named.client_ca,
               files_.client_ca);
    } else {
      Together(named.client_ca, files_.client_ca, named.certificate,
               files_.certificate);
    }
    Together("tls-crl-file", files_.crl, named.client_ca, files_.client_ca);
    if (!files_.module.empty()) {
      Together(named.certificate, files_.certificate, named.client_ca,
               files_.client_ca);
    }
    FileText certificate;
    FileText key;
    FileText client_ca;
    FileText crl;
    if (Read(named.certificate, files_.certificate, certificate)) {
      TakeChain(certificate.text);
    }
    if (Read(named.key, files_.key, key)) TakeKey(key);
    if (Read(named.client_ca, files_.client_ca, client_ca)) {
      TakeAuthorities(client_ca.text);
    }
    if (!files_.module.empty()) CheckIsProcess();
    if (Read("tls-crl-file", files_.crl, crl)) TakeCrls(crl.text);
    LoadedTls loaded{.material = std::nullopt,
                     .problems = std::move(problems_)};
    if (loaded.problems.empty()) {
      material_.certificate_pem = std::move(certificate.text);
      material_.key_pem = std::move(key.text);
      material_.client_ca_pem = std::move(client_ca.text);
      material_.crl_pem = std::move(crl.text);
      loaded.material = std::move(material_);
    }
    return loaded;
  }

 private:
  void Say(absl::Status problem) { problems_.push_back(std::move(problem)); }

  void Together(std::string_view setting, const std::string& path,
                std::string_view missing, const std::string& needed) {
    if (!path.empty() && needed.empty()) {
      Say(TlsSettingMissing(setting, missing));
    }
  }

  // True when there is something to look at.
  bool Read(std::string_view setting, const std::string& path, FileText& file) {
    if (path.empty()) return false;
    auto read = ReadFile(path, kMostFileBytes);
    if (const auto* why = std::get_if<std::string>(&read)) {
      Say(TlsFileUnreadable(setting, path, *why));
      return false;
    }
    file = std::get<FileText>(std::move(read));
    return true;
  }

  void CheckTimes(const std::string& path, const CertificatePtr& certificate) {
    const base::Timestamp from = TimeOf(X509_get0_notBefore(certificate.get()));
    const base::Timestamp until = TimeOf(X509_get0_notAfter(certificate.get()));
    if (until < now_) {
      Say(TlsCertificateExpired(path, SubjectOf(certificate), TextOf(until)));
    } else if (now_ < from) {
      Say(TlsCertificateNotYetValid(path, SubjectOf(certificate),
                                    TextOf(from)));
    }
  }

  void TakeChain(const std::string& text) {
    bool whole = false;
    chain_ = ReadAll<CertificatePtr>(text, PEM_read_bio_X509, whole);
    if (chain_.empty() || !whole) {
      chain_.clear();
      return Say(TlsCertificateInvalid(files_.certificate));
    }
    for (const CertificatePtr& certificate : chain_) {
      CheckTimes(files_.certificate, certificate);
      if (IsWeak(certificate)) {
        Say(TlsCertificateWeak(files_.certificate, SubjectOf(certificate)));
      }
    }
    if (files_.client) {
      CheckPurpose(X509_PURPOSE_SSL_CLIENT, "clientAuth");
    } else {
      CheckPurpose(X509_PURPOSE_SSL_SERVER, "serverAuth");
    }
    material_.not_after = TimeOf(X509_get0_notAfter(chain_.front().get()));
  }

  void CheckPurpose(int purpose, std::string_view usage) {
    const CertificatePtr& own = chain_.front();
    if (X509_check_purpose(own.get(), purpose, 0) != 1) {
      Say(TlsCertificatePurpose(files_.certificate, SubjectOf(own), usage));
    }
  }

  // Whether other processes will take the certificate for this one's.
  void CheckIsProcess() {
    if (chain_.empty()) return;
    CheckPurpose(X509_PURPOSE_SSL_CLIENT, "clientAuth");
    const CertificatePtr& own = chain_.front();
    const std::vector<std::string> names = DnsNamesIn(own.get());
    const std::vector<std::string_view> views(names.begin(), names.end());
    if (ModuleNamedIn(views) != files_.module) {
      Say(TlsProcessName(files_.certificate, SubjectOf(own),
                         ProcessName(files_.module)));
    }
    if (!authorities_.empty() && !IsSignedByAuthority()) {
      Say(TlsCertificateForeign(files_.certificate, SubjectOf(own),
                                files_.client_ca));
    }
  }

  // By one of `authorities_`, at once or through the rest of the chain. Times
  // have been judged.
  bool IsSignedByAuthority() const {
    const std::unique_ptr<X509_STORE, FreeBy<X509_STORE_free>> store(
        X509_STORE_new());
    for (const CertificatePtr& authority : authorities_) {
      X509_STORE_add_cert(store.get(), authority.get());
    }
    const std::unique_ptr<STACK_OF(X509), FreeBy<X509StackFree>> between(
        sk_X509_new_null());
    for (const CertificatePtr& certificate : chain_) {
      sk_X509_push(between.get(), certificate.get());
    }
    const std::unique_ptr<X509_STORE_CTX, FreeBy<X509_STORE_CTX_free>> check(
        X509_STORE_CTX_new());
    X509_STORE_CTX_init(check.get(), store.get(), chain_.front().get(),
                        between.get());
    X509_STORE_CTX_set_flags(check.get(), X509_V_FLAG_NO_CHECK_TIME);
    const bool signed_by_one = X509_verify_cert(check.get()) == 1;
    ERR_clear_error();
    return signed_by_one;
  }

  void TakeKey(const FileText& file) {
    if ((file.mode & (S_IRWXO | S_IWGRP)) != 0) {
      char mode[8];
      std::snprintf(mode, sizeof mode, "%03o", file.mode & 0777U);
      Say(TlsKeyExposed(files_.key, mode));
    }
    bool asked = false;
    const BioPtr in = ReadFrom(file.text);
    const KeyPtr key(PEM_read_bio_PrivateKey(
        in.get(), nullptr,
        [](char*, int, int, void* user) {
          *static_cast<bool*>(user) = true;
          return -1;
        },
        &asked));
    ERR_clear_error();
    if (asked) return Say(TlsKeyEncrypted(files_.key));
    if (key == nullptr) return Say(TlsKeyInvalid(files_.key));
    if (!chain_.empty() &&
        X509_check_private_key(chain_.front().get(), key.get()) != 1) {
      Say(TlsKeyMismatch(files_.key, files_.certificate));
    }
    ERR_clear_error();
  }

  // The authority that `issuer` names and whose key `signed_by` accepts.
  template <typename SignedBy>
  bool HasAuthority(const X509_NAME* issuer, const SignedBy& signed_by) const {
    return std::any_of(authorities_.begin(), authorities_.end(),
                       [&](const CertificatePtr& authority) {
                         return X509_NAME_cmp(
                                    X509_get_subject_name(authority.get()),
                                    issuer) == 0 &&
                                signed_by(X509_get0_pubkey(authority.get()));
                       });
  }

  void TakeAuthorities(const std::string& text) {
    bool whole = false;
    authorities_ = ReadAll<CertificatePtr>(text, PEM_read_bio_X509, whole);
    if (authorities_.empty() || !whole) {
      authorities_.clear();
      return Say(TlsCaEmpty(files_.client_ca));
    }
    for (const CertificatePtr& authority : authorities_) {
      const bool is_whole = HasAuthority(
          X509_get_issuer_name(authority.get()), [&authority](EVP_PKEY* key) {
            return X509_verify(authority.get(), key) == 1;
          });
      if (X509_check_ca(authority.get()) == 0 || !is_whole) {
        Say(TlsCaInvalid(files_.client_ca, SubjectOf(authority)));
      }
      CheckTimes(files_.client_ca, authority);
    }
    ERR_clear_error();
  }

  void TakeCrls(const std::string& text) {
    bool whole = false;
    const std::vector<CrlPtr> crls =
        ReadAll<CrlPtr>(text, PEM_read_bio_X509_CRL, whole);
    if (crls.empty() || !whole) return Say(TlsCrlInvalid(files_.crl));
    // Without them nothing can be said of the lists.
    if (authorities_.empty()) return;
    for (const CrlPtr& crl : crls) {
      const X509_NAME* const issuer = X509_CRL_get_issuer(crl.get());
      if (!HasAuthority(issuer, [&crl](EVP_PKEY* key) {
            return X509_CRL_verify(crl.get(), key) == 1;
          })) {
        Say(TlsCrlForeign(files_.crl, NameOf(issuer)));
      }
      // A list without an end is against RFC 5280, and never over.
      if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl.get())) {
        material_.crls.push_back(
            {.issuer = NameOf(issuer), .next_update = TimeOf(next)});
      }
    }
    for (const CertificatePtr& authority : authorities_) {
      const bool listed =
          std::any_of(crls.begin(), crls.end(), [&](const CrlPtr& crl) {
            return X509_NAME_cmp(X509_CRL_get_issuer(crl.get()),
                                 X509_get_subject_name(authority.get())) == 0;
          });
      if (!listed) Say(TlsCrlMissing(files_.crl, SubjectOf(authority)));
    }
    ERR_clear_error();
  }

  const TlsFiles& files_;
  const base::Timestamp now_;
  std::vector<absl::Status> problems_;
  TlsMaterial material_;
  std::vector<CertificatePtr> chain_;
  std::vector<CertificatePtr> authorities_;
};

}  // namespace

LoadedTls LoadTls(const TlsFiles& files, base::Timestamp now) {
  return Loading(files, now).Run();
}

}  // namespace welfare::platform
