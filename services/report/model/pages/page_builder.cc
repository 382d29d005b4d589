#include "services/report/model/pages/page_builder.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/report/model/figures/comparability.h"
#include "services/report/model/figures/figure_chart.h"
#include "services/report/model/figures/figure_notes.h"
#include "services/report/model/figures/figure_table.h"
#include "services/report/model/figures/two_years.h"
#include "services/report/model/figures/written_tables.h"
#include "services/report/model/layout.h"
#include "services/report/model/pages/key_figure.h"
#include "services/report/model/pages/registry_pages.h"
#include "services/report/model/pages/round_pages.h"
#include "services/report/model/words.h"
#include "services/report/template/fit.h"

namespace welfare::report {
namespace {

// One page while it is filled.
class PageBuilder {
 public:
  PageBuilder(const TemplatePage& source,
              const ReportTemplate& report_template, const Snapshot& snapshot,
              const Sentences& sentences, std::vector<LeftOut>& left_out)
      : template_(report_template),
        snapshot_(snapshot),
        sentences_(sentences),
        left_out_(left_out) {
    page_.id = "p" + TwoDigits(source.number);
    page_.label = std::to_string(source.number);
    page_.topic = source.topic;
    page_.headline = Headline(source);
    if (source.key.has_value()) {
      page_.key = MakeKeyFigure(snapshot_, *source.key);
    }
    for (const TemplateBlock& block : source.blocks) {
      const std::size_t before = page_.blocks.size();
      Add(block);
      if (!block.place.has_value() || page_.blocks.size() == before) continue;
      // Of a block that gives several the last one is the figure.
      page_.places.emplace(page_.blocks.size() - 1, *block.place);
      if (auto* figure = std::get_if<Figure>(&page_.blocks.back())) {
        figure->short_title = block.short_title;
      }
    }
  }

  Page Take() && { return std::move(page_); }

 private:
  using Kind = TemplateBlock::Kind;

  std::string Headline(const TemplatePage& source) {
    const Sentence headline =
        Fill(source.path + ".headline", source.headline, "見出し");
    switch (headline.kind) {
      case Sentence::Kind::kFilled:
        return headline.text;
      case Sentence::Kind::kOmitted:
        break;
      case Sentence::Kind::kReplaced:
        return source.topic + "（" + headline.text + "）";
    }
    return source.topic;
  }

  void Add(const TemplateBlock& block) {
    switch (block.kind) {
      case Kind::kHeading:
        if (auto line = FillLine(block, block.text)) {
          page_.blocks.emplace_back(Heading{std::move(line->front().text)});
        }
        return;
      case Kind::kText:
        if (auto line = FillLine(block, block.text)) {
          page_.blocks.emplace_back(Paragraph{*std::move(line)});
        }
        return;
      case Kind::kList:
        return AddList(block);
      case Kind::kFigure:
        for (const IndicatorValue* value : FindAll(block)) {
          AddFigure(block, *value);
        }
        return;
      case Kind::kTexts:
        if (const auto values = FindAll(block); !values.empty()) {
          Figure figure = WrittenTable(snapshot_, values);
          figure.id = page_.id + "_texts";
          for (const auto* value : values) figure.indicators.push_back(value->id);
          figure.title = TitleOr(block, "自由記述の記入状況");
          AddWritten(block, std::move(figure));
        }
        return;
      case Kind::kPhases:
        return AddPhases(block);
      case Kind::kExcerpts:
        return AddExcerpts(block);
      case Kind::kCover:
        return AddCover(snapshot_, page_);
      case Kind::kOutline:
        return AddOutline(snapshot_, sentences_, page_);
      case Kind::kReturns:
        return AddReturns(snapshot_, page_);
      case Kind::kRosters:
        return AddRosters(snapshot_, page_);
      case Kind::kPreparing:
        return AddPreparing(snapshot_, page_);
      case Kind::kAreas:
        return AddAreas(snapshot_, page_);
      case Kind::kMap:
        return AddMap(snapshot_, template_.tiles, page_);
    }
  }

  // --- texts ---

  // Fills a text of the page and remembers what did not fit.
  Sentence Fill(const std::string& place, std::string_view text,
                std::string_view what) {
    Sentence sentence = sentences_.Fill(text, what);
    for (const std::string& unfit : sentence.unfit) {
      page_.unfit.push_back(place + "：" + unfit);
    }
    if (sentence.misfit.has_value()) {
      Remember(place, *sentence.misfit, sentence.text);
    }
    return sentence;
  }

  void Remember(const std::string& place, const Misfit& misfit,
                std::string words) {
    const auto why = snapshot_.left_out.find(misfit.subject);
    if (misfit.reason == Misfit::Reason::kIndicatorMissing &&
        why != snapshot_.left_out.end() && !why->second.empty()) {
      words += "（" + why->second + "）";
    }
    left_out_.push_back({page_.label, place,
                         std::string(ReasonName(misfit.reason)), misfit.subject,
                         std::move(words)});
  }

