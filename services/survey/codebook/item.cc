#include "services/survey/codebook/item.h"

#include <algorithm>

namespace welfare::survey {
namespace {

constexpr std::size_t kMaxIdLength = 63;

std::optional<std::size_t> FindCode(const std::vector<Option>& options,
                                    std::string_view code) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].code == code) return i;
  }
  return std::nullopt;
}

}  // namespace

bool IsItemId(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength) return false;
  if (id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool Item::AskedOf(base::RespondentKind kind) const {
  return std::find(respondents.begin(), respondents.end(), kind) !=
         respondents.end();
}

bool Item::Allows(base::Absence absence) const {
  return std::find(absences.begin(), absences.end(), absence) != absences.end();
}

std::optional<std::size_t> Item::FindOption(std::string_view code) const {
  return FindCode(options, code);
}

std::optional<std::size_t> Item::FindRow(std::string_view row) const {
  return FindCode(rows, row);
}

}  // namespace welfare::survey
