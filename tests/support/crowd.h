#pragma once

#include <grpc/impl/codegen/grpc_types.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/rpc/status_mapping.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::support {

// A channel that takes no more than 64 KiB of a stream ahead of its reader.
// Others take more and more, up to many MiB, the faster it comes.
inline std::shared_ptr<grpc::Channel> NarrowChannel(
    const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

// Many callers at once without a thread each: watchers of versions, unary calls
// that are not answered yet, and streams that nobody reads. Ends them all when
// destroyed.
class Crowd {
 public:
  Crowd() = default;
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    for (const auto& member : members_) member->context.TryCancel();
    WaitUntilAllEnded();
  }

  // Opens a WatchVersions on `stub`, and counts it once it was told something.
  template <typename Stub>
  void Watch(Stub& stub, const type::v1::WatchVersionsRequest& request = {}) {
    auto watcher = std::make_unique<Watcher>(*this, request);
    Watcher& added = *watcher;
    members_.push_back(std::move(watcher));
    stub.async()->WatchVersions(&added.context, &added.request, &added);
    added.Begin();
  }

  // Sends a unary request: Call(stub, &Async::GetRoster, request).
  template <typename Stub, typename Async, typename Request, typename Response>
  void Call(Stub& stub,
            void (Async::*method)(grpc::ClientContext*, const Request*,
                                  Response*, std::function<void(grpc::Status)>),
            const Request& request) {
    auto caller = std::make_unique<Caller<Request, Response>>(request);
    Caller<Request, Response>& added = *caller;
    Member* member = caller.get();
    members_.push_back(std::move(caller));
    (stub.async()->*method)(
        &added.context, &added.request, &added.response,
        [this, member](const grpc::Status& status) { End(*member, status); });
  }

  // Opens a server stream, counts it once the service answers, and reads
  // nothing: Ignore(stub, &Async::DownloadReport, request).
  template <typename Stub, typename Async, typename Request, typename Response>
  void Ignore(Stub& stub,
              void (Async::*method)(grpc::ClientContext*, const Request*,
                                    grpc::ClientReadReactor<Response>*),
              const Request& request) {
    auto ignorer = std::make_unique<Ignorer<Request, Response>>(*this, request);
    Ignorer<Request, Response>& added = *ignorer;
    members_.push_back(std::move(ignorer));
    (stub.async()->*method)(&added.context, &added.request, &added);
    added.StartCall();
  }
  // Ends the call that was opened first and has not been cancelled yet.
  void CancelOne() {
    const auto member = std::next(members_.begin(), cancelled_++);
    (*member)->context.TryCancel();
  }

  // Those who were told something.
  int told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  // How the calls that have ended did.
  std::vector<absl::Status> ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
  }
  void WaitUntilAllEnded() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_.size() == members_.size(); });
  }

 private:
  struct Member {
    virtual ~Member() = default;
    grpc::ClientContext context;
  };

  class Watcher final
      : public Member,
        public grpc::ClientReadReactor<type::v1::WatchVersionsResponse> {
   public:
    Watcher(Crowd& crowd, type::v1::WatchVersionsRequest request_in)
        : request(std::move(request_in)), crowd_(crowd) {}
    void Begin() {
      StartRead(&response_);
      StartCall();
    }
    void OnReadDone(bool ok) override {
      if (!ok) return;
      if (!told_) {
        told_ = true;
        const std::lock_guard lock(crowd_.mutex_);
        ++crowd_.told_;
      }
      StartRead(&response_);
    }
    void OnDone(const grpc::Status& status) override {
      crowd_.End(*this, status);
    }

    const type::v1::WatchVersionsRequest request;

   private:
    Crowd& crowd_;
    type::v1::WatchVersionsResponse response_;
    bool told_ = false;
  };

  template <typename Request, typename Response>
  class Ignorer final : public Member,
                        public grpc::ClientReadReactor<Response> {
   public:
    Ignorer(Crowd& crowd, const Request& request_in)
        : request(request_in), crowd_(crowd) {}
    void OnReadInitialMetadataDone(bool ok) override {
      if (!ok) return;
      const std::lock_guard lock(crowd_.mutex_);
      ++crowd_.told_;
    }
    void OnDone(const grpc::Status& status) override {
      crowd_.End(*this, status);
    }

    const Request request;

   private:
    Crowd& crowd_;
  };

  template <typename Request, typename Response>
  struct Caller final : Member {
    explicit Caller(const Request& request_in) : request(request_in) {}
    const Request request;
    Response response;
  };

  void End(const Member& /*member*/, const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    ended_.push_back(platform::FromGrpcStatus(status));
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::unique_ptr<Member>> members_;  // used by the test's thread
  int cancelled_ = 0;                           // used by the test's thread
  int told_ = 0;                                // guarded by mutex_
  std::vector<absl::Status> ended_;             // guarded by mutex_
};

}  // namespace welfare::support
