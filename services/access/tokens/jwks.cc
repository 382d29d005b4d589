#include "services/access/tokens/jwks.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "services/access/error_table.h"
#include "services/access/strict_json.h"
#include "services/base/coding/base64.h"
#include "services/base/error.h"

namespace welfare::access {
namespace {

constexpr std::size_t kMaxKidBytes = 128;
constexpr std::size_t kLeastRsaBits = 2048;
constexpr std::size_t kMostRsaBits = 8192;
constexpr std::size_t kCoordinateBytes = 32;

// Members of a private key (RFC 7518, sections 6.2.2 and 6.3.2).
constexpr std::string_view kPrivateMembers[] = {"d",  "p",  "q",  "dp",
                                                "dq", "qi", "oth"};

// Reads one key and collects what is wrong with it.
class JwkReader {
 public:
  JwkReader(const JsonValue& key, std::string place,
            std::vector<base::Violation>& violations)
      : key_(key), place_(std::move(place)), violations_(violations) {}

  // The key, unless something was wrong or it is for encryption, which is none
  // of ours: issuers publish those in the same set (Keycloak does).
  std::optional<PublicKey> Read() {
    if (key_.kind != JsonValue::Kind::kObject) {
      RefuseType("", "an object", "オブジェクト");
      return std::nullopt;
    }
    const std::size_t before = violations_.size();
    const std::string* kty = RequiredText("kty");
    if (key_.Find("k") != nullptr || (kty != nullptr && *kty == "oct")) {
      Refuse(AccessFault("KEY_SYMMETRIC"), "kty");
      return std::nullopt;
    }
    for (const std::string_view member : kPrivateMembers) {
      if (key_.Find(member) != nullptr) {
        Refuse(AccessFault("KEY_PRIVATE"), member);
        return std::nullopt;
      }
    }
    if (IsForEncryption()) return std::nullopt;
    ReadKid();
    ReadUse();
    if (kty == nullptr) return std::nullopt;
    std::optional<PublicKey> key;
    if (*kty == "RSA") {
      CheckAlgorithm(Algorithm::kRs256);
      key = ReadRsa();
    } else if (*kty == "EC") {
      CheckAlgorithm(Algorithm::kEs256);
      key = ReadEc();
    } else {
      Refuse(AccessFault("KEY_TYPE"), "kty");
    }
    if (violations_.size() > before) return std::nullopt;
    return key;
  }

  // Empty when it was refused.
  const std::string& kid() const { return kid_; }

  void Refuse(const base::ViolationRow& row, std::string_view member,
              const base::ErrorWords& words = {}) {
    std::string field = place_;
    if (!member.empty()) field.append(".").append(member);
    violations_.push_back(base::MakeViolation(row, field, words));
  }

 private:
  void RefuseType(std::string_view member, std::string_view kind,
                  std::string_view kind_ja) {
    Refuse(AccessFault("MEMBER_TYPE"), member,
           {{"kind", std::string(kind)}, {"kind_ja", std::string(kind_ja)}});
  }

  // Null where the member is absent, or no text, which is refused.
  const std::string* OptionalText(std::string_view member) {
    const JsonValue* value = key_.Find(member);
    if (value == nullptr) return nullptr;
    if (value->Text() == nullptr) RefuseType(member, "a text", "文字列");
    return value->Text();
  }

  const std::string* RequiredText(std::string_view member) {
    if (key_.Find(member) == nullptr) {
      Refuse(AccessFault("MEMBER_MISSING"), member);
    }
    return OptionalText(member);
  }

  bool IsForEncryption() const {
    const JsonValue* use = key_.Find("use");
    const std::string* text = use == nullptr ? nullptr : use->Text();
    return text != nullptr && *text == "enc";
  }

  void ReadKid() {
    const std::string* kid = RequiredText("kid");
    if (kid == nullptr) return;
    if (kid->empty() || kid->size() > kMaxKidBytes ||
        !std::ranges::all_of(*kid,
                             [](char c) { return c >= 0x20 && c <= 0x7E; })) {
      return Refuse(AccessFault("KEY_ID"), "kid");
    }
    kid_ = *kid;
  }

  void ReadUse() {
    const std::string* use = OptionalText("use");
    if (use != nullptr && *use != "sig") Refuse(AccessFault("KEY_USE"), "use");
    const JsonValue* operations = key_.Find("key_ops");
    if (operations == nullptr) return;
    if (operations->elements.size() != 1 ||
        operations->elements[0].text != "verify") {
      Refuse(AccessFault("KEY_USE"), "key_ops");
    }
  }

  void CheckAlgorithm(Algorithm algorithm) {
    const std::string* alg = OptionalText("alg");
    if (alg != nullptr && *alg != ToString(algorithm)) {
      Refuse(AccessFault("KEY_ALGORITHM"), "alg");
    }
  }

