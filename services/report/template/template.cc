#include "services/report/template/template.h"

#include <set>
#include <string_view>

#include "services/report/template/placeholder.h"

namespace welfare::report {
namespace {

class Checker {
 public:
  explicit Checker(const base::WordingProfile& wordings)
      : wordings_(wordings) {}

  void Page(const TemplatePage& page) {
    shown_.clear();
    for (const TemplateBlock& block : page.blocks) {
      for (const std::string& indicator : block.indicators) {
        if (!shown_.insert(indicator).second) {
          Add(block.path, "INDICATOR_REPEATED",
              "The page shows " + indicator + " twice; show it once.");
        }
      }
    }
    Places(page);
    if (page.key.has_value()) Key(page);
    if (page.topic.empty()) {
      Add(page.path + ".topic", "FIELD_MISSING", "Give the page a topic.");
    }
    Text(page.path + ".headline", page.headline);
    if (page.blocks.empty()) {
      Add(page.path + ".blocks", "PAGE_EMPTY", "Give the page a block.");
    }
    for (const TemplateBlock& block : page.blocks) Block(block);
  }

  void Add(std::string field, std::string_view reason,
           std::string description) {
    faults_.push_back(
        {std::move(field), std::string(reason), std::move(description)});
  }

  std::vector<base::Violation> Take() { return std::move(faults_); }

 private:
  using Kind = TemplateBlock::Kind;

  // A sheet has at most four blocks, none over another.
  void Places(const TemplatePage& page) {
    std::vector<const TemplateBlock*> placed;
    for (const TemplateBlock& block : page.blocks) {
      if (!block.place.has_value()) continue;
      if (block.kind == Kind::kFigure && block.indicators.size() > 1) {
        Add(block.path + ".place", "PLACE_OF_SEVERAL",
            "A place holds one figure; name one indicator.");
      }
      for (const TemplateBlock* other : placed) {
        if (Overlap(*other->place, *block.place)) {
          Add(block.path + ".place", "PLACE_TAKEN",
              "The place is taken by " + other->path + ".");
        }
      }
      placed.push_back(&block);
    }
  }

  void Key(const TemplatePage& page) {
    const std::string& figure = page.key->figure;
    const std::string path = page.path + ".key";
    if (page.key->label.empty()) {
      Add(path + ".label", "FIELD_MISSING", "Say what the number is.");
    }
    if (figure == "returns.all") return;
    const std::size_t dot = figure.find('.');
    if (dot == std::string::npos || dot + 1 == figure.size()) {
      Add(path + ".figure", "KEY_UNKNOWN",
          "Name a cell, `indicator.cell`, or `returns.all`.");
    } else if (!shown_.contains(figure.substr(0, dot))) {
      Add(path + ".figure", "PLACEHOLDER_WITHOUT_TABLE",
          figure +
              " stands in no table of the page; show the indicator on the "
              "page.");
    }
  }

  void Block(const TemplateBlock& block) {
    switch (block.kind) {
      case Kind::kHeading:
      case Kind::kText:
        Text(block.path, block.text);
        break;
      case Kind::kList:
        if (block.items.empty()) {
          Add(block.path, "LIST_EMPTY", "Give the list an item.");
        }
        for (const std::string& item : block.items) Text(block.path, item);
        break;
      case Kind::kFigure:
      case Kind::kTexts:
      case Kind::kPhases:
        if (block.indicators.empty()) {
          Add(block.path, "INDICATOR_MISSING", "Name an indicator to show.");
        }
        break;
      default:
        break;
    }
    for (const std::string& note : block.notes) Text(block.path, note);
  }

  void Text(const std::string& path, std::string_view text) {
    if (text.empty()) {
      Add(path, "TEXT_EMPTY", "Write the text.");
      return;
    }
    const ParsedText parsed = ParseText(text);
    for (const std::string& fault : parsed.faults) {
      Add(path, "PLACEHOLDER_UNKNOWN", fault);
    }
    for (const Placeholder& part : parsed.parts) {
      for (const std::string& wording : part.wordings) {
        // Any share shows whether there is a rule.
        if (base::CheckWording(wordings_, wording, 1, 2).verdict ==
            base::WordingVerdict::kUnchecked) {
          Add(path, "WORDING_UNKNOWN",
              "The wordings of the template have no rule for '" + wording +
                  "'.");
        }
      }
      if (part.indicator.empty() || part.kind == Placeholder::Kind::kContext) {
        continue;
      }
      if (!shown_.contains(part.indicator)) {
        Add(path, "PLACEHOLDER_WITHOUT_TABLE",
            part.source +
                " takes a figure that no table of the page shows; "
                "show the indicator on the page.");
      }
    }
  }

  const base::WordingProfile& wordings_;
  std::set<std::string, std::less<>> shown_;
  std::vector<base::Violation> faults_;
};

}  // namespace

std::vector<base::Violation> FindTemplateFaults(
    const ReportTemplate& report_template) {
  Checker checker(report_template.wordings);
  const auto require = [&](std::string_view field, bool present) {
    if (!present) {
      checker.Add(std::string(field), "FIELD_MISSING", "Fill in the field.");
    }
  };
  require("template", !report_template.id.empty());
  require("survey", !report_template.survey.empty());
  require("program", !report_template.program.empty());
  require("first_roster_year", report_template.first_roster_year != 0);
  require("title", !report_template.title.empty());
  require("pages", !report_template.pages.empty());
  if (report_template.final_response_percent < 0 ||
      report_template.final_response_percent > 100) {
    checker.Add("final_response_percent", "RESPONSE_PERCENT",
                "It is a share of those asked, 0 to 100.");
  }
  std::string joined;
  for (const std::string& line : report_template.title_lines) joined += line;
  if (!joined.empty() && joined != report_template.title) {
    checker.Add("title_lines", "TITLE_LINES",
                "Together the lines are the title, letter by letter.");
  }
  int expected = 1;
  for (const TemplatePage& page : report_template.pages) {
    if (page.number != expected) {
      checker.Add(page.path + ".page", "PAGE_NUMBER",
                  "Number the pages 1, 2, 3 ...; here " +
                      std::to_string(expected) + " is expected.");
    }
    ++expected;
    checker.Page(page);
  }
  return checker.Take();
}

}  // namespace welfare::report
