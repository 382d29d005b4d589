#include "services/survey/files/codebook_xlsform.h"

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/files/xlsform_cells.h"
#include "services/survey/files/xlsform_choices.h"
#include "services/survey/files/xlsform_sections.h"
#include "services/survey/files/xlsform_sheet.h"

namespace welfare::survey {
namespace {

constexpr std::array<std::string_view, 19> kSurveyColumns = {
    "type",
    "name",
    "label",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "or_other",
    "respondent",
    "population",
    "unit",
    "concept",
    "pair_concept",
    "reference_year_offset",
    "publish_level",
    "absences",
    "coding_list",
    "source_page",
    "origin"};
constexpr std::array<std::string_view, 5> kChoicesColumns = {
    "list_name", "name", "label", "exclusive", "origin"};
constexpr std::array<std::string_view, 4> kSettingsColumns = {
    "form_title", "form_id", "version", "default_language"};

// Reads the three sheets into items and collects what is wrong.
class Reader {
 public:
  Reader(const CodebookSheets& sheets, std::string_view survey,
         std::string_view version, SheetRules rules,
         const Interruption& interruption)
      : every_cell_(rules >= SheetRules::kEveryCell),
        tried_(rules >= SheetRules::kOneText
                   ? ConditionProbe::Answers::kAll
                   : ConditionProbe::Answers::kOptions),
        interruption_(interruption),
        settings_(
            "settings", sheets.settings, kSettingsColumns,
            std::array<std::string_view, 3>{"form_title", "form_id", "version"},
            rules, problems_),
        survey_("survey", sheets.survey, kSurveyColumns,
                std::array<std::string_view, 4>{"type", "name", "label",
                                                "respondent"},
                rules, problems_),
        choices_("choices", sheets.choices, kChoicesColumns,
                 std::array<std::string_view, 3>{"list_name", "name", "label"},
                 rules, problems_),
        lists_(choices_),
        sections_(survey_) {
    // Of what was not read nothing can be said.
    if (settings_.readable()) ReadSettings(survey, version);
    if (choices_.readable()) ReadChoices();
    if (readable()) ReadItems();
    if (every_cell_ && !too_large_ && readable()) {
      CheckLanguages();
      lists_.CheckUsed();
      sections_.CheckContents();
    }
  }

  XlsFormReading Finish() {
    std::string canonical;
    settings_.AppendCanonical(kSettingsColumns, canonical);
    survey_.AppendCanonical(kSurveyColumns, canonical);
    choices_.AppendCanonical(kChoicesColumns, canonical);
    CodebookCheck check;
    check.called_off = called_off_;
    if (called_off_.ok() && !too_large_ && readable()) {
      check = Codebook::Check(title_, std::move(items_), sections_.Take(),
                              interruption_, tried_);
    }
    if (!check.called_off.ok())
      return {.check = std::move(check), .digest = ""};
    const std::size_t not_told = check.problems_total - check.problems.size();
    for (CodebookProblem& problem : check.problems) {
      if (!NamedAlready(problem)) problems_.Add(std::move(problem));
    }
    if (!problems_.empty()) check.codebook = nullptr;
    check.problems = problems_.Kept();
    check.problems_total = problems_.total() + not_told;
    return {.check = std::move(check), .digest = base::Sha256Hex(canonical)};
  }

 private:
  bool readable() const { return survey_.readable() && choices_.readable(); }

  void ReadSettings(std::string_view survey, std::string_view version) {
    const auto mismatch = [&](int line, std::string_view column) {
      settings_.Add(
          line, column, base::FindRow(kSheetTable, "SETTINGS_MISMATCH"),
          {{"survey", std::string(survey)}, {"version", std::string(version)}});
    };
    if (settings_.records().size() != 1) {
      mismatch(0, "");
      return;
    }
    const XlsFormSheet::Record& record = settings_.records().front();
    title_ = record.at("form_title");
    CheckText(settings_, record, "form_title", false);
    if (title_.empty()) {
      settings_.Add(record.line, "form_title",
                    base::FindRow(kSheetTable, "LABEL_MISSING"));
    }
    if (record.at("form_id") != survey) mismatch(record.line, "form_id");
    if (record.at("version") != version) mismatch(record.line, "version");
  }

  // Counts what a row adds to the questionnaire: each question carries the
  // options of its list, its sections' titles and their conditions, so that a
  // short file can mean gigabytes. False where that is too much.
  bool Grow(const XlsFormSheet::Record& record, std::size_t repeated) {
    if (!every_cell_) return true;
    bytes_ += kPartOverhead + repeated;
    for (const auto& [column, cell] : record.cells) bytes_ += cell.size();
    if (bytes_ <= kMostBytes) return true;
    too_large_ = true;
    survey_.Add(record.line, "",
                base::FindRow(kSheetTable, "CODEBOOK_TOO_LARGE"));
    return false;
  }

  // False once nobody wants the answer any more.
  bool Look() {
    if (called_off_.ok() && interruption_) called_off_ = interruption_();
    return called_off_.ok();
  }

  // What follows from a problem already named is not named again.
  bool NamedAlready(const CodebookProblem& problem) const {
    if (problem.reason == "LIST_EMPTY") {
      return listless_.contains(problem.line);
    }
    if (problem.reason == "OPTION_INVALID" ||
        problem.reason == "OPTION_DUPLICATE" ||
        problem.reason == "TOO_MANY_OPTIONS") {
      return every_cell_;
    }
    return false;
  }

