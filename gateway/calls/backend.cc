#include "gateway/calls/backend.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/slice.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "gateway/budgets/repeat_budget.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/requests/failure.h"
#include "services/platform/rpc/status_mapping.h"

namespace welfare::gateway {
namespace {

using grpc::ByteBuffer;

ByteBuffer ToBuffer(const std::string& message) {
  const grpc::Slice slice(message);
  return ByteBuffer(&slice, 1);
}

std::string ToString(const ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

Metadata ToMetadata(
    const std::multimap<grpc::string_ref, grpc::string_ref>& from) {
  Metadata out;
  out.reserve(from.size());
  for (const auto& [key, value] : from) {
    out.emplace_back(std::string(key.data(), key.size()),
                     std::string(value.data(), value.size()));
  }
  return out;
}

void Prepare(const BackendRequest& request, grpc::ClientContext& context) {
  for (const auto& [key, value] : request.metadata) {
    context.AddMetadata(key, value);
  }
  if (request.deadline.has_value()) context.set_deadline(*request.deadline);
}

// As long as gRPC waits before it repeats a call for the first time: a service
// that leaves has closed its connections by then.
constexpr std::chrono::milliseconds kBeforeRepeat{50};

// What a call hears of a service that leaves: a call that reaches it in the
// moment it closes is ended as cancelled, and who cancels his call himself is
// past hearing it.
bool Leaves(int code) {
  return code == grpc::StatusCode::UNAVAILABLE ||
         code == grpc::StatusCode::CANCELLED;
}

// Many clients accept 8 KiB of metadata, in which base64 takes a third more.
constexpr std::size_t kMaxDetailsBytes = 4 * 1024;

// `foreign`: not one of the platform's services, which always say why.
BackendResult ToResult(const grpc::Status& status, Metadata trailing_metadata,
                       bool foreign) {
  BackendResult result;
  result.trailing_metadata = std::move(trailing_metadata);
  if (status.ok()) return result;
  const int code = static_cast<int>(status.error_code());
  // Details that do not parse or contradict the code are worth nothing.
  const bool detailed = !status.error_details().empty() &&
                        result.status.ParseFromString(status.error_details()) &&
                        result.status.code() == code;
  if (!detailed) result.status.Clear();
  result.status.set_code(code);
  result.status.set_message(status.error_message());
  result.brief_message = status.error_message();
  if (detailed) {
    const grpc::Status brief = platform::TrimDetails(status, kMaxDetailsBytes);
    result.brief_message = brief.error_message();
    result.brief_details = brief.error_details();
    return result;
  }
  // Without details the status is gRPC's own, not a service's: its text names
  // addresses, which callers must not learn.
  const bool away = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                    (Leaves(code) && !foreign);
  result.unheard =
      away || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (away) {
    result.status = BackendUnavailable().status;
  } else if (status.error_code() == grpc::StatusCode::INTERNAL) {
    result.status = InvalidBackendResponse().status;
  } else if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    result.status = BackendTimeout().status;
  } else {
    return result;
  }
  result.brief_message = result.status.message();
  result.brief_details = result.status.SerializeAsString();
  return result;
}

class UnaryCall final : public BackendCall {
 public:
  UnaryCall(EventLoop& loop, CallCount& calls, bool foreign,
            const BackendRequest& request, const std::string& message,
            Backend::OnUnary then)
      : loop_(loop),
        calls_(calls),
        foreign_(foreign),
        method_(request.method),
        held_(request.held),
        request_(ToBuffer(message)),
        then_(std::move(then)) {
    Prepare(request, context_);
  }

  void Cancel() override {
    then_ = nullptr;
    context_.TryCancel();
  }

  static void Start(grpc::GenericStub& stub,
                    const std::shared_ptr<UnaryCall>& call) {
    call->calls_.Add();
    stub.UnaryCall(
        &call->context_, call->method_, grpc::StubOptions(), &call->request_,
        &call->response_,
        [call](const grpc::Status& status) { call->OnDone(call, status); });
  }

