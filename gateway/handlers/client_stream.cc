#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "gateway/budgets/budget.h"
#include "gateway/calls/admission.h"
#include "gateway/handlers/handlers.h"
#include "gateway/handlers/stream_answer.h"
#include "gateway/json/line_reader.h"
#include "gateway/requests/call_headers.h"
#include "gateway/requests/write_headers.h"

namespace welfare::gateway {
namespace {

constexpr std::string_view kLines = "application/x-ndjson";
// Of a file in one message.
constexpr std::size_t kPartBytes = std::size_t{64} * 1024;

// Makes the messages of a stream of the lines of a body, or of the parts of a
// file, one at a time: the caller may send more when the service has taken what
// there is. At most one message is held beyond what flow control lets in.
class ClientStreamHandler final
    : public ExchangeHandler,
      public std::enable_shared_from_this<ClientStreamHandler> {
 public:
  explicit ClientStreamHandler(std::unique_ptr<HttpCall> call)
      : call_(std::move(call)),
        answer_(*call_, [this](bool ok) { OnWritten(ok); }),
        raw_(IsUpload(call_->route(), call_->content_type())),
        lines_(call_->options().message_limit),
        share_(call_->exchange().seat()) {}

  void Start() {
    if (call_->route().endless) answer_.SetEndless();
    if (const auto refused = RefuseConditions()) return Fail(*refused);
    const std::string& type = call_->content_type();
    if (!type.empty() && !Takes(type)) return RefuseType();
    const RequestHead& request = call_->exchange().request();
    if (request.http_major == 1) answer_.Hold();
    if (IsTooLarge(request.content_length.value_or(0))) {
      Fail(MessageTooLarge(call_->route().upload->max_bytes));
    }
  }

  // ExchangeHandler:
  void OnBody(std::string_view bytes) override {
    if (call_->ended()) return;
    // Without a body there need be no type.
    if (!Takes(call_->content_type())) return RefuseType();
    uncredited_ += bytes.size();
    came_ += bytes.size();
    if (IsTooLarge(came_)) {
      return Fail(MessageTooLarge(call_->route().upload->max_bytes));
    }
    if (!write_failed_) {
      if (raw_) {
        file_.append(bytes);
      } else {
        lines_.Append(bytes);
      }
    }
    if (const Room room = Charge(); room != Room::kGiven) {
      return Fail(NoRoom(call_->routing(), room));
    }
    Pump();
  }
  void OnBodyEnd() override {
    if (call_->ended()) return;
    ended_ = true;
    lines_.End();
    answer_.Release();
    Pump();
  }
  // Between two messages a caller may take its time, not within one.
  bool WaitsForBody() const override {
    return !ended_ && !busy_ && (!opened_ || held() != 0);
  }
  void OnTooSlow() override {
    if (!call_->ended()) Fail(RequestTimeout());
  }
  void OnWritable() override { answer_.OnWritable(); }
  void OnDrain() override { answer_.OnDrain(); }
  void OnClosed() override { answer_.OnClosed(); }

 private:
  // What has been made of a line, or of a part of a file.
  struct Built {
    std::string message;
    std::optional<Failure> failure;
  };

  void Pump() {
    if (busy_ || call_->ended()) return;
    if (write_failed_) {
      // The call has ended; OnDone will say how. What still comes is dropped.
      Credit();
      return;
    }
    const std::optional<std::string> piece = raw_ ? NextPart() : lines_.Next();
    Charge();
    if (piece.has_value()) return Take(*piece);
    if (lines_.too_long()) {
      return Fail(AtLine(MessageTooLarge(call_->options().message_limit),
                         lines_.line()));
    }
    if (raw_ ? !ended_ : !lines_.done()) {
      return Credit();
    }
    if (!Opened() || writes_done_) return;
    writes_done_ = true;
    answer_.stream()->WritesDone();
  }

  bool Takes(std::string_view content_type) const {
    return raw_ || IsMediaType(content_type, kLines);
  }
  void RefuseType() {
    Fail(UnsupportedMediaType(call_->content_type(),
                              TakenTypes(call_->route(), kLines)));
  }

  // What headers say of one message says nothing of a stream of them.
  std::optional<Failure> RefuseConditions() {
    auto read =
        ReadWriteHeaders(call_->exchange().request().headers, call_->route());
    if (auto* failure = std::get_if<Failure>(&read)) return *failure;
    const WriteHeaders& headers = std::get<WriteHeaders>(read);
    if (headers.compares) return PreconditionUnsupported("if-match");
    if (!headers.request_id.empty()) return IdempotencyKeyUnsupported();
    return std::nullopt;
  }

  // A part of the file: a full one, or what is left at its end. A file without
  // bytes has one without bytes.
  std::optional<std::string> NextPart() {
    const bool last = ended_ && (!file_.empty() || !begun_);
    if (file_.size() < kPartBytes && !last) return std::nullopt;
    std::string part = file_.substr(0, kPartBytes);
    file_.erase(0, part.size());
    return part;
  }

  std::size_t held() const { return lines_.size() + file_.size(); }
  Room Charge() { return share_.Hold(held() + being_made_); }

  bool IsTooLarge(std::uint64_t bytes) const {
    if (!raw_) return false;
    const std::uint64_t limit = call_->route().upload->max_bytes;
    return limit != 0 && bytes > limit;
  }

  void Take(const std::string& piece) {
    busy_ = true;
    if (piece.size() <= kLoopBytes) return Write(Build(piece));
    being_made_ = piece.size() * kReadingBytes;
    if (const Room room = Charge(); room != Room::kGiven) {
      return Fail(NoRoom(call_->routing(), room));
    }
    const auto built = std::make_shared<Built>();
    call_->Aside(
        shared_from_this(), [this, built, piece] { *built = Build(piece); },
        [this, built] {
          being_made_ = 0;
          Charge();
          Write(*built);
        },
        [this] { Fail(GatewayOverloaded()); });
  }

  Built Build(const std::string& piece) {
    const auto message = call_->NewRequest();
    Built built{.message = {}, .failure = std::nullopt};
    if (!raw_) {
      built.failure = call_->Build(piece, BodyForm::kLine, *message);
    } else if (!begun_) {
      built.failure = call_->Build(piece, BodyForm::kRaw, *message);
    } else {
      SetUpload(call_->route(), piece, *message);
    }
    if (!built.failure) built.message = call_->Serialize(*message);
    return built;
  }

  void Write(const Built& built) {
    begun_ = true;
    if (built.failure) {
      return Fail(raw_ ? *built.failure
                       : AtLine(*built.failure, lines_.line()));
    }
    if (!Opened(built.message.size())) return;
    const Room room = answer_.stream()->Write(built.message);
    if (room != Room::kGiven) Fail(NoRoom(call_->routing(), room));
  }

  // The call to the service begins with the first message, so that a body that
  // is none begins nothing. False when there is none, and all has been said.
  bool Opened(std::size_t bytes = 0) {
    if (!std::exchange(opened_, true)) {
      answer_.Open(shared_from_this(), bytes);
    }
    return answer_.stream() != nullptr;
  }

  void OnWritten(bool ok) {
    busy_ = false;
    if (!ok) write_failed_ = true;
    Pump();
  }

  void Credit() {
    if (uncredited_ == 0) return;
    call_->exchange().Consume(std::exchange(uncredited_, 0));
  }

  void Fail(const Failure& failure) { answer_.Fail(failure); }

  const std::unique_ptr<HttpCall> call_;
  StreamAnswer answer_;
  const bool raw_;  // the body is a file, and not lines
  LineReader lines_;
  std::string file_;
  std::size_t being_made_ = 0;  // of what a message is made beside the loop
  Share share_;                 // what all these hold
  std::uint64_t came_ = 0;
  bool ended_ = false;
  bool begun_ = false;  // there was a message
  std::size_t uncredited_ = 0;
  bool opened_ = false;
  bool busy_ = false;  // a message is being made, or the service has not taken
                       // it yet
  bool writes_done_ = false;
  bool write_failed_ = false;
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleClientStream(
    std::unique_ptr<HttpCall> call) {
  auto handler = std::make_shared<ClientStreamHandler>(std::move(call));
  handler->Start();
  return handler;
}

}  // namespace welfare::gateway
