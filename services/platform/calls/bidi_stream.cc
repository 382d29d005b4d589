#include "services/platform/calls/bidi_stream.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {
namespace {

// Owned by the call. One thing is under way at a time: a read, a batch or a
// write.
class BidiStream final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  BidiStream(BidiMethod& method, grpc::CallbackServerContext& context)
      : method_(method),
        calls_(method.served.calls),
        call_(method.served, context) {
    const absl::Status begun = Begin();
    if (!begun.ok()) {
      End(begun);
      return;
    }
    StartRead(&read_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      // The caller said that it is done, or it is gone.
      End(call_.context().cancelled() ? Cancelled("a stream")
                                      : absl::OkStatus());
      return;
    }
    CallContext batch = call_.context();
    batch.limits.deadline =
        std::min(batch.limits.deadline,
                 std::chrono::steady_clock::now() + calls_.default_timeout);
    const base::CallLimits limits = batch.limits;
    const absl::Status queued = calls_.bulk_pool->Submit(
        limits, [this, batch = std::move(batch)](absl::Status status) {
          if (status.ok()) status = Run(batch);
          if (status.ok()) {
            StartWrite(&written_);
          } else {
            End(status);
          }
        });
    if (!queued.ok()) End(queued);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      End(Cancelled("a stream"));
      return;
    }
    request_.reset();
    reply_.reset();
    written_.Clear();
    StartRead(&read_);
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  absl::Status Begin() {
    WELFARE_RETURN_IF_ERROR(
        call_.Begin(std::chrono::milliseconds(0), stop_.get_token()));
    return CatchAll(method_.served, [this] {
      handler_ = method_.open();
      return absl::OkStatus();
    });
  }

  absl::Status Run(const CallContext& batch) {
    return CatchAll(method_.served, [&]() -> absl::Status {
      WELFARE_ASSIGN_OR_RETURN(request_,
                               ReadMessage(*method_.types.request, read_));
      read_.Clear();
      WELFARE_RETURN_IF_ERROR(call_.Admit(*request_));
      reply_.emplace(method_.types.response);
      WELFARE_RETURN_IF_ERROR(handler_(batch, *request_, *reply_));
      return reply_->Write(written_);
    });
  }

  void End(const absl::Status& status) { Finish(call_.End(status)); }

  const BidiMethod& method_;
  const CallEnvironment& calls_;
  std::stop_source stop_;
  ServedCall call_;
  HandlerFunction handler_;
  grpc::ByteBuffer read_;
  // What the handler works on; it goes after the answer.
  std::unique_ptr<google::protobuf::Message> request_;
  std::optional<Reply> reply_;
  grpc::ByteBuffer written_;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AnswerBidi(
    BidiMethod& method, grpc::CallbackServerContext& context) {
  return new BidiStream(method, context);
}

}  // namespace welfare::platform
