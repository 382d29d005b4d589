#include "services/indicator/round/round_table.h"

#include <bit>
#include <string_view>
#include <utility>

#include "services/base/error.h"
#include "services/indicator/errors.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::Violation;

constexpr std::size_t kMaxCodes = 64;  // bits of a code word

std::string ColumnName(const Item& item, std::string_view row) {
  std::string name = item.id;
  if (!row.empty()) {
    name += '/';
    name += row;
  }
  return name;
}

// Collects what is wrong with one raw column.
class ColumnChecker {
 public:
  ColumnChecker(const Item& item, std::string_view row, std::size_t rows,
                std::vector<Violation>& violations)
      : item_(item),
        name_(ColumnName(item, row)),
        rows_(rows),
        violations_(violations) {}

  // Returns whether the lengths are right, so that rows can be read.
  bool Lengths(const RawColumn& raw) {
    const std::size_t before = violations_.size();
    Length("absences", raw.absences.size(), true);
    Length("codes", raw.codes.size(), item_.coded());
    Length("integers", raw.integers.size(), item_.type == Item::Type::kInteger);
    Length("texts", raw.texts.size(),
           item_.type == Item::Type::kText || item_.type == Item::Type::kTable);
    return violations_.size() == before;
  }

  void Row(const RawColumn& raw, std::size_t row) {
    const std::uint8_t absence = raw.absences[row];
    if (absence > static_cast<std::uint8_t>(Absence::kNotAsked)) {
      Add("ABSENCE_UNKNOWN",
          "Row " + std::to_string(row) + " has an absence of no known kind.");
      return;
    }
    if (!item_.coded()) return;
    const std::uint64_t codes = raw.codes[row];
    const int chosen = std::popcount(codes);
    if (absence != 0) {
      if (chosen != 0) {
        Add("VALUE_AND_ABSENCE",
            "Row " + std::to_string(row) + " has a value and an absence.");
      }
      return;
    }
    if (chosen == 0 || (item_.type == Item::Type::kSingle && chosen != 1)) {
      Add("CODE_COUNT", "Row " + std::to_string(row) + " names " +
                            std::to_string(chosen) + " options.");
    }
    if (item_.options.size() < kMaxCodes &&
        (codes >> item_.options.size()) != 0) {
      Add("OPTION_UNKNOWN", "Row " + std::to_string(row) +
                                " names an option the item does not offer.");
    }
  }

  void Add(std::string_view reason, std::string description) {
    violations_.push_back({name_, std::string(reason), std::move(description)});
  }

 private:
  void Length(std::string_view what, std::size_t size, bool needed) {
    // Vectors of other types may be empty or zero-filled.
    if (needed ? size == rows_ : (size == 0 || size == rows_)) return;
    Add("LENGTH", std::string(what) + " has " + std::to_string(size) +
                      " entries for " + std::to_string(rows_) + " rows.");
  }

  const Item& item_;
  std::string name_;
  std::size_t rows_;
  std::vector<Violation>& violations_;
};

Column MakeColumn(const Item& item, RawColumn raw, const Bitmap& counted,
                  const std::vector<FrameRow>& rows) {
  const std::size_t size = rows.size();
  Column column;
  column.answered = Bitmap(size);
  column.absent.fill(Bitmap(size));
  column.absences.resize(size);
  if (item.coded()) column.planes.assign(item.options.size(), Bitmap(size));
  if (item.type == Item::Type::kInteger) {
    column.integers = std::move(raw.integers);
  }
  if (item.type == Item::Type::kText || item.type == Item::Type::kTable) {
    column.texts = std::move(raw.texts);
  }
  for (std::size_t row = 0; row < size; ++row) {
    std::uint8_t absence = raw.absences[row];
    if (!item.Asks(rows[row].respondent.kind)) {
      absence = static_cast<std::uint8_t>(Absence::kNotAsked);
    } else if (!counted.Test(row) &&
               absence != static_cast<std::uint8_t>(Absence::kNotAsked)) {
      absence = static_cast<std::uint8_t>(Absence::kUnitNonresponse);
    }
    column.absences[row] = absence;
    if (absence != 0) {
      column.absent[absence].Set(row);
      if (!column.integers.empty()) column.integers[row] = 0;
      if (!column.texts.empty()) column.texts[row].clear();
      continue;
    }
    column.answered.Set(row);
    if (!item.coded()) continue;
    for (std::size_t option = 0; option < item.options.size(); ++option) {
      if (((raw.codes[row] >> option) & 1U) != 0)
        column.planes[option].Set(row);
    }
  }
  return column;
}

}  // namespace

