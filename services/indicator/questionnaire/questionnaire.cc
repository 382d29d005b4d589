#include "services/indicator/questionnaire/questionnaire.h"

#include <algorithm>
#include <utility>

namespace welfare::indicator {
namespace {

base::ItemType TypeOf(const Item& item) {
  base::ItemType type;
  switch (item.type) {
    case Item::Type::kSingle:
      type.kind = base::ItemKind::kSingle;
      break;
    case Item::Type::kMultiple:
      type.kind = base::ItemKind::kMultiple;
      break;
    case Item::Type::kInteger:
      type.kind = base::ItemKind::kInteger;
      break;
    case Item::Type::kText:
    case Item::Type::kTable:
      type.kind = base::ItemKind::kText;
      break;
  }
  if (item.coded()) {
    for (const Option& option : item.options) {
      type.options.push_back(option.code);
    }
  }
  return type;
}

}  // namespace

bool Item::Asks(base::RespondentKind kind) const {
  return std::ranges::find(respondents, kind) != respondents.end();
}

Questionnaire::Questionnaire(std::string version,
                             std::vector<indicator::Item> items)
    : version_(std::move(version)), items_(std::move(items)) {
  types_.reserve(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    types_.push_back(TypeOf(items_[i]));
    positions_.emplace(items_[i].id, i);
  }
}

std::optional<std::size_t> Questionnaire::FindItem(std::string_view id) const {
  const auto found = positions_.find(id);
  if (found == positions_.end()) return std::nullopt;
  return found->second;
}

std::optional<base::ExpressionSchema::Item> Questionnaire::Find(
    std::string_view item_id) const {
  const std::optional<std::size_t> position = FindItem(item_id);
  if (!position.has_value()) return std::nullopt;
  return base::ExpressionSchema::Item{*position, &types_[*position]};
}

}  // namespace welfare::indicator
