#include "services/registry/files/import_file.h"

#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

std::string_view HeaderOf(std::string_view csv) {
  return csv.substr(0, csv.find('\n'));
}

}  // namespace

absl::Status Continue(ImportProgress& file, std::string_view csv, bool whole,
                      bool last) {
  if (file.ended) {
    return TransactionMixed();
  }
  if (!file.begun) {
    file.begun = true;
    file.whole = whole;
    file.header = std::string(HeaderOf(csv));
  } else if (file.whole != whole) {
    return TransactionMixed();
  } else if (file.header != HeaderOf(csv)) {
    return TransactionMixed();
  }
  file.bytes = whole ? file.bytes + csv.size() : csv.size();
  if (file.bytes > kMostTransactionBytes) {
    return FileTooLarge("bytes", static_cast<int>(kMostTransactionBytes));
  }
  file.ended = whole && last;
  return absl::OkStatus();
}

absl::Status CountRecords(ImportProgress& file, int records) {
  file.records += records;
  if (file.records <= kMostRecords) return absl::OkStatus();
  return FileTooLarge("records", kMostRecords);
}

}  // namespace welfare::registry
