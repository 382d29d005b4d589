// A service that does not say of every record what became of it is found out.
#include "tools/welfarectl/backfill/backfill_run.h"

#include <gmock/gmock.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "tests/support/temp_dir.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::ctl {
namespace {

using survey::v1::ImportSubmissionsRequest;
using type::v1::ImportResult;

constexpr std::array kCodes = {"131016", "131024", "131032",
                               "131041", "131059", "131067"};

int Lines(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

// Answers each batch as it is told to.
class FakeService final : public survey::v1::SurveyService::Service {
 public:
  using Answer = std::function<grpc::Status(const ImportSubmissionsRequest&,
                                            ImportResult&)>;

  grpc::Status ImportSubmissions(
      grpc::ServerContext* /*context*/,
      grpc::ServerReaderWriter<ImportResult, ImportSubmissionsRequest>* stream)
      override {
    ImportSubmissionsRequest request;
    while (stream->Read(&request)) {
      ++batches;
      ImportResult result;
      const grpc::Status status = answer(request, result);
      if (!status.ok()) return status;
      result.set_incarnation("one");
      result.set_version(7);
      if (!stream->Write(result)) break;
    }
    return grpc::Status::OK;
  }

  Answer answer;
  std::atomic<int> batches{0};
};

// Reads a batch as a service of today does.
grpc::Status TakeAll(const ImportSubmissionsRequest& request,
                     ImportResult& result) {
  const int rows = Lines(request.batch().csv_bytes()) - 1;
  result.mutable_counts()->set_rows(rows);
  result.mutable_counts()->set_created(rows);
  return grpc::Status::OK;
}

class Accounting : public ::testing::Test {
 protected:
  Accounting() {
    const std::string address = "unix:" + folder_.File("service");
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    session_.options.server = address;
  }

  // Plans a file of some respondents' answers; returns the exit code.
  int Plan(int respondents, int batch_size) {
    const std::string path = folder_.File("answers.csv");
    {
      std::ofstream out(path, std::ios::binary);
      out << "survey,fiscal_year,municipality_code,respondent_kind,item_id,"
             "value\n";
      for (int i = 0; i < respondents; ++i) {
        const std::string code = kCodes.at(static_cast<std::size_t>(i));
        for (const char* item : {"one", "two"}) {
          out << "kakuu,2025," << code << ",council," << item << ",1\n";
        }
      }
    }
    BackfillPlan plan;
    plan.rules = {.strategy = "merge", .batch_size = batch_size};
    plan.files.emplace_back().facts.path = path;
    BackfillPace pace;
    pace.progress = Progress::Kind::kNone;
    account_ = std::make_unique<Account>(AccountFiles{});
    BackfillRun run(session_, pace, *account_);
    ::testing::internal::CaptureStderr();
    int code = run.Open(plan);
    if (code == kOk) code = run.Plan(plan, 0);
    said_ = ::testing::internal::GetCapturedStderr();
    return code;
  }

  support::TempDir folder_;
  FakeService service_;
  std::unique_ptr<grpc::Server> server_;
  Session session_;
  std::unique_ptr<Account> account_;
  std::string said_;
};

TEST_F(Accounting, TakesWhatIsToldOfEachRecord) {
  service_.answer = TakeAll;
  EXPECT_EQ(Plan(/*respondents=*/6, /*batch_size=*/4), kOk) << said_;
  EXPECT_EQ(account_->total().created, 12);
  EXPECT_EQ(service_.batches.load(), 3);
}

TEST_F(Accounting, EndsWhereARecordHasNoOutcome) {
  service_.answer = [this](const ImportSubmissionsRequest& request,
                           ImportResult& result) {
    grpc::Status status = TakeAll(request, result);
    if (service_.batches == 2) {
      result.mutable_counts()->set_created(result.counts().created() - 1);
    }
    return status;
  };
  EXPECT_EQ(Plan(6, 4), kFailure);
  EXPECT_THAT(said_, ::testing::HasSubstr("RECORDS_UNACCOUNTED"));
  EXPECT_THAT(said_, ::testing::HasSubstr("line 6"));
  EXPECT_THAT(said_, ::testing::HasSubstr("sent 4 records"));
  EXPECT_THAT(said_, ::testing::HasSubstr("answers for 3"));
  // What that batch said is not believed.
  EXPECT_TRUE(account_->total().add_up());
  EXPECT_EQ(account_->total().rows % 4, 0);
}

TEST_F(Accounting, EndsWhereGroupsLackARecord) {
  service_.answer = [](const ImportSubmissionsRequest& request,
                       ImportResult& result) {
    grpc::Status status = TakeAll(request, result);
    type::v1::ImportGroup& group = *result.add_groups();
    group.set_fiscal_year(2025);
    group.mutable_counts()->set_rows(1);
    group.mutable_counts()->set_created(1);
    return status;
  };
  EXPECT_EQ(Plan(1, 4), kFailure);
  EXPECT_THAT(said_, ::testing::HasSubstr("RECORDS_UNACCOUNTED"));
}

TEST_F(Accounting, EndsWhereMoreIsToldThanWasSent) {
  service_.answer = [](const ImportSubmissionsRequest& request,
                       ImportResult& result) {
    grpc::Status status = TakeAll(request, result);
    result.mutable_counts()->set_rejected(1);
    return status;
  };
  EXPECT_EQ(Plan(1, 4), kFailure);
  EXPECT_THAT(said_, ::testing::HasSubstr("RECORDS_UNACCOUNTED"));
}

// A service older than `csv_bytes` finds no text in any batch.
TEST_F(Accounting, EndsBeforeAServiceThatDoesNotKnowTheBytes) {
  service_.answer = [](const ImportSubmissionsRequest& request,
                       ImportResult& result) {
    const int rows = std::max(0, Lines(request.batch().csv()) - 1);
    result.mutable_counts()->set_rows(rows);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Plan(6, 4), kFailure);
  EXPECT_THAT(said_, ::testing::HasSubstr("RECORDS_UNACCOUNTED"));
  EXPECT_THAT(said_, ::testing::HasSubstr("answers for 0"));
  EXPECT_EQ(account_->total().rows, 0);
}

// And one that says that the batch has no header line.
TEST_F(Accounting, EndsBeforeAServiceThatRefusesWhatItDoesNotSee) {
  service_.answer = [](const ImportSubmissionsRequest&, ImportResult&) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                        "the batch has no header line");
  };
  EXPECT_NE(Plan(6, 4), kOk);
  EXPECT_THAT(said_, ::testing::HasSubstr("no header line"));
  EXPECT_EQ(account_->total().rows, 0);
}

}  // namespace
}  // namespace welfare::ctl