 private:
  void OnDone(const std::shared_ptr<UnaryCall>& self,
              const grpc::Status& status) {
    BackendResult result = ToResult(
        status, ToMetadata(context_.GetServerTrailingMetadata()), foreign_);
    result.initial_metadata = ToMetadata(context_.GetServerInitialMetadata());
    if (held_ != nullptr) {
      result.room = held_->HoldAnswer(response_.Length());
      if (result.room != Room::kGiven) response_.Clear();
    }
    request_.Clear();
    if (held_ != nullptr) held_->End();
    std::string message = ToString(response_);
    response_.Clear();
    loop_.Post([self, result = std::move(result),
                message = std::move(message)]() mutable {
      const Backend::OnUnary then = std::exchange(self->then_, nullptr);
      if (then) then(result, std::move(message));
      self->held_.reset();
    });
    calls_.Remove();
  }

  EventLoop& loop_;
  CallCount& calls_;
  const bool foreign_;
  const std::string method_;
  grpc::ClientContext context_;
  std::shared_ptr<CallHold> held_;
  ByteBuffer request_;
  ByteBuffer response_;
  Backend::OnUnary then_;  // on the loop only
};

// A call over a DirectLine, and over a channel where the line did not carry it.
class DirectCall final : public BackendCall,
                         public std::enable_shared_from_this<DirectCall> {
 public:
  using OverChannel = std::function<std::shared_ptr<BackendCall>(
      const BackendRequest& request, const std::string& message,
      Backend::OnUnary then)>;

  // `line` goes when `loop` stops, which outlives the call.
  DirectCall(EventLoop& loop, std::weak_ptr<DirectLine> line,
             RepeatBudget& repeats, BackendRequest request, std::string message,
             Backend::OnUnary then, OverChannel over_channel)
      : line_(std::move(line)),
        repeats_(repeats),
        pause_(loop),
        request_(std::move(request)),
        message_(std::move(message)),
        then_(std::move(then)),
        over_channel_(std::move(over_channel)) {}

  void Start() {
    if (const auto line = line_.lock()) {
      number_ = line->Call(
          {.method = request_.method,
           .metadata = request_.metadata,
           .deadline = request_.deadline,
           .message = message_},
          [self = shared_from_this()](std::optional<DirectAnswer> answer) {
            self->number_.reset();
            if (self->then_ != nullptr) self->OnAnswer(std::move(answer));
          });
    }
    if (!number_.has_value()) CallOverChannel();
  }

  void Cancel() override {
    then_ = nullptr;
    pause_.Cancel();
    const auto number = std::exchange(number_, {});
    const auto line = line_.lock();
    if (number.has_value() && line != nullptr) line->Cancel(*number);
    if (other_ != nullptr) std::exchange(other_, nullptr)->Cancel();
    request_.held.reset();
  }

 private:
  void OnAnswer(std::optional<DirectAnswer> answer) {
    if (answer.has_value() && !Leaves(answer->code)) {
      repeats_.Succeeded();
      return Tell(*std::move(answer));
    }
    if (!repeats_.Failed()) {
      if (!answer.has_value()) {
        answer.emplace().code = grpc::StatusCode::UNAVAILABLE;
      }
      return Tell(*std::move(answer));
    }
    pause_.Start(kBeforeRepeat,
                 [self = shared_from_this()] { self->CallOverChannel(); });
  }

  void CallOverChannel() {
    other_ = over_channel_(request_, message_, std::exchange(then_, nullptr));
    request_.held.reset();
  }

  void Tell(DirectAnswer answer) {
    BackendResult result =
        ToResult(grpc::Status(static_cast<grpc::StatusCode>(answer.code),
                              std::move(answer.status_message),
                              std::move(answer.details)),
                 std::move(answer.trailing_metadata), /*foreign=*/false);
    result.initial_metadata = std::move(answer.initial_metadata);
    // Until the answer has been taken.
    const std::shared_ptr<CallHold> held = std::move(request_.held);
    if (held != nullptr) {
      result.room = held->HoldAnswer(answer.message.size());
      if (result.room != Room::kGiven) std::string().swap(answer.message);
    }
    std::string().swap(message_);
    if (held != nullptr) held->End();
    std::exchange(then_, nullptr)(result, std::move(answer.message));
  }

  const std::weak_ptr<DirectLine> line_;
  RepeatBudget& repeats_;
  LoopTimer pause_;
  BackendRequest request_;
  std::string message_;
  Backend::OnUnary then_;
  const OverChannel over_channel_;
  std::optional<std::int32_t> number_;  // while the line carries it
  std::shared_ptr<BackendCall> other_;
};

// The reactor's callbacks come on gRPC's threads and are posted to the loop;
// everything else happens there. A hold keeps the call open while the loop
// may still start operations; it is given up when reading has ended.
class CallStream final : public BackendStream,
                         public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer>,
                         public std::enable_shared_from_this<CallStream> {
 public:
  CallStream(EventLoop& loop, CallCount& calls, bool foreign,
             const BackendRequest& request,
             std::shared_ptr<BackendObserver> observer)
      : loop_(loop),
        calls_(calls),
        foreign_(foreign),
        method_(request.method),
        held_(request.held),
        observer_(std::move(observer)) {
    Prepare(request, context_);
  }

  void Start(grpc::GenericStub& stub) {
    self_ = shared_from_this();
    calls_.Add();
    stub.PrepareBidiStreamingCall(&context_, method_, grpc::StubOptions(),
                                  this);
    AddHold();
    StartCall();
  }

  // BackendStream, on the loop:
  Room Write(const std::string& message) override {
    if (released_) return Room::kGiven;
    if (held_ != nullptr) {
      const Room room = held_->HoldSent(message.size());
      if (room != Room::kGiven) return room;
    }
    out_ = ToBuffer(message);
    StartWrite(&out_);
    return Room::kGiven;
  }
  void WritesDone() override {
    if (!released_) StartWritesDone();
  }
  void Read() override {
    if (released_) return;
    reading_ = true;
    StartRead(&in_);
  }
  void Cancel() override {
    observer_ = nullptr;
    context_.TryCancel();
    // With a read under way its end gives up the hold.
    if (!reading_) Release();
  }

  // ClientBidiReactor, on gRPC's threads:
  void OnReadInitialMetadataDone(bool ok) override {
    Metadata metadata;
    if (ok) metadata = ToMetadata(context_.GetServerInitialMetadata());
    loop_.Post([self = self_, ok, metadata = std::move(metadata)] {
      self->metadata_told_ = true;
      const std::shared_ptr<BackendObserver> observer = self->observer_;
      if (ok && observer != nullptr) observer->OnInitialMetadata(metadata);
      if (self->early_.has_value()) {
        self->Deliver(*std::exchange(self->early_, std::nullopt));
      }
    });
  }
  void OnReadDone(bool ok) override {
    if (!ok) {
      loop_.Post([self = self_] {
        self->reading_ = false;
        self->Release();
      });
      return;
    }
    const Room room =
        held_ == nullptr ? Room::kGiven : held_->HoldAnswer(in_.Length());
    std::string message;
    if (room == Room::kGiven) message = ToString(in_);
    in_.Clear();
    loop_.Post([self = self_, room, message = std::move(message)]() mutable {
      self->reading_ = false;
      if (room != Room::kGiven) return self->Refuse(room);
      // gRPC calls back on several threads: the first message may overtake
      // the metadata that the service sent before it.
      if (self->metadata_told_) return self->Deliver(std::move(message));
      self->early_ = std::move(message);
    });
  }
  void OnWriteDone(bool ok) override {
    loop_.Post([self = self_, ok] {
      self->out_.Clear();
      if (self->held_ != nullptr) self->held_->HoldSent(0);
      const std::shared_ptr<BackendObserver> observer = self->observer_;
      if (observer != nullptr) observer->OnWritten(ok);
    });
  }
  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<CallStream> self = std::move(self_);
    self->loop_.Post(
        [self, result = ToResult(
                   status, ToMetadata(context_.GetServerTrailingMetadata()),
                   foreign_)] {
          if (self->held_ != nullptr) self->held_->End();
          const std::shared_ptr<BackendObserver> observer =
              std::exchange(self->observer_, nullptr);
          if (observer != nullptr) observer->OnDone(result);
          self->held_.reset();
        });
    calls_.Remove();
  }

