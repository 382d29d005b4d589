#include "services/report/files/template_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/report/errors.h"
#include "services/report/template/template_faults.h"
#include "services/yaml/mapping.h"
#include "services/yaml/wording_profile.h"

namespace welfare::report {
namespace {

using Kind = TemplateBlock::Kind;
using Style = TemplateBlock::ChartStyle;

// The one key of a block that says what it is.
constexpr std::array<std::pair<std::string_view, Kind>, 14> kKinds = {
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
     {"areas", Kind::kAreas},
     {"map", Kind::kMap},
     {"excerpts", Kind::kExcerpts}}};

constexpr std::array<std::pair<std::string_view, Style>, 6> kStyles = {
    {{"auto", Style::kAuto},
     {"none", Style::kNone},
     {"bars", Style::kBars},
     {"stacked", Style::kStacked},
     {"columns", Style::kColumns},
     {"donut", Style::kDonut}}};

constexpr std::array<std::pair<std::string_view, TemplateBlock::Scale>, 3>
    kScales = {{{"auto", TemplateBlock::Scale::kAuto},
                {"ordered", TemplateBlock::Scale::kOrdered},
                {"unordered", TemplateBlock::Scale::kUnordered}}};

using Break = Comparability::Break;
constexpr std::array<std::pair<std::string_view, Break>, 3> kBreaks = {
    {{"wording", Break::kWording},
     {"classes", Break::kClasses},
     {"population", Break::kPopulation}}};

class Reader {
 public:
  explicit Reader(std::vector<base::Violation>& faults) : faults_(faults) {}

  ReportTemplate Read(const yaml::Node& root) {
    yaml::Mapping fields(root, faults_);
    ReportTemplate result;
    MarkFields("", root);
    result.id = fields.Text("template");
    result.survey = fields.Text("survey");
    result.program = fields.Text("program");
    result.first_roster_year =
        static_cast<int>(fields.Integer("first_roster_year").value_or(0));
    result.final_response_percent = static_cast<int>(
        fields.Integer("final_response_percent")
            .value_or(result.final_response_percent));
    result.title = fields.Text("title");
    result.title_lines = fields.Texts("title_lines");
    result.subtitle = fields.Text("subtitle");
    ReadTiles(fields, result.tiles);
    ReadSymbols(fields, result.symbols);
    int entry = 0;
    fields.Each("comparability", [&](const yaml::Node& node) {
      ReadComparability(
          node, "comparability[" + std::to_string(entry++) + "]",
          result.comparability);
    });
    if (const yaml::Node* wordings = fields.Find("wordings");
        wordings != nullptr) {
      result.wordings = yaml::ReadWordingProfile(*wordings, faults_);
      if (const absl::Status status =
              base::ValidateWordingProfile(result.wordings);
          !status.ok()) {
        const auto details = base::GetErrorDetails(status);
        for (const base::Violation& rule :
             details.value_or(base::ErrorDetails()).violations) {
          fields.Refuse("wordings", TemplateFault("WORDINGS"),
                        {{"rule", rule.field}, {"why", rule.description}});
        }
      }
    }
    fields.Each("pages", [&](const yaml::Node& page) {
      result.pages.push_back(ReadPage(page));
    });
    result.marks = std::move(marks_);
    return result;
  }