  // The bytes of a number; nothing when there is none, which is refused.
  std::optional<std::string> Number(std::string_view member) {
    const std::string* text = RequiredText(member);
    if (text == nullptr) return std::nullopt;
    auto bytes = base::DecodeBase64Url(*text);
    if (!bytes.has_value() || bytes->empty()) {
      Refuse(AccessFault("KEY_ENCODING"), member);
      return std::nullopt;
    }
    return bytes;
  }

  // The same without zeros in front (Base64urlUInt, RFC 7518, section 2).
  std::optional<std::string> ShortNumber(std::string_view member) {
    auto bytes = Number(member);
    if (bytes.has_value() && bytes->front() == '\0') {
      Refuse(AccessFault("KEY_ENCODING"), member);
      return std::nullopt;
    }
    return bytes;
  }

  std::optional<PublicKey> ReadRsa() {
    const auto n = ShortNumber("n");
    const auto e = ShortNumber("e");
    if (n.has_value()) {
      const std::size_t bits =
          n->size() * 8 - static_cast<std::size_t>(std::countl_zero(
                              static_cast<unsigned char>(n->front())));
      // A modulus is a product of odd primes.
      if (bits < kLeastRsaBits || bits > kMostRsaBits || (n->back() & 1) == 0) {
        Refuse(AccessFault("RSA_SIZE"), "n");
      }
    }
    if (e.has_value()) {
      std::uint64_t value = 0;
      for (std::size_t i = 0; i < e->size() && i < 5; ++i) {
        value = value << 8 | static_cast<unsigned char>((*e)[i]);
      }
      if (e->size() > 4 || value % 2 == 0 || value <= 65536) {
        Refuse(AccessFault("RSA_EXPONENT"), "e");
      }
    }
    if (!n.has_value() || !e.has_value()) return std::nullopt;
    auto key = PublicKey::MakeRsa(*n, *e);
    if (!key.has_value()) Refuse(AccessFault("RSA_SIZE"), "n");
    return key;
  }

  std::optional<PublicKey> ReadEc() {
    const std::string* crv = RequiredText("crv");
    if (crv != nullptr && *crv != "P-256") {
      Refuse(AccessFault("KEY_CURVE"), "crv");
      return std::nullopt;
    }
    const auto x = Number("x");
    const auto y = Number("y");
    if (!x.has_value() || !y.has_value()) return std::nullopt;
    if (x->size() != kCoordinateBytes) {
      Refuse(AccessFault("KEY_ENCODING"), "x");
      return std::nullopt;
    }
    if (y->size() != kCoordinateBytes) {
      Refuse(AccessFault("KEY_ENCODING"), "y");
      return std::nullopt;
    }
    auto key = PublicKey::MakeP256(*x, *y);
    if (!key.has_value()) Refuse(AccessFault("EC_POINT"), "x");
    return key;
  }

  const JsonValue& key_;
  std::string place_;
  std::vector<base::Violation>& violations_;
  std::string kid_;
};

absl::Status JwksInvalid(std::vector<base::Violation> violations) {
  return base::MakeError(AccessRow("JWKS_INVALID"))
      .WithViolations(std::move(violations));
}

}  // namespace

absl::StatusOr<KeySet> KeySet::Parse(std::string_view json) {
  if (json.size() > kMaxJwksBytes) {
    return JwksInvalid(
        {base::MakeViolation(AccessFault("FILE_SIZE"), "",
                             {{"limit", std::to_string(kMaxJwksBytes)}})});
  }
  const auto root = ReadStrictJson(json);
  if (!root.ok()) return JwksInvalid({base::ViolationOf("", root.status())});
  const JsonValue* keys = root->Find("keys");
  if (keys == nullptr || keys->kind != JsonValue::Kind::kList) {
    return JwksInvalid(
        {keys == nullptr
             ? base::MakeViolation(AccessFault("MEMBER_MISSING"), "keys")
             : base::MakeViolation(
                   AccessFault("MEMBER_TYPE"), "keys",
                   {{"kind", "a list"}, {"kind_ja", "リスト"}})});
  }
  if (keys->elements.empty() || keys->elements.size() > kMaxJwksKeys) {
    return JwksInvalid({base::MakeViolation(
        AccessFault("KEYS_COUNT"), "keys",
        {{"least", "1"}, {"limit", std::to_string(kMaxJwksKeys)}})});
  }
  KeySet set;
  std::vector<base::Violation> violations;
  for (std::size_t i = 0; i < keys->elements.size(); ++i) {
    JwkReader reader(keys->elements[i], "keys[" + std::to_string(i) + "]",
                     violations);
    auto key = reader.Read();
    if (key.has_value() &&
        !set.keys_.try_emplace(reader.kid(), *std::move(key)).second) {
      reader.Refuse(AccessFault("KEY_ID_REPEATED"), "kid");
    }
  }
  if (violations.empty() && set.keys_.empty()) {
    violations.push_back(base::MakeViolation(AccessFault("KEY_USE"), "keys"));
  }
  if (!violations.empty()) return JwksInvalid(std::move(violations));
  return set;
}

const PublicKey* KeySet::Find(std::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace welfare::access
