// The real module through real stubs; its one peer is a fake.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/observe/log.h"
#include "services/platform/process/assets.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/storage/audit_log.h"
#include "services/survey/api/round_columns.h"
#include "services/survey/store/sql_survey_store.h"
#include "services/survey/survey_module.h"
#include "services/text/csv.h"
#include "tests/support/crowd.h"
#include "tests/support/module_runner.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"
#include "tests/survey/fake_registry.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::survey {
namespace {

using support::Partially;
using support::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kRound[] = "surveys/jusou/rounds/2025";

std::filesystem::path Source() { return std::getenv("WELFARE_SOURCE_DIR"); }

std::string ReadFile(const std::filesystem::path& path) {
  return platform::ReadAsset(path).value();
}

// The demonstration round, made once for all tests.
const std::filesystem::path& Demo() {
  static const support::TempDir folder;
  static const std::filesystem::path path = [] {
    const std::string command =
        "/usr/bin/python3 " +
        (Source() / "tools/demo/generate_rounds.py").string() + " --out " +
        folder.path().string() + " > /dev/null";
    if (std::system(command.c_str()) != 0) std::abort();
    return folder.path();
  }();
  return path;
}

v1::Answer MakeCodes(const std::string& item,
                     const std::vector<std::string>& codes) {
  v1::Answer answer;
  answer.set_item(item);
  answer.mutable_codes()->mutable_codes()->Assign(codes.begin(), codes.end());
  return answer;
}

v1::Answer MakeInteger(const std::string& item, std::int64_t value) {
  v1::Answer answer;
  answer.set_item(item);
  answer.set_integer(value);
  return answer;
}

v1::Answer MakeText(const std::string& item, const std::string& text) {
  v1::Answer answer;
  answer.set_item(item);
  answer.set_text(text);
  return answer;
}

class SurveyComponent : public ::testing::Test {
 protected:
  using Stub = v1::SurveyService::Stub;

  void SetUp() override {
    Start();
    stub_ = v1::SurveyService::NewStub(runner_->channel());
  }

  void Start() {
    runner_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<SurveyModule>());
    runner_->SetPeer("registry", peer_.address());
    ASSERT_OK(runner_->Start());
  }

  template <typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&,
                                        Response*);

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method,
                                const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(20));
    Response response;
    const grpc::Status status =
        (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<v1::Codebook> ImportJusou(
      const std::function<void(v1::ImportCodebookRequest&)>& edit = {},
      const std::string& survey = "jusou") {
    const auto folder = Source() / "services/survey/data/jusou";
    v1::ImportCodebookRequest request;
    request.set_parent("surveys/" + survey);
    request.set_codebook_id("2025-1");
    request.set_survey_csv(ReadFile(folder / "survey.csv"));
    request.set_choices_csv(ReadFile(folder / "choices.csv"));
    std::string settings = ReadFile(folder / "settings.csv");
    const std::size_t at = settings.find(",jusou,");
    settings.replace(at + 1, 5, survey);
    request.set_settings_csv(settings);
    if (edit) edit(request);
    return Call(&Stub::ImportCodebook, request);
  }

  absl::StatusOr<v1::Round> CreateRound(const std::string& survey = "jusou",
                                        int year = 2025) {
    v1::CreateRoundRequest request;
    request.set_parent("surveys/" + survey);
    request.set_round_id(std::to_string(year));
    v1::Round& round = *request.mutable_round();
    round.set_display_name("現況調査");
    round.set_purpose("purpose");
    round.set_method("method");
    round.set_publisher("publisher");
    round.mutable_window_start()->set_year(year);
    round.mutable_window_start()->set_month(6);
    round.mutable_window_start()->set_day(16);
    round.mutable_window_end()->set_year(year);
    round.mutable_window_end()->set_month(7);
    round.mutable_window_end()->set_day(11);
    round.set_codebook("surveys/" + survey + "/codebooks/2025-1");
    round.set_program("programs/jusou");
    round.set_synthetic(true);
    return Call(&Stub::CreateRound, request);
  }

  absl::StatusOr<v1::Round> OpenRound(const std::string& name = kRound) {
    v1::OpenRoundRequest request;
    request.set_name(name);
    return Call(&Stub::OpenRound, request);
  }

  absl::StatusOr<v1::Round> GetRound(const std::string& name = kRound) {
    v1::GetRoundRequest request;
    request.set_name(name);
    return Call(&Stub::GetRound, request);
  }

  void Prepare(const std::string& survey = "jusou") {
    ASSERT_OK(ImportJusou({}, survey));
    v1::PublishCodebookRequest publish;
    publish.set_name("surveys/" + survey + "/codebooks/2025-1");
    ASSERT_OK(Call(&Stub::PublishCodebook, publish));
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
    v1::GetSubmissionRequest request;
    request.set_name(std::string(kRound) + "/submissions/" + respondent);
    request.set_data_version(data_version);
    return Call(&Stub::GetSubmission, request);
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

  // `field: REASON` of each violation.
  static std::vector<std::string> Violations(const absl::Status& status) {
    std::vector<std::string> found;
    const auto details = base::GetErrorDetails(status);
    if (!details) return found;
    for (const base::Violation& violation : details->violations) {
      const std::size_t colon = violation.description.find(':');
      found.push_back(violation.field + ": " +
                      (violation.reason.empty()
                           ? violation.description.substr(0, colon)
                           : violation.reason));
    }
    return found;
  }

  FakeRegistry registry_;
  support::ServiceRunner peer_{registry_.service()};
  std::unique_ptr<support::ModuleRunner> runner_;
  std::unique_ptr<Stub> stub_;
};

// --- codebooks ---

TEST_F(SurveyComponent, ImportsPublishesAndReadsTheCodebook) {
  const auto imported = ImportJusou();
  ASSERT_OK(imported);
  EXPECT_EQ(imported->state(), v1::Codebook::STATE_DRAFT);
  EXPECT_THAT(imported->items(), SizeIs(86));
  v1::PublishCodebookRequest publish;
  publish.set_name("surveys/jusou/codebooks/2025-1");
  const auto published = Call(&Stub::PublishCodebook, publish);
  ASSERT_OK(published);
  EXPECT_EQ(published->state(), v1::Codebook::STATE_PUBLISHED);
  EXPECT_TRUE(published->has_publish_time());
  v1::GetCodebookRequest get;
  get.set_name("surveys/jusou/codebooks/2025-1");
  const auto got = Call(&Stub::GetCodebook, get);
  ASSERT_OK(got);
  EXPECT_EQ(got->digest(), imported->digest());
  EXPECT_EQ(got->items(0).item(), "mun_program_status");
  v1::ListCodebooksRequest list;
  list.set_parent("surveys/jusou");
  const auto listed = Call(&Stub::ListCodebooks, list);
  ASSERT_OK(listed);
  EXPECT_THAT(listed->codebooks(), SizeIs(1));
  EXPECT_THAT(listed->codebooks(0).items(), IsEmpty());
}

TEST_F(SurveyComponent, APublishedCodebookNeverChanges) {
  Prepare();
  EXPECT_OK(ImportJusou());  // equal content is no change
  EXPECT_STATUS(ImportJusou([](auto& request) {
                  std::string& sheet = *request.mutable_survey_csv();
                  const std::size_t at = sheet.find("重層事業を開始した年度");
                  sheet.replace(at, 3, "新");
                }),
                absl::StatusCode::kFailedPrecondition, "CODEBOOK_PUBLISHED");
}

TEST_F(SurveyComponent, ListsEveryViolationOfACodebook) {
  const auto result = ImportJusou(
      [](auto& request) { request.set_choices_csv("list_name,name,label\n"); });
  EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument, "CODEBOOK_INVALID");
  EXPECT_THAT(Violations(result.status()),
              Contains("survey.csv:3:type: LIST_UNKNOWN"));
}