  // A line of the page: the sentence, or the note in its place.
  std::optional<Line> FillLine(const TemplateBlock& block,
                               std::string_view text) {
    Sentence sentence = Fill(block.path, text, "この文");
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

  void AddList(const TemplateBlock& block) {
    BulletList list;
    for (const std::string& item : block.items) {
      if (auto line = FillLine(block, item)) {
        list.items.push_back(*std::move(line));
      }
    }
    if (!list.items.empty()) page_.blocks.emplace_back(std::move(list));
  }

  // --- figures ---

  // The values a block shows. In the place of one that the round does not have
  // stands a note.
  std::vector<const IndicatorValue*> FindAll(const TemplateBlock& block) {
    std::vector<const IndicatorValue*> values;
    for (const std::string& id : block.indicators) {
      if (const auto misfit = FindMisfit(id, sentences_.shapes())) {
        std::string words = CauseInJapanese(*misfit) + "図表を省いた。";
        Remember(block.path, *misfit, words);
        page_.blocks.emplace_back(
            Paragraph{{{std::move(words), Run::Style::kLeftOut}}});
        continue;
      }
      values.push_back(&snapshot_.values.find(id)->second);
    }
    return values;
  }

  std::string TitleOr(const TemplateBlock& block, std::string otherwise) {
    return TitleOr(block, block.title, std::move(otherwise));
  }
  std::string TitleOr(const TemplateBlock& block, std::string_view text,
                      std::string otherwise) {
    if (text.empty()) return otherwise;
    Sentence title = Fill(block.path, text, "題");
    return title.kind == Sentence::Kind::kFilled ? std::move(title.text)
                                                 : std::move(otherwise);
  }

  void AddFigure(const TemplateBlock& block, const IndicatorValue& value) {
    if (block.chart == TemplateBlock::ChartStyle::kDonut &&
        value.multiple_answer) {
      const Misfit misfit = {Misfit::Reason::kDonutOfMultiple, "", value.id};
      std::string words = CauseInJapanese(misfit) + "図表を省いた。";
      Remember(block.path, misfit, words);
      page_.blocks.emplace_back(
          Paragraph{{{std::move(words), Run::Style::kLeftOut}}});
      return;
    }
    const TwoYears years = BothYears(snapshot_, value);
    Figure figure;
    figure.id = page_.id + "_" + value.id;
    figure.indicators = {value.id};
    figure.title = TitleOr(block, value.label);
    figure.base = BaseWords(value, years.previous);
    figure.year = ReferenceWords(value);
    figure.multiple_answer = value.multiple_answer;
    figure.has_previous = years.previous != nullptr;
    figure.table = FigureTable(years);
    if (auto chart = FigureChart(years, block.chart, block.scale,
                                 TitleWithBase(figure))) {
      figure.charts.push_back(*std::move(chart));
    }
    figure.notes = FigureNotes(years, figure, block.published_chart_lost);
    figure.sheet = FigureSheetFacts(years);
    AddNotes(block, figure);
    page_.blocks.emplace_back(std::move(figure));
  }

  // A matrix of texts, both years of what can be compared.
  void AddPhases(const TemplateBlock& block) {
    std::vector<MatrixItem> items;
    for (const IndicatorValue* value : FindAll(block)) {
      MatrixItem item{BothYears(snapshot_, *value), value->label};
      if (!WhyNotCompared(template_.comparability, item.years).empty()) {
        item.years.previous = nullptr;
      }
      const auto named = std::ranges::find(block.indicators, value->id);
      const auto at =
          static_cast<std::size_t>(named - block.indicators.begin());
      if (at < block.labels.size()) {
        item.label = TitleOr(block, block.labels[at], std::move(item.label));
      }
      items.push_back(std::move(item));
    }
    if (items.empty()) return;
    Figure figure =
        PhaseTable(items, TitleOr(block, items.front().years.value.label));
    figure.id = page_.id + "_phases";
    for (const MatrixItem& item : items) {
      figure.indicators.push_back(item.years.value.id);
    }
    AddWritten(block, std::move(figure));
  }

  // Written answers, as their respondents consented to.
  void AddExcerpts(const TemplateBlock& block) {
    Figure figure = ExcerptTable(snapshot_, block.excerpts);
    figure.id = page_.id + "_excerpts" +
                (excerpts_++ == 0 ? "" : std::to_string(excerpts_));
    figure.title = TitleOr(block, "自由記述から");
    AddNotes(block, figure);
    page_.blocks.emplace_back(std::move(figure));
  }

  void AddWritten(const TemplateBlock& block, Figure figure) {
    figure.notes.emplace_back(
        "記述の本文は、回答者の同意を得たもののほかは引用しない。");
    AddNotes(block, figure);
    page_.blocks.emplace_back(std::move(figure));
  }

  // The notes that the template adds.
  void AddNotes(const TemplateBlock& block, Figure& figure) {
    for (const std::string& note : block.notes) {
      Sentence sentence = Fill(block.path, note, "この注");
      if (sentence.kind != Sentence::Kind::kOmitted) {
        figure.sheet.remarks.push_back(sentence.text);
        figure.notes.push_back(std::move(sentence.text));
      }
    }
  }

  const ReportTemplate& template_;
  const Snapshot& snapshot_;
  const Sentences& sentences_;
  std::vector<LeftOut>& left_out_;
  Page page_;
  int excerpts_ = 0;  // blocks of them
};

}  // namespace

Page BuildPage(const TemplatePage& source,
               const ReportTemplate& report_template, const Snapshot& snapshot,
               const Sentences& sentences, std::vector<LeftOut>& left_out) {
  return PageBuilder(source, report_template, snapshot, sentences, left_out)
      .Take();
}

}  // namespace welfare::report
