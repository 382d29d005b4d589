// The codebook of a round as far as figures need it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/expression/expression.h"
#include "services/base/names/respondent.h"
#include "services/vocabulary/answer_type.h"

namespace welfare::indicator {

// One option of an item, or one row of a table.
struct Option {
  std::string code;
  std::string label;
  bool exclusive = false;   // may not stand beside another
  bool takes_text = false;  // その他
};

// One question.
struct Item {
  using Type = vocabulary::AnswerType;

  std::string id;
  std::string label;  // `{ref_fy_ja}` stands for the reference year
  Type type = Type::kText;
  std::vector<Option> options;  // of a table: its rows
  std::vector<base::RespondentKind> respondents;
  // Ids of the populations that are asked, in the order of `respondents`,
  // separated by spaces.
  std::string population;
  std::string unit;
  int reference_year_offset = 0;
  std::vector<int> pages;

  bool coded() const {
    return type == Type::kSingle || type == Type::kMultiple;
  }
  bool Asks(base::RespondentKind kind) const;
};

// The items of one codebook version, in its order. Also the schema of
// expressions over them: the index of an item is its position.
class Questionnaire final : public base::ExpressionSchema {
 public:
  Questionnaire(std::string version, std::vector<indicator::Item> items);

  // Id of the codebook version: `2025-1`.
  const std::string& version() const { return version_; }
  const std::vector<indicator::Item>& items() const { return items_; }
  // Returns the position of the item, or nothing.
  std::optional<std::size_t> FindItem(std::string_view id) const;

  std::optional<base::ExpressionSchema::Item> Find(
      std::string_view item_id) const override;

 private:
  std::string version_;
  std::vector<indicator::Item> items_;
  std::vector<base::ItemType> types_;
  std::map<std::string, std::size_t, std::less<>> positions_;
};

}  // namespace welfare::indicator
