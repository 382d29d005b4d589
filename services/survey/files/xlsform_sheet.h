// One sheet of an XLSForm as it stands in a CSV file.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"
#include "services/survey/codebook/problem_list.h"
#include "services/survey/codebook/stored_codebook.h"
#include "services/text/csv.h"

namespace welfare::survey {

// A sheet as records of named cells. Columns that are translated in XLSForm
// (`label::日本語 (ja)`) go by their plain name. Used by one thread.
class XlsFormSheet {
 public:
  // More than any questionnaire has.
  static constexpr std::size_t kMostColumns = 100;
  static constexpr std::size_t kMostRecords = 20'000;
  static constexpr std::size_t kLongestCell = 10'000;  // bytes

  // Reads `text`, whose header may name `columns` and must name `required`;
  // adds what is wrong with the table to `problems`. With kEveryCell a cell
  // with a line that has as many commas as the header is a quote that took
  // records, and the limits above hold: too long a cell is cut, and reading
  // ends where there are too many. What was stored before these rules is read
  // without them.
  //
  // REQUIRES: `problems` outlives the object.
  XlsFormSheet(std::string name, std::string_view text,
               std::span<const std::string_view> columns,
               std::span<const std::string_view> required, SheetRules rules,
               ProblemList& problems);

  struct Record {
    int line = 0;
    std::map<std::string, std::string, std::less<>> cells;

    const std::string& at(std::string_view column) const {
      static const std::string kEmpty;
      const auto it = cells.find(column);
      return it == cells.end() ? kEmpty : it->second;
    }
  };

  const std::vector<Record>& records() const { return records_; }
  int header_line() const { return header_line_; }
  // Whether every cell is used or named as a problem (SheetRules).
  bool every_cell() const { return every_cell_; }
  // Whether cells are read by the one notion of text (SheetRules).
  bool one_text() const { return one_text_; }
  // False where columns are missing; then no record was read.
  bool readable() const { return readable_; }
  // The header cells that name a language (`label::日本語 (ja)`), with it.
  const std::vector<std::pair<std::string, std::string>>& languages() const {
    return languages_;
  }

  bool Has(std::string_view column) const {
    return std::find(columns_.begin(), columns_.end(), column) !=
           columns_.end();
  }

  // Adds a problem of this sheet: that of `row`, or what `fault` says.
  void Add(int line, std::string_view column, const base::ViolationRow& row,
           const base::ErrorWords& words = {}) const;
  void Add(int line, std::string_view column, const absl::Status& fault) const;

  // Appends every cell that is not empty, in the order of `columns`.
  void AppendCanonical(std::span<const std::string_view> columns,
                       std::string& out) const;

 private:
  void ReadHeader(const text::CsvRecord& header,
                  std::span<const std::string_view> columns,
                  std::span<const std::string_view> required);

  void ReadRecord(text::CsvRecord record);
  // The cell in column `index` as far as it is taken.
  std::string TakeCell(const text::CsvRecord& record, std::size_t index) const;

  // Adds a problem where a cell holds what looks like records.
  bool HoldsRecords(const text::CsvRecord& record) const;

  std::string name_;
  const bool every_cell_;
  const bool one_text_;
  bool readable_ = true;
  bool named_unnamed_ = false;  // a cell under no name was a problem
  ProblemList& problems_;
  int header_line_ = 0;
  std::vector<std::string> columns_;
  std::vector<std::pair<std::string, std::string>> languages_;
  std::vector<Record> records_;
};

}  // namespace welfare::survey
