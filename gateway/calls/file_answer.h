#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace welfare::gateway {

// What the head of an answer says of a file. All pure, for any thread.

// The media type a service names, or the one of unknown bytes where that is
// none.
std::string SafeContentType(const std::string& text);

// RFC 6266: an ASCII name for everybody, and the real one (RFC 8187).
std::string ContentDisposition(const std::string& filename);

// What stands between the quotes of the strong entity tag of a file of that
// digest; empty where the digest holds what a tag cannot.
std::string TagOf(const std::string& digest);

// One range of bytes as a caller asks for it (RFC 9110, 14.1.2).
struct ByteRange {
  std::optional<std::uint64_t> first;  // none: the last `last` bytes
  std::optional<std::uint64_t> last;   // inclusive; none: to the end
};

// The range of a `range` header. Nothing where it is malformed, of another unit
// or of several ranges: then the whole file is the answer.
std::optional<ByteRange> ParseByteRange(std::string_view header);

// Where in a file a range lies: from `begin` to before `end`.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  friend bool operator==(const Extent&, const Extent&) = default;
};

// What of a file of `size` bytes the range is; nothing where no byte of it is
// there.
std::optional<Extent> Within(const ByteRange& range, std::uint64_t size);

}  // namespace welfare::gateway
