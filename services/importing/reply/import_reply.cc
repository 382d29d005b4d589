#include "services/importing/reply/import_reply.h"

#include <cstdint>

#include "services/base/error.h"
#include "services/importing/rejects_token.h"

namespace welfare::importing {

absl::StatusOr<CsvText> FromProto(std::string_view field,
                                  const type::v1::CsvBatch& batch) {
  return CheckCsvText(field, {.csv = batch.csv(),
                              .first_line = batch.first_line(),
                              .source_file = batch.source_file()});
}

absl::StatusOr<type::v1::ImportResult> ToProto(const ImportOutcome& outcome,
                                               std::string_view digest,
                                               base::Language language) {
  WELFARE_RETURN_IF_ERROR(CheckAddsUp(outcome));
  type::v1::ImportResult result;
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(outcome.counts.rows);
  counts.set_created(outcome.counts.created);
  counts.set_updated(outcome.counts.updated);
  counts.set_unchanged(outcome.counts.unchanged);
  counts.set_deleted(outcome.counts.deleted);
  counts.set_rejected(outcome.counts.rejected);
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
  }
  if (page.more) {
    result.set_next_rejects_token(RejectsToken(page.last, digest));
  }
  return result;
}

}  // namespace welfare::importing