// --- rounds ---

TEST_F(SurveyComponent, ARoundNeedsAPublishedCodebook) {
  ASSERT_OK(ImportJusou());
  EXPECT_STATUS(CreateRound(), absl::StatusCode::kFailedPrecondition,
                "CODEBOOK_NOT_PUBLISHED");
}

TEST_F(SurveyComponent, RefusesASecondRoundOfAYear) {
  Prepare();
  EXPECT_STATUS(CreateRound(), absl::StatusCode::kAlreadyExists,
                "ROUND_EXISTS");
}

TEST_F(SurveyComponent, ListsEverythingWrongWithARound) {
  v1::CreateRoundRequest request;
  request.set_parent("surveys/jusou");
  request.set_round_id("2025");
  request.mutable_round()->set_codebook("surveys/other/codebooks/1");
  const auto result = Call(&Stub::CreateRound, request);
  EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument, "ROUND_INVALID");
  EXPECT_THAT(Violations(result.status()), SizeIs(5));
}

TEST_F(SurveyComponent, OpeningPinsTheRegistryAndFreezesThePopulation) {
  Prepare();
  const auto opened = OpenRound();
  ASSERT_OK(opened);
  EXPECT_EQ(opened->state(), v1::Round::STATE_OPEN);
  EXPECT_EQ(opened->registry_version(), 7);
  EXPECT_EQ(opened->revision(), 2);
  registry_.SetVersion(8);
  EXPECT_OK(OpenRound());  // again: no change
  const auto columns = ReadColumns();
  ASSERT_OK(columns);
  EXPECT_EQ(columns->header.round().revision(), 2);
  EXPECT_EQ(columns->header.round().registry_version(), 7);
  const auto& rows = columns->header.frame().rows();
  ASSERT_EQ(rows.size(), 124);
  EXPECT_EQ(rows[0].municipality_code(), "131016");
  EXPECT_EQ(rows[1].display_name(), "千代田区社会福祉協議会");
  std::map<int, int> implementing;
  std::map<int, int> unknown_preparation;
  for (const auto& row : rows) {
    if (row.respondent_kind() != type::v1::RESPONDENT_KIND_MUNICIPALITY) {
      continue;
    }
    for (const auto& status : row.statuses()) {
      implementing[status.fiscal_year()] += status.implementing();
      unknown_preparation[status.fiscal_year()] += !status.has_preparation();
    }
  }
  EXPECT_THAT(
      implementing,
      ElementsAre(std::pair(2021, 2), std::pair(2022, 7), std::pair(2023, 12),
                  std::pair(2024, 23), std::pair(2025, 30)));
  // Unknown stays unknown and is not taken for no.
  EXPECT_GT(unknown_preparation[2024], 0);
  EXPECT_EQ(unknown_preparation[2025], 0);
}

TEST_F(SurveyComponent, OpeningNeedsTheRegistryAndNothingElseDoes) {
  Prepare();
  registry_.Break(true);
  EXPECT_STATUS(OpenRound(), absl::StatusCode::kUnavailable,
                "REGISTRY_UNAVAILABLE");
  registry_.Break(false);
  ASSERT_OK(OpenRound());
  registry_.Break(true);
  EXPECT_OK(Create("131032-municipality", {}));
  EXPECT_OK(Get("131032-municipality"));
  EXPECT_OK(Import(DemoBatch()));
}

TEST_F(SurveyComponent, OpeningNeedsAKnownRoster) {
  Prepare();
  ASSERT_OK(CreateRound("jusou", 2031));
  EXPECT_STATUS(OpenRound("surveys/jusou/rounds/2031"),
                absl::StatusCode::kFailedPrecondition, "REGISTRY_INCOMPLETE");
}

TEST_F(SurveyComponent, AClosedRoundTakesOnlyWhatWasReturned) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  auto back = Named<v1::ReturnSubmissionRequest>("131032-municipality");
  EXPECT_STATUS(Call(&Stub::ReturnSubmission, back),
                absl::StatusCode::kInvalidArgument, "REASON_REQUIRED");
  v1::CloseRoundRequest close;
  close.set_name(kRound);
  ASSERT_OK(Call(&Stub::CloseRound, close));
  EXPECT_OK(Call(&Stub::CloseRound, close));
  EXPECT_STATUS(OpenRound(), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
  EXPECT_STATUS(Call(&Stub::SubmitSubmission,
                     Named<v1::SubmitSubmissionRequest>("131016-municipality")),
                absl::StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN");
  back.set_reason("数が合いません");
  const auto returned = Call(&Stub::ReturnSubmission, back);
  ASSERT_OK(returned);
  EXPECT_EQ(returned->state(), v1::Submission::STATE_RETURNED);
  EXPECT_EQ(returned->reason(), "数が合いません");
  const auto submitted =
      Call(&Stub::SubmitSubmission,
           Named<v1::SubmitSubmissionRequest>("131032-municipality"));
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->state(), v1::Submission::STATE_SUBMITTED);
}

// --- bad input: a clear error, and nothing changes ---

class BadInput : public SurveyComponent {
 protected:
  void SetUp() override {
    SurveyComponent::SetUp();
    PrepareOpen();
    before_ = GetRound()->revision();
  }
  void TearDown() override {
    EXPECT_EQ(GetRound()->revision(), before_);
    v1::ListSubmissionsRequest list;
    list.set_parent(kRound);
    EXPECT_EQ(Call(&Stub::ListSubmissions, list)->total_size(), 0);
  }

