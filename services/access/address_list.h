// Addresses from which callers may come.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/error.h"

namespace welfare::access {

inline constexpr std::size_t kMaxAddressRanges = 1'000;

// Ranges of IPv4 and IPv6. Immutable; any thread. An empty list holds nobody;
// that no list means everybody is for whoever has none.
class AddressList {
 public:
  // Parses ranges separated by commas, with spaces around them or not:
  // `10.1.0.0/16, 192.168.1.5, 2001:db8::/32`.
  //
  // Errors: INVALID_ARGUMENT, reason ADDRESS_LIST_INVALID, with every violation
  // at the range itself: ADDRESS_FORMAT, ADDRESS_HOST_BITS, ADDRESS_MAPPED; at
  // an empty field ADDRESSES_TOO_MANY.
  static absl::StatusOr<AddressList> Parse(std::string_view text);

  // Whether `address`, as a socket names it, lies in a range. An IPv4 address
  // in the form of IPv6 (::ffff:10.1.2.3), which a socket for both gives, is
  // that IPv4 address; a zone (fe80::1%eth0) does not count. False for a text
  // that is no address.
  bool Contains(std::string_view address) const;

  std::size_t size() const { return ranges_.size(); }

 private:
  // IPv4 lies in ::ffff:0:0/96, as in a socket for both.
  using Address = std::array<unsigned char, 16>;
  struct Range {
    Address first;
    unsigned bits;
    bool v4;
  };

  // What is wrong with a range; null when it was appended.
  const base::ViolationRow* Append(std::string_view text);

  std::vector<Range> ranges_;
};

}  // namespace welfare::access
