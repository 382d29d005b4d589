#include "services/base/coding/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <new>

#include "absl/strings/escaping.h"

#include "services/base/error.h"

namespace welfare::base {
namespace {

// Looked up once: EVP_sha256() is looked up anew by each digest that uses it.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (algorithm == nullptr) throw std::bad_alloc();
  return algorithm;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr ||
      EVP_DigestInit_ex(context_.get(), Algorithm(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

void Sha256::Update(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
  return std::string(digest.begin(), digest.begin() + size);
}

std::string Sha256::FinishHex() { return HexEncode(Finish()); }

std::array<char, 32> Sha256Digest(std::string_view bytes) {
  // The context of a digest costs more than the digest of a short text.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>
      context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<char, 32> digest{};
  if (context == nullptr ||
      EVP_DigestInit_ex(context.get(), Algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(),
                         reinterpret_cast<unsigned char*>(digest.data()),
                         nullptr) != 1) {
    throw std::bad_alloc();
  }
  return digest;
}

std::string Sha256Bytes(std::string_view bytes) {
  const std::array<char, 32> digest = Sha256Digest(bytes);
  return std::string(digest.begin(), digest.end());
}

std::string Sha256Hex(std::string_view bytes) {
  return HexEncode(Sha256Bytes(bytes));
}

bool IsSha256Hex(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string HexEncode(std::string_view bytes) {
  return absl::BytesToHexString(ToAbsl(bytes));
}

}  // namespace welfare::base
