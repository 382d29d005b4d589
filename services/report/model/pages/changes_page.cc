#include "services/report/model/pages/changes_page.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/figures/change_rule.h"
#include "services/report/model/figures/comparability.h"
#include "services/report/model/figures/two_years.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

// Whether changes of `value` are to be shown beside `figure`, which holds every
// class of it. Shares alone: totals, maxima and ranks of other respondents say
// nothing of a change, and series over years hold theirs already. Of free texts
// the figure counts who wrote, and has no classes.
bool HasShares(const Figure& figure, const IndicatorValue& value) {
  return (figure.table.row_key == "option" ||
          figure.table.row_key == "phase") &&
         (value.measure == Measure::kDistribution ||
          value.measure == Measure::kCount ||
          value.measure == Measure::kHistogram);
}

// The difference of two shares in tenths of a point, rounded once: 23/30 against
// 15/23 is 114, from 11.449…. REQUIRES: bases above 0, all below 2^20.
std::int64_t PointTenths(const ValueCell& now, const ValueCell& before) {
  const std::int64_t whole = std::int64_t{now.base} * before.base;
  const std::int64_t part =
      1000 * (std::int64_t{now.count} * before.base -
              std::int64_t{before.count} * now.base);
  const std::int64_t size = (2 * std::abs(part) + whole) / (2 * whole);
  return part < 0 ? -size : size;
}

std::string TenthsText(std::int64_t tenths) {
  const std::int64_t size = std::abs(tenths);
  return (tenths < 0 ? "-" : "") + std::to_string(size / 10) + "." +
         std::to_string(size % 10);
}

// Count, n, and how many of n are unknown in one year.
void AddSide(const IndicatorValue& value, const ValueCell* cell,
             TableRow& row) {
  if (cell == nullptr || Has(cell->flags, CellFlag::kNoValue)) {
    row.cells.insert(row.cells.end(), 3U, SymbolCell(Symbol::kNotApplicable));
    return;
  }
  row.cells.push_back(Has(cell->flags, CellFlag::kLowerBound)
                          ? LowerBoundCell(std::to_string(cell->count))
                          : NumberCell(cell->count));
  row.cells.push_back(NumberCell(cell->base));
  row.cells.push_back(NumberCell(UnknownIn(value, *cell)));
}

// Whether a figure of several indicators has columns of this one, of this year
// and of the one before: a matrix.
struct OwnColumns {
  bool now = false;
  bool before = false;
};
OwnColumns OwnColumnsOf(const Table& table, const std::string& id) {
  const auto has = [&](const std::string& key) {
    return std::ranges::find(table.columns, key, &Column::key) !=
           table.columns.end();
  };
  return {has(id + "_count"), has("previous_" + id + "_count")};
}

// Says something of indicators: once where it holds of all that the figure
// shows, else of each by its name.
class IndicatorNotes {
 public:
  void Add(std::string label, std::string words) {
    notes_.push_back({std::move(label), std::move(words)});
  }
  std::vector<std::string> Take(std::size_t indicators) && {
    std::vector<std::string> taken;
    const bool all =
        notes_.size() == indicators &&
        std::ranges::all_of(notes_, [this](const auto& note) {
          return note.second == notes_.front().second;
        });
    for (auto& [label, words] : notes_) {
      if (all && !taken.empty()) break;
      taken.push_back(all ? words : "「" + label + "」は、" + words);
    }
    return taken;
  }

 private:
  std::vector<std::pair<std::string, std::string>> notes_;
};

void AddRows(const TwoYears& years, Table& table) {
  for (const CellPair& pair : years.Cells()) {
    TableRow row{years.value.id + "." + pair.key, pair.label, {}, false};
    row.cells.push_back(TextCell(years.value.label));
    AddSide(years.value, pair.now, row);
    AddSide(*years.previous, pair.before, row);
    std::string why = WhyNoChange(years, pair);
    row.cells.push_back(
        why.empty()
            ? DecimalCell(TenthsText(PointTenths(*pair.now, *pair.before)))
            : SymbolCell(Symbol::kNotApplicable));
    if (why.empty() && pair.now->base != pair.before->base) {
      why = "nが異なる";
    }
    row.cells.push_back(TextCell(std::move(why)));
    table.rows.push_back(std::move(row));
  }
}

}  // namespace

void LeaveOutBrokenYears(const Comparabilities& declared, Snapshot& snapshot) {
  for (const auto& [id, what] : declared) {
    if (what.broken != Comparability::Break::kNone) {
      snapshot.previous_values.erase(id);
    }
  }
}

