#include "tools/welfarectl/backfill/batch_request.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

namespace welfare::ctl {

type::v1::ImportStrategy StrategyOf(const std::string& word) {
  if (word == "replace") return type::v1::IMPORT_STRATEGY_REPLACE;
  if (word == "delete") return type::v1::IMPORT_STRATEGY_DELETE;
  return type::v1::IMPORT_STRATEGY_MERGE;
}

void FillBatch(const RecordBatch& batch, const std::string& path,
               type::v1::CsvBatch& message) {
  message.set_csv_bytes(batch.csv);
  message.set_source_file(path);
  if (batch.records.empty()) return;
  message.set_first_line(static_cast<std::int32_t>(batch.records[0].line));
  if (batch.stands_together()) return;
  for (const RecordBatch::Record& record : batch.records) {
    message.add_lines(static_cast<std::int32_t>(record.line));
  }
}

void ReadBy(const PlannedMapping& mapping, bool dry,
            survey::v1::ImportSubmissionsRequest& request) {
  if (mapping.path.empty()) return;
  if (dry) {
    request.set_mapping_to_come(mapping.text);
  } else {
    request.set_mapping(mapping.name);
  }
}

bool TakeOut(RecordBatch& batch, const std::string& header,
             const std::vector<FieldViolation>& faults) {
  std::map<std::int64_t, const FieldViolation*> faulty;
  for (const FieldViolation& fault : faults) {
    const std::size_t colon = fault.field.rfind(':');
    if (!fault.field.starts_with("batch:")) return false;
    const std::int64_t line = std::atoll(fault.field.c_str() + colon + 1);
    // The record that begins there, or above it.
    const auto after = std::upper_bound(
        batch.records.begin(), batch.records.end(), line,
        [](std::int64_t at, const RecordBatch::Record& record) {
          return at < record.line;
        });
    if (after == batch.records.begin()) return false;
    faulty.emplace(std::prev(after)->line, &fault);
  }
  if (faulty.empty()) return false;
  RecordBatch kept = batch;
  kept.csv = header;
  kept.records.clear();
  for (const RecordBatch::Record& record : batch.records) {
    const std::string_view raw = batch.raw(record);
    if (const auto fault = faulty.find(record.line); fault != faulty.end()) {
      kept.broken.push_back({.line = record.line,
                             .reason = "CSV_INVALID",
                             .message = fault->second->description,
                             .raw = std::string(raw)});
      continue;
    }
    kept.records.push_back(
        {.line = record.line, .begin = kept.csv.size(), .size = record.size});
    kept.csv += raw;
    kept.csv += '\n';
  }
  std::sort(kept.broken.begin(), kept.broken.end(),
            [](const BrokenRecord& a, const BrokenRecord& b) {
              return a.line < b.line;
            });
  batch = std::move(kept);
  return true;
}

}  // namespace welfare::ctl
