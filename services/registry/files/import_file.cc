#include "services/registry/files/import_file.h"

#include "services/importing/errors.h"
#include "services/importing/limits.h"
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
  if (file.bytes > importing::kMostTransactionBytes) {
    return importing::FileTooLarge(importing::FileMeasure::kBytes,
                                   importing::kMostTransactionBytes);
  }
  file.ended = whole && last;
  return absl::OkStatus();
}

absl::Status CountRecords(ImportProgress& file, int records) {
  file.records += records;
  if (file.records <= importing::kMostRecords) return absl::OkStatus();
  return importing::FileTooLarge(importing::FileMeasure::kRecords,
                                 importing::kMostRecords);
}

}  // namespace welfare::registry