  void ExpectViolation(const std::string& respondent,
                       const std::vector<v1::Answer>& answers,
                       const std::string& violation) {
    const auto result = Create(respondent, answers);
    EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument,
                  "SUBMISSION_INVALID");
    EXPECT_THAT(Violations(result.status()), ElementsAre(violation));
  }

  // A draft would keep the answers and name what is wrong with them.
  void ExpectListed(const std::string& respondent,
                    const std::vector<v1::Answer>& answers,
                    const std::string& item, const std::string& reason) {
    v1::CreateSubmissionRequest request;
    request.set_parent(kRound);
    request.set_submission_id(respondent);
    request.set_validate_only(true);
    for (const v1::Answer& answer : answers) {
      *request.mutable_submission()->add_answers() = answer;
    }
    const auto result = Call(&Stub::CreateSubmission, request);
    ASSERT_OK(result);
    ASSERT_EQ(result->violations_size(), 1);
    EXPECT_EQ(result->violations(0).item(), item);
    EXPECT_EQ(result->violations(0).reason(), reason);
  }

  std::int64_t before_ = 0;
};

// 131024 (Chuo) implements, 131016 (Chiyoda) does not.
TEST_F(BadInput, UnknownMunicipality) {
  ExpectViolation("139998-municipality", {},
                  "submission_id: UNKNOWN_MUNICIPALITY");
}

TEST_F(BadInput, WrongCheckDigit) {
  EXPECT_STATUS(Create("131017-municipality", {}),
                absl::StatusCode::kInvalidArgument, "CHECK_DIGIT");
}

TEST_F(BadInput, UnknownItem) {
  ExpectViolation("131024-municipality", {MakeInteger("nothing", 1)},
                  "answers.nothing: UNKNOWN_ITEM");
}

TEST_F(BadInput, OptionNotOffered) {
  ExpectListed("131024-municipality",
               {MakeCodes("plan_formulated", {"perhaps"})}, "plan_formulated",
               "OPTION_NOT_OFFERED");
}

TEST_F(BadInput, TwoExclusiveOptions) {
  ExpectListed("131024-municipality",
               {MakeCodes("collab_partners", {"police", "none"})},
               "collab_partners", "EXCLUSIVE_OPTION");
}

TEST_F(BadInput, AnswerToAQuestionNotAsked) {
  ExpectListed("131016-municipality",
               {MakeCodes("plan_formulated", {"formulated"})},
               "plan_formulated", "NOT_ASKED_BY_ROUTING");
}

TEST_F(BadInput, TextWhereANumberBelongs) {
  ExpectListed("131024-municipality", {MakeText("sc_cases", "many")},
               "sc_cases", "TYPE_MISMATCH");
}

TEST_F(BadInput, ValidateOnlyWritesNothing) {
  v1::CreateSubmissionRequest request;
  request.set_parent(kRound);
  request.set_submission_id("131024-municipality");
  request.set_validate_only(true);
  EXPECT_OK(Call(&Stub::CreateSubmission, request));
}

