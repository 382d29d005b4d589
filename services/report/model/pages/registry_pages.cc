#include "services/report/model/pages/registry_pages.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/numbers/percent.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

constexpr std::string_view kUnrecordedNote =
    "台帳に記録のない区市町村は実施にも未実施にも、前年度の記録がない区市町村は"
    "新規にも数えない。「以上」の付く数は少なくともこの値である。";

// A number of a roster: a symbol where nothing is on record, a lower bound
// where something is missing.
TableCell RecordedCell(const RosterCounts& counts, int number) {
  if (counts.unrecorded == counts.all) {
    return SymbolCell(Symbol::kNotApplicable);
  }
  if (counts.unrecorded > 0) return LowerBoundCell(std::to_string(number));
  return NumberCell(number);
}

// The share that implements; none where a record is missing.
TableCell ShareCell(const RosterCounts& counts) {
  if (counts.unrecorded > 0) return SymbolCell(Symbol::kNotApplicable);
  return DecimalCell(base::FormatPercent(counts.implementing, counts.all));
}

// 30自治体（うち新規 7）
std::string CountWords(const RosterCounts& counts) {
  if (counts.unrecorded == counts.all) return "記録なし";
  return std::to_string(counts.implementing) + "自治体" +
         (counts.unrecorded > 0 ? SymbolText(Symbol::kLowerBound) : "") +
         "（うち新規 " + std::to_string(counts.newcomers) +
         (NewcomersAreLowerBound(counts) ? SymbolText(Symbol::kLowerBound)
                                         : "") +
         "）";
}

// More shades are not told apart.
constexpr std::size_t kMostMapYears = 5;

// `千代田` of 千代田区; names of two characters stay whole.
std::string ShortName(const std::string& name) {
  constexpr std::size_t kCharacter = 3;  // bytes of 区, 市, 町 and 村
  for (const std::string_view end : {"区", "市", "町", "村"}) {
    if (name.ends_with(end) && name.size() > 2 * kCharacter) {
      return name.substr(0, name.size() - kCharacter);
    }
  }
  return name;
}

}  // namespace

RosterCounts CountRoster(const Roster& roster) {
  RosterCounts counts;
  for (const RosterEntry& entry : roster.entries) {
    ++counts.all;
    if (entry.implementing == Implementing::kYes) {
      ++counts.implementing;
      if (entry.newcomer) ++counts.newcomers;
      if (entry.newcomer_unknown) ++counts.newcomers_unknown;
      continue;
    }
    if (!entry.implementing.has_value()) {
      ++counts.unrecorded;
    } else {
      ++counts.not_implementing;
    }
    if (entry.preparation == Preparation::kYes) ++counts.preparing;
  }
  return counts;
}

bool NewcomersAreLowerBound(const RosterCounts& counts) {
  return counts.unrecorded > 0 || counts.newcomers_unknown > 0;
}

