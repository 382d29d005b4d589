#include "services/registry/files/record_reader.h"

#include <utility>

#include "services/registry/faults.h"
#include "services/registry/municipality/text_rules.h"
#include "services/text/characters.h"
#include "services/text/normalize.h"
#include "services/text/value_readers.h"

namespace welfare::registry {

void RecordFaults::Add(std::string_view column, std::string_view value,
                       const absl::Status& fault) {
  Add(value, base::ViolationOf(column, fault));
}

void RecordFaults::Add(std::string_view value, const base::Violation& fault) {
  any_ = true;
  rejects_.Add(origin_.place(), value, fault);
}

std::string RecordFaults::TakeText(std::string_view column,
                                   std::string_view value,
                                   std::size_t max_bytes) {
  return Take(column, value, KeepText(value, max_bytes)).value_or("");
}

std::string RecordFaults::TakeRequired(std::string_view column,
                                       std::string_view value,
                                       absl::StatusOr<std::string> kept) {
  if (kept.ok() && kept->empty()) kept = ValueMissing();
  return Take(column, value, std::move(kept)).value_or("");
}

std::optional<std::string> ReadSubject(const importing::TableReader& table,
                                       const text::CsvRecord& record,
                                       std::string_view column,
                                       RecordFaults& faults,
                                       RecordSubject& subject) {
  std::string_view cell = table.Chosen(record);
  subject.column = std::string(column);
  subject.text = std::string(cell);
  if (column == "municipality_name") {
    const auto name = faults.Take(column, cell, ReadName(cell));
    if (!name.has_value()) return std::nullopt;
    return faults.Take(column, cell, text::NameKey(*name));
  }
  constexpr std::string_view kCollection = "municipalities/";
  const std::string word = text::FoldWord(cell);
  std::string_view digits = word;
  if (column == kResourceColumn && digits.starts_with(kCollection)) {
    digits.remove_prefix(kCollection.size());
  }
  subject.code = faults.Take(
      column, cell, text::ReadMunicipalityCode(digits, column.ends_with('5')));
  if (!subject.code.has_value()) return std::nullopt;
  return subject.code->ToString();
}

bool ReadOperation(std::optional<std::string_view> cell, std::string_view word,
                   RecordFaults& faults) {
  const std::string found = text::FoldWord(cell.value_or(""));
  if (text::IsBlank(found) || found == "set") return false;
  if (found == word) return true;
  faults.Add("operation", *cell, OperationInvalid(*cell, word));
  return false;
}

void CheckDuplicate(const std::string& key, const RecordOrigin& origin,
                    std::string_view column, std::string_view value,
                    SeenRecords& seen, RecordFaults& faults) {
  if (const auto line = seen.FindOrAdd(key, origin.line)) {
    faults.Add(column, value, DuplicateRecord(*line));
  }
}

}  // namespace welfare::registry
