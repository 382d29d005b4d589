#include "services/report/template/symbols.h"

#include <algorithm>

#include "services/report/template/template_faults.h"

namespace welfare::report {

std::string SymbolText(Symbol symbol) {
  switch (symbol) {
    case Symbol::kNone:
      return "";
    case Symbol::kZero:
      return "0";
    case Symbol::kNotApplicable:
      return "-";
    case Symbol::kNoAnswer:
      return "無回答";
    case Symbol::kNotCounted:
      return "カウントしていない";
    case Symbol::kUnknown:
      return "不詳";
    case Symbol::kSuppressed:
      return "X";
    case Symbol::kLost:
      return "…";
    case Symbol::kLowerBound:
      return "以上";
  }
  return "";
}

std::string SymbolMeaning(Symbol symbol) {
  switch (symbol) {
    case Symbol::kNone:
      return "";
    case Symbol::kZero:
      return "該当が一つもない（端数の切り捨てではない）";
    case Symbol::kNotApplicable:
      return "対象外、または数値が定義されない";
    case Symbol::kNoAnswer:
      return "設問の対象だが、回答欄が空白（母数に含む）";
    case Symbol::kNotCounted:
      return "活動はしているが、件数を数えていない（母数に含む。0ではない）";
    case Symbol::kUnknown:
      return "未定、判読できない、または記録がない（母数に含む）";
    case Symbol::kSuppressed:
      return "値はあるが、秘匿のため表示しない";
    case Symbol::kLost:
      return "公表資料の数値が残っていない";
    case Symbol::kLowerBound:
      return "数値のない回答があるため、少なくともこの値";
  }
  return "";
}

std::string SymbolName(Symbol symbol) {
  switch (symbol) {
    case Symbol::kNone:
    case Symbol::kZero:
      return "";
    case Symbol::kNotApplicable:
      return "NOT_APPLICABLE";
    case Symbol::kNoAnswer:
      return "NO_ANSWER";
    case Symbol::kNotCounted:
      return "NOT_COUNTED";
    case Symbol::kUnknown:
      return "UNKNOWN";
    case Symbol::kSuppressed:
      return "SUPPRESSED";
    case Symbol::kLost:
      return "LOST";
    case Symbol::kLowerBound:
      return "LOWER_BOUND";
  }
  return "";
}

std::string SymbolProfile::SignOf(Symbol symbol) const {
  const auto found = signs.find(symbol);
  return found == signs.end() ? SymbolText(symbol) : found->second;
}

std::optional<SymbolProfile> FindSymbolProfile(std::string_view name) {
  if (name == "survey") return SymbolProfile{};
  if (name == "statistics") {
    return SymbolProfile{{{Symbol::kZero, "-"},
                          {Symbol::kNotApplicable, "・"},
                          {Symbol::kSuppressed, "x"},
                          {Symbol::kLost, "…"}},
                         "△"};
  }
  return std::nullopt;
}

std::vector<base::Violation> FindSymbolFaults(const SymbolProfile& profile,
                                              const std::string& path) {
  constexpr std::size_t kLongest = 12;  // bytes: four characters
  std::vector<base::Violation> faults;
  std::map<std::string, Symbol> taken;
  for (const Symbol symbol :
       {Symbol::kNoAnswer, Symbol::kNotCounted, Symbol::kUnknown,
        Symbol::kLowerBound}) {
    taken.emplace(SymbolText(symbol), symbol);
  }
  const auto refuse = [&](std::string_view key, const base::ViolationRow& row,
                          const base::ErrorWords& words = {}) {
    faults.push_back(
        base::MakeViolation(row, path + "." + std::string(key), words));
  };
  for (const auto& [key, symbol] : kChosenSymbols) {
    const std::string sign = profile.SignOf(symbol);
    if (sign.empty() || sign.size() > kLongest) {
      refuse(key, TemplateFault("SYMBOL_LENGTH"));
    }
    if (symbol != Symbol::kZero &&
        sign.find_first_of("0123456789") != std::string::npos) {
      refuse(key, TemplateFault("SYMBOL_NUMBER"));
    }
    if (!taken.emplace(sign, symbol).second) {
      refuse(key, TemplateFault("SYMBOL_TAKEN"), {{"sign", sign}});
    }
  }
  if (profile.minus.size() > kLongest) {
    refuse("minus", TemplateFault("SYMBOL_LENGTH"));
  }
  return faults;
}

}  // namespace welfare::report
