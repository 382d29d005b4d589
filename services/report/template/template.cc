#include "services/report/template/template.h"

#include <charconv>
#include <cstddef>
#include <set>
#include <string_view>

#include "services/base/names/resource_name.h"
#include "services/report/template/placeholder.h"
#include "services/report/template/template_faults.h"

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
          Add(block.path, TemplateFault("INDICATOR_REPEATED"),
              {{"indicator", indicator}});
        }
      }
    }
    Places(page);
    if (page.key.has_value()) Key(page);
    if (page.topic.empty()) {
      Add(page.path + ".topic", TemplateFault("FIELD_MISSING"),
          {{"field", "topic"}});
    }
    Text(page.path + ".headline", page.headline);
    if (page.blocks.empty()) {
      Add(page.path + ".blocks", TemplateFault("PAGE_EMPTY"));
    }
    for (const TemplateBlock& block : page.blocks) Block(block);
  }

  void Add(std::string_view field, const base::ViolationRow& row,
           const base::ErrorWords& words = {}) {
    faults_.push_back(base::MakeViolation(row, field, words));
  }

  void AddAll(std::vector<base::Violation> faults) {
    for (base::Violation& fault : faults) faults_.push_back(std::move(fault));
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
        Add(block.path + ".place", TemplateFault("PLACE_OF_SEVERAL"));
      }
      for (const TemplateBlock* other : placed) {
        if (Overlap(*other->place, *block.place)) {
          Add(block.path + ".place", TemplateFault("PLACE_TAKEN"),
              {{"other", other->path}});
        }
      }
      placed.push_back(&block);
    }
  }

  void Key(const TemplatePage& page) {
    const std::string& figure = page.key->figure;
    const std::string path = page.path + ".key";
    if (page.key->label.empty()) {
      Add(path + ".label", TemplateFault("FIELD_MISSING"),
          {{"field", "label"}});
    }
    if (figure == "returns.all") return;
    const std::size_t dot = figure.find('.');
    if (dot == std::string::npos || dot + 1 == figure.size()) {
      Add(path + ".figure", TemplateFault("KEY_UNKNOWN"));
    } else if (!shown_.contains(figure.substr(0, dot))) {
      Add(path + ".figure", TemplateFault("PLACEHOLDER_WITHOUT_TABLE"),
          {{"figure", figure}});
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
          Add(block.path, TemplateFault("LIST_EMPTY"));
        }
        for (std::size_t i = 0; i < block.items.size(); ++i) {
          Text(ElementPath(block.path, "items", i), block.items[i]);
        }
        break;
      case Kind::kFigure:
      case Kind::kTexts:
      case Kind::kPhases:
        if (block.indicators.empty()) {
          Add(block.path, TemplateFault("INDICATOR_MISSING"));
        }
        Labels(block);
        break;
      case Kind::kExcerpts:
        Excerpts(block);
        break;
      default:
        break;
    }
    for (std::size_t i = 0; i < block.notes.size(); ++i) {
      Text(ElementPath(block.path, "notes", i), block.notes[i]);
    }
  }

  void Labels(const TemplateBlock& block) {
    if (!block.labels.empty() &&
        (block.kind != Kind::kPhases ||
         block.labels.size() != block.indicators.size())) {
      Add(block.path + ".labels", TemplateFault("LABELS_NUMBER"));
    }
    for (std::size_t i = 0; i < block.labels.size(); ++i) {
      Text(ElementPath(block.path, "labels", i), block.labels[i]);
    }
  }

  // So many short ones fill a sheet; whether these fit it is seen on the sheet.
  static constexpr std::size_t kMostExcerpts = 12;

  void Excerpts(const TemplateBlock& block) {
    if (block.excerpts.empty() || block.excerpts.size() > kMostExcerpts) {
      Add(block.path, TemplateFault("EXCERPTS_NUMBER"));
    }
    for (std::size_t i = 0; i < block.excerpts.size(); ++i) {
      const std::string& id = block.excerpts[i];
      const std::string path = ElementPath(block.path, "excerpts", i);
      if (!base::IsResourceId(id)) {
        Add(path, TemplateFault("EXCERPT_ID"));
      } else if (!quoted_.insert(id).second) {
        Add(path, TemplateFault("EXCERPT_REPEATED"), {{"excerpt", id}});
      }
    }
  }

  void Text(const std::string& path, std::string_view text) {
    if (text.empty()) {
      Add(path, TemplateFault("TEXT_EMPTY"));
      return;
    }
    const ParsedText parsed = ParseText(text);
    for (const std::string& fault : parsed.faults) {
      Add(path, TemplateFault("PLACEHOLDER_UNKNOWN"), {{"why", fault}});
    }
    for (const Placeholder& part : parsed.parts) {
      for (const std::string& wording : part.wordings) {
        // Any share shows whether there is a rule.
        if (base::CheckWording(wordings_, wording, 1, 2).verdict ==
            base::WordingVerdict::kUnchecked) {
          Add(path, TemplateFault("WORDING_UNKNOWN"), {{"wording", wording}});
        }
      }
      if (part.indicator.empty() || part.kind == Placeholder::Kind::kContext) {
        continue;
      }
      if (!shown_.contains(part.indicator)) {
        Add(path, TemplateFault("PLACEHOLDER_WITHOUT_TABLE"),
            {{"figure", part.source}});
      }
    }
  }

  const base::WordingProfile& wordings_;
  std::set<std::string, std::less<>> shown_;
  std::set<std::string, std::less<>> quoted_;  // excerpts of all pages
  std::vector<base::Violation> faults_;
};

}  // namespace

