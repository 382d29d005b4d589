// The real survey through the real module: its questionnaire, a round of it,
// and the answers of the demonstration.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/survey/api/served_survey.h"
#include "tests/survey/jusou_sheets.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::survey {

// The demonstration round, made once for all tests.
inline const std::filesystem::path& Demo() {
  static const support::TempDir folder;
  static const std::filesystem::path path = [] {
    const std::string command =
        "/usr/bin/python3 -B " +
        (SourceFolder() / "tools/demo/generate_rounds.py").string() +
        " --out " + folder.path().string() + " > /dev/null";
    if (std::system(command.c_str()) != 0) std::abort();
    return folder.path();
  }();
  return path;
}

inline v1::Answer MakeCodes(const std::string& item,
                            const std::vector<std::string>& codes) {
  v1::Answer answer;
  answer.set_item(item);
  answer.mutable_codes()->mutable_codes()->Assign(codes.begin(), codes.end());
  return answer;
}

inline v1::Answer MakeInteger(const std::string& item, std::int64_t value) {
  v1::Answer answer;
  answer.set_item(item);
  answer.set_integer(value);
  return answer;
}

inline v1::Answer MakeText(const std::string& item, const std::string& text) {
  v1::Answer answer;
  answer.set_item(item);
  answer.set_text(text);
  return answer;
}

class JusouSurvey : public ServedSurvey {
 protected:
  static constexpr char kRound[] = "surveys/jusou/rounds/2025";

  absl::StatusOr<v1::Codebook> ImportJusou(
      const std::function<void(v1::ImportCodebookRequest&)>& edit = {},
      const std::string& survey = "jusou") {
    CodebookSheets sheets = JusouSheets();
    sheets.settings.replace(sheets.settings.find(",jusou,") + 1, 5, survey);
    v1::ImportCodebookRequest request;
    request.set_parent("surveys/" + survey);
    request.set_codebook_id("2025-1");
    request.set_survey_csv(sheets.survey);
    request.set_choices_csv(sheets.choices);
    request.set_settings_csv(sheets.settings);
    if (edit) edit(request);
    return Call(&Stub::ImportCodebook, request);
  }

  absl::StatusOr<v1::Round> CreateRound(const std::string& survey = "jusou",
                                        int year = 2025) {
    v1::CreateRoundRequest request = RoundRequest(survey, "2025-1", year);
    request.mutable_round()->set_synthetic(true);
    return Call(&Stub::CreateRound, request);
  }

  absl::StatusOr<v1::Round> OpenRound(const std::string& name = kRound) {
    return ServedSurvey::OpenRound(name);
  }

  absl::StatusOr<v1::Round> GetRound(const std::string& name = kRound) {
    return ServedSurvey::GetRound(name);
  }

  void Prepare(const std::string& survey = "jusou") {
    ASSERT_OK(ImportJusou({}, survey));
    ASSERT_OK(Publish("surveys/" + survey + "/codebooks/2025-1"));
    ASSERT_OK(CreateRound(survey));
  }

  void PrepareOpen(const std::string& survey = "jusou") {
    Prepare(survey);
    ASSERT_OK(OpenRound("surveys/" + survey + "/rounds/2025"));
  }

  absl::StatusOr<v1::Submission> Create(const std::string& respondent,
                                        const std::vector<v1::Answer>& answers,
                                        const std::string& request_id = "",
                                        const std::string& round = kRound) {
    v1::CreateSubmissionRequest request;
    request.set_parent(round);
    request.set_submission_id(respondent);
    request.set_request_id(request_id);
    for (const v1::Answer& answer : answers) {
      *request.mutable_submission()->add_answers() = answer;
    }
    return Call(&Stub::CreateSubmission, request);
  }

  absl::StatusOr<v1::Submission> Get(const std::string& respondent,
                                     std::int64_t data_version = 0) {
    return GetSubmission(std::string(kRound) + "/submissions/" + respondent,
                         data_version);
  }

  template <typename Request>
  Request Named(const std::string& respondent, const std::string& etag = "") {
    Request request;
    request.set_name(std::string(kRound) + "/submissions/" + respondent);
    request.set_etag(etag);
    return request;
  }

  v1::ImportSubmissionsRequest DemoBatch(int year = 2025) {
    const std::string stem = "synthetic-jusou-" + std::to_string(year);
    v1::ImportSubmissionsRequest request;
    request.mutable_batch()->set_csv(
        ReadFile(Demo() / (stem + "-answers.csv")));
    request.mutable_batch()->set_source_file("answers.csv");
    request.mutable_headers()->set_csv(
        ReadFile(Demo() / (stem + "-headers.csv")));
    request.mutable_headers()->set_source_file("headers.csv");
    return request;
  }

  absl::StatusOr<type::v1::ImportResult> Import(
      const v1::ImportSubmissionsRequest& request) {
    return Call(&Stub::BatchImportSubmissions, request);
  }

  absl::StatusOr<type::v1::ImportResult> ImportRows(
      const std::string& rows, const std::string& headers = "") {
    v1::ImportSubmissionsRequest request;
    request.mutable_batch()->set_csv(
        "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
        "other_text,absence\n" +
        rows);
    request.mutable_batch()->set_source_file("a.csv");
    if (!headers.empty()) {
      request.mutable_headers()->set_csv(
          "survey,fiscal_year,municipality_code,respondent_kind,department,"
          "contact,received_on\n" +
          headers);
    }
    return Import(request);
  }

  struct Columns {
    v1::StreamRoundColumnsResponse::Header header;
    std::map<std::string, v1::Column> columns;  // `item` or `item/row`
  };

  absl::StatusOr<Columns> ReadColumns(std::int64_t revision = 0,
                                      const std::string& round = kRound) {
    v1::StreamRoundColumnsRequest request;
    request.set_name(round);
    request.set_revision(revision);
    grpc::ClientContext context;
    auto reader = stub_->StreamRoundColumns(&context, request);
    Columns result;
    v1::StreamRoundColumnsResponse part;
    while (reader->Read(&part)) {
      if (part.has_header()) {
        result.header = part.header();
      } else {
        const v1::Column& column = part.column();
        result.columns[column.row().empty()
                           ? column.item()
                           : column.item() + "/" + column.row()] = column;
      }
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return result;
  }
};

}  // namespace welfare::survey
