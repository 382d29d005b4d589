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
#include "services/text/csv.h"

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

// A sheet as records of named cells. Columns that are translated in XLSForm
// (`label::日本語 (ja)`) go by their plain name.
class Sheet {
 public:
  Sheet(std::string name, std::string_view text,
        std::span<const std::string_view> columns,
        std::span<const std::string_view> required,
        std::vector<CodebookProblem>& problems)
      : name_(std::move(name)), problems_(problems) {
    text::CsvReader reader(text);
    bool header = true;
    while (true) {
      auto record = reader.Next();
      if (!record.ok()) {
        Add(static_cast<int>(reader.last_line()), "",
            base::ReasonOf(record.status()),
            std::string(base::MessageOf(record.status())));
        continue;
      }
      if (!record->has_value()) break;
      if (header) {
        ReadHeader(**record, columns, required);
        header = false;
        if (columns_.empty()) return;
      } else {
        ReadRecord(**record);
      }
    }
    if (header) Add(0, "", "CSV_HEADER", "The sheet is empty.");
  }

  struct Record {
    int line = 0;
    std::map<std::string, std::string, std::less<>> cells;

    const std::string& at(std::string_view column) const {
      static const std::string kEmpty;
      const auto it = cells.find(column);
      return it == cells.end() ? kEmpty : it->second;
    }
  };

  const std::vector<Record>& records() const { return records_; }
  bool Has(std::string_view column) const {
    return std::find(columns_.begin(), columns_.end(), column) !=
           columns_.end();
  }

  void Add(int line, std::string_view column, std::string_view reason,
           std::string message) const {
    problems_.push_back({.sheet = name_,
                         .line = line,
                         .column = std::string(column),
                         .reason = std::string(reason),
                         .message = std::move(message)});
  }

  // Appends every cell that is not empty, in the order of `columns`.
  void AppendCanonical(std::span<const std::string_view> columns,
                       std::string& out) const {
    out += name_;
    out += '\n';
    for (const Record& record : records_) {
      for (const std::string_view column : columns) {
        const std::string& cell = record.at(column);
        if (cell.empty()) continue;
        out += column;
        out += '=';
        out += std::to_string(cell.size());
        out += ':';
        out += cell;
      }
      out += '\n';
    }
  }

 private:
  void ReadHeader(const text::CsvRecord& header,
                  std::span<const std::string_view> columns,
                  std::span<const std::string_view> required) {
    const int line = static_cast<int>(header.line);
    for (const std::string& cell : header.cells) {
      const std::string plain = cell.substr(0, cell.find("::"));
      if (std::find(columns.begin(), columns.end(), plain) == columns.end()) {
        Add(line, cell, "COLUMN_UNKNOWN",
            "The sheet has no column '" + cell + "'; remove or rename it.");
      } else if (Has(plain)) {
        Add(line, cell, "COLUMN_REPEATED",
            "The column '" + plain + "' stands twice; keep one language.");
      }
      columns_.push_back(plain);
    }
    for (const std::string_view column : required) {
      if (!Has(column)) {
        Add(line, column, "COLUMN_MISSING",
            "The sheet lacks the column '" + std::string(column) + "'.");
      }
    }
  }

