// Answers read from the survey, with the figures of the indicator service.
#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "services/report/peers/answers_source.h"

namespace grpc {
class Channel;
}

namespace welfare::report {

// Any thread may call it.
class PeerAnswersSource final : public AnswersSource {
 public:
  struct Channels {
    std::shared_ptr<grpc::Channel> survey;
    std::shared_ptr<grpc::Channel> indicator;
  };
  explicit PeerAnswersSource(const Channels& channels);
  ~PeerAnswersSource() override;

  absl::StatusOr<FeedbackContent> Take(const platform::CallContext& call,
                                       const AnswersSpec& spec) override;
  absl::StatusOr<RoundAnswers> TakeAnswers(const platform::CallContext& call,
                                           const AnswersSpec& spec) override;

 private:
  struct Stubs;
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace welfare::report
