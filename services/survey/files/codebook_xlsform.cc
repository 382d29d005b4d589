#include "services/survey/files/codebook_xlsform.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/sha256.h"
#include "services/survey/codebook/label.h"
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

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Reads the three sheets into items and collects what is wrong.
class Reader {
 public:
  Reader(const CodebookSheets& sheets, std::string_view survey,
         std::string_view version, SheetRules rules,
         const Interruption& interruption)
      : every_cell_(rules == SheetRules::kEveryCell),
        interruption_(interruption),
        settings_(
            "settings", sheets.settings, kSettingsColumns,
            std::array<std::string_view, 3>{"form_title", "form_id", "version"},
            every_cell_, problems_),
        survey_("survey", sheets.survey, kSurveyColumns,
                std::array<std::string_view, 4>{"type", "name", "label",
                                                "respondent"},
                every_cell_, problems_),
        choices_("choices", sheets.choices, kChoicesColumns,
                 std::array<std::string_view, 3>{"list_name", "name", "label"},
                 every_cell_, problems_) {
    ReadSettings(survey, version);
    ReadChoices();
    ReadItems();
    // Of what was not read nothing can be said.
    if (every_cell_ && !too_large_) {
      CheckLanguages();
      CheckLists();
      CheckSections();
    }
  }

