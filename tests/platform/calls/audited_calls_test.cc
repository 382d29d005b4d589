// Who reads what only some may see is written down before it is shown, and who
// is refused a little later; through a real server and a real log.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "services/access/identity.h"
#include "services/base/error.h"
#include "services/platform/audit/audit_writer.h"
#include "services/platform/calls/method_table.h"
#include "services/platform/calls/open_streams.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/rpc/write_request.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/group_commit.h"
#include "tests/platform/storage/gate.h"
#include "tests/support/fake_clock.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::platform {
namespace {

namespace survey_v1 = welfare::survey::v1;

constexpr char kSubmission[] =
    "surveys/jusou/rounds/2025/submissions/131016-municipality";

// A few methods of the survey, as simple as can be.
class SurveyTable final : public MethodTable {
 public:
  SurveyTable(const CallEnvironment& calls, const WritePath& writes)
      : MethodTable("welfare.survey.v1.SurveyService", calls) {
    Unary("GetSubmission",
          [](const CallContext&, const survey_v1::GetSubmissionRequest& request,
             survey_v1::Submission& reply) -> absl::Status {
            if (request.name() != kSubmission) {
              return base::MakeError(
                  {"GONE", absl::StatusCode::kNotFound, "There is none.", ""});
            }
            reply.set_name(request.name());
            return absl::OkStatus();
          });
    Unary("GetRound", [](const CallContext&, const survey_v1::GetRoundRequest&,
                         survey_v1::Round&) { return absl::OkStatus(); });
    Unary("CreateSubmission",
          [&writes](const CallContext& call,
                    const survey_v1::CreateSubmissionRequest& request,
                    survey_v1::Submission&) -> absl::Status {
            WELFARE_ASSIGN_OR_RETURN(const WriteRequest write,
                                     MakeWriteRequest(call, request));
            return writes
                .Run(write,
                     [&](Write& made) -> absl::StatusOr<std::string> {
                       WELFARE_RETURN_IF_ERROR(
                           made.Audit(request.parent(), base::JsonObject()));
                       return std::string();
                     })
                .status();
          });
    ServerStream(
        "StreamRoundColumns",
        [](const survey_v1::StreamRoundColumnsRequest& request) {
          return [at = request.name() == "surveys/jusou/rounds/2025" ? 0 : 3](
                     const CallContext&,
                     const survey_v1::StreamRoundColumnsRequest&,
                     survey_v1::StreamRoundColumnsResponse&) mutable
                 -> absl::StatusOr<StreamStep> {
            if (at++ == 3) return StreamStep::End();
            return StreamStep::Message();
          };
        });
  }
};

class AuditedCalls : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sqlite = SqliteDatabase::OpenInMemory();
    ASSERT_OK(sqlite);
    auto gate = std::make_unique<Gate>(*std::move(sqlite));
    gate_ = gate.get();
    database_ = std::make_unique<GroupCommit>(std::move(gate));
    Run(std::string(kAuditLogSql) + std::string(kRequestRepliesSql));
    writer_ = std::make_unique<AuditWriter>(
        AuditWriter::Options{.database = *database_,
                             .clock = clock_,
                             .refusal_interval = std::chrono::hours(1)});
    writes_ = std::make_unique<WritePath>(
        WritePath::Options{.database = *database_, .clock = clock_});
    calls_.metrics = &metrics_;
    calls_.domain = "survey.welfare";
    calls_.pool = &pool_;
    calls_.bulk_pool = &pool_;
    calls_.stream_pool = &stream_pool_;
    calls_.streams = &streams_;
    calls_.feed = &feed_;
    calls_.audit = writer_.get();
    calls_.identify =
        [](const MetadataLookup& metadata,
           const PeerLookup&) -> absl::StatusOr<access::Identity> {
      const std::string subject(metadata("x-subject").value_or(""));
      if (subject.empty()) return access::Identity::Anonymous();
      if (subject == "indicator") return access::Identity::Service(subject);
      const std::vector<std::string> grants = {
          std::string(metadata("x-grant").value_or(""))};
      return access::Identity::Make({.subject = subject, .grants = grants});
    };
    table_ = std::make_unique<SurveyTable>(calls_, *writes_);
    runner_ = std::make_unique<support::ServiceRunner>(*table_);
    stub_ = survey_v1::SurveyService::NewStub(runner_->channel());
  }

  void TearDown() override {
    gate_->Open();
    runner_.reset();
    pool_.Stop();
    stream_pool_.Stop();
    writer_.reset();
  }

  void Run(const std::string& script) {
    ASSERT_OK(database_->Write([&](Transaction& transaction) {
      return transaction.ExecuteScript({"script", script});
    }));
  }

  static void Say(grpc::ClientContext& context, const std::string& subject,
                  const std::string& grant) {
    context.AddMetadata("x-subject", subject);
    context.AddMetadata("x-grant", grant);
    context.AddMetadata("x-request-id", "asked");
  }

  absl::Status Get(const std::string& name = kSubmission) {
    grpc::ClientContext context;
    Say(context, "somebody", "manager@jusou");
    survey_v1::GetSubmissionRequest request;
    request.set_name(name);
    survey_v1::Submission reply;
    const absl::Status status =
        FromGrpcStatus(stub_->GetSubmission(&context, request, &reply));
    EXPECT_EQ(reply.name(), status.ok() ? name : "");
    return status;
  }

  // How many messages came, and the end.
  std::pair<int, absl::Status> Stream(const std::string& name,
                                      const std::string& subject = "somebody") {
    grpc::ClientContext context;
    Say(context, subject, "manager@jusou");
    survey_v1::StreamRoundColumnsRequest request;
    request.set_name(name);
    const auto reader = stub_->StreamRoundColumns(&context, request);
    survey_v1::StreamRoundColumnsResponse message;
    int messages = 0;
    while (reader->Read(&message)) ++messages;
    return {messages, FromGrpcStatus(reader->Finish())};
  }

  absl::Status Create(const std::string& subject, const std::string& grant) {
    grpc::ClientContext context;
    Say(context, subject, grant);
    survey_v1::CreateSubmissionRequest request;
    request.set_parent("surveys/jusou/rounds/2025");
    survey_v1::Submission reply;
    return FromGrpcStatus(stub_->CreateSubmission(&context, request, &reply));
  }

  std::vector<AuditEntry> Log() {
    auto records = database_->Read([](Connection& connection) {
      return ListAudit(connection, 0, 100'000);
    });
    EXPECT_OK(records);
    std::vector<AuditEntry> entries;
    if (!records.ok()) return entries;
    for (AuditRecord& record : *records) {
      entries.push_back(std::move(record.entry));
    }
    return entries;
  }

  support::FakeClock clock_;
  Gate* gate_ = nullptr;
  std::unique_ptr<Database> database_;
  std::unique_ptr<AuditWriter> writer_;
  std::unique_ptr<WritePath> writes_;
  MetricsRegistry metrics_;
  WorkerPool pool_{{}};
  WorkerPool stream_pool_{{}};
  OpenStreams streams_{{}};
  VersionFeed feed_{{}};
  CallEnvironment calls_;
  std::unique_ptr<SurveyTable> table_;
  std::unique_ptr<support::ServiceRunner> runner_;
  std::unique_ptr<survey_v1::SurveyService::Stub> stub_;
};

