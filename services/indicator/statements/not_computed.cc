#include "services/indicator/statements/not_computed.h"

namespace welfare::indicator {
namespace {

std::string Fy(int year) { return "FY" + std::to_string(year); }
std::string Nendo(int year) { return std::to_string(year) + "年度"; }
std::string InBackticks(std::string_view text) {
  return "`" + std::string(text) + "`";
}
std::string InBrackets(std::string_view text) {
  return "「" + std::string(text) + "」";
}

}  // namespace

NotComputed BecauseOf(Check check) {
  switch (check) {
    case Check::kEditorial:
      return {"editorial: written by the author or counted in free text",
              "編集者の記述、または自由記述から数えたもの"};
    case Check::kLegal:
      return {"legal: a statement about the law", "法令に関する記述"};
    case Check::kLost:
      return {"lost: the numbers of the published chart are lost",
              "公表された図の数値が残っていない"};
    case Check::kPartlyKnown:
      return {
          "partly known: the numbers of the published chart are lost; what "
          "its page states in words is checked by statements of their own",
          "公表された図の数値が残っていない。同じ頁の文に述べられた数値は、"
          "別の項目として照合する"};
    case Check::kComputed:
    case Check::kRegistry:
    case Check::kProgress:
    case Check::kOptionList:
    case Check::kTrend:
      break;
  }
  return {};
}

NotComputed NoRound(int year, bool planned) {
  if (planned) {
    return {"the round of " + Fy(year) + " is planned and was never opened",
            Nendo(year) + "の回は準備中で、開始していない"};
  }
  return {"there is no round of " + Fy(year), Nendo(year) + "の回がない"};
}

NotComputed IndicatorMisfits(std::string_view indicator,
                             std::string_view message) {
  return {std::string(message),
          "指標" + InBrackets(indicator) + "がこの回の調査票に合わない"};
}

NotComputed AnotherPopulation(std::string_view of_indicator,
                              std::string_view of_statement) {
  return {"the indicator is over " + std::string(of_indicator) +
              ", the statement over " + std::string(of_statement),
          "指標の母集団は" + InBrackets(of_indicator) + "、項目の母集団は" +
              InBrackets(of_statement) + "である"};
}

NotComputed NoNumber(bool nobody_gave_one) {
  if (nobody_gave_one) return {"nobody gave a number", "数値の回答がない"};
  return {"there is no such value", "該当する値がない"};
}

NotComputed NoCell(std::string_view cell) {
  return {"the indicator has no cell " + InBackticks(cell),
          "指標に区分" + InBrackets(cell) + "がない"};
}

NotComputed NoValueStated() {
  return {"the row states no value", "項目に値が述べられていない"};
}

NotComputed TrendWithoutFigure() {
  return {"trend: change over time without a figure",
          "数値を伴わない推移の記述"};
}

NotComputed RegistryNotRead() {
  return {"the registry was not read", "台帳を読んでいない"};
}

NotComputed RecordsMissing(int missing, std::string_view known) {
  return {"the registry lacks " + std::to_string(missing) +
              " records that decide it; known are " + std::string(known),
          "台帳に、判定に要る記録が" + std::to_string(missing) +
              "件ない（分かっているもの：" + std::string(known) + "）"};
}

NotComputed NoRegistrySet(std::string_view set) {
  if (set.empty()) {
    return {"the population is no set of the registry",
            "母集団が台帳だけでは決まらない"};
  }
  return {InBackticks(set) + " is no set of the registry",
          "母集団" + InBrackets(set) + "が台帳だけでは決まらない"};
}

NotComputed NoRoster(int year) {
  return {"the registry has no roster of " + Fy(year),
          "台帳に" + Nendo(year) + "の名簿がない"};
}

NotComputed NoRecord(int year) {
  return {"the registry has no record of " + Fy(year),
          "台帳に" + Nendo(year) + "の記録がない"};
}

NotComputed NoWindow() {
  return {"the round has no window", "回に回収期間がない"};
}

NotComputed NoPopulation(std::string_view id) {
  return {"there is no population " + InBackticks(id),
          "母集団" + InBrackets(id) + "がない"};
}

NotComputed NoItem() {
  return {"the codebook has no such item", "調査票に該当する設問がない"};
}

NotComputed NoOption(std::string_view code) {
  return {"the codebook does not offer " + InBackticks(code),
          "調査票に選択肢" + InBrackets(code) + "がない"};
}

}  // namespace welfare::indicator
