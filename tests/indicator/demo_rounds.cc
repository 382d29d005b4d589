#include "tests/indicator/demo_rounds.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "services/text/csv.h"
#include "tests/support/temp_dir.h"

namespace welfare::indicator::testing {
namespace {

using base::Absence;
using Record = std::map<std::string, std::string>;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "demo rounds: %s\n", why.c_str());
  std::abort();
}

std::vector<Record> ReadRecords(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) Fail("cannot read " + file.string());
  std::ostringstream content;
  content << stream.rdbuf();
  const std::string text = content.str();
  const auto records = text::ReadCsv(text);
  if (!records.ok()) Fail(file.string() + ": not CSV");
  std::vector<Record> rows;
  const std::vector<std::string>& names = records->front().cells;
  for (std::size_t i = 1; i < records->size(); ++i) {
    Record row;
    for (std::size_t k = 0; k < names.size(); ++k) {
      row[names[k]] = (*records)[i].cells.at(k);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

constexpr const char* kLabel = "label::日本語 (ja)";

struct Sheets {
  std::vector<Item> items;
  std::vector<std::string> relevant;  // by item
};

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Sheets ReadSheets() {
  const auto folder = SourceDir() / "services/survey/data/jusou";
  std::map<std::string, std::vector<Option>> lists;
  for (Record& row : ReadRecords(folder / "choices.csv")) {
    lists[row["list_name"]].push_back({row["name"], row[kLabel],
                                       row["exclusive"] == "yes",
                                       row["name"] == "other"});
  }
  Sheets sheets;
  for (Record& row : ReadRecords(folder / "survey.csv")) {
    const std::vector<std::string> type = Words(row["type"]);
    if (type[0] == "begin_group" || type[0] == "end_group") continue;
    Item item;
    item.id = row["name"];
    item.label = row[kLabel];
    item.type = type[0] == "select_one"        ? Item::Type::kSingle
                : type[0] == "select_multiple" ? Item::Type::kMultiple
                : type[0] == "integer"         ? Item::Type::kInteger
                : type[0] == "table"           ? Item::Type::kTable
                                               : Item::Type::kText;
    if (type.size() > 1) item.options = lists[type[1]];
    for (const std::string& kind : Words(row["respondent"])) {
      item.respondents.push_back(base::ParseRespondentKind(kind).value());
    }
    item.population = row["population"];
    item.unit = row["unit"];
    item.reference_year_offset =
        std::atoi(row["reference_year_offset"].c_str());
    for (const std::string& page : Words(row["source_page"])) {
      item.pages.push_back(std::atoi(page.c_str()));
    }
    sheets.items.push_back(std::move(item));
    sheets.relevant.push_back(row["relevant"].empty() ? "true()"
                                                      : row["relevant"]);
  }
  return sheets;
}

base::Truth Fact(const std::string& text) {
  if (text == "yes") return base::Truth::kTrue;
  if (text == "unknown") return base::Truth::kUnknown;
  return base::Truth::kFalse;
}

// One respondent for the routing: answers as the expression language's values.
class AnswerRow final : public base::ExpressionRow {
 public:
  AnswerRow(const Questionnaire& questionnaire, const FrameRow& frame, int year)
      : values_(questionnaire.items().size()), frame_(frame), year_(year) {}

  void Set(std::size_t item, base::Value value) {
    values_[item] = std::move(value);
  }
  const base::Value& item(std::size_t index) const override {
    return values_[index];
  }
  base::Truth registry(base::RegistryFact fact, int offset) const override {
    const auto found = frame_.facts.find(year_ + offset);
    if (found == frame_.facts.end()) return base::Truth::kUnknown;
    return fact == base::RegistryFact::kImplementing
               ? found->second.implementing
               : found->second.preparation;
  }
  int fiscal_year() const override { return year_; }

 private:
  std::vector<base::Value> values_;
  const FrameRow& frame_;
  int year_;
};

DemoRound ReadRound(
    const std::filesystem::path& folder, int year, const base::Date& first,
    const base::Date& last, const Sheets& sheets,
    const std::vector<Record>& municipalities,
    const std::map<std::string, std::map<int, StatusFacts>>& facts) {
  DemoRound round;
  round.questionnaire = std::make_shared<Questionnaire>("2025-1", sheets.items);
  round.header.survey = "jusou";
  round.header.program = "jusou";
  round.header.fiscal_year = base::FiscalYear::FromChecked(year);
  round.header.synthetic = true;
  round.header.registry_version = 5;
  round.header.revision = year == 2025 ? 124 : 119;
  round.header.window_start = first;
  round.header.window_end = last;

  const std::string stem = "synthetic-jusou-" + std::to_string(year);
  std::map<std::string, std::string> received;
  for (Record& row : ReadRecords(folder / (stem + "-headers.csv"))) {
    received[row["municipality_code"] + "-" + row["respondent_kind"]] =
        row["received_on"];
  }
  std::map<std::string, std::map<std::string, Record>> answers;
  for (Record& row : ReadRecords(folder / (stem + "-answers.csv"))) {
    answers[row["municipality_code"] + "-" + row["respondent_kind"]]
           [row["item_id"]] = row;
  }

  for (const Record& municipality : municipalities) {
    for (const auto kind : {base::RespondentKind::kMunicipality,
                            base::RespondentKind::kCouncil}) {
      const std::string& code = municipality.at("code");
      FrameRow row{{base::MunicipalityCode::Parse(code).value(), kind},
                   municipality.at(kind == base::RespondentKind::kCouncil
                                       ? "council_name"
                                       : "name"),
                   municipality.at("area"),
                   facts.at(code),
                   std::nullopt,
                   false,
                   0};
      const auto header = received.find(row.respondent.ToString());
      if (header != received.end()) {
        row.state = SubmissionState::kSubmitted;
        row.revision = 1;
        row.late = header->second > last.ToString();
        row.received_on = base::Date::Parse(header->second).value();
      }
      round.rows.push_back(std::move(row));
    }
  }

  std::vector<base::CheckedExpression> relevant;
  for (const std::string& text : sheets.relevant) {
    const auto parsed = base::Expression::Parse(text);
    if (!parsed.ok()) Fail(text);
    const auto checked = base::Check(*parsed, *round.questionnaire,
                                     base::ExpectedResult::kTruth);
    if (!checked.ok()) Fail(text);
    relevant.push_back(*checked);
  }

  for (const Item& item : sheets.items) {
    const bool table = item.type == Item::Type::kTable;
    for (std::size_t k = 0; k < (table ? item.options.size() : 1); ++k) {
      RawColumn column;
      column.item = item.id;
      if (table) column.row = item.options[k].code;
      round.columns.push_back(std::move(column));
    }
  }
  for (const FrameRow& frame : round.rows) {
    std::map<std::string, Record> given;
    const auto found = answers.find(frame.respondent.ToString());
    if (found != answers.end()) given = found->second;
    AnswerRow values(*round.questionnaire, frame, year);
    for (std::size_t i = 0; i < sheets.items.size(); ++i) {
      const auto answer = given.find(sheets.items[i].id);
      if (answer == given.end() || answer->second["value"].empty()) continue;
      if (sheets.items[i].type == Item::Type::kTable) continue;
      const auto type = round.questionnaire->Find(sheets.items[i].id)->type;
      const auto value = base::ParseItemValue(*type, answer->second["value"]);
      if (!value.ok()) Fail(sheets.items[i].id);
      values.Set(i, *value);
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < sheets.items.size(); ++i) {
      const Item& item = sheets.items[i];
      const bool table = item.type == Item::Type::kTable;
      for (std::size_t k = 0; k < (table ? item.options.size() : 1); ++k) {
        RawColumn& column = round.columns[at++];
        std::optional<Absence> absence;
        Record answer;
        const std::string key =
            table ? item.id + "/" + item.options[k].code : item.id;
        if (!item.Asks(frame.respondent.kind)) {
          absence = Absence::kNotAsked;
        } else if (!frame.state.has_value()) {
          absence = Absence::kUnitNonresponse;
        } else if (relevant[i].EvaluateTruth(values) != base::Truth::kTrue) {
          absence = Absence::kNotApplicable;
        } else {
          const auto row = given.find(key);
          if (row == given.end()) Fail("asked, no answer: " + key);
          answer = row->second;
          if (!answer["absence"].empty()) {
            absence = base::ParseAbsence(answer["absence"]).value();
          }
        }
        column.absences.push_back(
            absence.has_value() ? static_cast<std::uint8_t>(*absence) : 0);
        std::uint64_t codes = 0;
        std::int64_t number = 0;
        if (!absence.has_value() && item.coded()) {
          const std::vector<std::string> chosen = Words(answer["value"]);
          for (std::size_t option = 0; option < item.options.size(); ++option) {
            for (const std::string& code : chosen) {
              if (item.options[option].code == code) {
                codes |= std::uint64_t{1} << option;
              }
            }
          }
        }
        if (!absence.has_value() && item.type == Item::Type::kInteger) {
          number = std::atoll(answer["value"].c_str());
        }
        if (item.coded()) column.codes.push_back(codes);
        if (item.type == Item::Type::kInteger) {
          column.integers.push_back(number);
        }
        if (table || item.type == Item::Type::kText) {
          column.texts.push_back(absence.has_value() ? "" : answer["value"]);
        }
      }
    }
  }
  return round;
}

}  // namespace

std::filesystem::path SourceDir() {
  const char* folder = std::getenv("WELFARE_SOURCE_DIR");
  if (folder == nullptr) Fail("WELFARE_SOURCE_DIR is not set");
  return folder;
}

std::shared_ptr<const Questionnaire> LoadQuestionnaire() {
  return std::make_shared<Questionnaire>("2025-1", ReadSheets().items);
}

DemoRounds LoadDemoRounds() {
  const support::TempDir folder;
  const std::string command =
      "/usr/bin/python3 -B " +
      (SourceDir() / "tools/demo/generate_rounds.py").string() + " --out " +
      folder.path().string() + " > /dev/null";
  if (std::system(command.c_str()) != 0) Fail("the generator failed");

  DemoRounds demo;
  const auto registry = SourceDir() / "services/registry/data";
  const std::vector<Record> municipalities =
      ReadRecords(registry / "municipalities.csv");
  std::map<std::string, std::map<int, StatusFacts>> facts;
  demo.history.version = 5;
  for (const Record& row :
       ReadRecords(SourceDir() / "services/registry/data/programs.csv")) {
    if (row.at("program") != "jusou") continue;
    demo.history.first_program_year =
        std::atoi(row.at("first_fiscal_year").c_str());
  }
  for (Record& row : ReadRecords(registry / "status-jusou.csv")) {
    facts[row["municipality_code"]][std::atoi(row["fiscal_year"].c_str())] = {
        Fact(row["implementing"]), Fact(row["preparation"])};
  }
  for (const Record& municipality : municipalities) {
    const std::string& code = municipality.at("code");
    demo.areas[code] = municipality.at("area");
    for (const auto& [year, status] : facts[code]) {
      demo.history.rosters[year][code] = {
          municipality.at("name"), municipality.at("council_name"), status};
    }
  }
  const Sheets sheets = ReadSheets();
  const auto date = [](const char* text) {
    return base::Date::Parse(text).value();
  };
  demo.rounds.emplace(
      2024, ReadRound(folder.path(), 2024, date("2024-06-17"),
                      date("2024-07-12"), sheets, municipalities, facts));
  demo.rounds.emplace(
      2025, ReadRound(folder.path(), 2025, date("2025-06-16"),
                      date("2025-07-11"), sheets, municipalities, facts));
  return demo;
}

RoundTable MakeDemoTable(const DemoRound& round, Basis basis) {
  auto table = RoundTable::Make(round.header, round.questionnaire, round.rows,
                                round.columns, basis);
  if (!table.ok()) {
    const auto details = base::GetErrorDetails(table.status());
    for (const auto& violation : details->violations) {
      std::fprintf(stderr, "%s: %s\n", violation.field.c_str(),
                   violation.description.c_str());
    }
    Fail("the columns are not valid");
  }
  return *std::move(table);
}

}  // namespace welfare::indicator::testing