std::string ElementPath(std::string_view path, std::string_view list,
                        std::size_t index) {
  return std::string(path) + "." + std::string(list) + "[" +
         std::to_string(index) + "]";
}

std::string MarkOf(const ReportTemplate& report_template,
                   std::string_view path) {
  while (!path.empty()) {
    if (const auto found = report_template.marks.find(path);
        found != report_template.marks.end()) {
      return found->second;
    }
    const std::size_t end = path.find_last_of(".[");
    path = path.substr(0, end == std::string_view::npos ? 0 : end);
  }
  return "";
}

int LineOf(const ReportTemplate& report_template, std::string_view path) {
  constexpr std::string_view kLine = "line ";
  const std::string mark = MarkOf(report_template, path);
  int line = 0;
  if (mark.starts_with(kLine)) {
    std::from_chars(mark.data() + kLine.size(), mark.data() + mark.size(),
                    line);
  }
  return line;
}

std::vector<NamedExcerpt> ExcerptsOf(const ReportTemplate& report_template) {
  std::vector<NamedExcerpt> named;
  for (const TemplatePage& page : report_template.pages) {
    for (const TemplateBlock& block : page.blocks) {
      for (std::size_t i = 0; i < block.excerpts.size(); ++i) {
        named.push_back({block.excerpts[i],
                         ElementPath(block.path, "excerpts", i)});
      }
    }
  }
  return named;
}

void ForEachText(const ReportTemplate& report_template,
                 const std::function<void(const std::string& path,
                                          const std::string& text)>& look) {
  const auto each = [&](const std::string& path, std::string_view list,
                        const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      look(ElementPath(path, list, i), texts[i]);
    }
  };
  look("title", report_template.title);
  for (const std::string& line : report_template.title_lines) {
    look("title_lines", line);
  }
  look("subtitle", report_template.subtitle);
  for (const auto& [key, symbol] : kChosenSymbols) {
    look("symbols." + std::string(key), report_template.symbols.SignOf(symbol));
  }
  look("symbols.minus", report_template.symbols.minus);
  for (const auto& [id, declared] : report_template.comparability) {
    look(declared.path, declared.note);
  }
  for (const TemplatePage& page : report_template.pages) {
    look(page.path + ".topic", page.topic);
    look(page.path + ".headline", page.headline);
    if (page.key.has_value()) {
      look(page.path + ".key.label", page.key->label);
      look(page.path + ".key.noun", page.key->noun);
    }
    for (const TemplateBlock& block : page.blocks) {
      look(block.path, block.text);
      each(block.path, "items", block.items);
      each(block.path, "labels", block.labels);
      look(block.path + ".title", block.title);
      look(block.path + ".short", block.short_title);
      each(block.path, "notes", block.notes);
    }
  }
}

std::vector<base::Violation> FindTemplateFaults(
    const ReportTemplate& report_template) {
  Checker checker(report_template.wordings);
  const auto require = [&](std::string_view field, bool present) {
    if (!present) {
      checker.Add(field, TemplateFault("FIELD_MISSING"),
                  {{"field", std::string(field)}});
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
    checker.Add("final_response_percent", TemplateFault("RESPONSE_PERCENT"));
  }
  std::string joined;
  for (const std::string& line : report_template.title_lines) joined += line;
  if (!joined.empty() && joined != report_template.title) {
    checker.Add("title_lines", TemplateFault("TITLE_LINES"));
  }
  checker.AddAll(FindSymbolFaults(report_template.symbols, "symbols"));
  int expected = 1;
  for (const TemplatePage& page : report_template.pages) {
    if (page.number != expected) {
      checker.Add(page.path + ".page", TemplateFault("PAGE_NUMBER"),
                  {{"number", std::to_string(expected)}});
    }
    ++expected;
    checker.Page(page);
  }
  return checker.Take();
}

}  // namespace welfare::report
