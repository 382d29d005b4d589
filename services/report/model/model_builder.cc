#include "services/report/model/model_builder.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/annexes.h"
#include "services/report/model/figure_chart.h"
#include "services/report/model/figure_notes.h"
#include "services/report/model/figure_table.h"
#include "services/report/model/registry_pages.h"
#include "services/report/model/round_pages.h"
#include "services/report/model/sentences.h"
#include "services/report/model/two_years.h"
#include "services/report/model/words.h"
#include "services/report/model/written_tables.h"
#include "services/report/template/fit.h"
#include "services/report/template/placeholder.h"

namespace welfare::report {
namespace {

// `令和7`, as labels of a questionnaire want it.
std::string EraYear(int year) {
  std::string words = YearWords(year);
  constexpr std::string_view kSuffix = "年度";
  if (words.ends_with(kSuffix)) words.resize(words.size() - kSuffix.size());
  return words;
}

// Fills the years a label may name; see FindRawPlaceholder for the rest.
void FillYears(std::string& label, const IndicatorValue& value) {
  const std::array<std::pair<std::string_view, int>, 3> years = {
      {{"{ref_fy_ja}", value.reference_year},
       {"{fy_ja}", value.fiscal_year},
       {"{previous_fy_ja}", value.fiscal_year - 1}}};
  for (const auto& [name, year] : years) {
    for (std::size_t at = label.find(name); at != std::string::npos;
         at = label.find(name, at)) {
      label.replace(at, name.size(), EraYear(year));
    }
  }
}

void FillYears(IndicatorValues& values) {
  for (auto& [id, value] : values) {
    FillYears(value.label, value);
    FillYears(value.population_label, value);
    for (ValueCell& cell : value.cells) FillYears(cell.label, value);
  }
}

// Calls `visit` with every text of a page that is printed.
void ForEachText(Page& page, const std::function<void(std::string&)>& visit) {
  const auto line = [&](Line& runs) {
    for (Run& run : runs) visit(run.text);
  };
  const auto figure = [&](Figure& one) {
    visit(one.title);
    visit(one.base);
    visit(one.year);
    visit(one.table.row_label);
    for (Column& column : one.table.columns) {
      visit(column.label);
      visit(column.group);
    }
    for (TableRow& row : one.table.rows) {
      visit(row.label);
      for (TableCell& cell : row.cells) {
        visit(cell.text);
        visit(cell.data);
      }
    }
    for (Chart& chart : one.charts) {
      visit(chart.title);
      visit(chart.unit);
      for (Chart::Category& category : chart.categories) visit(category.label);
      for (Chart::Series& series : chart.series) {
        visit(series.label);
        for (Chart::Point& point : series.points) visit(point.label);
      }
    }
    for (std::string& note : one.notes) visit(note);
  };
  visit(page.topic);
  visit(page.headline);
  for (Block& block : page.blocks) {
    std::visit(
        [&](auto& one) {
          using One = std::decay_t<decltype(one)>;
          if constexpr (std::is_same_v<One, Heading>) {
            visit(one.text);
          } else if constexpr (std::is_same_v<One, Paragraph>) {
            line(one.line);
          } else if constexpr (std::is_same_v<One, BulletList>) {
            for (Line& item : one.items) line(item);
          } else if constexpr (std::is_same_v<One, DefinitionList>) {
            for (DefinitionList::Item& item : one.items) {
              visit(item.term);
              for (Line& text : item.lines) line(text);
            }
          } else if constexpr (std::is_same_v<One, NameList>) {
            visit(one.heading);
            visit(one.count);
            line(one.names);
          } else {
            figure(one);
          }
        },
        block);
  }
}

class Builder {
 public:
  // `snapshot` must outlive the builder.
  Builder(const ReportTemplate& report_template, const Snapshot& snapshot,
          std::string_view snapshot_id)
      : template_(report_template), snapshot_(snapshot), sentences_(snapshot) {
    model_.id =
        report_template.id + "-" + std::to_string(snapshot.round.fiscal_year);
    model_.title = report_template.title;
    model_.subtitle = report_template.subtitle;
    model_.publisher = snapshot.round.publisher;
    model_.year = YearWordsWestern(snapshot.round.fiscal_year);
    model_.synthetic = snapshot.round.synthetic;
    model_.previous_synthetic = snapshot.previous_round.has_value() &&
                                snapshot.previous_round->synthetic;
    model_.snapshot_id = std::string(snapshot_id);
  }

  ReportModel Build() {
    for (const TemplatePage& page : template_.pages) AddPage(page);
    AddComparison(snapshot_, model_);
    for (Page& page : model_.pages) ReplaceRawPlaceholders(page);
    AddColophon(snapshot_, left_out_, model_);
    for (Page& page : model_.pages) Finish(page);
    return std::move(model_);
  }