TEST_F(BadInput, UnknownMaskAndNames) {
  v1::UpdateSubmissionRequest request;
  request.mutable_submission()->set_name(std::string(kRound) +
                                         "/submissions/131024-municipality");
  request.mutable_update_mask()->add_paths("colour");
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, request),
                absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  EXPECT_STATUS(Create("131024-mayor", {}), absl::StatusCode::kInvalidArgument,
                "NAME_INVALID");
  EXPECT_STATUS(GetRound("surveys/jusou/rounds/2030"),
                absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  EXPECT_STATUS(Get("131024-municipality"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
}

TEST_F(BadInput, VersionsBelowZero) {
  EXPECT_STATUS(Get("131024-municipality", -1),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
  EXPECT_STATUS(ReadColumns(-1), absl::StatusCode::kInvalidArgument,
                "VERSION_NEGATIVE");
  v1::StreamRoundChangesRequest request;
  request.set_name(kRound);
  request.set_after_revision(-1);
  grpc::ClientContext context;
  auto reader = stub_->StreamRoundChanges(&context, request);
  v1::StreamRoundChangesResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_STATUS(platform::FromGrpcStatus(reader->Finish()),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
}

TEST_F(BadInput, KindsAndStatesOfNoName) {
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  list.set_respondent_kind(static_cast<type::v1::RespondentKind>(9));
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "FILTER_INVALID");
  list.clear_respondent_kind();
  list.set_state(static_cast<v1::Submission::State>(9));
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "FILTER_INVALID");
}

TEST_F(BadInput, RequestIdsThatAreNone) {
  for (const std::string& id : {std::string("a b"), std::string(65, 'a')}) {
    EXPECT_STATUS(Create("131024-municipality", {}, id),
                  absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID");
    v1::ImportSubmissionsRequest batch = DemoBatch();
    batch.set_request_id(id);
    EXPECT_STATUS(Import(batch), absl::StatusCode::kInvalidArgument,
                  "REQUEST_ID_INVALID");
  }
}

TEST_F(BadInput, LinesBelowZero) {
  v1::ImportSubmissionsRequest batch = DemoBatch();
  batch.mutable_batch()->set_first_line(-1);
  const auto result = Import(batch);
  EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  EXPECT_THAT(Violations(result.status()),
              ElementsAre("batch.first_line: LINE_NEGATIVE"));
}

TEST_F(SurveyComponent, ARoundThatIsNotOpenTakesNothing) {
  Prepare();
  EXPECT_STATUS(Create("131024-municipality", {}),
                absl::StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN");
  EXPECT_STATUS(ReadColumns(), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
  const auto result = Import(DemoBatch());
  ASSERT_OK(result);
  EXPECT_EQ(result->counts().rejected(), 2732);
  EXPECT_EQ(result->rejects(0).reason_code(), "ROUND_NOT_OPEN");
  EXPECT_EQ(GetRound()->revision(), 1);
}

TEST_F(SurveyComponent, ARequestIdIsUsedOnce) {
  PrepareOpen();
  const std::vector<v1::Answer> answers = {
      MakeCodes("plan_formulated", {"formulated"})};
  const auto first = Create("131024-municipality", answers, "id-1");
  ASSERT_OK(first);
  const std::int64_t revision = GetRound()->revision();
  const auto again = Create("131024-municipality", answers, "id-1");
  ASSERT_OK(again);
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_STATUS(Create("131024-municipality", {}, "id-1"),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  EXPECT_STATUS(Create("131024-municipality", answers, "id-2"),
                absl::StatusCode::kAlreadyExists, "SUBMISSION_EXISTS");
  EXPECT_EQ(GetRound()->revision(), revision);
}

// --- the life of a submission ---

TEST_F(SurveyComponent, ADraftIsUpdatedSubmittedAcceptedAndReturned) {
  PrepareOpen();
  const std::string who = "131016-municipality";
  const auto draft =
      Create(who, {MakeCodes("mun_preparing_self_report", {"considering"})});
  ASSERT_OK(draft);
  EXPECT_THAT(*draft, Partially(R"pb(state: STATE_DRAFT
                                     revision: 1
                                     round_revision: 3
                                     synthetic: true)pb"));
  // Of this store: the same revision of a restored one does not match.
  EXPECT_EQ(draft->etag(),
            '"' + GetRound()->incarnation().substr(0, 16) + "-1\"");

  const auto missing =
      Call(&Stub::SubmitSubmission, Named<v1::SubmitSubmissionRequest>(who));
  EXPECT_STATUS(missing, absl::StatusCode::kInvalidArgument,
                "SUBMISSION_INVALID");
  EXPECT_THAT(Violations(missing.status()),
              Contains("answers.planned_start_fy: ANSWER_MISSING"));

  // The same respondent's answers of the demonstration round.
  v1::UpdateSubmissionRequest update;
  update.mutable_submission()->set_name(draft->name());
  const std::string csv = ReadFile(Demo() / "synthetic-jusou-2025-answers.csv");
  const std::vector<text::CsvRecord> records = text::ReadCsv(csv).value();
  for (const text::CsvRecord& record : records) {
    if (record.cells[2] != "131016" || record.cells[3] != "municipality") {
      continue;
    }
    v1::Answer& answer = *update.mutable_submission()->add_answers();
    answer.set_item(record.cells[4]);
    answer.set_other_text(record.cells[6]);
    type::v1::Absence::Kind absence;
    if (type::v1::Absence::Kind_Parse(record.cells[7], &absence)) {
      answer.set_absence(absence);
    } else if (record.cells[4] == "planned_start_fy") {
      answer.set_integer(std::stoi(record.cells[5]));
    } else {
      std::string codes = record.cells[5];
      for (std::size_t at = 0; at <= codes.size();) {
        const std::size_t end = std::min(codes.find(' ', at), codes.size());
        answer.mutable_codes()->add_codes(codes.substr(at, end - at));
        at = end + 1;
      }
    }
  }
  update.mutable_submission()->mutable_header()->set_department("福祉課");
  update.mutable_submission()->mutable_header()->set_contact("内線 1");
  update.mutable_submission()->set_etag("\"7\"");
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
  update.mutable_submission()->set_etag(draft->etag());
  const auto updated = Call(&Stub::UpdateSubmission, update);
  ASSERT_OK(updated);
  EXPECT_EQ(updated->revision(), 2);
  EXPECT_EQ(updated->header().department(), "福祉課");

  // Equal content is no news.
  update.mutable_submission()->set_etag("");
  const auto unchanged = Call(&Stub::UpdateSubmission, update);
  ASSERT_OK(unchanged);
  EXPECT_EQ(unchanged->revision(), 2);

  const auto submitted =
      Call(&Stub::SubmitSubmission, Named<v1::SubmitSubmissionRequest>(who));
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->state(), v1::Submission::STATE_SUBMITTED);
  EXPECT_EQ(submitted->header().received_on().month(), 6);
  EXPECT_FALSE(submitted->late());
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");

  const auto accepted =
      Call(&Stub::AcceptSubmission, Named<v1::AcceptSubmissionRequest>(who));
  ASSERT_OK(accepted);
  EXPECT_EQ(accepted->state(), v1::Submission::STATE_ACCEPTED);
  auto back = Named<v1::ReturnSubmissionRequest>(who);
  back.set_reason("もう一度");
  ASSERT_OK(Call(&Stub::ReturnSubmission, back));
  EXPECT_STATUS(
      Call(&Stub::AcceptSubmission, Named<v1::AcceptSubmissionRequest>(who)),
      absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");

  v1::ListSubmissionRevisionsRequest list;
  list.set_name(draft->name());
  list.set_page_size(3);
  const auto first = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(first);
  EXPECT_THAT(first->revisions(), SizeIs(3));
  list.set_page_token(first->next_page_token());
  const auto second = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(second);
  EXPECT_THAT(second->revisions(), SizeIs(2));
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(second->revisions(1).reason(), "もう一度");

  // As it was at an earlier round revision.
  EXPECT_EQ(Get(who, 3)->answers_size(), 1);
  EXPECT_STATUS(Get(who, 2), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
  EXPECT_STATUS(Get(who, 99), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  EXPECT_GT(Get(who)->computed_absences_size(), 40);
}

TEST_F(SurveyComponent, AfterTheWindowIsLate) {
  PrepareOpen();
  const std::string who = "131024-council";
  v1::CreateSubmissionRequest request;
  request.set_parent(kRound);
  request.set_submission_id(who);
  auto& day =
      *request.mutable_submission()->mutable_header()->mutable_received_on();
  day.set_year(2025);
  day.set_month(7);
  day.set_day(12);
  EXPECT_TRUE(Call(&Stub::CreateSubmission, request)->late());
  // Whoever counts from the columns can tell who was inside the window.
  const auto columns = ReadColumns();
  ASSERT_OK(columns);
  int dated = 0;
  for (const v1::Frame::Row& row : columns->header.frame().rows()) {
    if (!row.has_received_on()) continue;
    ++dated;
    EXPECT_TRUE(row.late());
    EXPECT_EQ(row.received_on().day(), 12);
  }
  EXPECT_EQ(dated, 1);
}

// --- import ---

TEST_F(SurveyComponent, ImportsTheDemonstrationRoundAtOnce) {
  PrepareOpen();
  v1::ImportSubmissionsRequest batch = DemoBatch();
  batch.set_request_id("batch-1");
  batch.set_validate_only(true);
  const auto dry = Import(batch);
  ASSERT_OK(dry);
  EXPECT_TRUE(dry->validate_only());
  EXPECT_EQ(GetRound()->revision(), 2);

  batch.set_validate_only(false);
  const auto begin = std::chrono::steady_clock::now();
  const auto done = Import(batch);
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_OK(done);
  EXPECT_THAT(done->rejects(), IsEmpty());
  EXPECT_EQ(done->counts().SerializeAsString(),
            dry->counts().SerializeAsString());
  EXPECT_EQ(done->counts().rows(), 2732);
  EXPECT_EQ(done->counts().created(), 2732);
  EXPECT_EQ(done->version(), 2 + 124);
  RecordProperty(
      "import_ms",
      static_cast<int>(
          std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(5));

  // The same call again, then the same data again.
  EXPECT_EQ(Import(batch)->SerializeAsString(), done->SerializeAsString());
  batch.set_request_id("batch-2");
  const auto again = Import(batch);
  ASSERT_OK(again);
  EXPECT_EQ(again->counts().unchanged(), 2732);
  EXPECT_EQ(again->version(), 2 + 124);

  v1::GetRoundProgressRequest request;
  request.set_name(kRound);
  EXPECT_THAT(*Call(&Stub::GetRoundProgress, request), Partially(R"pb(
    expected: 124
    received: 124
    groups {
      respondent_kind: RESPONDENT_KIND_MUNICIPALITY
      implementing: true
      expected: 30
      received: 30
      on_time: 30
    }
    groups { expected: 32 received: 32 }
    groups {
      respondent_kind: RESPONDENT_KIND_COUNCIL
      implementing: true
      expected: 30
    }
    groups { expected: 32 }
  )pb"));
}

TEST_F(SurveyComponent, ColumnsAgreeWithWhatWasPublished) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  const auto read = ReadColumns();
  ASSERT_OK(read);
  EXPECT_EQ(read->header.columns(), static_cast<int>(read->columns.size()));
  EXPECT_EQ(read->columns.size(), 84U + 2 * 4);  // two tables of four rows
  const auto count = [&](const std::string& item, int option) {
    int found = 0;
    for (const std::uint64_t codes : read->columns.at(item).codes()) {
      found += static_cast<int>((codes >> option) & 1);
    }
    return found;
  };
  EXPECT_EQ(count("plan_formulated", 0), 23);
  EXPECT_EQ(count("window_installed", 0), 18);
  EXPECT_EQ(count("outreach_operation", 0), 5);
  EXPECT_EQ(count("outreach_operation", 1), 28);
  EXPECT_EQ(count("outreach_contractor", 0), 26);
  const v1::Column& preplan = read->columns.at("part_supports_preplan");
  std::int64_t sum = 0;
  for (const std::int64_t value : preplan.integers()) sum += value;
  EXPECT_EQ(sum, 1527);
  // Newcomers and those who do not implement: not applicable; councils: not
  // asked.
  std::map<int, int> absences;
  for (const char absence : preplan.absences()) ++absences[absence];
  EXPECT_EQ(absences[4], 62 - 23);
  EXPECT_EQ(absences[6], 62);
  EXPECT_EQ(read->columns.at("cb_activities").absences().size(), 124U);
}

TEST_F(SurveyComponent, ColumnsOfAnEarlierRevisionStayWhatTheyWere) {
  PrepareOpen();
  const auto first = Import(DemoBatch());
  ASSERT_OK(first);
  const auto before = ReadColumns(first->version());
  auto back = Named<v1::ReturnSubmissionRequest>("131024-municipality");
  back.set_reason("why");
  ASSERT_OK(Call(&Stub::ReturnSubmission, back));
  const auto now = ReadColumns();
  ASSERT_OK(now);
  EXPECT_EQ(now->columns.at("plan_formulated").absences()[2], 5);
  EXPECT_EQ(now->header.frame().rows(2).state(),
            v1::Submission::STATE_RETURNED);
  const auto then = ReadColumns(first->version());
  ASSERT_OK(then);
  EXPECT_EQ(then->header.round().revision(), first->version());
  EXPECT_EQ(then->header.SerializeAsString(),
            before->header.SerializeAsString());
  EXPECT_EQ(then->columns.at("plan_formulated").SerializeAsString(),
            before->columns.at("plan_formulated").SerializeAsString());
  // Before anything came in.
  EXPECT_EQ(ReadColumns(2)->columns.at("plan_formulated").absences()[2], 5);
  EXPECT_STATUS(ReadColumns(9999), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
}

TEST_F(SurveyComponent, ARefusedRecordRefusesItsSubmissionAndNoOther) {
  PrepareOpen();
  const std::string good =
      "jusou,2025,131032,council,council_coordinator_placed,no,,\n"
      "jusou,2025,131032,council,council_place_exists,no,,\n"
      "jusou,2025,131032,council,council_contracted_programs,,,NO_ANSWER\n"
      "jusou,2025,131032,council,cb_activities,exchange environment,,\n"
      "jusou,2025,131032,council,council_in_conferences,none,,\n";
  const auto result = ImportRows(
      "jusou,2025,131041,council,council_coordinator_placed,no,,\n"
      "jusou,2025,131041,council,council_place_exists,perhaps,,\n"
      "jusou,2025,131041,council,council_contracted_programs,other,,\n"
      "jusou,2025,131017,council,council_place_exists,no,,\n"
      "jusou,2030,131041,council,council_place_exists,no,,\n" +
      good + "jusou,2025,131059,council,council_place_exists,no,,,extra\n" +
      "jusou,2025,131059,council,council_coordinator_placed,no,,\n");
  ASSERT_OK(result);
  std::vector<std::string> rejects;
  for (const auto& reject : result->rejects()) {
    rejects.push_back(std::to_string(reject.source_line()) + " " +
                      reject.column() + " " + reject.value() + " " +
                      reject.reason_code());
  }
  EXPECT_THAT(rejects, Contains("2   SUBMISSION_REJECTED"));
  EXPECT_THAT(rejects, Contains("3 value perhaps OPTION_NOT_OFFERED"));
  EXPECT_THAT(rejects, Contains("4 other_text  OTHER_TEXT_REQUIRED"));
  EXPECT_THAT(rejects, Contains("5 municipality_code 131017 CHECK_DIGIT"));
  EXPECT_THAT(rejects, Contains("6 fiscal_year 2030 ROUND_NOT_FOUND"));
  EXPECT_THAT(rejects, Contains("12   CSV_CELLS"));
  EXPECT_THAT(rejects, Contains("13   SUBMISSION_REJECTED"));
  EXPECT_EQ(result->rejects(0).raw_record(),
            "jusou,2025,131041,council,council_coordinator_placed,no,,");
  const auto& counts = result->counts();
  EXPECT_EQ(counts.rows(), 12);
  EXPECT_EQ(counts.rows(), counts.created() + counts.updated() +
                               counts.unchanged() + counts.deleted() +
                               counts.rejected());
  EXPECT_STATUS(Get("131041-council"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
  EXPECT_STATUS(Get("131059-council"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
}

TEST_F(SurveyComponent, AChangedRecordIsUpdatedAndTheRestIsUnchanged) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  v1::ImportSubmissionsRequest batch = DemoBatch();
  std::string& csv = *batch.mutable_batch()->mutable_csv();
  const std::size_t at = csv.find("131032,municipality,collab_methods,");
  ASSERT_NE(at, std::string::npos);
  const std::size_t value = csv.find(",collab_methods,", at) + 16;
  csv.replace(value, csv.find('\n', value) - value, ",,UNKNOWN");
  const auto result = Import(batch);
  ASSERT_OK(result);
  EXPECT_EQ(result->counts().updated(), 1);
  EXPECT_EQ(result->counts().unchanged(), 2731);
  EXPECT_EQ(result->version(), 2 + 124 + 1);
  EXPECT_EQ(Get("131032-municipality")->revision(), 2);
}

TEST_F(SurveyComponent, ADryRunSaysWhatTheImportThenDoes) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  const std::int64_t before = GetRound()->revision();
  // One submission changed, one refused, one of nobody, the rest as it was.
  v1::ImportSubmissionsRequest batch = DemoBatch();
  std::string& csv = *batch.mutable_batch()->mutable_csv();
  const auto set = [&](const std::string& key, const std::string& cells) {
    const std::size_t at = csv.find(key);
    ASSERT_NE(at, std::string::npos);
    const std::size_t value = at + key.size();
    csv.replace(value, csv.find('\n', value) - value, cells);
  };
  set("131032,municipality,collab_methods,", ",,UNKNOWN");
  set("131041,municipality,collab_methods,", "by_magic,,");
  csv += "jusou,2025,139998,council,council_place_exists,no,,\n";
  batch.set_validate_only(true);
  const auto dry = Import(batch);
  ASSERT_OK(dry);
  EXPECT_EQ(dry->counts().updated(), 1);
  EXPECT_GT(dry->counts().rejected(), 2);
  EXPECT_EQ(dry->counts().unchanged(), 2733 - 1 - dry->counts().rejected());
  EXPECT_EQ(GetRound()->revision(), before);
  EXPECT_EQ(Get("131032-municipality")->revision(), 1);
  batch.set_validate_only(false);
  auto done = Import(batch);
  ASSERT_OK(done);
  EXPECT_EQ(done->version(), before + 1);
  done->set_validate_only(true);
  done->set_version(dry->version());
  EXPECT_EQ(done->SerializeAsString(), dry->SerializeAsString());
}

TEST_F(SurveyComponent, AcceptedAnswersAreNotOverwritten) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  ASSERT_OK(Call(&Stub::AcceptSubmission,
                 Named<v1::AcceptSubmissionRequest>("131032-municipality")));
  EXPECT_EQ(Import(DemoBatch())->counts().unchanged(), 2732);
  v1::ImportSubmissionsRequest batch = DemoBatch();
  std::string& csv = *batch.mutable_batch()->mutable_csv();
  const std::size_t at = csv.find("131032,municipality,collab_methods,");
  const std::size_t value = csv.find(",collab_methods,", at) + 16;
  csv.replace(value, csv.find('\n', value) - value, ",,UNKNOWN");
  const auto result = Import(batch);
  ASSERT_OK(result);
  ASSERT_GT(result->rejects_size(), 0);
  EXPECT_EQ(result->rejects(0).reason_code(), "SUBMISSION_STATE");
  EXPECT_EQ(Get("131032-municipality")->revision(), 2);
}

TEST_F(SurveyComponent, AHeaderAloneChangesTheHeaderOnly) {
  PrepareOpen();
  ASSERT_OK(Create("131024-municipality",
                   {MakeCodes("plan_formulated", {"formulated"})}));
  const auto result =
      ImportRows("",
                 "jusou,2025,131024,municipality,福祉課,内線 1,2025-07-01\n"
                 "jusou,2025,131032,municipality,福祉課,内線 1,2025-07-01\n"
                 "jusou,2025,139998,municipality,福祉課,内線 1,2025-07-01\n");
  ASSERT_OK(result);
  ASSERT_EQ(result->rejects_size(), 2);
  EXPECT_EQ(result->rejects(0).reason_code(), "SUBMISSION_NOT_FOUND");
  EXPECT_EQ(result->rejects(1).reason_code(), "UNKNOWN_MUNICIPALITY");
  const auto draft = Get("131024-municipality");
  EXPECT_EQ(draft->state(), v1::Submission::STATE_DRAFT);
  EXPECT_EQ(draft->header().department(), "福祉課");
  EXPECT_EQ(draft->header().received_on().month(), 7);
  EXPECT_EQ(draft->answers_size(), 1);
  EXPECT_EQ(draft->revision(), 2);
  // Equal again: no news.
  ASSERT_OK(ImportRows(
      "", "jusou,2025,131024,municipality,福祉課,内線 1,2025-07-01\n"));
  EXPECT_EQ(Get("131024-municipality")->revision(), 2);
}

// Whoever filled a form in is named to those who read that submission, and
// nowhere else.
TEST_F(SurveyComponent, PersonalDataShowsOnlyInItsOwnSubmission) {
  PrepareOpen();
  const std::string rows =
      "jusou,2025,131032,council,council_coordinator_placed,no,,\n"
      "jusou,2025,131032,council,council_place_exists,no,,\n"
      "jusou,2025,131032,council,council_contracted_programs,,,NO_ANSWER\n"
      "jusou,2025,131032,council,cb_activities,exchange environment,,\n"
      "jusou,2025,131032,council,council_in_conferences,none,,\n";
  const std::string key = "jusou,2025,131032,council,";
  const std::string person = "SecretDepartment,SecretContact,";
  ::testing::internal::CaptureStderr();
  v1::ImportSubmissionsRequest batch;
  batch.set_request_id("batch-1");
  batch.mutable_batch()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
      "other_text,absence\n" +
      rows);
  batch.mutable_headers()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,department,"
      "contact,received_on\n" +
      key + person + "2025-07-01\n");
  std::vector<std::string> replies;
  const auto keep = [&](const auto& reply) {
    ASSERT_OK(reply);
    replies.push_back(reply->ShortDebugString());
  };
  keep(Import(batch));
  // Headers that are refused name no person either.
  keep(ImportRows("", key + person + "2025-02-30\n"));
  keep(ImportRows("", key + person + "2025-07-01,extra\n"));
  keep(ImportRows("", "jusou,2025,131017,council," + person + "\n"));
  keep(Create("131024-council", {}));
  keep(Get("131024-council"));
  EXPECT_EQ(Get("131032-council")->header().contact(), "SecretContact");
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  keep(Call(&Stub::ListSubmissions, list));
  v1::UpdateSubmissionRequest update;
  update.set_request_id("update-1");
  update.mutable_submission()->set_name(std::string(kRound) +
                                        "/submissions/131024-council");
  update.mutable_submission()->mutable_header()->set_contact("SecretContact");
  EXPECT_EQ(Call(&Stub::UpdateSubmission, update)->header().contact(),
            "SecretContact");
  keep(ReadColumns().ok() ? GetRound() : GetRound(""));
  runner_->Stop();
  platform::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("BatchImportSubmissions"));
  EXPECT_THAT(log, Not(HasSubstr("Secret")));
  for (const std::string& reply : replies) {
    EXPECT_THAT(reply, Not(HasSubstr("Secret")));
  }

  const auto database = platform::OpenDatabase(
      "sqlite://" + (runner_->folder().path() / "module.db").string());
  ASSERT_OK(database);
  constexpr platform::Query kReplies{"replies",
                                     "SELECT reply FROM request_replies"};
  const auto kept = (*database)->Read([&](platform::Connection& connection) {
    return connection.List(kReplies, {}, [](const platform::Row& row) {
      return std::string(row.BytesView(0));
    });
  });
  ASSERT_OK(kept);
  EXPECT_THAT(*kept, SizeIs(2));
  for (const std::string& reply : *kept) {
    EXPECT_THAT(reply, Not(HasSubstr("Secret")));
  }
  const auto audit = (*database)->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 1000);
  });
  ASSERT_OK(audit);
  EXPECT_THAT(*audit, Not(IsEmpty()));
  for (const platform::AuditRecord& record : *audit) {
    EXPECT_THAT(platform::CanonicalAuditBytes(record.sequence, record.entry),
                Not(HasSubstr("Secret")));
  }
}

TEST_F(SurveyComponent, ATextThatIsNoTableIsRefusedAsAWhole) {
  PrepareOpen();
  EXPECT_STATUS(ImportRows("jusou,2025,131032,council,x,\"no end,,\n"),
                absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  v1::ImportSubmissionsRequest request;
  request.mutable_batch()->set_csv("survey,fiscal_year\n");
  EXPECT_STATUS(Import(request), absl::StatusCode::kInvalidArgument,
                "CSV_INVALID");
}

TEST_F(SurveyComponent, StreamsAnAnswerForEachBatch) {
  PrepareOpen();
  grpc::ClientContext context;
  auto stream = stub_->ImportSubmissions(&context);
  v1::ImportSubmissionsRequest batch = DemoBatch();
  for (const char* id : {"a", "b"}) {
    batch.set_request_id(id);
    ASSERT_TRUE(stream->Write(batch));
    type::v1::ImportResult result;
    ASSERT_TRUE(stream->Read(&result));
    EXPECT_EQ(result.request_id(), id);
    EXPECT_EQ(result.counts().rows(), 2732);
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

// --- lists, streams, two surveys ---

TEST_F(SurveyComponent, ListsSubmissionsByPages) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  list.set_page_size(50);
  std::vector<std::string> names;
  while (true) {
    const auto page = Call(&Stub::ListSubmissions, list);
    ASSERT_OK(page);
    EXPECT_EQ(page->total_size(), 124);
    for (const auto& submission : page->submissions()) {
      names.push_back(submission.name());
      EXPECT_EQ(submission.answers_size(), 0);
    }
    if (page->next_page_token().empty()) break;
    list.set_page_token(page->next_page_token());
  }
  EXPECT_THAT(names, SizeIs(124));
  EXPECT_THAT(names[0], HasSubstr("131016-municipality"));
  EXPECT_THAT(names[1], HasSubstr("131016-council"));
  list.set_respondent_kind(type::v1::RESPONDENT_KIND_COUNCIL);
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  list.clear_page_token();
  list.set_full(true);
  const auto councils = Call(&Stub::ListSubmissions, list);
  ASSERT_OK(councils);
  EXPECT_EQ(councils->total_size(), 62);
  EXPECT_GT(councils->submissions(0).answers_size(), 0);
  EXPECT_NE(councils->submissions(0).header().department(), "");
  list.set_page_size(-1);
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID");
}

TEST_F(SurveyComponent, StreamsEveryChangeOnce) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  v1::StreamRoundChangesRequest request;
  request.set_name(kRound);
  grpc::ClientContext context;
  auto reader = stub_->StreamRoundChanges(&context, request);
  v1::StreamRoundChangesResponse response;
  std::vector<std::int64_t> revisions;
  while (reader->Read(&response)) {
    for (const auto& change : response.changes()) {
      revisions.push_back(change.round_revision());
      // Personal data stays out of feeds.
      EXPECT_EQ(change.submission().header().contact(), "");
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_THAT(revisions, SizeIs(126));
  EXPECT_EQ(revisions.front(), 1);
  EXPECT_EQ(revisions.back(), 126);
}

TEST_F(SurveyComponent, FollowersSeeChangesAsTheyCome) {
  PrepareOpen();
  v1::StreamRoundChangesRequest request;
  request.set_name(kRound);
  request.set_after_revision(2);
  request.set_follow(true);
  grpc::ClientContext changes_context;
  auto changes = stub_->StreamRoundChanges(&changes_context, request);
  grpc::ClientContext versions_context;
  auto versions = stub_->WatchVersions(&versions_context, {});
  v1::StreamRoundChangesResponse change;
  ASSERT_TRUE(changes->Read(&change));  // nothing yet
  EXPECT_EQ(change.round_revision(), 2);
  type::v1::WatchVersionsResponse version;
  ASSERT_TRUE(versions->Read(&version));
  ASSERT_EQ(version.entries_size(), 1);
  EXPECT_EQ(version.entries(0).resource(), kRound);
  EXPECT_EQ(version.entries(0).version(), 2);
  ASSERT_OK(Create("131024-municipality", {}));
  ASSERT_TRUE(changes->Read(&change));
  EXPECT_EQ(change.round_revision(), 3);
  EXPECT_EQ(change.changes(0).submission().state(),
            v1::Submission::STATE_DRAFT);
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), 3);
  changes_context.TryCancel();
  versions_context.TryCancel();
}

TEST_F(SurveyComponent, ACrowdOfWatchersDisturbsNoBystander) {
  PrepareOpen();
  support::Crowd crowd;
  constexpr int kMany = 500;
  for (int i = 0; i < kMany; ++i) crowd.Watch(*stub_);
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; }));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<
      std::unique_ptr<grpc::ClientReader<v1::StreamRoundChangesResponse>>>
      followers;
  v1::StreamRoundChangesRequest follow;
  follow.set_name(kRound);
  follow.set_follow(true);
  for (int i = 0; i < 100; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    followers.push_back(
        stub_->StreamRoundChanges(contexts.back().get(), follow));
    v1::StreamRoundChangesResponse message;
    ASSERT_TRUE(followers.back()->Read(&message));
  }
  EXPECT_OK(ReadColumns());
  EXPECT_OK(Create("131024-municipality", {}));
  for (const auto& follower : followers) {
    v1::StreamRoundChangesResponse message;
    ASSERT_TRUE(follower->Read(&message));
    EXPECT_EQ(message.round_revision(), 3);
  }
  runner_->module().Drain();
  crowd.WaitUntilAllEnded();
  EXPECT_THAT(crowd.ended(),
              ::testing::Each(
                  StatusIs(absl::StatusCode::kUnavailable, "SHUTTING_DOWN")));
  for (const auto& follower : followers) {
    v1::StreamRoundChangesResponse message;
    EXPECT_FALSE(follower->Read(&message));
    EXPECT_STATUS(platform::FromGrpcStatus(follower->Finish()),
                  absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
  }
}

TEST_F(SurveyComponent, ACrowdThatReadsNothingDisturbsNoReader) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  const auto narrow =
      v1::SurveyService::NewStub(support::NarrowChannel(runner_->address()));
  using Async = v1::SurveyService::StubInterface::async_interface;
  support::Crowd crowd;
  constexpr int kMany = 500;
  v1::StreamRoundColumnsRequest columns;
  columns.set_name(kRound);
  v1::StreamRoundChangesRequest changes;
  changes.set_name(kRound);
  for (int i = 0; i < kMany; ++i) {
    if (i % 2 == 0) {
      crowd.Ignore(*narrow, &Async::StreamRoundColumns, columns);
    } else {
      changes.set_follow(i % 4 == 1);
      crowd.Ignore(*narrow, &Async::StreamRoundChanges, changes);
    }
  }
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; },
                               std::chrono::seconds(100)));
  const auto read = ReadColumns();
  ASSERT_OK(read);
  EXPECT_EQ(read->header.columns(), static_cast<int>(read->columns.size()));
  grpc::ClientContext context;
  changes.set_follow(false);
  auto reader = stub_->StreamRoundChanges(&context, changes);
  v1::StreamRoundChangesResponse response;
  int count = 0;
  while (reader->Read(&response)) count += response.changes_size();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, 126);
  EXPECT_THAT(crowd.ended(), ::testing::IsEmpty());
}