void AddRosters(const Snapshot& snapshot, Page& page) {
  const int this_year = snapshot.round.fiscal_year;
  page.newcomers = true;
  Figure figure;
  figure.id = page.id + "_implementing_by_year";
  figure.title = "実施自治体数の推移";
  figure.table.row_key = "fiscal_year";
  figure.table.row_label = "年度";
  figure.table.columns = {
      NumberColumn("implementing", "実施", kMunicipalityUnit),
      NumberColumn("newcomers", "うち新規", kMunicipalityUnit),
      NumberColumn("leavers", "終了", kMunicipalityUnit),
      NumberColumn("municipalities", "全区市町村", kMunicipalityUnit),
      NumberColumn("percent", "割合（%）", kPercentUnit)};
  Chart chart;
  chart.kind = Chart::Kind::kTimeline;
  chart.unit = "自治体";
  Chart::Series series;
  Chart::Series newcomers;
  // The share, as a line: it breaks where the number of municipalities changes.
  Chart share;
  share.kind = Chart::Kind::kLine;
  share.unit = "%";
  Chart::Series shares;
  int counted = 0;
  std::vector<NameList> lists;
  int all = 0;
  bool unrecorded = false;
  for (const Roster& roster : snapshot.rosters) {
    if (roster.fiscal_year > this_year) continue;
    const RosterCounts counts = CountRoster(roster);
    unrecorded = unrecorded || NewcomersAreLowerBound(counts);
    TableRow row{std::to_string(roster.fiscal_year),
                 YearWordsWestern(roster.fiscal_year),
                 {},
                 false};
    row.cells = {RecordedCell(counts, counts.implementing),
                 counts.newcomers_unknown > 0
                     ? LowerBoundCell(std::to_string(counts.newcomers))
                     : RecordedCell(counts, counts.newcomers),
                 RecordedCell(counts, static_cast<int>(roster.leavers.size())),
                 NumberCell(counts.all), ShareCell(counts)};
    chart.categories.push_back({ShortYearWords(roster.fiscal_year)});
    share.categories.push_back({ShortYearWords(roster.fiscal_year)});
    Chart::Point point;
    point.absent = counts.unrecorded == counts.all;
    point.amount = point.absent ? 0 : counts.implementing;
    point.label = row.cells.front().text;
    Chart::Point part;
    part.absent = point.absent;
    part.amount = part.absent ? 0 : counts.newcomers;
    part.label = part.absent ? "" : "新規" + row.cells[1].text;
    Chart::Point rate;
    rate.label = row.cells[4].text;
    rate.absent = row.cells[4].symbol == Symbol::kNotApplicable;
    if (!rate.absent) {
      rate.amount = static_cast<int>(
          (base::PercentTenths(counts.implementing, counts.all).value_or(0) +
           5) /
          10);
      rate.label += "%";
    }
    rate.breaks = counted != 0 && counted != counts.all;
    counted = counts.all;
    series.points.push_back(std::move(point));
    newcomers.points.push_back(std::move(part));
    shares.points.push_back(std::move(rate));
    figure.table.rows.push_back(std::move(row));
    all = counts.all;
    NameList list;
    list.heading = YearWords(roster.fiscal_year);
    list.count = CountWords(counts);
    for (const RosterEntry& entry : roster.entries) {
      if (entry.implementing != Implementing::kYes) continue;
      list.names.push_back({entry.name, entry.newcomer ? Run::Style::kNewcomer
                                                       : Run::Style::kPlain});
    }
    lists.push_back(std::move(list));
  }
  figure.base = "n=" + std::to_string(all) + "（全区市町村）";
  figure.year = snapshot.rosters.empty()
                    ? YearWords(this_year)
                    : YearWords(snapshot.rosters.front().fiscal_year) + "～" +
                          YearWords(this_year);
  if (unrecorded) figure.notes.emplace_back(kUnrecordedNote);
  series.label = "実施自治体数";
  series.whole = all;
  newcomers.label = "うち新規";
  newcomers.whole = all;
  shares.label = "実施率";
  shares.whole = 100;
  chart.series.push_back(std::move(series));
  chart.series.push_back(std::move(newcomers));
  share.series.push_back(std::move(shares));
  share.title = "実施率の推移　" + figure.base;
  chart.title = figure.title + "　" + figure.base;
  if (!chart.categories.empty()) {
    figure.charts.push_back(std::move(chart));
    figure.charts.push_back(std::move(share));
  }
  for (NameList& list : lists) page.blocks.push_back(std::move(list));
  page.blocks.push_back(std::move(figure));
}

void AddPreparing(const Snapshot& snapshot, Page& page) {
  const Roster* roster = snapshot.FindRoster(snapshot.round.fiscal_year);
  if (roster == nullptr) return;
  NameList list;
  list.heading = YearWords(snapshot.round.fiscal_year) + " 移行準備事業";
  for (const RosterEntry& entry : roster->entries) {
    if (entry.implementing != Implementing::kYes &&
        entry.preparation == Preparation::kYes) {
      list.names.push_back({entry.name});
    }
  }
  list.count = std::to_string(list.names.size()) + "自治体（未実施の内数）";
  page.blocks.push_back(std::move(list));
}

void AddAreas(const Snapshot& snapshot, Page& page) {
  const int this_year = snapshot.round.fiscal_year;
  const Roster* roster = snapshot.FindRoster(this_year);
  if (roster == nullptr) return;
  Figure figure;
  figure.id = page.id + "_areas";
  figure.title = "地域区分別の実施状況";
  figure.year = YearWords(this_year);
  figure.base =
      "n=" + std::to_string(roster->entries.size()) + "（全区市町村）";
  figure.table.row_key = "area";
  figure.table.row_label = "地域区分";
  figure.table.columns = {
      NumberColumn("municipalities", "区市町村", kMunicipalityUnit),
      NumberColumn("implementing", "実施", kMunicipalityUnit),
      NumberColumn("percent", "割合（%）", kPercentUnit),
      NumberColumn("not_implementing", "未実施", kMunicipalityUnit),
      NumberColumn("preparing", "うち移行準備", kMunicipalityUnit)};
  std::vector<std::pair<std::string, Roster>> areas;
  for (const RosterEntry& entry : roster->entries) {
    auto found = std::find_if(
        areas.begin(), areas.end(),
        [&](const auto& area) { return area.first == entry.area; });
    if (found == areas.end()) {
      areas.emplace_back(entry.area, Roster());
      found = areas.end() - 1;
    }
    found->second.entries.push_back(entry);
  }
  // The order official tables use; other groups follow in code order.
  constexpr std::array<std::string_view, 4> kOrder = {"区部", "市部", "町村部",
                                                      "島しょ"};
  const auto rank = [&](const std::string& area) {
    return std::find(kOrder.begin(), kOrder.end(), area) - kOrder.begin();
  };
  std::stable_sort(areas.begin(), areas.end(),
                   [&](const auto& a, const auto& b) {
                     return rank(a.first) < rank(b.first);
                   });
  const auto row = [&](std::string key, const Roster& of, bool muted) {
    const RosterCounts counts = CountRoster(of);
    TableRow result{key, std::move(key), {}, muted};
    result.cells = {
        NumberCell(counts.all), RecordedCell(counts, counts.implementing),
        ShareCell(counts), RecordedCell(counts, counts.not_implementing),
        RecordedCell(counts, counts.preparing)};
    figure.table.rows.push_back(std::move(result));
  };
  for (const auto& [area, part] : areas) row(area, part, false);
  row("合計", *roster, true);
  if (CountRoster(*roster).unrecorded > 0) {
    figure.notes.emplace_back(kUnrecordedNote);
  }
  page.blocks.push_back(std::move(figure));
}