 private:
  using Kind = TemplateBlock::Kind;

  void AddPage(const TemplatePage& source) {
    Page page;
    page.id = "p" + TwoDigits(source.number);
    page.label = std::to_string(source.number);
    page.topic = source.topic;
    const Sentence headline =
        Fill(page, source.path + ".headline", source.headline, "見出し");
    switch (headline.kind) {
      case Sentence::Kind::kFilled:
        page.headline = headline.text;
        break;
      case Sentence::Kind::kOmitted:
        page.headline = page.topic;
        break;
      case Sentence::Kind::kReplaced:
        page.headline = page.topic + "（" + headline.text + "）";
        break;
    }
    for (const TemplateBlock& block : source.blocks) AddBlock(page, block);
    model_.pages.push_back(std::move(page));
  }

  // Fills a text of the page and remembers what did not fit.
  Sentence Fill(const Page& page, const std::string& place,
                std::string_view text, std::string_view what) {
    Sentence sentence = sentences_.Fill(text, what);
    if (sentence.misfit.has_value()) {
      Remember(page, place, *sentence.misfit, sentence.text);
    }
    return sentence;
  }

  void Remember(const Page& page, const std::string& place,
                const Misfit& misfit, std::string words) {
    const auto why = snapshot_.left_out.find(misfit.subject);
    if (misfit.reason == Misfit::Reason::kIndicatorMissing &&
        why != snapshot_.left_out.end() && !why->second.empty()) {
      words += "（" + why->second + "）";
    }
    left_out_.push_back({page.label, place,
                         std::string(ReasonName(misfit.reason)), misfit.subject,
                         std::move(words)});
  }

  // A line of the page: the sentence, or the note in its place.
  std::optional<Line> FillLine(const Page& page, const TemplateBlock& block,
                               std::string_view text) {
    Sentence sentence = Fill(page, block.path, text, "この文");
    switch (sentence.kind) {
      case Sentence::Kind::kOmitted:
        return std::nullopt;
      case Sentence::Kind::kReplaced:
        return Line{{std::move(sentence.text), Run::Style::kLeftOut}};
      case Sentence::Kind::kFilled:
        break;
    }
    return Line{{std::move(sentence.text)}};
  }

  void AddBlock(Page& page, const TemplateBlock& block) {
    switch (block.kind) {
      case Kind::kHeading:
        if (auto line = FillLine(page, block, block.text)) {
          page.blocks.emplace_back(Heading{std::move(line->front().text)});
        }
        return;
      case Kind::kText:
        if (auto line = FillLine(page, block, block.text)) {
          page.blocks.emplace_back(Paragraph{*std::move(line)});
        }
        return;
      case Kind::kList: {
        BulletList list;
        for (const std::string& item : block.items) {
          if (auto line = FillLine(page, block, item)) {
            list.items.push_back(*std::move(line));
          }
        }
        if (!list.items.empty()) page.blocks.emplace_back(std::move(list));
        return;
      }
      case Kind::kFigure:
        for (const IndicatorValue* value : FindAll(page, block)) {
          AddFigure(page, block, *value);
        }
        return;
      case Kind::kTexts:
        if (const auto values = FindAll(page, block); !values.empty()) {
          Figure figure = WrittenTable(snapshot_, values);
          figure.id = page.id + "_texts";
          figure.title = TitleOr(page, block, "自由記述の記入状況");
          AddWritten(page, block, std::move(figure));
        }
        return;
      case Kind::kPhases:
        if (const auto values = FindAll(page, block); !values.empty()) {
          Figure figure =
              PhaseTable(values, TitleOr(page, block, values.front()->label));
          figure.id = page.id + "_phases";
          AddWritten(page, block, std::move(figure));
        }
        return;
      case Kind::kCover:
        return AddCover(snapshot_, page);
      case Kind::kOutline:
        return AddOutline(snapshot_, sentences_, page);
      case Kind::kReturns:
        return AddReturns(snapshot_, page);
      case Kind::kRosters:
        return AddRosters(snapshot_, page);
      case Kind::kPreparing:
        return AddPreparing(snapshot_, page);
      case Kind::kAreas:
        return AddAreas(snapshot_, page);
    }
  }

  // The values a block shows. In the place of one that the round does not have
  // stands a note.
  std::vector<const IndicatorValue*> FindAll(Page& page,
                                             const TemplateBlock& block) {
    std::vector<const IndicatorValue*> values;
    for (const std::string& id : block.indicators) {
      if (const auto misfit = FindMisfit(id, sentences_.shapes())) {
        std::string words = CauseInJapanese(*misfit) + "図表を省いた。";
        Remember(page, block.path, *misfit, words);
        page.blocks.emplace_back(
            Paragraph{{{std::move(words), Run::Style::kLeftOut}}});
        continue;
      }
      values.push_back(&snapshot_.values.find(id)->second);
    }
    return values;
  }

