// A schema and a row for tests of expressions.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/expression/expression.h"

namespace welfare::base {

// Items, in this order, with indexes that are not their positions:
//   plan, plan2 (single: formulated none other), other (single: yes no),
//   x (multiple: a b c), n, m (integer), d (decimal), note (text), day (date),
//   table/row (integer)
class TestSchema : public ExpressionSchema {
 public:
  TestSchema() {
    Add("plan", {ItemKind::kSingle, {"formulated", "none", "other"}});
    Add("plan2", {ItemKind::kSingle, {"formulated", "none", "other"}});
    Add("other", {ItemKind::kSingle, {"yes", "no"}});
    Add("x", {ItemKind::kMultiple, {"a", "b", "c"}});
    Add("n", {ItemKind::kInteger, {}});
    Add("m", {ItemKind::kInteger, {}});
    Add("d", {ItemKind::kDecimal, {}});
    Add("note", {ItemKind::kText, {}});
    Add("day", {ItemKind::kDate, {}});
    Add("table/row", {ItemKind::kInteger, {}});
  }

  std::optional<Item> Find(std::string_view id) const override {
    const auto found = items_.find(id);
    if (found == items_.end()) return std::nullopt;
    return Item{found->second.first, &found->second.second};
  }

  std::optional<Item> Current() const override {
    return current_.empty() ? std::nullopt : Find(current_);
  }

  void set_current(std::string id) { current_ = std::move(id); }
  std::size_t size() const { return 10 * items_.size(); }

 private:
  void Add(std::string id, ItemType type) {
    const std::size_t index = 10 * items_.size() + 3;
    items_.emplace(std::move(id), std::pair(index, std::move(type)));
  }

  std::map<std::string, std::pair<std::size_t, ItemType>, std::less<>> items_;
  std::string current_;
};

class TestRow : public ExpressionRow {
 public:
  explicit TestRow(const TestSchema& schema)
      : schema_(schema), values_(schema.size()) {}

  // Sets an item from the text of an answer. REQUIRES: both are right.
  TestRow& Set(std::string_view id, std::string_view text) {
    const auto item = schema_.Find(id);
    values_[item->index] = ParseItemValue(*item->type, text).value();
    return *this;
  }

  TestRow& SetRegistry(RegistryFact fact, int offset, Truth truth) {
    registry_[{fact, offset}] = truth;
    return *this;
  }

  const Value& item(std::size_t index) const override { return values_[index]; }
  Truth registry(RegistryFact fact, int offset) const override {
    const auto found = registry_.find({fact, offset});
    return found == registry_.end() ? Truth::kUnknown : found->second;
  }
  int fiscal_year() const override { return 2025; }

 private:
  const TestSchema& schema_;
  std::vector<Value> values_;
  std::map<std::pair<RegistryFact, int>, Truth> registry_;
};

}  // namespace welfare::base