TEST_F(AuditedCalls, AReadSaysWhoReadWhat) {
  ASSERT_OK(Get());
  const AuditEntry expected{
      .recorded_time = clock_.Now(),
      .actor = "somebody",
      .action = "GetSubmission",
      .resource = kSubmission,
      .request_id = "asked",
      .detail = R"({"read":true,"authentication":"token"})"};
  const std::vector<AuditEntry> log = Log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0], expected);
}

TEST_F(AuditedCalls, AStreamIsOneRead) {
  const auto [messages, end] = Stream("surveys/jusou/rounds/2025");
  ASSERT_OK(end);
  EXPECT_EQ(messages, 3);
  const std::vector<AuditEntry> log = Log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].action, "StreamRoundColumns");
  EXPECT_EQ(log[0].resource, "surveys/jusou/rounds/2025");
}

TEST_F(AuditedCalls, WhatShowsNobodyAnythingIsNoRead) {
  EXPECT_STATUS(Get("surveys/jusou/rounds/2025/submissions/none"),
                absl::StatusCode::kNotFound, "GONE");
  EXPECT_EQ(Stream("surveys/jusou/rounds/2026").first, 0);
  // What everybody may read.
  grpc::ClientContext context;
  survey_v1::Round round;
  EXPECT_TRUE(stub_->GetRound(&context, {}, &round).ok());
  // A service, which shows it to those who are written down where they ask.
  EXPECT_EQ(Stream("surveys/jusou/rounds/2025", "indicator").first, 3);
  EXPECT_EQ(Log().size(), 0U);
}

