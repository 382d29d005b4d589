// A survey of four questions through the real module, for tests of imports and
// lists: its one peer is a fake.
#pragma once

#include <string>
#include <vector>

#include "tests/survey/api/served_survey.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::survey {

inline constexpr char kRound[] = "surveys/pets/rounds/2025";
inline constexpr char kColumns[] =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
    "other_text,absence";
inline constexpr char kHeaders[] =
    "survey,fiscal_year,municipality_code,respondent_kind,department,contact,"
    "received_on\n";
inline constexpr char kSheet[] =
    "type,name,label,respondent,absences\n"
    "integer,cats,cats,municipality council,NO_ANSWER\n"
    "integer,dogs,dogs,municipality council,NO_ANSWER\n"
    "text,story,story,municipality council,NO_ANSWER UNKNOWN\n"
    "text,wish,wish,municipality council,NO_ANSWER\n";

inline std::string Row(const std::string& respondent, const std::string& item,
                       const std::string& value, const std::string& more = "",
                       const std::string& year = "2025") {
  return "pets," + year + "," + respondent + "," + item + "," + value + ",," +
         more + "\n";
}

// The two numbers, and texts where they are given.
inline std::string Rows(const std::string& respondent,
                        const std::string& story = "",
                        const std::string& wish = "") {
  std::string rows =
      Row(respondent, "cats", "1") + Row(respondent, "dogs", "2");
  if (!story.empty()) rows += Row(respondent, "story", story);
  if (!wish.empty()) rows += Row(respondent, "wish", wish);
  return rows;
}

class PetsSurvey : public ServedSurvey {
 protected:
  void SetUp() override {
    Start();
    Prepare(kSheet, false);
  }

  void Prepare(const std::string& sheet, bool synthetic,
               const std::string& survey = "pets") {
    v1::ImportCodebookRequest codebook;
    codebook.set_parent("surveys/" + survey);
    codebook.set_codebook_id("1");
    codebook.set_survey_csv(sheet);
    codebook.set_choices_csv("list_name,name,label\n");
    codebook.set_settings_csv("form_title,form_id,version\nPets," + survey +
                              ",1\n");
    ASSERT_OK(Call(&Stub::ImportCodebook, codebook));
    ASSERT_OK(Publish("surveys/" + survey + "/codebooks/1"));
    v1::CreateRoundRequest create = RoundRequest(survey, "1");
    v1::Round& round = *create.mutable_round();
    round.set_display_name("Pets");
    SetDay(2025, 6, 1, *round.mutable_window_start());
    SetDay(2025, 7, 31, *round.mutable_window_end());
    round.set_synthetic(synthetic);
    ASSERT_OK(Call(&Stub::CreateRound, create));
    ASSERT_OK(OpenRound("surveys/" + survey + "/rounds/2025"));
  }

  static v1::ImportSubmissionsRequest Batch(const std::string& rows,
                                            const std::string& headers = "") {
    v1::ImportSubmissionsRequest request;
    if (!rows.empty()) {
      request.mutable_batch()->set_csv(std::string(kColumns) + "\n" + rows);
      request.mutable_batch()->set_source_file("a.csv");
    }
    if (!headers.empty()) {
      request.mutable_headers()->set_csv(kHeaders + headers);
      request.mutable_headers()->set_source_file("h.csv");
    }
    return request;
  }

  absl::StatusOr<type::v1::ImportResult> Send(
      const v1::ImportSubmissionsRequest& request) {
    return Call(&Stub::BatchImportSubmissions, request);
  }

  // Sends a batch after its dry run, which must decide the same.
  type::v1::ImportResult Run(v1::ImportSubmissionsRequest request) {
    request.set_validate_only(true);
    const auto dry = Send(request);
    EXPECT_OK(dry);
    request.set_validate_only(false);
    const auto run = Send(request);
    EXPECT_OK(run);
    if (!dry.ok() || !run.ok()) return {};
    EXPECT_EQ(dry->counts().ShortDebugString(),
              run->counts().ShortDebugString());
    EXPECT_EQ(Lines(*dry), Lines(*run));
    const type::v1::ImportCounts& counts = run->counts();
    EXPECT_EQ(counts.rows(), counts.created() + counts.updated() +
                                 counts.unchanged() + counts.deleted() +
                                 counts.rejected());
    return *run;
  }
  type::v1::ImportResult Run(const std::string& rows,
                             const std::string& headers = "") {
    return Run(Batch(rows, headers));
  }

  // `line REASON` of each reject.
  static std::vector<std::string> Lines(const type::v1::ImportResult& result) {
    std::vector<std::string> lines;
    for (const type::v1::ImportReject& reject : result.rejects()) {
      lines.push_back(std::to_string(reject.source_line()) + " " +
                      reject.reason_code());
    }
    return lines;
  }

  absl::StatusOr<v1::Submission> Get(const std::string& respondent) {
    return GetSubmission(std::string(kRound) + "/submissions/" + respondent);
  }

  // The text of the item, or the name of its absence.
  std::string TextOf(const std::string& respondent, const std::string& item) {
    const auto submission = Get(respondent);
    if (!submission.ok()) return "no submission";
    for (const v1::Answer& answer : submission->answers()) {
      if (answer.item() != item) continue;
      return answer.content_case() == v1::Answer::kText
                 ? answer.text()
                 : type::v1::Absence::Kind_Name(answer.absence());
    }
    return "no answer";
  }
};

}  // namespace welfare::survey
