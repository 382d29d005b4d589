#include "services/importing/csv_text.h"

#include <algorithm>
#include <string>

#include "services/base/coding/utf8.h"
#include "services/base/error.h"
#include "services/importing/error_table.h"
#include "services/importing/errors.h"
#include "services/importing/limits.h"
#include "services/text/field_rules.h"

namespace welfare::importing {
namespace {

// A name is what the system let it be; only what would break a line is none.
constexpr text::FieldRule kFileName = {
    .ends = text::FieldRule::Ends::kKeep,
    .invisible = text::FieldRule::Invisible::kKeep,
    .longest = kMostFileNameBytes,
    .unit = text::FieldRule::Unit::kBytes};

}  // namespace

absl::Status CheckCsvBytes(std::string_view field, std::string_view csv,
                           std::string_view csv_bytes) {
  if (csv_bytes.empty()) return absl::OkStatus();
  CsvFaults faults;
  const std::string place = std::string(field) + ".csv_bytes";
  if (!csv.empty()) {
    faults.Add(base::MakeViolation(Fault("CSV_TWICE"), place));
  } else if (const std::size_t bad = base::FindInvalidUtf8(csv_bytes);
             bad != std::string_view::npos) {
    faults.Add(base::MakeViolation(Fault("CSV_NOT_UTF8"), place,
                                   {{"offset", std::to_string(bad)}}));
  }
  return faults.Take();
}

absl::StatusOr<CsvText> CheckCsvText(std::string_view field, CsvText text) {
  CsvFaults faults;
  if (text.first_line < 0) {
    faults.Add(base::MakeViolation(Fault("LINE_NEGATIVE"),
                                   std::string(field) + ".first_line"));
  }
  if (std::ranges::any_of(text.lines, [](int line) { return line < 1; })) {
    faults.Add(base::MakeViolation(Fault("LINE_NEGATIVE"),
                                   std::string(field) + ".lines"));
  }
  if (const absl::Status name = text::Check(kFileName, text.source_file);
      !name.ok()) {
    faults.Add(base::ViolationOf(std::string(field) + ".source_file", name));
  }
  WELFARE_RETURN_IF_ERROR(faults.Take());
  return text;
}

}  // namespace welfare::importing
