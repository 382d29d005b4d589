#include "services/importing/reply/import_reply.h"

#include <algorithm>
#include <cstdint>

#include "services/base/error.h"
#include "services/importing/rejects_token.h"

namespace welfare::importing {

absl::StatusOr<CsvText> FromProto(std::string_view field,
                                  const type::v1::CsvBatch& batch) {
  WELFARE_RETURN_IF_ERROR(CheckCsvBytes(field, batch.csv(), batch.csv_bytes()));
  return CheckCsvText(
      field, {.csv = TextOf(batch),
              .first_line = batch.first_line(),
              .source_file = batch.source_file(),
              .lines = {batch.lines().data(),
                        static_cast<std::size_t>(batch.lines_size())}});
}

std::string_view TextOf(const type::v1::CsvBatch& batch) {
  return batch.csv().empty() ? batch.csv_bytes() : batch.csv();
}

Strategy FromProto(type::v1::ImportStrategy strategy) {
  switch (strategy) {
    case type::v1::IMPORT_STRATEGY_MERGE:
      return Strategy::kMerge;
    case type::v1::IMPORT_STRATEGY_REPLACE:
      return Strategy::kReplace;
    case type::v1::IMPORT_STRATEGY_DELETE:
      return Strategy::kDelete;
    default:
      return Strategy::kOwn;
  }
}

std::optional<Base> FindBase(bool given, const type::v1::ImportBase& base) {
  if (!given) return std::nullopt;
  return Base{.incarnation = base.incarnation(), .version = base.version()};
}

int ChangesToShow(bool validate_only, int asked) {
  return validate_only ? std::clamp(asked, 0, kChangesShown) : 0;
}

void AddChanges(const std::vector<Change>& changes,
                type::v1::ImportResult& result) {
  for (const Change& change : changes) {
    type::v1::ImportChange& one = *result.add_changes();
    one.set_source_line(static_cast<std::int32_t>(change.line));
    one.set_resource(change.resource);
    one.set_item(change.item);
    one.set_before(change.before);
    one.set_after(change.after);
  }
}

type::v1::ImportCounts ToProto(const ImportCounts& counts) {
  type::v1::ImportCounts message;
  message.set_rows(counts.rows);
  message.set_created(counts.created);
  message.set_updated(counts.updated);
  message.set_unchanged(counts.unchanged);
  message.set_deleted(counts.deleted);
  message.set_rejected(counts.rejected);
  return message;
}

absl::StatusOr<type::v1::ImportResult> ToProto(const ImportOutcome& outcome,
                                               std::string_view digest,
                                               base::Language language) {
  WELFARE_RETURN_IF_ERROR(CheckAddsUp(outcome));
  type::v1::ImportResult result;
  *result.mutable_counts() = ToProto(outcome.counts);
  result.set_rejected_as_whole(outcome.rejected_as_whole);
  result.set_rejects_total(static_cast<std::int32_t>(outcome.rejects.total()));
  const RejectList::Page page = outcome.rejects.Show();
  for (const Reject& reject : page.rejects) {
    const bool japanese =
        language == base::Language::kJapanese && !reject.message_ja.empty();
    type::v1::ImportReject& one = *result.add_rejects();
    one.set_source_file(reject.source_file);
    one.set_source_line(static_cast<std::int32_t>(reject.line));
    one.set_record(reject.record);
    one.set_column(reject.column);
    one.set_value(reject.value);
    one.set_reason_code(reject.reason);
    one.set_message(japanese ? reject.message_ja : reject.message);
    one.set_raw_record(reject.raw_record);
    for (const std::string& candidate : reject.candidates) {
      one.add_candidates(candidate);
    }
  }
  if (page.more) {
    result.set_next_rejects_token(RejectsToken(page.last, digest));
  }
  return result;
}

}  // namespace welfare::importing