bool Counts(std::optional<SubmissionState> state, Basis basis) {
  if (!state.has_value()) return false;
  switch (*state) {
    case SubmissionState::kFinal:
      return true;
    case SubmissionState::kSubmitted:
    case SubmissionState::kAccepted:
      return basis == Basis::kProvisional;
    case SubmissionState::kDraft:
    case SubmissionState::kReturned:
      break;
  }
  return false;
}

absl::StatusOr<RoundTable> RoundTable::Make(
    RoundHeader header, std::shared_ptr<const Questionnaire> questionnaire,
    std::vector<FrameRow> rows, std::vector<RawColumn> columns, Basis basis) {
  std::vector<Violation> violations;
  RoundTable table;
  const std::size_t size = rows.size();
  table.municipalities_ = Bitmap(size);
  table.councils_ = Bitmap(size);
  table.counted_ = Bitmap(size);
  for (std::size_t row = 0; row < size; ++row) {
    (rows[row].respondent.kind == base::RespondentKind::kMunicipality
         ? table.municipalities_
         : table.councils_)
        .Set(row);
    if (Counts(rows[row].state, basis)) table.counted_.Set(row);
    if (row > 0 && !(rows[row - 1].respondent < rows[row].respondent)) {
      violations.push_back(
          {"frame", "ORDER",
           "Row " + std::to_string(row) + " is not after the one before it."});
    }
  }

  std::map<std::pair<std::string, std::string>, RawColumn*> by_name;
  for (RawColumn& raw : columns) {
    if (!by_name.emplace(std::pair(raw.item, raw.row), &raw).second) {
      violations.push_back({raw.item, "COLUMN_REPEATED",
                            "The column came twice: `" + raw.row + "`."});
    }
  }
  table.columns_.resize(questionnaire->items().size());
  for (std::size_t i = 0; i < questionnaire->items().size(); ++i) {
    const Item& item = questionnaire->items()[i];
    std::vector<std::string> names = {""};
    if (item.type == Item::Type::kTable) {
      names.clear();
      for (const Option& option : item.options) names.push_back(option.code);
    }
    for (const std::string& name : names) {
      ColumnChecker checker(item, name, size, violations);
      if (item.coded() && item.options.size() > kMaxCodes) {
        checker.Add("TOO_MANY_OPTIONS", "A column holds at most 64 options.");
        continue;
      }
      const auto found = by_name.find({item.id, name});
      if (found == by_name.end()) {
        checker.Add("COLUMN_MISSING", "The column did not come.");
        continue;
      }
      RawColumn& raw = *found->second;
      if (!checker.Lengths(raw)) continue;
      for (std::size_t row = 0; row < size; ++row) checker.Row(raw, row);
      if (!violations.empty()) continue;
      table.columns_[i].push_back(
          MakeColumn(item, std::move(raw), table.counted_, rows));
    }
  }
  if (!violations.empty()) return ColumnsInvalid(std::move(violations));
  table.header_ = std::move(header);
  table.basis_ = basis;
  table.questionnaire_ = std::move(questionnaire);
  table.rows_ = std::move(rows);
  return table;
}

base::Value RoundTable::ValueAt(std::size_t position, std::size_t row) const {
  const Item& item = questionnaire_->items()[position];
  if (item.type == Item::Type::kTable) return base::Value::Missing();
  const Column& column = this->column(position);
  if (!column.answered.Test(row)) return base::Value::Missing();
  switch (item.type) {
    case Item::Type::kSingle:
      for (std::size_t i = 0; i < column.planes.size(); ++i) {
        if (column.planes[i].Test(row)) return base::Value::OfOption(i);
      }
      return base::Value::Missing();
    case Item::Type::kMultiple: {
      base::OptionSet options;
      for (std::size_t i = 0; i < column.planes.size(); ++i) {
        if (column.planes[i].Test(row)) options.set(i);
      }
      return base::Value::OfOptions(options);
    }
    case Item::Type::kInteger:
      return base::Value::Of(base::Rational(column.integers[row]));
    case Item::Type::kText:
      return base::Value::OfText(column.texts[row]);
    case Item::Type::kTable:
      break;
  }
  return base::Value::Missing();
}

}  // namespace welfare::indicator