TEST_F(AuditedCalls, WhatCannotBeWrittenDownIsNotShown) {
  Run("ALTER TABLE audit_log RENAME TO away");
  EXPECT_EQ(Get().code(), absl::StatusCode::kInternal);
  const auto [messages, end] = Stream("surveys/jusou/rounds/2025");
  EXPECT_EQ(messages, 0);
  EXPECT_EQ(end.code(), absl::StatusCode::kInternal);
  Run("ALTER TABLE away RENAME TO audit_log");
  EXPECT_OK(Get());
  EXPECT_EQ(Log().size(), 1U);
}

// Far more readers than there are threads wait for a slow disk; others are
// answered meanwhile.
TEST_F(AuditedCalls, ReadersThatWaitHoldNoThread) {
  gate_->Close();
  std::atomic<int> answered{0};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 50; ++i) {
    readers.emplace_back([&] {
      EXPECT_OK(Get());
      ++answered;
    });
  }
  EXPECT_TRUE(support::WaitFor([&] {
    return metrics_.Expose().find(
               "GetSubmission\",grpc_service=\"welfare."
               "survey.v1.SurveyService\",grpc_type="
               "\"unary\"} 50") != std::string::npos;
  }));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  survey_v1::Round round;
  EXPECT_TRUE(stub_->GetRound(&context, {}, &round).ok());
  EXPECT_EQ(answered.load(), 0);
  const int before = gate_->writes.load();
  gate_->Open();
  readers.clear();
  EXPECT_EQ(Log().size(), 50U);
  EXPECT_LT(gate_->writes.load() - before, 50);
}

TEST_F(AuditedCalls, AFloodOfRefusalsLeavesIntakeAlone) {
  constexpr int kFloods = 4, kRefused = 500, kTaken = 50;
  {
    std::vector<std::jthread> floods;
    for (int i = 0; i < kFloods; ++i) {
      floods.emplace_back([&] {
        for (int j = 0; j < kRefused; ++j) {
          EXPECT_STATUS(Create("intruder", "operator@*"),
                        absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
          grpc::ClientContext nobody;
          survey_v1::Submission reply;
          EXPECT_EQ(stub_->CreateSubmission(&nobody, {}, &reply).error_code(),
                    grpc::StatusCode::UNAUTHENTICATED);
        }
      });
    }
    const int before = gate_->writes.load();
    for (int i = 0; i < kTaken; ++i) {
      ASSERT_OK(Create("somebody", "reviewer@jusou"));
    }
    // The one writer of the schema has worked for nobody else.
    EXPECT_EQ(gate_->writes.load() - before, kTaken);
  }
  writer_->Stop();
  const std::vector<AuditEntry> log = Log();
  ASSERT_EQ(log.size(), kTaken + 1U);
  EXPECT_EQ(log.back().actor, "intruder");
  EXPECT_EQ(log.back().action, "CreateSubmission");
  EXPECT_EQ(log.back().detail,
            R"({"refused":2000,"since":"2025-06-16T00:00:00Z",)"
            R"("authentication":"token"})");
}

}  // namespace
}  // namespace welfare::platform