void AddComparabilityNotes(const Comparabilities& declared,
                           const Snapshot& snapshot, ReportModel& model) {
  const std::string before = YearWords(snapshot.round.fiscal_year - 1);
  for (Page& page : model.pages) {
    for (Block& block : page.blocks) {
      auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      IndicatorNotes apart;      // no last year beside this one
      IndicatorNotes unchanged;  // last year, but no change from it
      for (const std::string& id : figure->indicators) {
        const auto value = snapshot.values.find(id);
        if (value == snapshot.values.end() ||
            !snapshot.previous_values.contains(id)) {
          continue;
        }
        const std::string& label = value->second.label;
        std::string broken =
            BrokenNote(declared, id, snapshot.round.fiscal_year);
        if (!broken.empty()) {
          apart.Add(label, std::move(broken));
          continue;
        }
        const std::string why =
            WhyNotCompared(declared, BothYears(snapshot, value->second));
        if (why.empty()) {
          if (HasShares(*figure, value->second) &&
              (figure->indicators.size() == 1
                   ? figure->has_previous
                   : OwnColumnsOf(figure->table, id).before)) {
            const TwoYears years = BothYears(snapshot, value->second);
            if (std::string note = UnknownChangeNote(years); !note.empty()) {
              unchanged.Add(label, std::move(note));
            }
          }
          continue;
        }
        const OwnColumns columns = OwnColumnsOf(figure->table, id);
        if (columns.now && !columns.before) {
          apart.Add(label, before + "の調査の値は並べて示さない（" + why +
                               "）。");
        } else if (figure->indicators.size() == 1 && figure->has_previous &&
                   HasShares(*figure, value->second)) {
          unchanged.Add(label,
                        before + "の調査からの増減は示さない（" + why + "）。");
        }
      }
      for (std::string& words :
           std::move(apart).Take(figure->indicators.size())) {
        figure->sheet.remarks.push_back(words);
        figure->notes.push_back(std::move(words));
      }
      for (std::string& words :
           std::move(unchanged).Take(figure->indicators.size())) {
        figure->notes.push_back(std::move(words));
      }
    }
  }
}

void AddChanges(const Comparabilities& declared, const Snapshot& snapshot,
                ReportModel& model) {
  if (!snapshot.previous_round.has_value()) return;
  const int year = snapshot.round.fiscal_year;
  Figure figure;
  figure.id = "annex_changes";
  figure.title = YearWords(year - 1) + "の調査からの増減";
  figure.year = YearWords(year);
  figure.has_previous = true;
  const std::string now = YearWords(year) + "の調査";
  const std::string before = YearWords(year - 1) + "の調査";
  figure.table.row_key = "option";
  figure.table.row_label = "区分";
  figure.table.columns = {
      {"question", "設問", Column::Kind::kText},
      NumberColumn("count", "回答数", kCountUnit, now),
      NumberColumn("base", "n", kCountUnit, now),
      NumberColumn("unknown", "無回答・不詳等", kCountUnit, now),
      NumberColumn("previous_count", "回答数", kCountUnit, before),
      NumberColumn("previous_base", "n", kCountUnit, before),
      NumberColumn("previous_unknown", "無回答・不詳等", kCountUnit, before),
      NumberColumn("change", "ポイント差", "ポイント"),
      {"note", "注", Column::Kind::kText}};
  std::set<std::string, std::less<>> done;
  int others = 0;
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* shown = std::get_if<Figure>(&block);
      if (shown == nullptr || !shown->has_previous) continue;
      for (const std::string& id : shown->indicators) {
        // Of written answers a table says how many there are, and no more.
        if (shown->indicators.size() > 1 &&
            !OwnColumnsOf(shown->table, id).before) {
          continue;
        }
        const auto value = snapshot.values.find(id);
        if (value == snapshot.values.end() ||
            !HasShares(*shown, value->second) || !done.insert(id).second) {
          continue;
        }
        const TwoYears years = BothYears(snapshot, value->second);
        if (years.previous == nullptr ||
            !WhyNotCompared(declared, years).empty()) {
          ++others;
          continue;
        }
        figure.indicators.push_back(id);
        AddRows(years, figure.table);
      }
    }
  }
  if (figure.table.rows.empty()) return;
  figure.base = "比べた指標 " + std::to_string(figure.indicators.size());
  figure.notes = {
      "差は割合の差で、四捨五入の前の割合から計算する。",
      "「無回答・不詳等」は、母数に含まれる無回答、不詳、カウントしていない、の数"
      "。どちらかの年度で n の15%を超えるときは、どう答えていたとしても増減の向き"
      "が変わらない場合だけ差を示し、半数を超えるときは差を示さない。",
      "「nが異なる」行では、対象となった回答者が両年度で同じではなく、差は同"
      "じ回答者の変化を示さない。"};
  if (others > 0) {
    figure.notes.push_back("ほかに" + std::to_string(others) +
                           "の指標は比べない。理由はそれぞれの図表の注にある。");
  }
  Page page;
  page.id = "annex-changes";
  // Behind the last annex, whichever there are.
  constexpr std::string_view kAnnex = "附表";
  const std::string_view last =
      model.pages.empty() ? std::string_view() : model.pages.back().label;
  int number = 0;
  if (last.starts_with(kAnnex)) {
    std::from_chars(last.data() + kAnnex.size(), last.data() + last.size(),
                    number);
  }
  page.label = std::string(kAnnex) + std::to_string(number + 1);
  page.topic = "年度間の比較";
  page.headline = figure.title;
  page.blocks.push_back(std::move(figure));
  model.pages.push_back(std::move(page));
}

}  // namespace welfare::report
