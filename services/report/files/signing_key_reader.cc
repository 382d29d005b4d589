#include "services/report/files/signing_key_reader.h"

#include <openssl/crypto.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "services/report/errors.h"

namespace welfare::report {

absl::StatusOr<base::SigningKey> ReadSigningKey(const std::string& file) {
  std::error_code error;
  const std::filesystem::file_status status =
      std::filesystem::status(file, error);
  if (!std::filesystem::is_regular_file(status)) {
    return SigningKeyUnusable("there is no such file");
  }
  if ((status.permissions() & std::filesystem::perms::others_all) !=
      std::filesystem::perms::none) {
    return SigningKeyUnusable("others may read it: chmod 600");
  }
  std::string pem(base::kMostKeyBytes, '\0');
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return SigningKeyUnusable("it cannot be read");
  stream.read(pem.data(), static_cast<std::streamsize>(pem.size()));
  const auto size = static_cast<std::size_t>(stream.gcount());
  std::optional<base::SigningKey> key =
      base::SigningKey::Read(std::string_view(pem).substr(0, size));
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!key.has_value()) return SigningKeyUnusable("it holds no such key");
  return *std::move(key);
}

}  // namespace welfare::report
