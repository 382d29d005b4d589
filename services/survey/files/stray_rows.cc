#include "services/survey/files/stray_rows.h"

#include <algorithm>

#include "services/base/error.h"
#include "services/base/numbers/digits.h"
#include "services/text/normalize.h"

namespace welfare::survey {

std::vector<base::MunicipalityCode> CodesMeant(std::string_view text,
                                               const absl::Status& refusal) {
  std::vector<base::MunicipalityCode> codes;
  const auto add = [&](std::string_view six) {
    auto code = base::MunicipalityCode::Parse(six);
    if (!code.ok()) return;
    if (std::find(codes.begin(), codes.end(), *code) == codes.end()) {
      codes.push_back(*std::move(code));
    }
  };
  std::string named;
  if (const auto details = base::GetErrorDetails(refusal)) {
    const auto found = details->metadata.find("candidates");
    if (found != details->metadata.end()) named = found->second;
  }
  for (std::string_view rest = named; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    add(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  // White space, marks that are not seen and mixed widths hide no digit.
  std::string digits;
  for (const char c : text::DigitsToAscii(text)) {
    if (base::IsAsciiDigit(c)) digits.push_back(c);
  }
  add(digits);
  return codes;
}

void StrayRows::Add(const StrayKey& key, std::string_view item, int line) {
  for (const base::MunicipalityCode& code : key.codes) {
    std::vector<Key>& known = keys_[code];
    const bool seen =
        std::any_of(known.begin(), known.end(), [&](const Key& one) {
          return one.survey == key.survey &&
                 one.fiscal_year == key.fiscal_year && one.kind == key.kind;
        });
    if (seen) continue;
    if (known.size() < kMostKeysOfACode) {
      known.push_back({.survey = key.survey,
                       .fiscal_year = key.fiscal_year,
                       .kind = key.kind,
                       .line = line});
    } else {
      known.back() = {.line = known.back().line};
    }
  }
  // What no id looks like may stand for any.
  constexpr std::size_t kLongestKept = 200;
  const bool any =
      item.empty() || item.size() > kLongestKept || items_.size() >= kMostItems;
  items_.try_emplace(std::string(any ? kAnyItem : item), line);
}

void StrayRows::Rename(
    const std::function<std::string(const std::string& item)>& name) {
  std::map<std::string, int, std::less<>> renamed;
  for (const auto& [item, line] : items_) {
    std::string now = item == kAnyItem ? item : name(item);
    if (now.empty()) continue;
    const auto [known, fresh] = renamed.try_emplace(std::move(now), line);
    if (!fresh) known->second = std::min(known->second, line);
  }
  items_ = std::move(renamed);
}

std::optional<int> StrayRows::FindNaming(
    const base::SubmissionName& name) const {
  const auto known = keys_.find(name.respondent.municipality);
  if (known == keys_.end()) return std::nullopt;
  for (const Key& key : known->second) {
    if ((!key.survey || *key.survey == name.survey) &&
        (!key.fiscal_year || *key.fiscal_year == name.fiscal_year) &&
        (!key.kind || *key.kind == name.respondent.kind)) {
      return key.line;
    }
  }
  return std::nullopt;
}

std::optional<int> StrayRows::FindFilling(
    const Codebook& codebook, const std::vector<std::string>& blanks) const {
  if (blanks.empty()) return std::nullopt;
  for (const auto& [named, line] : items_) {
    const std::string_view item =
        std::string_view(named).substr(0, named.find('/'));
    const auto at = codebook.Find(item);
    if (!at) return line;
    const Item& known = codebook.item(*at);
    const bool place =
        item.size() == named.size()
            ? known.type != AnswerType::kTable
            : known.FindRow(named.substr(item.size() + 1)).has_value();
    for (const std::string& blank : blanks) {
      const std::string_view blank_item =
          std::string_view(blank).substr(0, blank.find('/'));
      // A row of the table that does not exist may be any of its rows.
      if (blank == named || (!place && blank_item == item)) return line;
    }
  }
  return std::nullopt;
}

std::vector<std::string> StrayRows::Items(std::size_t most) const {
  std::vector<std::string> items;
  for (const auto& [item, line] : items_) {
    if (line == 0) continue;
    if (items.size() == most) return {std::string(kAnyItem)};
    items.push_back(item);
  }
  return items;
}

}  // namespace welfare::survey
