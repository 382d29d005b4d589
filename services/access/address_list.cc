#include "services/access/address_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "services/access/error_table.h"
#include "services/base/error.h"

namespace welfare::access {
namespace {

constexpr std::size_t kMappedBytes = 12;
constexpr std::array<unsigned char, kMappedBytes> kMapped = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 8 * kMappedBytes;

using AddressBytes = std::array<unsigned char, 16>;

bool IsV4(const AddressBytes& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

// The address, an IPv4 one in ::ffff:0:0/96.
std::optional<AddressBytes> ReadAddress(std::string_view text) {
  const std::string terminated(text);  // inet_pton wants a C string
  AddressBytes address{};
  if (text.find('\0') != text.npos) return std::nullopt;
  if (text.find(':') != text.npos) {
    if (inet_pton(AF_INET6, terminated.c_str(), address.data()) != 1) {
      return std::nullopt;
    }
    return address;
  }
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + kMappedBytes) !=
      1) {
    return std::nullopt;
  }
  return address;
}

// Digits without a zero in front, at most `most`.
std::optional<unsigned> ReadPrefix(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) {
    return std::nullopt;
  }
  unsigned bits = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  if (bits > most) return std::nullopt;
  return bits;
}

// Whether the first `bits` of both are the same.
bool Agree(const AddressBytes& a, const AddressBytes& b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole),
                  b.begin())) {
    return false;
  }
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<unsigned char>(0xFF00U >> (bits % 8));
  return ((a[whole] ^ b[whole]) & mask) == 0;
}

bool HasBitsBehind(const AddressBytes& address, unsigned bits) {
  for (unsigned bit = bits; bit < 128; ++bit) {
    if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0) return true;
  }
  return false;
}

std::string_view WithoutSpaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

absl::StatusOr<AddressList> AddressList::Parse(std::string_view text) {
  AddressList list;
  std::vector<base::Violation> violations;
  for (bool more = !WithoutSpaces(text).empty(); more;) {
    const std::size_t comma = text.find(',');
    more = comma != text.npos;
    const std::string_view range = WithoutSpaces(text.substr(0, comma));
    text.remove_prefix(more ? comma + 1 : text.size());
    if (list.ranges_.size() + violations.size() == kMaxAddressRanges) {
      violations.push_back(
          base::MakeViolation(AccessFault("ADDRESSES_TOO_MANY"), "",
                              {{"limit", std::to_string(kMaxAddressRanges)}}));
      break;
    }
    const base::ViolationRow* fault = list.Append(range);
    if (fault != nullptr) {
      violations.push_back(base::MakeViolation(*fault, range));
    }
  }
  if (!violations.empty()) {
    return base::MakeError(AccessRow("ADDRESS_LIST_INVALID"))
        .WithViolations(std::move(violations));
  }
  return list;
}

const base::ViolationRow* AddressList::Append(std::string_view text) {
  static constexpr const base::ViolationRow& kFormat =
      AccessFault("ADDRESS_FORMAT");
  static constexpr const base::ViolationRow& kHostBits =
      AccessFault("ADDRESS_HOST_BITS");
  static constexpr const base::ViolationRow& kMappedForm =
      AccessFault("ADDRESS_MAPPED");
  const std::size_t slash = text.find('/');
  const auto first = ReadAddress(text.substr(0, slash));
  if (!first.has_value()) return &kFormat;
  const bool v4 = IsV4(*first);
  if (v4 && text.find(':') != text.npos) return &kMappedForm;
  unsigned bits = 128;
  if (slash != text.npos) {
    const auto prefix = ReadPrefix(text.substr(slash + 1), v4 ? 32 : 128);
    if (!prefix.has_value()) return &kFormat;
    bits = v4 ? kMappedBits + *prefix : *prefix;
  }
  if (HasBitsBehind(*first, bits)) return &kHostBits;
  ranges_.push_back({*first, bits, v4});
  return nullptr;
}

bool AddressList::Contains(std::string_view address) const {
  if (address.find(':') != address.npos) {
    address = address.substr(0, address.find('%'));
  }
  const auto bytes = ReadAddress(address);
  if (!bytes.has_value()) return false;
  const bool v4 = IsV4(*bytes);
  return std::ranges::any_of(ranges_, [&](const Range& range) {
    // ::/0 is every address of IPv6, and none of IPv4.
    return range.v4 == v4 && Agree(range.first, *bytes, range.bits);
  });
}

}  // namespace welfare::access
