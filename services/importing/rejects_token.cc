#include "services/importing/rejects_token.h"

#include <cstdint>
#include <limits>
#include <tuple>

#include "services/base/coding/sha256.h"
#include "services/base/pages/page.h"
#include "services/importing/errors.h"

namespace welfare::importing {
namespace {

// Table, record, number.
using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

// What a page token of rejects is bound to.
std::string Parameters(std::string_view digest) {
  return "rejects " + std::string(digest);
}

}  // namespace

std::string DigestOf(std::span<const std::string_view> parts) {
  base::Sha256 sha;
  for (const std::string_view part : parts) {
    sha.Update(std::to_string(part.size()) + ":");
    sha.Update(part);
  }
  return sha.Finish();
}

std::string RejectsToken(const RejectList::Position& last,
                         std::string_view digest) {
  const auto page = base::Page::Read(0, "", Parameters(digest));
  return page->TokenAfter(
      Key{static_cast<std::int64_t>(last.table), last.record, last.number});
}

absl::StatusOr<RejectList::Position> ReadRejectsToken(std::string_view token,
                                                      bool validate_only,
                                                      std::string_view digest) {
  if (token.empty()) return RejectList::Position();
  if (!validate_only) return RejectsTokenInvalid();
  const auto page = base::Page::Read(0, token, Parameters(digest));
  if (!page.ok()) return RejectsTokenInvalid();
  const auto key = page->After<Key>();
  if (!key.ok() || !key->has_value()) return RejectsTokenInvalid();
  const auto [table, record, number] = **key;
  if (table < 0 || table >= static_cast<std::int64_t>(kTables) || record < 0 ||
      record > std::numeric_limits<int>::max()) {
    return RejectsTokenInvalid();
  }
  return RejectList::Position{static_cast<Table>(table),
                              static_cast<int>(record), number};
}

}  // namespace welfare::importing