TEST_F(SurveyComponent, ReadersOfOneRevisionShareItsColumns) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  auto database =
      platform::OpenDatabase("sqlite:" + runner_->folder().File("module.db"));
  ASSERT_OK(database);
  SqlSurveyStore store(**database, runner_->clock(), "incarnation");
  PinnedContent content;
  SharedColumns shared(store, content);
  const auto name = base::RoundName::Parse(kRound);
  ASSERT_OK(name);
  std::vector<RoundColumnsPtr> read(8);
  {
    std::vector<std::jthread> readers;
    for (RoundColumnsPtr& one : read) {
      readers.emplace_back([&] {
        auto columns = shared.Load({}, *name, 0);
        if (columns.ok()) one = *std::move(columns);
      });
    }
  }
  ASSERT_NE(read[0], nullptr);
  EXPECT_THAT(read, ::testing::Each(read[0]));
  EXPECT_EQ(*shared.Load({}, *name, 126), read[0]);
  EXPECT_NE(*shared.Load({}, *name, 125), read[0]);
  EXPECT_STATUS(shared.Load({}, *name, 127), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  // Nothing is kept for nobody, and who asks then gets the same.
  const std::weak_ptr<const RoundColumns> gone = read[0];
  const std::string header = read[0]->header.SerializeAsString();
  read.clear();
  EXPECT_TRUE(gone.expired());
  const auto again = shared.Load({}, *name, 0);
  ASSERT_OK(again);
  EXPECT_EQ((*again)->header.SerializeAsString(), header);
}