  XlsFormReading Finish() {
    std::string canonical;
    settings_.AppendCanonical(kSettingsColumns, canonical);
    survey_.AppendCanonical(kSurveyColumns, canonical);
    choices_.AppendCanonical(kChoicesColumns, canonical);
    CodebookCheck check;
    check.called_off = called_off_;
    if (called_off_.ok() && !too_large_) {
      check = Codebook::Check(title_, std::move(items_), std::move(sections_),
                              interruption_);
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
  void ReadSettings(std::string_view survey, std::string_view version) {
    if (settings_.records().size() != 1) {
      settings_.Add(0, "", "SETTINGS_MISMATCH",
                    "The sheet holds exactly one record.");
      return;
    }
    const XlsFormSheet::Record& record = settings_.records().front();
    title_ = record.at("form_title");
    CheckText(settings_, record, "form_title", false);
    if (title_.empty()) {
      settings_.Add(record.line, "form_title", "LABEL_MISSING",
                    "The questionnaire has no title.");
    }
    if (record.at("form_id") != survey) {
      settings_.Add(record.line, "form_id", "SETTINGS_MISMATCH",
                    "The form is '" + record.at("form_id") + "', the survey '" +
                        std::string(survey) + "'.");
    }
    if (record.at("version") != version) {
      settings_.Add(record.line, "version", "SETTINGS_MISMATCH",
                    "The sheet says version '" + record.at("version") +
                        "', the request '" + std::string(version) + "'.");
    }
  }

  bool YesOrEmpty(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                  std::string_view column) {
    const std::string& word = record.at(column);
    if (!word.empty() && word != "yes") {
      sheet.Add(record.line, column, "WORD_UNKNOWN",
                "Write 'yes' or nothing, not '" + word + "'.");
    }
    return word == "yes";
  }

  // One list of the sheet choices.
  struct List {
    std::vector<Option> options;
    std::set<std::string, std::less<>> codes;
    std::size_t bytes = 0;  // of the options
    int line = 0;           // of its first choice
    bool used = false;
  };

  // A section that is open while the items are read.
  struct OpenSection {
    std::string name;
    std::string title;      // with those around it
    std::size_t bytes = 0;  // of title and conditions, those around it too
    int line = 0;
    std::optional<std::size_t> index;  // among sections_
  };

  // Counts what a row adds to the questionnaire: each question carries the
  // options of its list, its sections' titles and their conditions, so that a
  // short file can mean gigabytes. False where that is too much.
  bool Grow(const XlsFormSheet::Record& record, std::size_t repeated) {
    if (!every_cell_) return true;
    bytes_ += kOverhead + repeated;
    for (const auto& [column, cell] : record.cells) bytes_ += cell.size();
    if (bytes_ <= kMostBytes) return true;
    too_large_ = true;
    survey_.Add(record.line, "", "CODEBOOK_TOO_LARGE",
                "Up to here the questions, each with the options of its list "
                "and with its sections, have more than 2 MiB; shorten lists, "
                "titles and conditions.");
    return false;
  }

  // Bytes that a question takes over from its list.
  std::size_t BytesOfList(const std::vector<std::string>& type) const {
    if (type.size() != 2) return 0;
    const auto list = lists_.find(type[1]);
    return list == lists_.end() ? 0 : list->second.bytes;
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

  void CheckText(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                 std::string_view column, bool takes_year) {
    if (!every_cell_) return;
    const std::string& text = record.at(column);
    for (const std::string& unknown : UnknownPlaceholders(text)) {
      sheet.Add(record.line, column, "LABEL_PLACEHOLDER",
                std::string(takes_year ? "The only placeholder is {ref_fy_ja}"
                                       : "No placeholder is filled in here") +
                    ", not " + unknown + '.');
    }
    if (!takes_year && NamesReferenceYear(text)) {
      sheet.Add(record.line, column, "LABEL_PLACEHOLDER",
                "{ref_fy_ja} is filled in in labels only.");
    }
  }

  void ReadChoices() {
    for (const XlsFormSheet::Record& record : choices_.records()) {
      if (!Look()) return;
      const std::string& list_name = record.at("list_name");
      const std::string& code = record.at("name");
      if (every_cell_ && list_name.empty()) {
        choices_.Add(record.line, "list_name", "LIST_MISSING",
                     "The choice '" + code + "' stands in no list.");
        continue;
      }
      List& list = lists_[list_name];
      if (list.line == 0) list.line = record.line;
      if (!list.codes.insert(code).second) {
        choices_.Add(record.line, "name", "OPTION_DUPLICATE",
                     "The list '" + list_name + "' has '" + code + "' twice.");
        continue;
      }
      if (every_cell_ && !IsItemId(code)) {
        choices_.Add(record.line, "name", "OPTION_INVALID",
                     "The code '" + code +
                         "' is not an id: a-z, 0-9 and _, beginning with a "
                         "letter.");
      }
      if (record.at("label").empty()) {
        choices_.Add(record.line, "label", "LABEL_MISSING",
                     "The choice '" + code + "' has no label.");
      }
      CheckText(choices_, record, "label", true);
      const bool exclusive = YesOrEmpty(choices_, record, "exclusive");
      if (every_cell_ && list.codes.size() > Codebook::kMaxCodes) {
        if (list.codes.size() == Codebook::kMaxCodes + 1) {
          choices_.Add(record.line, "list_name", "TOO_MANY_OPTIONS",
                       "The list '" + list_name +
                           "' has more than 64 choices; this is the first "
                           "too many.");
        }
        continue;
      }
      list.bytes += kOverhead + code.size() + record.at("label").size();
      list.options.push_back({.code = code,
                              .label = record.at("label"),
                              .exclusive = exclusive,
                              .takes_text = false});
    }
  }

  void ReadItems() {
    for (const XlsFormSheet::Record& record : survey_.records()) {
      if (!Look()) return;
      const std::vector<std::string> type = SplitWords(record.at("type"));
      const std::string word = type.empty() ? "" : type[0];
      const bool group = type.size() == 2 && type[1] == "group";
      if (word == "begin_group" || (word == "begin" && group)) {
        CheckGroupType(record, word == "begin_group" && type.size() > 1);
        BeginSection(record);
        if (!Grow(record, open_.back().bytes)) return;
      } else if (word == "end_group" || (word == "end" && group)) {
        CheckGroupType(record, word == "end_group" && type.size() > 1);
        EndSection(record);
      } else {
        const std::size_t around = open_.empty() ? 0 : open_.back().bytes;
        if (!Grow(record, around + BytesOfList(type))) return;
        ReadItem(record, type);
      }
    }
    for (const OpenSection& section : open_) {
      survey_.Add(section.line, "type", "GROUP_UNBALANCED",
                  "The section '" + section.name + "' has no end.");
    }
    for (const Item& item : items_) {
      if (section_names_.contains(item.id)) {
        survey_.Add(item.line, "name", "NAME_DUPLICATE",
                    "'" + item.id + "' is the name of a section too.");
      }
    }
  }

  void CheckGroupType(const XlsFormSheet::Record& record, bool more) {
    if (!every_cell_ || !more) return;
    survey_.Add(record.line, "type", "TYPE_UNKNOWN",
                "'" + record.at("type") +
                    "' is neither begin_group nor end_group; nothing stands "
                    "after these.");
  }

  // Names every cell of a group's row that is not one of `columns`.
  void CheckGroupCells(const XlsFormSheet::Record& record,
                       std::span<const std::string_view> columns,
                       std::string_view what) {
    if (!every_cell_) return;
    for (const auto& [column, cell] : record.cells) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        survey_.Add(record.line, column, "CELL_UNUSED",
                    std::string(what) + " '" + column + "' means nothing.");
      }
    }
  }

  void BeginSection(const XlsFormSheet::Record& record) {
    const std::string& name = record.at("name");
    const std::string& label = record.at("label");
    if (!name.empty() || !every_cell_) {
      if (!section_names_.insert(name).second) {
        survey_.Add(record.line, "name", "NAME_DUPLICATE",
                    "The section '" + name + "' stands twice.");
      }
    }
    OpenSection section{
        .name = name, .title = label, .line = record.line, .index = {}};
    if (every_cell_) {
      section.bytes = kOverhead + label.size() + record.at("relevant").size() +
                      (open_.empty() ? 0 : open_.back().bytes);
      if (!IsItemId(name)) {
        survey_.Add(record.line, "name", "NAME_INVALID",
                    "The name '" + name +
                        "' of the section is not an id: a-z, 0-9 and _, "
                        "beginning with a letter.");
      }
      if (label.empty()) {
        survey_.Add(record.line, "label", "LABEL_MISSING",
                    "The section '" + name + "' has no title.");
      }
      CheckText(survey_, record, "label", true);
      static constexpr std::array<std::string_view, 5> kColumns = {
          "type", "name", "label", "relevant", "origin"};
      CheckGroupCells(record, kColumns,
                      "A section takes type, name, label and relevant; write "
                      "the rest at its questions:");
      // A title reaches the reader with a question, so it says where it is.
      if (!open_.empty() && !open_.back().title.empty()) {
        section.title = open_.back().title + " / " + label;
      }
      section.index = sections_.size();
      sections_.push_back(
          {.id = name,
           .label = label,
           .relevant = record.at("relevant"),
           .parent = open_.empty() ? std::nullopt : open_.back().index,
           .line = record.line});
      offsets_.emplace_back();
    }
    open_.push_back(std::move(section));
  }

  void EndSection(const XlsFormSheet::Record& record) {
    static constexpr std::array<std::string_view, 3> kColumns = {"type", "name",
                                                                 "origin"};
    CheckGroupCells(record, kColumns, "At the end of a section");
    if (open_.empty()) {
      survey_.Add(record.line, "type", "GROUP_UNBALANCED",
                  "No section is open here.");
      return;
    }
    const std::string& name = record.at("name");
    if (every_cell_ && !name.empty() && name != open_.back().name) {
      survey_.Add(record.line, "name", "GROUP_UNBALANCED",
                  "The section that ends here is '" + open_.back().name +
                      "', not '" + name + "'.");
    }
    open_.pop_back();
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
          sheet->Add(sheet->header_line(), cell, "LANGUAGE_DIFFERS",
                     "The texts stand in '" + language + "', this column in '" +
                         one + "'.");
        }
      }
    }
  }

  void CheckLists() {
    for (const auto& [name, list] : lists_) {
      if (list.used) continue;
      choices_.Add(list.line, "list_name", "LIST_UNUSED",
                   "No question uses the list '" + name + "'.");
    }
  }

  // A section without a question is shown nowhere; one whose title names a year
  // has one to name.
  void CheckSections() {
    for (std::size_t s = sections_.size(); s-- > 0;) {
      if (sections_[s].parent) {
        offsets_[*sections_[s].parent].insert(offsets_[s].begin(),
                                              offsets_[s].end());
      }
      if (offsets_[s].empty()) {
        survey_.Add(sections_[s].line, "type", "GROUP_EMPTY",
                    "The section '" + sections_[s].id + "' has no question.");
      } else if (offsets_[s].size() > 1 &&
                 NamesReferenceYear(sections_[s].label)) {
        survey_.Add(sections_[s].line, "label", "LABEL_PLACEHOLDER",
                    "The questions of the section '" + sections_[s].id +
                        "' speak of different years, so {ref_fy_ja} has no "
                        "meaning in its title.");
      }
    }
  }

  void ReadItem(const XlsFormSheet::Record& record,
                const std::vector<std::string>& type) {
    Item item;
    item.line = record.line;
    item.id = record.at("name");
    if (!open_.empty()) {
      item.section = open_.back().title;
      item.group = open_.back().index;
    }
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
    ReadRespondents(record, item);
    ReadOffset(record, item);
    ReadPublishLevel(record, item);
    ReadAbsences(record, item);
    if (YesOrEmpty(survey_, record, "or_other")) {
      const auto other = item.FindOption("other");
      if (other) {
        item.options[*other].takes_text = true;
      } else {
        survey_.Add(record.line, "or_other", "OTHER_MISSING",
                    item.id + ": the list has no choice 'other'.");
      }
    }
    const std::string& coding_list = record.at("coding_list");
    if (!coding_list.empty()) {
      const auto list = lists_.find(coding_list);
      if (list == lists_.end()) {
        survey_.Add(record.line, "coding_list", "LIST_UNKNOWN",
                    "The sheet choices has no list '" + coding_list + "'.");
      } else {
        list->second.used = true;
      }
    }
    CheckText(survey_, record, "constraint_message", false);
    if (every_cell_ && item.label.find("${ref_fy_ja}") != std::string::npos) {
      survey_.Add(record.line, "label", "LABEL_PLACEHOLDER",
                  "The only placeholder is {ref_fy_ja}, not ${ref_fy_ja}.");
    }
    if (item.group) {
      offsets_[*item.group].insert(item.reference_year_offset);
    }
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
      const auto list = lists_.find(type[1]);
      if (list == lists_.end()) {
        survey_.Add(
            record.line, "type", "LIST_UNKNOWN",
            item.id + ": the sheet choices has no list '" + type[1] + "'.");
        listless_.insert(record.line);
      }
      std::vector<Option> options;
      if (list != lists_.end()) {
        options = list->second.options;
        list->second.used = true;
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
      survey_.Add(record.line, "type", "TYPE_UNKNOWN",
                  item.id + ": '" + record.at("type") +
                      "' is none of select_one LIST, select_multiple LIST, "
                      "integer, text, table LIST.");
    }
  }

  void ReadRespondents(const XlsFormSheet::Record& record, Item& item) {
    for (const std::string& word : SplitWords(record.at("respondent"))) {
      const auto kind = base::ParseRespondentKind(word);
      if (!kind.ok() || item.AskedOf(*kind)) {
        survey_.Add(record.line, "respondent", "WORD_UNKNOWN",
                    item.id + ": write municipality, council or both, not '" +
                        record.at("respondent") + "'.");
        if (every_cell_) return;  // one fault of one cell
      } else {
        item.respondents.push_back(*kind);
      }
    }
  }

  void ReadOffset(const XlsFormSheet::Record& record, Item& item) {
    const std::string& offset = record.at("reference_year_offset");
    if (offset == "-1") {
      item.reference_year_offset = -1;
    } else if (!offset.empty() && offset != "0") {
      survey_.Add(record.line, "reference_year_offset", "WORD_UNKNOWN",
                  item.id + ": the offset is 0 or -1, not '" + offset + "'.");
    }
  }

  // An item that does not say is seen by managers and reviewers only.
  void ReadPublishLevel(const XlsFormSheet::Record& record, Item& item) {
    const std::string& level = record.at("publish_level");
    if (level.empty() || level == "internal") {
      item.publish_level = PublishLevel::kInternal;
    } else if (level == "stakeholders") {
      item.publish_level = PublishLevel::kStakeholders;
    } else if (level == "aggregate") {
      item.publish_level = PublishLevel::kAggregate;
    } else if (level == "public") {
      item.publish_level = PublishLevel::kPublic;
    } else {
      survey_.Add(record.line, "publish_level", "WORD_UNKNOWN",
                  item.id + ": '" + level +
                      "' is none of internal, stakeholders, aggregate, "
                      "public.");
    }
  }

  // A plain XLSForm has no column `absences`: then whatever is not required
  // may be left blank or be not known.
  void ReadAbsences(const XlsFormSheet::Record& record, Item& item) {
    const bool required = YesOrEmpty(survey_, record, "required");
    if (!survey_.Has("absences")) {
      if (!required) {
        item.absences = {base::Absence::kNoAnswer, base::Absence::kUnknown};
      }
      return;
    }
    for (const std::string& word : SplitWords(record.at("absences"))) {
      const auto absence = base::ParseAbsence(word);
      if (!absence.ok() || item.Allows(*absence)) {
        survey_.Add(record.line, "absences", "WORD_UNKNOWN",
                    item.id + ": '" + word +
                        "' is no kind of absence, or "
                        "stands twice.");
      } else {
        item.absences.push_back(*absence);
      }
    }
    if (required == !item.absences.empty()) {
      survey_.Add(
          record.line, "absences", "REQUIRED_CONTRADICTS",
          item.id + (required ? ": a required item offers no absence."
                              : ": say which absences an item that is not "
                                "required takes."));
    }
  }

  // Bytes of a questionnaire: a reply holds it whole, and a message 4 MiB.
  static constexpr std::size_t kMostBytes = std::size_t{2} << 20;
  // What each part of it costs beside its text.
  static constexpr std::size_t kOverhead = 16;

  ProblemList problems_;  // before the sheets that fill it
  const bool every_cell_;
  const Interruption& interruption_;
  absl::Status called_off_;
  XlsFormSheet settings_;
  XlsFormSheet survey_;
  XlsFormSheet choices_;
  std::string title_;
  std::map<std::string, List> lists_;
  std::set<int> listless_;  // lines whose list is unknown
  std::vector<OpenSection> open_;
  std::set<std::string> section_names_;
  std::vector<Section> sections_;
  std::vector<std::set<int>> offsets_;  // of the items in each section
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
