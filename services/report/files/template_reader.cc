#include "services/report/files/template_reader.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/report/errors.h"

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
  ReportTemplate Read(const YAML::Node& root) {
    ReportTemplate result;
    if (!Map(root, "",
             {"template", "survey", "program", "first_roster_year", "title",
              "subtitle", "pages"})) {
      return result;
    }
    result.id = Scalar(root, "", "template");
    result.survey = Scalar(root, "", "survey");
    result.program = Scalar(root, "", "program");
    result.first_roster_year = Number(root, "", "first_roster_year");
    result.title = Scalar(root, "", "title");
    result.subtitle = Scalar(root, "", "subtitle");
    const YAML::Node pages = root["pages"];
    if (pages && !pages.IsSequence()) {
      Fault("pages", "Make it a list.");
    } else if (pages) {
      for (std::size_t i = 0; i < pages.size(); ++i) {
        result.pages.push_back(
            ReadPage(pages[i], "pages[" + std::to_string(i) + "]"));
      }
    }
    return result;
  }

  std::vector<base::Violation> Take() { return std::move(faults_); }

 private:
  void Fault(const std::string& path, std::string description) {
    faults_.push_back({path, "FORM", std::move(description)});
  }

  bool Map(const YAML::Node& node, const std::string& path,
           const std::set<std::string>& known) {
    if (!node.IsMap()) {
      Fault(path, "Make it a mapping.");
      return false;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string key =
          entry.first.IsScalar() ? entry.first.Scalar() : "";
      if (!known.contains(key))
        Fault(path, "The key '" + key + "' is unknown.");
      if (!seen.insert(key).second) {
        Fault(path, "The key '" + key + "' stands twice.");
      }
    }
    return true;
  }

  std::string Scalar(const YAML::Node& node, const std::string& path,
                     const char* key) {
    const YAML::Node value = node[key];
    if (!value) return "";
    if (!value.IsScalar()) {
      Fault(path + "." + key, "Make it a text.");
      return "";
    }
    return value.Scalar();
  }

  int Number(const YAML::Node& node, const std::string& path, const char* key) {
    const YAML::Node value = node[key];
    int number = 0;
    if (!value || !YAML::convert<int>::decode(value, number)) {
      Fault(path + "." + key, "Make it a whole number.");
    }
    return number;
  }

  // A text, or a list of texts.
  std::vector<std::string> Texts(const YAML::Node& value,
                                 const std::string& path) {
    std::vector<std::string> texts;
    if (!value) return texts;
    if (value.IsScalar()) {
      texts.push_back(value.Scalar());
    } else if (value.IsSequence()) {
      for (const YAML::Node& item : value) {
        if (item.IsScalar()) {
          texts.push_back(item.Scalar());
        } else {
          Fault(path, "Make every entry a text.");
        }
      }
    } else {
      Fault(path, "Make it a text or a list of texts.");
    }
    return texts;
  }

  TemplatePage ReadPage(const YAML::Node& node, const std::string& path) {
    TemplatePage page;
    page.path = path;
    if (!Map(node, path, {"page", "topic", "headline", "blocks"})) return page;
    page.number = Number(node, path, "page");
    page.path = "pages[" + std::to_string(page.number) + "]";
    page.topic = Scalar(node, page.path, "topic");
    page.headline = Scalar(node, page.path, "headline");
    const YAML::Node blocks = node["blocks"];
    if (!blocks || !blocks.IsSequence()) {
      Fault(page.path + ".blocks", "Make it a list.");
      return page;
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      page.blocks.push_back(ReadBlock(
          blocks[i], page.path + ".blocks[" + std::to_string(i) + "]"));
    }
    return page;
  }

  TemplateBlock ReadBlock(const YAML::Node& node, const std::string& path) {
    TemplateBlock block;
    block.path = path;
    std::set<std::string> known = {"chart", "published_chart_lost", "title",
                                   "notes"};
    for (const auto& [name, kind] : kKinds) known.emplace(name);
    if (!Map(node, path, known)) return block;
    std::optional<Kind> kind;
    for (const auto& [name, value] : kKinds) {
      const YAML::Node content = node[std::string(name)];
      if (!content) continue;
      if (kind.has_value()) Fault(path, "A block has one kind only.");
      kind = value;
      block.kind = value;
      switch (value) {
        case Kind::kHeading:
        case Kind::kText:
          block.text = Scalar(node, path, std::string(name).c_str());
          break;
        case Kind::kList:
          block.items = Texts(content, path);
          break;
        case Kind::kFigure:
        case Kind::kTexts:
        case Kind::kPhases:
          block.indicators = Texts(content, path);
          break;
        default:
          break;
      }
    }
    if (!kind.has_value()) Fault(path, "Say what the block is.");
    if (const YAML::Node chart = node["chart"]) {
      const auto found =
          std::find_if(kStyles.begin(), kStyles.end(), [&](const auto& style) {
            return chart.IsScalar() && style.first == chart.Scalar();
          });
      if (found == kStyles.end()) {
        Fault(path + ".chart", "Use auto, none, bars, stacked or columns.");
      } else {
        block.chart = found->second;
      }
    }
    if (const YAML::Node lost = node["published_chart_lost"]) {
      if (!YAML::convert<bool>::decode(lost, block.published_chart_lost)) {
        Fault(path + ".published_chart_lost", "Use true or false.");
      }
    }
    block.title = Scalar(node, path, "title");
    block.notes = Texts(node["notes"], path + ".notes");
    return block;
  }

  std::vector<base::Violation> faults_;
};

absl::Status FileFault(const std::string& file, std::string description) {
  return TemplateInvalid(file, {{"", "FILE", std::move(description)}});
}

}  // namespace

absl::StatusOr<ReportTemplate> ReadTemplate(std::string_view file,
                                            std::string_view yaml) {
  YAML::Node root;
  try {
    root = YAML::Load(std::string(yaml));
  } catch (const YAML::Exception& error) {
    return FileFault(std::string(file),
                     "This is no YAML: " + std::string(error.what()));
  }
  Reader reader;
  ReportTemplate result = reader.Read(root);
  std::vector<base::Violation> faults = reader.Take();
  for (base::Violation& fault : FindTemplateFaults(result)) {
    faults.push_back(std::move(fault));
  }
  if (!faults.empty()) return TemplateInvalid(file, std::move(faults));
  result.digest = base::Sha256Hex(yaml);
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
