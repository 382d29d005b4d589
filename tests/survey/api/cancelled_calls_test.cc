// Work that nobody waits for any more makes room for other work.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

class CancelledCalls : public SmallSurvey {
 protected:
  // A codebook whose check would go on for many seconds on any machine:
  // conditions that are never true, each of a hundred terms, over 60,000
  // combinations of answers.
  static v1::ImportCodebookRequest Costly() {
    std::string sheet =
        "type,name,label,relevant,respondent\n"
        "select_one l,a,A,,municipality\n"
        "select_one l,b,B,,municipality\n"
        "select_one s,c,C,,municipality\n";
    for (int i = 0; i < 200; ++i) {
      std::string condition;
      for (int term = 0; term < 110; ++term) {
        const std::string code = std::to_string(term % 60);
        condition += std::string(term == 0 ? "" : " or ") + "(${a} = 'o" +
                     code + "' and ${b} = 'o" + code +
                     "' and ${c} = 'o1' and "
                     "${c} = 'o2')";
      }
      sheet += "integer,n" + std::to_string(i) + ",N,\"" + condition +
               "\",municipality\n";
    }
    std::string choices = "list_name,name,label\n";
    for (int i = 0; i < 64; ++i) {
      choices += "l,o" + std::to_string(i) + ",O\n";
    }
    for (int i = 0; i < 13; ++i) {
      choices += "s,o" + std::to_string(i) + ",O\n";
    }
    v1::ImportCodebookRequest request;
    request.set_parent("surveys/small");
    request.set_codebook_id("1");
    request.set_survey_csv(sheet);
    request.set_choices_csv(choices);
    request.set_settings_csv("form_title,form_id,version\nS,small,1\n");
    request.set_validate_only(true);
    return request;
  }

  // A call of Costly by a thread of its own.
  struct Caller {
    grpc::ClientContext context;
    std::future<grpc::Status> status;
  };
  std::unique_ptr<Caller> Begin(std::chrono::milliseconds timeout) {
    auto caller = std::make_unique<Caller>();
    caller->context.set_deadline(std::chrono::system_clock::now() + timeout);
    caller->status = std::async(
        std::launch::async, [stub = stub_.get(), context = &caller->context] {
          v1::Codebook response;
          return stub->ImportCodebook(context, Costly(), &response);
        });
    return caller;
  }

  // A small check; it has 20 s.
  absl::Status AskSmall() {
    v1::ImportCodebookRequest request = SmallCodebook();
    request.set_validate_only(true);
    return Call(&Stub::ImportCodebook, request).status();
  }
};

TEST_F(CancelledCalls, ACheckEndsWithItsDeadline) {
  // More than the threads that files have.
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 6; ++i) {
    callers.push_back(Begin(std::chrono::milliseconds(200)));
  }
  for (const auto& caller : callers) {
    EXPECT_EQ(caller->status.get().error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  EXPECT_OK(AskSmall());
}

TEST_F(CancelledCalls, ACheckEndsWhenItsCallerGoes) {
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 4; ++i) {
    callers.push_back(Begin(std::chrono::minutes(10)));
  }
  // Whoever comes behind them waits in vain, so they are at work.
  EXPECT_EQ(Begin(std::chrono::milliseconds(200))->status.get().error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  for (const auto& caller : callers) caller->context.TryCancel();
  for (const auto& caller : callers) {
    EXPECT_EQ(caller->status.get().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_OK(AskSmall());
}

}  // namespace
}  // namespace welfare::survey
