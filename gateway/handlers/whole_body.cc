#include "gateway/handlers/whole_body.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <utility>

#include "gateway/calls/admission.h"

namespace welfare::gateway {

// What has been made of a request.
struct WholeBodyHandler::Built {
  std::string bytes;
  std::unique_ptr<google::protobuf::Message> message;  // where it is kept
  std::optional<Failure> failure = {};
};

WholeBodyHandler::WholeBodyHandler(std::unique_ptr<HttpCall> call)
    : call_(std::move(call)), share_(call_->exchange().seat()) {}

void WholeBodyHandler::Start() {
  const std::size_t limit = call_->options().message_limit;
  if (call_->exchange().request().content_length.value_or(0) > limit) {
    Refuse(MessageTooLarge(limit));
  }
}

void WholeBodyHandler::OnBody(std::string_view bytes) {
  if (call_->ended()) return;
  const std::size_t limit = call_->options().message_limit;
  if (body_.size() + bytes.size() > limit) {
    return Refuse(MessageTooLarge(limit));
  }
  if (const Room room = share_.Hold(body_.size() + bytes.size());
      room != Room::kGiven) {
    return Refuse(NoRoom(call_->routing(), room));
  }
  body_.append(bytes);
  call_->exchange().Consume(bytes.size());
}

void WholeBodyHandler::OnBodyEnd() {
  body_whole_ = true;
  if (call_->ended()) return;
  if (body_.size() <= kAtOnceBytes) return SendBuilt(Build());
  if (body_.size() <= kLoopBytes) {
    return call_->InTurn(shared_from_this(), [this] { SendBuilt(Build()); });
  }
  const auto built = std::make_shared<Built>();
  call_->Aside(
      shared_from_this(), [this, built] { *built = BuildLarge(); },
      [this, built] { SendBuilt(std::move(*built)); },
      [this] { Refuse(GatewayOverloaded()); });
}

void WholeBodyHandler::OnTooSlow() {
  if (!call_->ended()) Refuse(RequestTimeout());
}

void WholeBodyHandler::Refuse(const Failure& failure) {
  // The answer needs room of its own.
  std::string().swap(body_);
  share_.Hold(0);
  call_->Fail(failure);
}

WholeBodyHandler::Built WholeBodyHandler::Build() {
  Built built{.bytes = {}, .message = call_->NewRequest()};
  const bool raw = IsUpload(call_->route(), call_->content_type());
  built.failure = call_->Build(body_, raw ? BodyForm::kRaw : BodyForm::kJson,
                               *built.message);
  if (!built.failure) built.failure = Complete(*built.message);
  if (!built.failure) built.bytes = call_->Serialize(*built.message);
  if (!KeepsRequest()) built.message = nullptr;
  return built;
}

// On a thread of the transcoding; nobody else uses the share meanwhile.
WholeBodyHandler::Built WholeBodyHandler::BuildLarge() {
  const Room room = share_.HoldBeyondShare(body_.size() * kReadingBytes);
  if (room != Room::kGiven) {
    return {.bytes = {},
            .message = nullptr,
            .failure = NoRoom(call_->routing(), room)};
  }
  Built built = Build();
  std::string().swap(body_);
  // Never more than that of the body and what was read of it.
  share_.Hold(built.bytes.size() +
              (built.message == nullptr ? 0 : built.message->SpaceUsedLong()));
  return built;
}

void WholeBodyHandler::SendBuilt(Built built) {
  std::string().swap(body_);
  if (built.failure) return Refuse(*built.failure);
  Send(std::move(built.bytes), std::move(built.message));
}

}  // namespace welfare::gateway
