// submission export: the answers of a round in long form, at one revision, each
// with where its submission stands and whether it is synthetic.
#include "tools/welfarectl/commands/survey/submission_export.h"

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/text/csv.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/survey/answer_text.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;

constexpr text::CsvWriteOptions kCsv{.line_end = "\n"};
constexpr std::string_view kStatePrefix = "STATE_";
// Of the column `synthetic`; an import reads it.
constexpr char kSyntheticMark[] = "架空";

struct ExportFlags {
  int fiscal_year = 0;
  std::vector<std::string> states;
  std::int64_t revision = 0;
};

// States whose answers count, and so what an export holds by itself.
const std::vector<std::string>& CountedStates() {
  static const auto* const kStates =
      new std::vector<std::string>{"SUBMITTED", "ACCEPTED", "FINAL"};
  return *kStates;
}

void AppendRows(const Session& session, int fiscal_year,
                const survey_v1::Submission& submission, std::string& csv) {
  const std::string id =
      submission.name().substr(submission.name().rfind('/') + 1);
  const std::size_t dash = id.find('-');
  for (const survey_v1::Answer& answer : submission.answers()) {
    text::AppendCsvRecord(
        csv,
        std::vector<std::string>{
            session.options.survey, std::to_string(fiscal_year),
            id.substr(0, dash), id.substr(dash + 1),
            answer.row().empty() ? answer.item()
                                 : answer.item() + "/" + answer.row(),
            ValueText(answer), answer.other_text(), AbsenceText(answer),
            survey_v1::Submission::State_Name(submission.state())
                .substr(kStatePrefix.size()),
            submission.synthetic() ? kSyntheticMark : ""},
        kCsv);
  }
}

int ExportSubmissions(Session& session, const ExportFlags& flags) {
  survey_v1::ListSubmissionsRequest request;
  request.set_parent(session.round_name(flags.fiscal_year));
  request.set_full(true);
  request.set_data_version(flags.revision);
  std::string wanted;
  for (const std::string& state :
       flags.states.empty() ? CountedStates() : flags.states) {
    survey_v1::Submission::State value =
        survey_v1::Submission::STATE_UNSPECIFIED;
    survey_v1::Submission::State_Parse(std::string(kStatePrefix) + state,
                                       &value);
    request.add_states(value);
    wanted += (wanted.empty() ? "" : ", ") + state;
  }
  std::string csv;
  text::AppendCsvRecord(
      csv,
      std::vector<std::string>{"survey", "fiscal_year", "municipality_code",
                               "respondent_kind", "item_id", "value",
                               "other_text", "absence", "state", "synthetic"},
      kCsv);
  std::cout << csv;
  int written = 0;
  bool synthetic = false;
  std::int64_t revision = 0;
  const int code = ReadPages<survey_v1::ListSubmissionsResponse>(
      session, request, [&](const survey_v1::ListSubmissionsResponse& page) {
        revision = page.round_revision();
        for (const survey_v1::Submission& submission : page.submissions()) {
          ++written;
          synthetic = synthetic || submission.synthetic();
          csv.clear();
          AppendRows(session, flags.fiscal_year, submission, csv);
          std::cout << csv;
        }
      });
  if (code != kOk) return code;
  std::cerr << Say("Round revision {revision}: {count} submissions "
                   "({states}){synthetic}.",
                   {{"revision", std::to_string(revision)},
                    {"count", std::to_string(written)},
                    {"states", wanted},
                    {"synthetic", synthetic ? Say(", 架空 (synthetic)") : ""}})
            << "\n";
  return kOk;
}

}  // namespace

void AddSubmissionExport(const Command& noun, Session& session) {
  const Command verb =
      noun.AddVerb("export", "Write the answers of a round as long CSV");
  auto flags = std::make_shared<ExportFlags>();
  verb.AddOption("--fiscal-year,--round", flags->fiscal_year,
                 "Fiscal year of the round")
      .Required();
  verb.AddOption("--state", flags->states,
                 "Only submissions in this state; may be repeated (default: "
                 "SUBMITTED, ACCEPTED and FINAL)")
      .OneOf({"DRAFT", "SUBMITTED", "RETURNED", "ACCEPTED", "FINAL"});
  verb.AddOption("--revision", flags->revision,
                 "Round revision to read at (default: the current one)")
      .NotNegative();
  verb.Runs(session,
            [&session, flags] { return ExportSubmissions(session, *flags); });
}

}  // namespace welfare::ctl