 private:
  // From here on the observer holds it, or it is sent.
  void Deliver(std::string message) {
    if (held_ != nullptr) held_->HoldAnswer(0);
    const std::shared_ptr<BackendObserver> observer = observer_;
    if (observer == nullptr) return Release();
    observer->OnMessage(std::move(message));
  }

  // There is no room for a message that has come.
  void Refuse(Room room) {
    const std::shared_ptr<BackendObserver> observer =
        std::exchange(observer_, nullptr);
    context_.TryCancel();
    Release();
    BackendResult result;
    result.room = room;
    if (observer != nullptr) observer->OnDone(result);
  }

  void Release() {
    if (released_) return;
    released_ = true;
    RemoveHold();
  }

  EventLoop& loop_;
  CallCount& calls_;
  const bool foreign_;
  const std::string method_;
  std::shared_ptr<CallHold> held_;
  grpc::ClientContext context_;
  ByteBuffer in_;
  ByteBuffer out_;
  std::shared_ptr<CallStream> self_;  // until OnDone

  // On the loop only:
  std::shared_ptr<BackendObserver> observer_;
  bool metadata_told_ = false;
  std::optional<std::string> early_;
  bool reading_ = false;
  bool released_ = false;
};

}  // namespace

struct CallCount::State {
  std::mutex mutex;
  std::condition_variable none;
  std::size_t count = 0;
};

