// indicator and statement.
#include "tools/welfarectl/commands/indicator/indicator_commands.h"

#include <iostream>
#include <map>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/indicator/v1/indicator_service.pb.h"

namespace welfare::ctl {
namespace {

namespace indicator_v1 = ::welfare::indicator::v1;

std::string ValueName(const Session& session, const std::string& id,
                      int fiscal_year) {
  return session.survey_name() + "/indicators/" + id + "/values/" +
         std::to_string(fiscal_year);
}

int ListIndicators(Session& session) {
  indicator_v1::ListIndicatorsRequest request;
  request.set_parent(session.survey_name());
  std::vector<indicator_v1::Indicator> all;
  Table table({{.title = "indicator"},
               {.title = "label", .limit = 52},
               {.title = "measure"},
               {.title = "population"},
               {.title = "pages"}});
  const int code = ReadPages<indicator_v1::ListIndicatorsResponse>(
      session, request, [&](const indicator_v1::ListIndicatorsResponse& page) {
        for (const indicator_v1::Indicator& indicator : page.indicators()) {
          std::string pages;
          for (const int number : indicator.pages()) {
            pages += (pages.empty() ? "" : " ") + std::to_string(number);
          }
          table.Add({indicator.name().substr(indicator.name().rfind('/') + 1),
                     indicator.display_name(),
                     ShortName(indicator_v1::Indicator::Measure_Name(
                                   indicator.measure()),
                               ""),
                     indicator.population().id(), pages});
          all.push_back(indicator);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

int GetIndicatorValue(Session& session, const std::string& id,
                      int fiscal_year) {
  indicator_v1::GetIndicatorValueRequest request;
  request.set_name(ValueName(session, id, fiscal_year));
  indicator_v1::IndicatorValue value;
  if (const int code = Call(session, request, value); code != kOk) return code;
  Table table({{.title = "cell"},
               {.title = "label", .limit = 52},
               {.title = "count", .number = true},
               {.title = "base", .number = true},
               {.title = "percent", .number = true},
               {.title = "value", .number = true},
               {.title = "flags"}});
  for (const indicator_v1::Cell& cell : value.cells()) {
    std::string flags;
    for (const int flag : cell.flags()) {
      flags += (flags.empty() ? "" : " ") +
               indicator_v1::Cell::Flag_Name(
                   static_cast<indicator_v1::Cell::Flag>(flag));
    }
    if (cell.undecided() > 0) {
      flags += SayInCell(session, " (undecided: {count})",
                         {{"count", std::to_string(cell.undecided())}});
    }
    table.Add({cell.key(), cell.label(), std::to_string(cell.count()),
               std::to_string(cell.base()),
               cell.has_percent() ? cell.percent() : "-",
               cell.has_value() ? cell.value() : "", flags});
  }
  for (const indicator_v1::AbsenceCount& absence : value.absences()) {
    table.Add({"(" + type::v1::Absence::Kind_Name(absence.kind()) + ")", "",
               std::to_string(absence.count()),
               absence.has_percent() ? std::to_string(value.base()) : "",
               absence.has_percent() ? absence.percent() : "-", "", ""});
  }
  if (session.output() == Output::kTable) {
    std::cout << value.display_name() << "\n"
              << Say("{population}  n={base}{multiple}, size {size}, answers "
                     "of FY{year}{synthetic}",
                     {{"population", value.population().label()},
                      {"base", std::to_string(value.base())},
                      {"multiple",
                       value.multiple_answer() ? " (複数回答)" : ""},
                      {"size", std::to_string(value.population().size())},
                      {"year", std::to_string(value.reference_year())},
                      {"synthetic",
                       value.synthetic() ? Say(", 架空 (synthetic)") : ""}})
              << "\n\n";
  }
  Print(session, value, table);
  return kOk;
}

int Explain(Session& session, const std::string& id, int fiscal_year,
            const std::string& cell) {
  indicator_v1::ExplainIndicatorValueRequest request;
  request.set_name(ValueName(session, id, fiscal_year));
  request.set_cell(cell);
  indicator_v1::ExplainIndicatorValueResponse response;
  if (const int code = Call(session, request, response); code != kOk)
    return code;
  Table table({{.title = "respondent"},
               {.title = "name"},
               {.title = "in"},
               {.title = "in_base"},
               {.title = "reason", .limit = 60}});
  for (const indicator_v1::Explanation& e : response.explanations()) {
    table.Add({e.respondent(), e.display_name(), e.in() ? "yes" : "no",
               e.in_base() ? "yes" : "no", e.reason()});
  }
  Print(session, response, table);
  return kOk;
}

// What a verdict means to the process: `met`, `not met`, or not computable.
enum class Outcome { kMet, kNotMet, kNotComputable };

// A statement counts as met when the service names a reading that agrees: the
// service judges, this only sorts.
Outcome OutcomeOf(const indicator_v1::Statement& statement) {
  if (!statement.agreeing_readings().empty()) return Outcome::kMet;
  switch (statement.check()) {
    case indicator_v1::Statement::CHECK_COMPUTED:
    case indicator_v1::Statement::CHECK_REGISTRY:
    case indicator_v1::Statement::CHECK_PROGRESS:
      return Outcome::kNotMet;
    default:
      return Outcome::kNotComputable;
  }
}

// Whether a printed number is the computed one, in a word; `-` where the row
// prints none.
std::string AgreementWord(indicator_v1::Statement::Agreement agreement) {
  switch (agreement) {
    case indicator_v1::Statement::AGREEMENT_SAME:
      return "same";
    case indicator_v1::Statement::AGREEMENT_DIFFERS:
      return "differs";
    default:
      return "-";
  }
}

std::string VerdictWord(indicator_v1::Statement::Verdict verdict) {
  if (verdict == indicator_v1::Statement::VERDICT_UNSPECIFIED) return "-";
  return ShortName(indicator_v1::Statement::Verdict_Name(verdict), "VERDICT_");
}

std::string ClaimWord(indicator_v1::Statement::Claim claim) {
  if (claim == indicator_v1::Statement::CLAIM_UNSPECIFIED) return "-";
  return ShortName(indicator_v1::Statement::Claim_Name(claim), "CLAIM_");
}

int CheckStatements(Session& session, int fiscal_year, bool check) {
  indicator_v1::ListStatementsRequest request;
  request.set_parent(session.round_name(fiscal_year));
  std::vector<indicator_v1::Statement> all;
  Table table({{.title = "page", .number = true},
               {.title = "statement", .limit = 46},
               {.title = "published", .limit = 26},
               {.title = "computed", .limit = 34},
               {.title = "verdict"},
               {.title = "states"},
               {.title = "count"},
               {.title = "base"},
               {.title = "wording"},
               {.title = "reading", .limit = 56}});
  std::map<Outcome, int> outcomes;
  const int code = ReadPages<indicator_v1::ListStatementsResponse>(
      session, request, [&](const indicator_v1::ListStatementsResponse& page) {
        for (const indicator_v1::Statement& statement : page.statements()) {
          all.push_back(statement);
          ++outcomes[OutcomeOf(statement)];
          bool first = true;
          // What the row states decides the verdict; whether the other numbers
          // printed beside it are the computed ones stands apart.
          const auto add = [&](const indicator_v1::Statement::Reading& reading,
                               const std::string& words) {
            table.Add({first ? std::to_string(statement.page()) : "",
                       first ? statement.label() : "",
                       first ? statement.published() : "", reading.computed(),
                       VerdictWord(reading.verdict()),
                       ClaimWord(reading.claim()),
                       AgreementWord(reading.count_agreement()),
                       AgreementWord(reading.base_agreement()),
                       VerdictWord(reading.wording_verdict()), words});
            first = false;
          };
          if (statement.verdict() ==
              indicator_v1::Statement::VERDICT_NOT_COMPUTED) {
            indicator_v1::Statement::Reading none;
            none.set_verdict(statement.verdict());
            add(none, statement.not_computed_reason());
            continue;
          }
          for (const indicator_v1::Statement::Reading& reading :
               statement.readings()) {
            add(reading,
                reading.reading() + ": " + reading.population().label());
          }
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  if (session.output() == Output::kTable) {
    std::cout
        << "\n"
        << Say("{all} statements: {met} met, {not_met} not met, {other} not "
               "computable",
               {{"all", std::to_string(all.size())},
                {"met", std::to_string(outcomes[Outcome::kMet])},
                {"not_met", std::to_string(outcomes[Outcome::kNotMet])},
                {"other", std::to_string(outcomes[Outcome::kNotComputable])}})
        << "\n";
  }
  if (!check) return kOk;
  return outcomes[Outcome::kNotMet] == 0 && outcomes[Outcome::kMet] > 0
             ? kOk
             : kRejectedRows;
}

}  // namespace

void AddIndicatorCommands(const Command& app, Session& session) {
  const Command noun =
      app.AddNoun("indicator", "Figures computed from whole rounds");
  noun.AddVerb("list", "List the definitions").Runs(session, [&session] {
    return ListIndicators(session);
  });

  const Command get = noun.AddVerb("get", "Compute one indicator");
  const Command explain =
      noun.AddVerb("explain", "Name the respondents behind one cell");
  auto id = std::make_shared<std::string>();
  auto cell = std::make_shared<std::string>();
  auto fiscal_year = std::make_shared<int>(0);
  for (Command verb : {get, explain}) {
    verb.AddOption("ID", *id, "Indicator id").Required();
    verb.AddOption("--fiscal-year", *fiscal_year, "Fiscal year of the round")
        .Required();
  }
  explain.AddOption("--cell", *cell, "Key of the cell").Required();
  get.Runs(session, [&session, id, fiscal_year] {
    return GetIndicatorValue(session, *id, *fiscal_year);
  });
  explain.Runs(session, [&session, id, fiscal_year, cell] {
    return Explain(session, *id, *fiscal_year, *cell);
  });
}

void AddStatementCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun(
      "statement", "Published statements held against computed figures");
  for (const bool check : {false, true}) {
    const Command verb = noun.AddVerb(
        check ? "check" : "list",
        check ? Phrase("As list; exits 3 unless every computable one is met")
              : Phrase("List the statements published about a round"));
    auto fiscal_year = std::make_shared<int>(0);
    verb.AddOption("--fiscal-year", *fiscal_year, "Fiscal year of the round")
        .Required();
    verb.Runs(session, [&session, fiscal_year, check] {
      return CheckStatements(session, *fiscal_year, check);
    });
  }
}

}  // namespace welfare::ctl