void AddMap(const Snapshot& snapshot, const TemplateTiles& tiles, Page& page) {
  const int this_year = snapshot.round.fiscal_year;
  const Roster* roster = snapshot.FindRoster(this_year);
  if (roster == nullptr) return;
  std::map<std::string, int, std::less<>> first;
  std::set<int> years;
  for (const Roster& of : snapshot.rosters) {
    if (of.fiscal_year > this_year) continue;
    for (const RosterEntry& entry : of.entries) {
      if (entry.implementing != Implementing::kYes) continue;
      first.emplace(entry.municipality, of.fiscal_year);
    }
  }
  for (const auto& [municipality, year] : first) years.insert(year);
  while (years.size() > kMostMapYears) years.erase(years.begin());

  Figure figure;
  figure.id = page.id + "_first_year";
  figure.title = "事業を始めた年度";
  figure.year = YearWords(this_year);
  figure.base =
      "n=" + std::to_string(roster->entries.size()) + "（全区市町村）";
  figure.table.row_key = "first_year";
  figure.table.row_label = "始めた年度";
  figure.table.columns = {
      NumberColumn("municipalities", "自治体", kMunicipalityUnit),
      {"names", "区市町村", Column::Kind::kText, "", "", true}};
  struct Group {
    std::string key;
    std::string label;
    std::string print;
    int count = 0;
    std::string names = {};
  };
  std::vector<Group> groups;
  for (const int year : years) {
    const bool earlier = year == *years.begin() &&
                         std::ranges::any_of(first, [year](const auto& one) {
                           return one.second < year;
                         });
    const std::string before = earlier ? "以前" : "";
    groups.push_back({std::to_string(year), YearWords(year) + before,
                      ShortYearWords(year) + before});
  }
  const std::size_t preparing = groups.size();
  const bool unrecorded = CountRoster(*roster).unrecorded > 0;
  groups.push_back({"preparing", "移行準備事業", "移行準備"});
  groups.push_back(
      {"none", unrecorded ? "実施していない・記録なし" : "実施していない",
       unrecorded ? "実施していない・記録なし" : "実施していない"});
  Chart chart;
  chart.kind = Chart::Kind::kTileMap;
  std::string unplaced;
  for (const RosterEntry& entry : roster->entries) {
    std::size_t group = groups.size() - 1;
    std::string words;
    if (entry.implementing == Implementing::kYes) {
      const int year = first.at(entry.municipality);
      const auto found = years.lower_bound(year);
      group = static_cast<std::size_t>(std::distance(years.begin(), found));
      words = ShortYearWords(year);
    } else if (entry.preparation == Preparation::kYes) {
      group = preparing;
    }
    ++groups[group].count;
    groups[group].names +=
        (groups[group].names.empty() ? "" : "、") + entry.name;
    const std::size_t slash = entry.municipality.rfind('/');
    const auto tile = tiles.find(entry.municipality.substr(slash + 1));
    if (tile == tiles.end()) {
      unplaced += (unplaced.empty() ? "" : "、") + entry.name;
      continue;
    }
    chart.tiles.push_back({tile->second.column, tile->second.row,
                           ShortName(entry.name), std::move(words), group});
  }
  if (chart.tiles.empty()) return;
  if (!unplaced.empty()) {
    figure.notes.push_back("配置図に位置のない区市町村：" + unplaced + "。");
  }
  if (unrecorded) figure.notes.emplace_back(kUnrecordedNote);
  for (Group& group : groups) {
    const std::string count = std::to_string(group.count);
    chart.categories.push_back({group.print + "（" + count +
                                (chart.categories.empty() ? "自治体" : "") +
                                "）"});
    TableRow row{group.key, group.label, {}, false};
    row.cells = {NumberCell(group.count), TextCell(std::move(group.names))};
    figure.table.rows.push_back(std::move(row));
  }
  chart.title = figure.title + "　" + figure.base;
  figure.charts.push_back(std::move(chart));
  page.blocks.push_back(std::move(figure));
}

}  // namespace welfare::report
