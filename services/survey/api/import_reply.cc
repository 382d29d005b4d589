#include "services/survey/api/import_reply.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/pages/page.h"
#include "services/survey/errors.h"
#include "services/survey/text_limits.h"

namespace welfare::survey {
namespace {

// Equal for equal batches, and short.
std::string DigestOf(const v1::ImportSubmissionsRequest& request) {
  base::Sha256 sha;
  const auto add = [&](const std::string& text) {
    sha.Update(std::to_string(text.size()) + ":");
    sha.Update(text);
  };
  for (const type::v1::CsvBatch* batch :
       {&request.batch(), &request.headers()}) {
    add(batch->csv());
    add(batch->source_file());
    add(std::to_string(batch->first_line()));
  }
  for (const std::string& item : request.unplaced_items()) add(item);
  return sha.Finish();
}

std::string TokenOf(const RejectList::Position& last,
                    const v1::ImportSubmissionsRequest& request) {
  const auto [header, record, number] = last;
  return base::EncodePageToken(std::string(header ? "1" : "0") + "/" +
                                   std::to_string(record) + "/" +
                                   std::to_string(number),
                               DigestOf(request));
}

}  // namespace

absl::StatusOr<RejectList::Position> ReadRejectsToken(
    const v1::ImportSubmissionsRequest& request) {
  if (request.rejects_token().empty()) {
    return RejectList::Position{false, 0, 0};
  }
  if (!request.validate_only()) return RejectsTokenInvalid();
  const auto key =
      base::DecodePageToken(request.rejects_token(), DigestOf(request));
  if (!key.ok()) return RejectsTokenInvalid();
  std::array<std::int64_t, 3> parts{};
  const char* at = key->data();
  const char* const end = at + key->size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '/')) return RejectsTokenInvalid();
    const auto [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc()) return RejectsTokenInvalid();
    at = next;
  }
  if (at != end || parts[1] > std::numeric_limits<int>::max()) {
    return RejectsTokenInvalid();
  }
  return RejectList::Position{parts[0] != 0, static_cast<int>(parts[1]),
                              parts[2]};
}

type::v1::ImportResult ToProto(const ImportOutcome& outcome,
                               const ImportPlan& plan,
                               const v1::ImportSubmissionsRequest& request) {
  type::v1::ImportResult result;
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(outcome.counts.rows);
  counts.set_created(outcome.counts.created);
  counts.set_updated(outcome.counts.updated);
  counts.set_unchanged(outcome.counts.unchanged);
  counts.set_deleted(outcome.counts.deleted);
  counts.set_rejected(outcome.counts.rejected);
  const RejectList::Page page = outcome.rejects.Show();
  for (const ImportReject& reject : page.rejects) {
    type::v1::ImportReject& one = *result.add_rejects();
    one.set_source_file(reject.source_file);
    one.set_source_line(reject.line);
    one.set_record(reject.record);
    one.set_column(reject.column);
    one.set_value(reject.value);
    one.set_reason_code(reject.reason);
    one.set_message(reject.message);
    one.set_raw_record(reject.raw);
  }
  result.set_rejects_total(static_cast<std::int32_t>(outcome.rejects.total()));
  if (page.more) {
    result.set_next_rejects_token(TokenOf(page.last, request));
  }
  for (std::string& item : plan.UnplacedItems(kUnplacedItemsShown)) {
    result.add_unplaced_items(std::move(item));
  }
  // Of the last round that the batch names.
  if (!outcome.rounds.empty()) {
    result.set_version(outcome.rounds.rbegin()->second);
  }
  return result;
}

void CutToSize(type::v1::ImportResult& result) {
  const int all = result.rejects_size();
  std::size_t bytes = 0;
  int kept = 0;
  for (; kept < all && kept < static_cast<int>(kRejectsShown); ++kept) {
    type::v1::ImportReject& reject = *result.mutable_rejects(kept);
    reject.set_raw_record(Shorten(reject.raw_record(), kRawBytesShown));
    reject.set_value(Shorten(reject.value(), kValueBytesShown));
    reject.set_message(Shorten(reject.message(), kMessageBytesShown));
    bytes += reject.ByteSizeLong();
    if (kept > 0 && bytes > 2 * kRejectBytesShown) break;
  }
  if (result.rejects_total() == 0) result.set_rejects_total(all);
  result.mutable_rejects()->DeleteSubrange(kept, all - kept);
}

}  // namespace welfare::survey