  std::string TitleOr(const Page& page, const TemplateBlock& block,
                      std::string otherwise) {
    if (block.title.empty()) return otherwise;
    Sentence title = Fill(page, block.path, block.title, "題");
    return title.kind == Sentence::Kind::kFilled ? std::move(title.text)
                                                 : std::move(otherwise);
  }

  void AddFigure(Page& page, const TemplateBlock& block,
                 const IndicatorValue& value) {
    const TwoYears years = BothYears(snapshot_, value);
    Figure figure;
    figure.id = page.id + "_" + value.id;
    figure.title = TitleOr(page, block, value.label);
    figure.base = BaseWords(value, years.previous);
    figure.year = ReferenceWords(value);
    figure.multiple_answer = value.multiple_answer;
    figure.has_previous = years.previous != nullptr;
    figure.table = FigureTable(years);
    if (auto chart =
            FigureChart(years, block.chart,
                        figure.title + "　" + figure.base +
                            (figure.multiple_answer ? "（複数回答）" : ""))) {
      figure.charts.push_back(*std::move(chart));
    }
    figure.notes = FigureNotes(years, figure, block.published_chart_lost);
    AddOwnNotes(page, block, figure);
    page.blocks.emplace_back(std::move(figure));
  }

  void AddWritten(Page& page, const TemplateBlock& block, Figure figure) {
    figure.notes.emplace_back(
        "記述の本文は公開の対象ではないため、引用しない。");
    AddOwnNotes(page, block, figure);
    page.blocks.emplace_back(std::move(figure));
  }

  void AddOwnNotes(const Page& page, const TemplateBlock& block,
                   Figure& figure) {
    for (const std::string& note : block.notes) {
      Sentence sentence = Fill(page, block.path, note, "この注");
      if (sentence.kind != Sentence::Kind::kOmitted) {
        figure.notes.push_back(std::move(sentence.text));
      }
    }
  }

  // Labels are written by people elsewhere. What still looks like a
  // placeholder is printed as 〔name〕 and listed, never as typed.
  void ReplaceRawPlaceholders(Page& page) {
    std::vector<std::string> found;
    ForEachText(page, [&](std::string& text) {
      while (const auto raw = FindRawPlaceholder(text)) {
        text.replace(raw->at, raw->size, "〔" + raw->name + "〕");
        if (std::find(found.begin(), found.end(), raw->name) == found.end()) {
          found.push_back(raw->name);
        }
      }
    });
    for (const std::string& name : found) {
      left_out_.push_back({page.label, page.id, "PLACEHOLDER_UNKNOWN", name,
                           "調査票の言葉にある「" + name +
                               "」は埋められないため、〔〕で囲んで示す。"});
    }
  }

  // What follows from the finished page: marks and the legend.
  void Finish(Page& page) {
    ForEachText(page, [](std::string& text) {
      while (const auto raw = FindRawPlaceholder(text)) {
        text.replace(raw->at, raw->size, "〔" + raw->name + "〕");
      }
    });
    for (Block& block : page.blocks) {
      auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      figure->synthetic = model_.synthetic;
      figure->previous_synthetic =
          figure->has_previous && model_.previous_synthetic;
      for (Chart& chart : figure->charts) {
        chart.mark =
            SyntheticMark(figure->synthetic, figure->previous_synthetic);
      }
      CollectSymbols(figure->table, page);
    }
  }

  static void CollectSymbols(const Table& table, Page& page) {
    for (const TableRow& row : table.rows) {
      for (const TableCell& cell : row.cells) {
        if (cell.symbol != Symbol::kNone) page.symbols.insert(cell.symbol);
      }
      // Absences inside the base have rows of their own.
      for (const Symbol symbol :
           {Symbol::kNoAnswer, Symbol::kNotCounted, Symbol::kUnknown}) {
        if (row.key == SymbolName(symbol)) page.symbols.insert(symbol);
      }
    }
  }

  const ReportTemplate& template_;
  const Snapshot& snapshot_;
  Sentences sentences_;
  ReportModel model_;
  std::vector<LeftOut> left_out_;
};

}  // namespace

ReportModel BuildReport(const ReportTemplate& report_template,
                        const Snapshot& snapshot,
                        std::string_view snapshot_id) {
  Snapshot filled = snapshot;
  FillYears(filled.values);
  FillYears(filled.previous_values);
  return Builder(report_template, filled, snapshot_id).Build();
}

}  // namespace welfare::report