// A revision whose announcement was lost: only the database knows it.
TEST_F(SurveyComponent, ARevisionThatNobodyAnnouncedIsToldAllTheSame) {
  PrepareOpen();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(20));
  auto versions = stub_->WatchVersions(&context, {});
  type::v1::WatchVersionsResponse version;
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), 2);
  EXPECT_THAT(version.entries(0).incarnation(), SizeIs(32));
  EXPECT_EQ(version.entries(0).incarnation(), GetRound()->incarnation());
  auto database =
      platform::OpenDatabase("sqlite:" + runner_->folder().File("module.db"));
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](platform::Transaction& transaction) {
    return transaction
        .Execute({"raise", "UPDATE rounds SET revision = revision + 1"}, {})
        .status();
  }));
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), 3);
}

TEST_F(SurveyComponent, APageTokenIsOfOneList) {
  PrepareOpen();
  ASSERT_OK(CreateRound("jusou", 2026));
  v1::ListRoundsRequest rounds;
  rounds.set_parent("surveys/jusou");
  rounds.set_page_size(1);
  const auto page = Call(&Stub::ListRounds, rounds);
  ASSERT_OK(page);
  ASSERT_NE(page->next_page_token(), "");
  v1::ListCodebooksRequest codebooks;
  codebooks.set_parent("surveys/jusou");
  codebooks.set_page_token(page->next_page_token());
  EXPECT_STATUS(Call(&Stub::ListCodebooks, codebooks),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(SurveyComponent, TwoSurveysWithEqualItemsLiveBesideEachOther) {
  PrepareOpen();
  PrepareOpen("trial");
  ASSERT_OK(Create("131024-municipality",
                   {MakeCodes("plan_formulated", {"formulated"})}));
  ASSERT_OK(Create("131024-municipality",
                   {MakeCodes("plan_formulated", {"none"})}, "",
                   "surveys/trial/rounds/2025"));
  EXPECT_EQ(Get("131024-municipality")->answers(0).codes().codes(0),
            "formulated");
  v1::GetSubmissionRequest request;
  request.set_name("surveys/trial/rounds/2025/submissions/131024-municipality");
  EXPECT_EQ(Call(&Stub::GetSubmission, request)->answers(0).codes().codes(0),
            "none");
  EXPECT_EQ(GetRound()->revision(), 3);
  EXPECT_EQ(GetRound("surveys/trial/rounds/2025")->revision(), 3);
  v1::ListRoundsRequest list;
  list.set_parent("surveys/trial");
  EXPECT_THAT(Call(&Stub::ListRounds, list)->rounds(), SizeIs(1));
}

TEST_F(SurveyComponent, CountsSubmissions) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  // Metrics follow a commit; they do not hold up its answer.
  const auto shows = [this](std::string_view line) {
    return support::WaitFor([&] {
      return runner_->metrics().Expose().find(line) != std::string::npos;
    });
  };
  EXPECT_TRUE(
      shows("welfare_submissions_expected{respondent_kind=\"council\","
            "round=\"surveys/jusou/rounds/2025\"} 62"));
  EXPECT_TRUE(
      shows("welfare_submissions{respondent_kind=\"municipality\","
            "round=\"surveys/jusou/rounds/2025\",state=\"SUBMITTED\"} 62"));
}

}  // namespace
}  // namespace welfare::survey