  void ReadRecord(const text::CsvRecord& record) {
    if (record.cells.size() != columns_.size()) {
      Add(static_cast<int>(record.line), "", "CSV_CELLS",
          "The record has " + std::to_string(record.cells.size()) +
              " cells, the header " + std::to_string(columns_.size()) + ".");
      return;
    }
    Record result{.line = static_cast<int>(record.line), .cells = {}};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!record.cells[i].empty()) {
        result.cells.emplace(columns_[i], record.cells[i]);
      }
    }
    if (!result.cells.empty()) records_.push_back(std::move(result));
  }

  std::string name_;
  std::vector<CodebookProblem>& problems_;
  std::vector<std::string> columns_;
  std::vector<Record> records_;
};

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
         std::string_view version)
      : settings_(
            "settings", sheets.settings, kSettingsColumns,
            std::array<std::string_view, 3>{"form_title", "form_id", "version"},
            problems_),
        survey_("survey", sheets.survey, kSurveyColumns,
                std::array<std::string_view, 4>{"type", "name", "label",
                                                "respondent"},
                problems_),
        choices_("choices", sheets.choices, kChoicesColumns,
                 std::array<std::string_view, 3>{"list_name", "name", "label"},
                 problems_) {
    ReadSettings(survey, version);
    ReadChoices();
    ReadItems();
  }

  XlsFormReading Finish() {
    std::string canonical;
    settings_.AppendCanonical(kSettingsColumns, canonical);
    survey_.AppendCanonical(kSurveyColumns, canonical);
    choices_.AppendCanonical(kChoicesColumns, canonical);
    CodebookCheck check = Codebook::Check(title_, std::move(items_));
    for (CodebookProblem& problem : check.problems) {
      // What follows from a problem already named is not named again.
      if (problem.reason == "LIST_EMPTY" && listless_.contains(problem.line)) {
        continue;
      }
      problems_.push_back(std::move(problem));
    }
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const CodebookProblem& a, const CodebookProblem& b) {
                       return std::pair(Order(a.sheet), a.line) <
                              std::pair(Order(b.sheet), b.line);
                     });
    if (!problems_.empty()) check.codebook = nullptr;
    check.problems = std::move(problems_);
    return {.check = std::move(check), .digest = base::Sha256Hex(canonical)};
  }

 private:
  static int Order(std::string_view sheet) {
    return sheet == "settings" ? 0 : sheet == "survey" ? 1 : 2;
  }

  void ReadSettings(std::string_view survey, std::string_view version) {
    if (settings_.records().size() != 1) {
      settings_.Add(0, "", "SETTINGS_MISMATCH",
                    "The sheet holds exactly one record.");
      return;
    }
    const Sheet::Record& record = settings_.records().front();
    title_ = record.at("form_title");
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

  bool YesOrEmpty(const Sheet& sheet, const Sheet::Record& record,
                  std::string_view column) {
    const std::string& word = record.at(column);
    if (!word.empty() && word != "yes") {
      sheet.Add(record.line, column, "WORD_UNKNOWN",
                "Write 'yes' or nothing, not '" + word + "'.");
    }
    return word == "yes";
  }

  void ReadChoices() {
    for (const Sheet::Record& record : choices_.records()) {
      std::vector<Option>& list = lists_[record.at("list_name")];
      const std::string& code = record.at("name");
      if (std::any_of(list.begin(), list.end(), [&](const Option& option) {
            return option.code == code;
          })) {
        choices_.Add(record.line, "name", "OPTION_DUPLICATE",
                     "The list '" + record.at("list_name") + "' has '" + code +
                         "' twice.");
        continue;
      }
      if (record.at("label").empty()) {
        choices_.Add(record.line, "label", "LABEL_MISSING",
                     "The choice '" + code + "' has no label.");
      }
      list.push_back({.code = code,
                      .label = record.at("label"),
                      .exclusive = YesOrEmpty(choices_, record, "exclusive"),
                      .takes_text = false});
    }
  }

  void ReadItems() {
    std::vector<std::string> sections;
    std::set<std::string> section_names;
    for (const Sheet::Record& record : survey_.records()) {
      const std::vector<std::string> type = SplitWords(record.at("type"));
      const std::string word = type.empty() ? "" : type[0];
      const bool group = type.size() == 2 && type[1] == "group";
      if (word == "begin_group" || (word == "begin" && group)) {
        sections.push_back(record.at("label"));
        if (!section_names.insert(record.at("name")).second) {
          survey_.Add(record.line, "name", "NAME_DUPLICATE",
                      "The section '" + record.at("name") + "' stands twice.");
        }
      } else if (word == "end_group" || (word == "end" && group)) {
        if (sections.empty()) {
          survey_.Add(record.line, "type", "GROUP_UNBALANCED",
                      "No section is open here.");
        } else {
          sections.pop_back();
        }
      } else {
        ReadItem(record, type, sections.empty() ? "" : sections.back());
      }
    }
    if (!sections.empty()) {
      survey_.Add(0, "type", "GROUP_UNBALANCED",
                  "The section '" + sections.back() + "' has no end.");
    }
    for (const Item& item : items_) {
      if (section_names.contains(item.id)) {
        survey_.Add(item.line, "name", "NAME_DUPLICATE",
                    "'" + item.id + "' is the name of a section too.");
      }
    }
  }

  void ReadItem(const Sheet::Record& record,
                const std::vector<std::string>& type,
                const std::string& section) {
    Item item;
    item.line = record.line;
    item.id = record.at("name");
    item.section = section;
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
    if (!coding_list.empty() && !lists_.contains(coding_list)) {
      survey_.Add(record.line, "coding_list", "LIST_UNKNOWN",
                  "The sheet choices has no list '" + coding_list + "'.");
    }
    items_.push_back(std::move(item));
  }

  void ReadType(const Sheet::Record& record,
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
      std::vector<Option> options =
          list == lists_.end() ? std::vector<Option>() : list->second;
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

  void ReadRespondents(const Sheet::Record& record, Item& item) {
    for (const std::string& word : SplitWords(record.at("respondent"))) {
      const auto kind = base::ParseRespondentKind(word);
      if (!kind.ok() || item.AskedOf(*kind)) {
        survey_.Add(record.line, "respondent", "WORD_UNKNOWN",
                    item.id + ": write municipality, council or both, not '" +
                        record.at("respondent") + "'.");
      } else {
        item.respondents.push_back(*kind);
      }
    }
  }

  void ReadOffset(const Sheet::Record& record, Item& item) {
    const std::string& offset = record.at("reference_year_offset");
    if (offset == "-1") {
      item.reference_year_offset = -1;
    } else if (!offset.empty() && offset != "0") {
      survey_.Add(record.line, "reference_year_offset", "WORD_UNKNOWN",
                  item.id + ": the offset is 0 or -1, not '" + offset + "'.");
    }
  }

  // An item that does not say is seen by managers and reviewers only.
  void ReadPublishLevel(const Sheet::Record& record, Item& item) {
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
  void ReadAbsences(const Sheet::Record& record, Item& item) {
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

  std::vector<CodebookProblem> problems_;  // before the sheets that fill it
  Sheet settings_;
  Sheet survey_;
  Sheet choices_;
  std::string title_;
  std::map<std::string, std::vector<Option>> lists_;
  std::set<int> listless_;  // lines whose list is unknown
  std::vector<Item> items_;
};

}  // namespace

XlsFormReading ReadXlsForm(const CodebookSheets& sheets,
                           std::string_view survey, std::string_view version) {
  return Reader(sheets, survey, version).Finish();
}

}  // namespace welfare::survey