CallCount::CallCount() : state_(std::make_unique<State>()) {}
CallCount::~CallCount() = default;

void CallCount::Add() {
  const std::lock_guard lock(state_->mutex);
  ++state_->count;
}

void CallCount::Remove() {
  const std::lock_guard lock(state_->mutex);
  if (--state_->count == 0) state_->none.notify_all();
}

bool CallCount::WaitForNone(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  return state_->none.wait_for(lock, timeout,
                               [this] { return state_->count == 0; });
}

struct Backend::State {
  struct Way {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<grpc::GenericStub> stub;
  };
  std::vector<Way> ways;
  bool foreign = false;
  std::optional<DirectWay> direct;
  RepeatBudget repeats;
  std::atomic<std::size_t> next{0};
  CallCount& calls;

  std::shared_ptr<BackendCall> CallOverChannel(EventLoop& loop,
                                               const BackendRequest& request,
                                               const std::string& message,
                                               OnUnary then) {
    auto call = std::make_shared<UnaryCall>(loop, calls, foreign, request,
                                            message, std::move(then));
    UnaryCall::Start(Next(), call);
    return call;
  }

  // The line of that loop.
  std::shared_ptr<DirectLine> LineOf(EventLoop& loop) {
    std::shared_ptr<void>& kept = loop.Kept(this);
    if (kept == nullptr) {
      kept = std::make_shared<DirectLine>(loop, direct->address,
                                          direct->user_agent);
    }
    return std::static_pointer_cast<DirectLine>(kept);
  }

  // In turn, but past channels that wait to try again: after a service was
  // away each of them finds it again in its own time.
  grpc::GenericStub& Next() {
    const std::size_t first = next.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const Way& way = ways[(first + i) % ways.size()];
      if (way.channel->GetState(false) != GRPC_CHANNEL_TRANSIENT_FAILURE) {
        return *way.stub;
      }
    }
    return *ways[first % ways.size()].stub;
  }
};

Backend::Backend(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                 CallCount& calls, Gate::Options gate,
                 std::optional<DirectWay> direct, bool foreign)
    : gate_(gate),
      state_(new State{.ways = {},
                       .foreign = foreign,
                       .direct = std::move(direct),
                       .repeats = {},
                       .calls = calls}) {
  for (const auto& channel : channels) {
    state_->ways.push_back(
        {channel, std::make_unique<grpc::GenericStub>(channel)});
  }
}

Backend::~Backend() = default;

std::shared_ptr<BackendCall> Backend::CallUnary(EventLoop& loop,
                                                BackendRequest request,
                                                std::string message,
                                                OnUnary then) {
  if (!state_->direct.has_value()) {
    return state_->CallOverChannel(loop, request, message, std::move(then));
  }
  auto call = std::make_shared<DirectCall>(
      loop, state_->LineOf(loop), state_->repeats, std::move(request),
      std::move(message), std::move(then),
      [state = state_.get(), &loop](const BackendRequest& again,
                                    const std::string& bytes, OnUnary to) {
        return state->CallOverChannel(loop, again, bytes, std::move(to));
      });
  call->Start();
  return call;
}

std::shared_ptr<BackendStream> Backend::OpenStream(
    EventLoop& loop, const BackendRequest& request,
    std::shared_ptr<BackendObserver> observer) {
  auto stream = std::make_shared<CallStream>(
      loop, state_->calls, state_->foreign, request, std::move(observer));
  stream->Start(state_->Next());
  return stream;
}

}  // namespace welfare::gateway
