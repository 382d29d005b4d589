#include "services/platform/calls/version_stream.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/calls/open_streams.h"
#include "services/platform/errors.h"
#include "services/platform/work/version_feed.h"

namespace welfare::platform {
namespace {

// Owned by the call.
//
// One thing is under way at a time (a write, or a wait), and its end begins the
// next, so that nothing here needs a lock.
class VersionStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  VersionStream(VersionMethod& method, grpc::CallbackServerContext& context,
                const grpc::ByteBuffer& request)
      : messages_(method.messages),
        calls_(method.served.calls),
        call_(method.served, context) {
    if (const absl::Status begun = Begin(context, request); begun.ok()) {
      Step();
    } else {
      End(begun);
    }
  }

  void OnWriteDone(bool ok) override {
    place_->WriteEnds();
    message_.Clear();
    if (ok) {
      Step();
    } else {
      End(Cancelled("a stream"));
    }
  }
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  absl::Status Begin(grpc::CallbackServerContext& context,
                     const grpc::ByteBuffer& request) {
    WELFARE_RETURN_IF_ERROR(
        call_.Begin(std::chrono::milliseconds(0), stop_.get_token()));
    WELFARE_ASSIGN_OR_RETURN(
        const std::unique_ptr<google::protobuf::Message> asked,
        ReadMessage(*messages_.types.request, request));
    WELFARE_RETURN_IF_ERROR(call_.Admit(*asked));
    const ResourceNames& resources = messages_.resources(*asked);
    WELFARE_RETURN_IF_ERROR(CheckResources(resources));
    wanted_.insert(resources.begin(), resources.end());
    WELFARE_ASSIGN_OR_RETURN(seat_,
                             calls_.feed->TakeSeat(VersionFeed::Kind::kStream));
    WELFARE_ASSIGN_OR_RETURN(place_, calls_.streams->Enter(context, false));
    return absl::OkStatus();
  }

  // Sends what is new, or waits for it.
  void Step() {
    if (telling_ == nullptr) LookForNews();
    if (telling_ != nullptr) {
      Reply reply(messages_.types.response);
      if (FillIn(reply.As<google::protobuf::Message>())) {
        if (const absl::Status made = reply.Write(message_); !made.ok()) {
          End(made);
          return;
        }
        place_->WriteBegins();
        StartWrite(&message_);
        return;
      }
    }
    // Versions are replaced as a whole, and told_ keeps its address taken.
    calls_.feed->Park(
        call_.context().limits,
        [told = told_.get()](const VersionFeed::Versions& versions) {
          return &versions != told;
        },
        [this](const absl::Status& end) {
          if (end.ok()) {
            Step();
          } else {
            End(end);
          }
        });
  }

  void LookForNews() {
    VersionFeed::VersionsPtr now = calls_.feed->Current();
    if (now == nullptr || now == told_) return;
    std::string incarnation = calls_.feed->incarnation();
    // Of another store: nothing of what was told holds any more.
    if (incarnation != incarnation_) told_ = nullptr;
    incarnation_ = std::move(incarnation);
    telling_ = std::move(now);
    next_ = telling_->begin();
  }

  // Adds what is new in `telling_`, as much as one message holds, and whether
  // that is to be sent: the first message is, even if it holds nothing.
  bool FillIn(google::protobuf::Message& message) {
    bool sends = told_ == nullptr && next_ == telling_->begin();
    std::size_t entries = 0;
    for (; next_ != telling_->end() && entries < kMostEntries; ++next_) {
      const auto& [resource, version] = *next_;
      if (!wanted_.empty() && !wanted_.contains(resource)) continue;
      if (told_ != nullptr) {
        const auto before = told_->find(resource);
        if (before != told_->end() && before->second == version) continue;
      }
      messages_.add(message, resource, version, incarnation_);
      ++entries;
      sends = true;
    }
    if (next_ == telling_->end()) told_ = std::exchange(telling_, nullptr);
    return sends;
  }

  // The last step: Finish may delete this object at once.
  void End(absl::Status status) {
    if (place_ != nullptr) status = place_->HowItEnded(std::move(status));
    Finish(call_.End(status));
  }

  const VersionMessages& messages_;
  const CallEnvironment& calls_;
  std::stop_source stop_;
  ServedCall call_;
  std::set<std::string, std::less<>> wanted_;  // empty: everything
  VersionFeed::Seat seat_;
  std::unique_ptr<OpenStreams::Place> place_;  // null: refused
  VersionFeed::VersionsPtr told_;     // null before all of a store is told
  VersionFeed::VersionsPtr telling_;  // null while there is no news
  VersionFeed::Versions::const_iterator next_;  // of `telling_`
  std::string incarnation_;                     // of both
  grpc::ByteBuffer message_;                    // under way
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* AnswerVersions(
    VersionMethod& method, grpc::CallbackServerContext& context,
    const grpc::ByteBuffer& request) {
  return new VersionStream(method, context, request);
}

absl::Status CheckResources(const ResourceNames& resources) {
  std::vector<base::Violation> violations;
  if (resources.size() > kMostResources) {
    violations.push_back(TooManyNames(resources.size(), kMostResources));
  }
  for (int i = 0; i < std::min(resources.size(), kMostResources); ++i) {
    if (resources[i].size() <= kLongestResource) continue;
    violations.push_back(NameTooLong(i, kLongestResource));
  }
  if (violations.empty()) return absl::OkStatus();
  return ResourcesInvalid(std::move(violations));
}

}  // namespace welfare::platform