 private:
  TemplatePage ReadPage(const yaml::Node& node) {
    yaml::Mapping fields(node, faults_);
    TemplatePage page;
    page.number = static_cast<int>(fields.RequiredInteger("page").value_or(0));
    page.path = "pages[" + std::to_string(page.number) + "]";
    Mark(page.path, node);
    MarkFields(page.path + ".", node);
    page.topic = fields.Text("topic");
    page.headline = fields.Text("headline");
    if (const yaml::Node* key = fields.Find("key"); key != nullptr) {
      yaml::Mapping of(*key, faults_);
      MarkFields(page.path + ".key.", *key);
      page.key.emplace();
      page.key->figure = of.RequiredText("figure");
      page.key->label = of.RequiredText("label");
      if (of.Find("noun") != nullptr) page.key->noun = of.Text("noun");
    }
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
    Mark(path, node);
    MarkFields(path + ".", node);
    int kinds = 0;
    for (const auto& [name, kind] : kKinds) {
      const yaml::Node* const said = fields.Find(name);
      if (said == nullptr) continue;
      ++kinds;
      block.kind = kind;
      switch (kind) {
        case Kind::kHeading:
        case Kind::kText:
          block.text = fields.Text(name);
          Mark(path, *said);
          break;
        case Kind::kList:
          block.items = fields.TextOrTexts(name);
          MarkElements(path, "items", *said);
          break;
        case Kind::kFigure:
        case Kind::kTexts:
        case Kind::kPhases:
          block.indicators = fields.TextOrTexts(name);
          MarkElements(path, "indicators", *said);
          break;
        case Kind::kExcerpts:
          block.excerpts = fields.TextOrTexts(name);
          MarkElements(path, "excerpts", *said);
          break;
        default:
          break;
      }
    }
    if (kinds != 1) {
      fields.Refuse("", TemplateFault("BLOCK_KIND"));
    }
    if (fields.Find("chart") != nullptr) {
      const auto found =
          std::ranges::find(kStyles, fields.Text("chart"),
                            &std::pair<std::string_view, Style>::first);
      if (found == kStyles.end()) {
        fields.RefuseKind("chart",
                          "auto, none, bars, stacked, columns or donut");
      } else {
        block.chart = found->second;
      }
    }
    Choose(fields, "scale", kScales, "auto, ordered or unordered", block.scale);
    Choose(fields, "place", kSheetPlaces,
           "a place of the sheet, such as left-top", block.place);
    block.short_title = fields.Text("short");
    block.published_chart_lost = fields.Boolean("published_chart_lost", false);
    block.title = fields.Text("title");
    if (const yaml::Node* labels = fields.Find("labels"); labels != nullptr) {
      block.labels = fields.TextOrTexts("labels");
      MarkElements(path, "labels", *labels);
    }
    if (const yaml::Node* notes = fields.Find("notes"); notes != nullptr) {
      block.notes = fields.TextOrTexts("notes");
      MarkElements(path, "notes", *notes);
    }
    return block;
  }

  // --- where things stand ---

  void Mark(const std::string& path, const yaml::Node& node) {
    marks_.insert_or_assign(path, node.place);
  }
  void MarkFields(const std::string& prefix, const yaml::Node& node) {
    for (const yaml::Field& field : node.fields) {
      Mark(prefix + field.key, field.value);
    }
  }
  // Of one text, or of a list of them.
  void MarkElements(const std::string& path, std::string_view list,
                    const yaml::Node& node) {
    if (node.kind != yaml::Node::Kind::kList) {
      Mark(ElementPath(path, list, 0), node);
    }
    for (std::size_t i = 0; i < node.elements.size(); ++i) {
      Mark(ElementPath(path, list, i), node.elements[i]);
    }
  }

  // Reads a field that is one of several words into `to`, if it is there.
  template <typename Words, typename To>
  static void Choose(yaml::Mapping& fields, std::string_view field,
                     const Words& words, std::string_view kind, To& to) {
    if (fields.Find(field) == nullptr) return;
    const std::string text = fields.Text(field);
    for (const auto& [name, value] : words) {
      if (name == text) {
        to = value;
        return;
      }
    }
    fields.RefuseKind(field, kind);
  }

  // `statistics`, or a mapping: `not_applicable: "・"`.
  void ReadSymbols(yaml::Mapping& fields, SymbolProfile& symbols) {
    const yaml::Node* node = fields.Find("symbols");
    if (node == nullptr) return;
    if (node->kind == yaml::Node::Kind::kScalar) {
      if (const auto named = FindSymbolProfile(node->scalar)) {
        symbols = *named;
      } else {
        fields.RefuseKind("symbols",
                          "survey, statistics, or a sign for each symbol");
      }
      return;
    }
    MarkFields("symbols.", *node);
    yaml::Mapping signs(*node, faults_);
    for (const auto& [key, symbol] : kChosenSymbols) {
      if (signs.Find(key) != nullptr) symbols.signs[symbol] = signs.Text(key);
    }
    symbols.minus = signs.Text("minus");
  }

