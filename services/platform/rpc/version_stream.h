// WatchVersions, the same in every service:
//
//   grpc::ServerWriteReactor<WatchVersionsResponse>* WatchVersions(
//       grpc::CallbackServerContext* context,
//       const WatchVersionsRequest* request) override {
//     return platform::WatchVersions<WatchVersionsResponse>(calls_, context,
//                                                           *request);
//   }
#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/handler.h"
#include "services/platform/rpc/open_streams.h"
#include "services/platform/work/version_feed.h"

namespace welfare::platform {

using ResourceNames = google::protobuf::RepeatedPtrField<std::string>;

// At most so many names may be watched by one call, each at most so long: the
// longest that there are have two ids of 63 characters.
inline constexpr int kMostResources = 100;
inline constexpr std::size_t kLongestResource = 200;

// Errors: INVALID_ARGUMENT, reason RESOURCES_INVALID: there are too many, or a
// name is too long.
absl::Status CheckResources(const ResourceNames& resources);

// Tells a caller the versions of the feed: all that it wants first, then what
// has changed. Takes no thread while nothing changes. Owned by the call.
//
// One thing is under way at a time (a write, or a wait), and its end begins the
// next, so that nothing here needs a lock.
template <typename Response>
class VersionStream final : public grpc::ServerWriteReactor<Response> {
 public:
  VersionStream(const CallEnvironment& calls,
                grpc::CallbackServerContext* context,
                const ResourceNames& resources)
      : calls_(calls) {
    if (const absl::Status begun = Begin(*context, resources); begun.ok()) {
      Step();
    } else {
      End(begun);
    }
  }

  void OnWriteDone(bool ok) override {
    place_->WriteEnds();
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
                     const ResourceNames& resources) {
    CallEnvironment endless = calls_;
    endless.default_timeout = std::chrono::milliseconds(0);
    WELFARE_RETURN_IF_ERROR(
        BeginCall(endless, context, stop_.get_token(), call_));
    WELFARE_RETURN_IF_ERROR(CheckResources(resources));
    wanted_.insert(resources.begin(), resources.end());
    WELFARE_ASSIGN_OR_RETURN(seat_,
                             calls_.feed->TakeSeat(VersionFeed::Kind::kStream));
    WELFARE_ASSIGN_OR_RETURN(place_, calls_.streams->Enter(context, false));
    return absl::OkStatus();
  }

  // Sends what is new, or waits for it.
  void Step() {
    const VersionFeed::VersionsPtr now = calls_.feed->Current();
    if (now != nullptr && now != seen_) {
      response_.Clear();
      std::string incarnation = calls_.feed->incarnation();
      // Of another store: nothing of what was told holds any more.
      const bool first = seen_ == nullptr || incarnation != incarnation_;
      incarnation_ = std::move(incarnation);
      for (const auto& [resource, version] : *now) {
        if (!wanted_.empty() && !wanted_.contains(resource)) continue;
        if (!first) {
          const auto before = seen_->find(resource);
          if (before != seen_->end() && before->second == version) continue;
        }
        auto& entry = *response_.add_entries();
        entry.set_resource(resource);
        entry.set_version(version);
        entry.set_incarnation(incarnation_);
      }
      // The first message comes even if it holds nothing.
      seen_ = now;
      if (first || response_.entries_size() > 0) {
        place_->WriteBegins();
        this->StartWrite(&response_);
        return;
      }
    }
    // Versions are replaced as a whole, and seen_ keeps its address taken.
    calls_.feed->Park(
        call_.limits,
        [seen = seen_.get()](const VersionFeed::Versions& versions) {
          return &versions != seen;
        },
        [this](const absl::Status& end) {
          if (end.ok()) {
            Step();
          } else {
            End(end);
          }
        });
  }

  // The last step: Finish may delete this object at once.
  void End(absl::Status status) {
    if (place_ != nullptr) status = place_->HowItEnded(std::move(status));
    this->Finish(EndCall(calls_, call_, status));
  }

  const CallEnvironment& calls_;
  std::set<std::string, std::less<>> wanted_;  // empty: everything
  std::stop_source stop_;
  CallContext call_;
  VersionFeed::Seat seat_;
  std::unique_ptr<OpenStreams::Place> place_;  // null: refused
  VersionFeed::VersionsPtr seen_;              // null before the first message
  std::string incarnation_;                    // of `seen_`
  Response response_;
};

template <typename Response, typename Request>
grpc::ServerWriteReactor<Response>* WatchVersions(
    const CallEnvironment& calls, grpc::CallbackServerContext* context,
    const Request& request) {
  return new VersionStream<Response>(calls, context, request.resources());
}

}  // namespace welfare::platform
