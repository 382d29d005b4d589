#include "services/report/files/template_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/report/errors.h"
#include "services/yaml/mapping.h"

namespace welfare::report {
namespace {

using Kind = TemplateBlock::Kind;
using Style = TemplateBlock::ChartStyle;

// The one key of a block that says what it is.
constexpr std::array<std::pair<std::string_view, Kind>, 12> kKinds = {
    {{"heading", Kind::kHeading},
     {"text", Kind::kText},
     {"list", Kind::kList},
     {"figure", Kind::kFigure},
     {"texts", Kind::kTexts},
     {"phases", Kind::kPhases},
     {"cover", Kind::kCover},
     {"outline", Kind::kOutline},
     {"returns", Kind::kReturns},
     {"rosters", Kind::kRosters},
     {"preparing", Kind::kPreparing},
     {"areas", Kind::kAreas}}};

constexpr std::array<std::pair<std::string_view, Style>, 5> kStyles = {
    {{"auto", Style::kAuto},
     {"none", Style::kNone},
     {"bars", Style::kBars},
     {"stacked", Style::kStacked},
     {"columns", Style::kColumns}}};

class Reader {
 public:
  explicit Reader(std::vector<base::Violation>& faults) : faults_(faults) {}

  ReportTemplate Read(const yaml::Node& root) {
    yaml::Mapping fields(root, faults_);
    ReportTemplate result;
    result.id = fields.Text("template");
    result.survey = fields.Text("survey");
    result.program = fields.Text("program");
    result.first_roster_year =
        static_cast<int>(fields.Integer("first_roster_year").value_or(0));
    result.title = fields.Text("title");
    result.subtitle = fields.Text("subtitle");
    fields.Each("pages", [&](const yaml::Node& page) {
      result.pages.push_back(ReadPage(page));
    });
    return result;
  }

 private:
  TemplatePage ReadPage(const yaml::Node& node) {
    yaml::Mapping fields(node, faults_);
    TemplatePage page;
    page.number = static_cast<int>(fields.RequiredInteger("page").value_or(0));
    page.path = "pages[" + std::to_string(page.number) + "]";
    page.topic = fields.Text("topic");
    page.headline = fields.Text("headline");
    fields.Each("blocks", [&](const yaml::Node& block) {
      page.blocks.push_back(ReadBlock(
          block,
          page.path + ".blocks[" + std::to_string(page.blocks.size()) + "]"));
    });
    return page;
  }

  TemplateBlock ReadBlock(const yaml::Node& node, const std::string& path) {
    yaml::Mapping fields(node, faults_);
    TemplateBlock block;
    block.path = path;
    int kinds = 0;
    for (const auto& [name, kind] : kKinds) {
      if (fields.Find(name) == nullptr) continue;
      ++kinds;
      block.kind = kind;
      switch (kind) {
        case Kind::kHeading:
        case Kind::kText:
          block.text = fields.Text(name);
          break;
        case Kind::kList:
          block.items = fields.TextOrTexts(name);
          break;
        case Kind::kFigure:
        case Kind::kTexts:
        case Kind::kPhases:
          block.indicators = fields.TextOrTexts(name);
          break;
        default:
          break;
      }
    }
    if (kinds != 1) {
      fields.Refuse("", "BLOCK_KIND", "A block is of one kind: say which.");
    }
    if (fields.Find("chart") != nullptr) {
      const auto found =
          std::ranges::find(kStyles, fields.Text("chart"),
                            &std::pair<std::string_view, Style>::first);
      if (found == kStyles.end()) {
        fields.RefuseKind("chart", "auto, none, bars, stacked or columns");
      } else {
        block.chart = found->second;
      }
    }
    block.published_chart_lost = fields.Boolean("published_chart_lost", false);
    block.title = fields.Text("title");
    block.notes = fields.TextOrTexts("notes");
    return block;
  }

  std::vector<base::Violation>& faults_;
};

absl::Status FileFault(const std::string& file, std::string description) {
  return TemplateInvalid(file, {{"", "FILE", std::move(description)}});
}

}  // namespace

absl::StatusOr<ReportTemplate> ReadTemplate(std::string_view file,
                                            std::string_view text) {
  std::vector<base::Violation> faults;
  const auto root = yaml::ReadYaml("", text, faults);
  if (!root.has_value()) return TemplateInvalid(file, std::move(faults));
  ReportTemplate result = Reader(faults).Read(*root);
  for (base::Violation& fault : FindTemplateFaults(result)) {
    faults.push_back(std::move(fault));
  }
  if (!faults.empty()) return TemplateInvalid(file, std::move(faults));
  result.digest = base::Sha256Hex(text);
  return result;
}

absl::StatusOr<std::map<std::string, ReportTemplate, std::less<>>>
LoadTemplates(const std::string& folder) {
  std::map<std::string, ReportTemplate, std::less<>> templates;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::filesystem::path file = entry.path() / "template.yaml";
    if (!std::filesystem::exists(file, error)) continue;
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) return FileFault(file.string(), "The file cannot be read.");
    WELFARE_ASSIGN_OR_RETURN(ReportTemplate read,
                             ReadTemplate(file.string(), text.str()));
    const std::string id = entry.path().filename().string();
    if (read.id != id) {
      return FileFault(file.string(), "Its id must be the name of its folder.");
    }
    templates.emplace(id, std::move(read));
  }
  if (templates.empty()) return FileFault(folder, "There is no template.");
  return templates;
}

}  // namespace welfare::report