  void ReadChoices() {
    for (const XlsFormSheet::Record& record : choices_.records()) {
      if (!Look()) return;
      lists_.Read(record);
    }
  }

  void ReadItems() {
    for (const XlsFormSheet::Record& record : survey_.records()) {
      if (!Look()) return;
      const std::vector<std::string> type = SplitWords(record.at("type"));
      const bool begins = !type.empty() && type[0].starts_with("begin");
      if (sections_.Read(record, type)) {
        if (begins && !Grow(record, sections_.bytes())) return;
        continue;
      }
      const std::size_t list = type.size() == 2 ? lists_.BytesOf(type[1]) : 0;
      if (!Grow(record, sections_.bytes() + list)) return;
      ReadItem(record, type);
    }
    sections_.CheckClosed();
    for (const Item& item : items_) {
      if (sections_.HasName(item.id)) {
        survey_.Add(item.line, "name",
                    base::FindRow(kSectionTable, "NAME_DUPLICATE"),
                    {{"name", item.id}});
      }
    }
  }

  // The texts of all sheets stand in one language, the default one.
  void CheckLanguages() {
    std::string language;
    for (const XlsFormSheet::Record& record : settings_.records()) {
      language = record.at("default_language");
    }
    for (const XlsFormSheet* sheet : {&survey_, &choices_}) {
      for (const auto& [cell, one] : sheet->languages()) {
        if (language.empty()) language = one;
        if (one != language) {
          sheet->Add(sheet->header_line(), cell,
                     base::FindRow(kSheetTable, "LANGUAGE_DIFFERS"),
                     {{"language", language}, {"found", one}});
        }
      }
    }
  }

  void ReadItem(const XlsFormSheet::Record& record,
                const std::vector<std::string>& type) {
    Item item;
    item.line = record.line;
    item.id = record.at("name");
    item.label = record.at("label");
    item.relevant = record.at("relevant");
    item.constraint = record.at("constraint");
    item.constraint_message = record.at("constraint_message");
    item.population = record.at("population");
    item.unit = record.at("unit");
    item.concept_id = record.at("concept");
    item.pair_concept = record.at("pair_concept");
    item.source_page = record.at("source_page");
    ReadType(record, type, item);
    ReadRespondents(survey_, record, item);
    ReadOffset(survey_, record, item);
    ReadPublishLevel(survey_, record, item);
    ReadAbsences(survey_, record, item);
    if (ReadYes(survey_, record, "or_other")) {
      const auto other = item.FindOption("other");
      if (other) {
        item.options[*other].takes_text = true;
      } else {
        survey_.Add(record.line, "or_other", CellFault("OTHER_MISSING"));
      }
    }
    const std::string& coding_list = record.at("coding_list");
    if (!coding_list.empty()) {
      lists_.Use(coding_list, survey_, record.line, "coding_list");
    }
    CheckText(survey_, record, "constraint_message", false);
    CheckLabel(survey_, record, "label");
    if (every_cell_ && item.label.find("${ref_fy_ja}") != std::string::npos) {
      survey_.Add(record.line, "label", CellFault("LABEL_PLACEHOLDER"),
                  {{"found", "${ref_fy_ja}"}});
    }
    sections_.Place(item);
    items_.push_back(std::move(item));
  }

  void ReadType(const XlsFormSheet::Record& record,
                const std::vector<std::string>& type, Item& item) {
    const std::string word = type.empty() ? "" : type[0];
    const bool plain = type.size() == 1;
    if (plain && word == "integer") {
      item.type = AnswerType::kInteger;
    } else if (plain && word == "text") {
      item.type = AnswerType::kText;
    } else if (type.size() == 2 &&
               (word == "select_one" || word == "select_multiple" ||
                word == "table")) {
      std::vector<Option> options;
      if (const std::vector<Option>* list =
              lists_.Use(type[1], survey_, record.line, "type")) {
        options = *list;
      } else {
        listless_.insert(record.line);
      }
      if (word == "table") {
        item.type = AnswerType::kTable;
        item.rows = std::move(options);
      } else {
        item.type =
            word == "select_one" ? AnswerType::kSingle : AnswerType::kMultiple;
        item.options = std::move(options);
      }
    } else {
      survey_.Add(record.line, "type", CellFault("TYPE_UNKNOWN"),
                  {{"found", record.at("type")}});
    }
  }

  // Bytes of a questionnaire: a reply holds it whole, and a message 4 MiB.
  static constexpr std::size_t kMostBytes = std::size_t{2} << 20;

  ProblemList problems_;  // before the sheets that fill it
  const bool every_cell_;
  const ConditionProbe::Answers tried_;
  const Interruption& interruption_;
  absl::Status called_off_;
  XlsFormSheet settings_;
  XlsFormSheet survey_;
  XlsFormSheet choices_;
  XlsFormChoices lists_;
  XlsFormSections sections_;
  std::string title_;
  std::set<int> listless_;  // lines whose list is unknown
  std::vector<Item> items_;
  std::size_t bytes_ = 0;
  bool too_large_ = false;
};

}  // namespace

XlsFormReading ReadXlsForm(const CodebookSheets& sheets,
                           std::string_view survey, std::string_view version,
                           SheetRules rules, const Interruption& interruption) {
  return Reader(sheets, survey, version, rules, interruption).Finish();
}

}  // namespace welfare::survey