  // `{since: 2024, indicators: [...]}`, or with what broke it and a note:
  // `{broken: classes, note: ..., indicators: [...]}`.
  void ReadComparability(const yaml::Node& node, const std::string& path,
                         Comparabilities& all) {
    yaml::Mapping fields(node, faults_);
    Mark(path, node);
    Comparability declared;
    declared.since = static_cast<int>(fields.Integer("since").value_or(0));
    const bool broken = fields.Find("broken") != nullptr;
    if (broken == (fields.Find("since") != nullptr)) {
      fields.Refuse("", TemplateFault("COMPARABILITY"));
    }
    Choose(fields, "broken", kBreaks, "wording, classes or population",
           declared.broken);
    declared.note = fields.Text("note");
    if (broken == declared.note.empty()) {
      fields.Refuse(declared.note.empty() ? "" : "note",
                    TemplateFault("COMPARABILITY_NOTE"));
    }
    if (const yaml::Node* ids = fields.Find("indicators"); ids != nullptr) {
      MarkElements(path, "indicators", *ids);
    }
    const std::vector<std::string> ids = fields.TextOrTexts("indicators");
    if (ids.empty()) {
      fields.Refuse("", TemplateFault("FIELD_MISSING"),
                    {{"field", "indicators"}});
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
      declared.path = ElementPath(path, "indicators", i);
      if (!all.emplace(ids[i], declared).second) {
        fields.Refuse("indicators", TemplateFault("COMPARABILITY_TWICE"),
                      {{"indicator", ids[i]}});
      }
    }
  }

  // `"131016": [10, 4]`: the column and the row of each municipality.
  void ReadTiles(yaml::Mapping& fields, TemplateTiles& tiles) {
    const yaml::Node* node = fields.Find("tiles");
    if (node == nullptr) return;
    yaml::Mapping all(*node, faults_);
    for (const yaml::Field& field : all.All()) {
      const std::vector<std::string> place = all.Texts(field.key);
      TemplateTile tile;
      if (place.size() != 2 || !ReadNumber(place[0], tile.column) ||
          !ReadNumber(place[1], tile.row)) {
        all.RefuseKind(field.key, "a column and a row from 1 to 40");
        continue;
      }
      for (const auto& [code, other] : tiles) {
        if (other.column == tile.column && other.row == tile.row) {
          all.Refuse(field.key, TemplateFault("TILE_TAKEN"),
                     {{"other", code}});
        }
      }
      tiles.emplace(field.key, tile);
    }
  }

  static bool ReadNumber(std::string_view text, int& number) {
    constexpr int kMostTiles = 40;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() &&
           number >= 1 && number <= kMostTiles;
  }

  std::vector<base::Violation>& faults_;
  std::map<std::string, std::string, std::less<>> marks_;
};

absl::Status FileFault(const std::string& file, std::string_view why,
                       std::string_view why_ja) {
  return TemplateInvalid(
      file, {base::MakeViolation(TemplateFault("FILE"), "",
                                 {{"why", std::string(why)},
                                  {"why_ja", std::string(why_ja)}})});
}

}  // namespace

ReportTemplate ReadTemplateText(std::string_view text,
                                std::vector<base::Violation>& faults) {
  const auto root = yaml::ReadYaml("", text, faults);
  if (!root.has_value()) return {};
  ReportTemplate result = Reader(faults).Read(*root);
  for (base::Violation& fault : FindTemplateFaults(result)) {
    fault.field = PlaceInText(result, fault.field);
    faults.push_back(std::move(fault));
  }
  result.text = text;
  result.digest = base::Sha256Hex(text);
  return result;
}

std::string PlaceInText(const ReportTemplate& report_template,
                        const std::string& path) {
  const std::string mark = MarkOf(report_template, path);
  return mark.empty() ? path : mark + ", " + path;
}

absl::StatusOr<ReportTemplate> ReadTemplate(std::string_view file,
                                            std::string_view text) {
  std::vector<base::Violation> faults;
  ReportTemplate result = ReadTemplateText(text, faults);
  if (!faults.empty()) return TemplateInvalid(file, std::move(faults));
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
    if (!stream) return FileFault(file.string(), "The file cannot be read.",
                              "ファイルを読めません。");
    WELFARE_ASSIGN_OR_RETURN(ReportTemplate read,
                             ReadTemplate(file.string(), text.str()));
    const std::string id = entry.path().filename().string();
    if (read.id != id) {
      return FileFault(file.string(), "Its id must be the name of its folder.",
                       "template の値をフォルダーの名前と同じにしてください。");
    }
    templates.emplace(id, std::move(read));
  }
  if (templates.empty()) {
    return FileFault(folder, "There is no template.",
                     "ひな形がありません。");
  }
  return templates;
}

}  // namespace welfare::report
