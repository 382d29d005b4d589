#include "gateway/handlers/stream_answer.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>
#include <vector>

#include "gateway/calls/admission.h"
#include "gateway/requests/call_headers.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Message;

// The same as kLoopBytes of what is compressed as well, which takes longer.
constexpr std::size_t kLoopBytesToPack = std::size_t{8} * 1024;

// A part of a stream is asked for as it is.
TakenCodings CodingsOf(HttpCall& call, bool streams) {
  TakenCodings codings;
  if (!streams) return codings;
  codings = ReadAcceptEncoding(call.exchange().request().headers);
  if (codings.identity > 0 && call.Find("range") != nullptr) codings.gzip = 0;
  return codings;
}

bool AsksForEvents(const HttpCall& call) {
  const std::string* accept = call.Find("accept");
  return accept != nullptr && AsksFor(*accept, "text/event-stream");
}

}  // namespace

StreamAnswer::StreamAnswer(HttpCall& call, std::function<void(bool ok)> written)
    : call_(call),
      written_(std::move(written)),
      one_(!call.route().method->server_streaming()),
      events_(!one_ && AsksForEvents(call)),
      codings_(CodingsOf(call, !one_)),
      share_(call.exchange().seat()),
      beat_(call.loop()) {}

void StreamAnswer::Open(const std::shared_ptr<void>& owner, std::size_t bytes) {
  owner_ = owner;
  if (endless_ && call_.routing().draining.load()) return Fail(ShuttingDown());
  if (codings_.none()) return Fail(EncodingNotAcceptable());
  const auto inward = call_.Inward(call_.timeout(), bytes);
  if (!inward.has_value()) return;
  stream_ = call_.backend().OpenStream(
      call_.loop(), *inward, std::shared_ptr<BackendObserver>(owner, this));
  stream_->Read();
  if (!one_) Beat();
}

void StreamAnswer::Release() {
  if (!hold_) return;
  hold_ = false;
  if (call_.ended() || held_.empty()) return;
  Put(std::exchange(held_, std::string()));
  if (call_.ended()) return;
  Charge();
  MaybeRead();
}

void StreamAnswer::Fail(const Failure& failure) {
  Stop();
  if (call_.ended()) return;
  if (lent_) {
    if (!failed_) failed_ = failure;
    return;
  }
  // What was answered before it is told before it.
  hold_ = false;
  if (!held_.empty()) Put(std::exchange(held_, std::string()));
  if (call_.ended()) return;
  if (!head_sent_) return call_.Fail(failure);
  // Of what is compressed the end is missing, as that of the transfer.
  Put(Pack(Frame(ErrorJson(failure), "failure")));
  call_.BreakOff(failure.http_status);
}

void StreamAnswer::OnWritable() { MaybeRead(); }

void StreamAnswer::OnDrain() {
  if (endless_) Fail(ShuttingDown());
}

void StreamAnswer::OnClosed() {
  Stop();
  call_.Closed(499);
}

void StreamAnswer::OnInitialMetadata(const Metadata& metadata) {
  metadata_ = metadata;
}

void StreamAnswer::OnMessage(std::string bytes) {
  if (call_.ended()) return;
  if (one_) {
    if (single_.has_value()) return Fail(InvalidBackendResponse());
    single_ = std::move(bytes);
    if (const Room room = Charge(); room != Room::kGiven) {
      return Fail(NoRoom(call_.routing(), room));
    }
    return stream_->Read();
  }
  if (!ChooseCoding()) return;
  if (bytes.size() > (*gzip_ ? kLoopBytesToPack : kLoopBytes)) {
    return MakeAside(std::move(bytes));
  }
  std::optional<std::string> line = ToLine(bytes);
  if (line.has_value()) line = Pack(*std::move(line));
  Emit(std::move(line));
}

// Nothing else comes meanwhile: the next message has not been asked for.
void StreamAnswer::MakeAside(std::string bytes) {
  if (const Room room = Charge(bytes.size() * kWritingBytes);
      room != Room::kGiven) {
    return Fail(NoRoom(call_.routing(), room));
  }
  const auto made = std::make_shared<Made>();
  if (*gzip_) {
    lent_ = true;
    made->packer = std::move(packer_);
  }
  call_.Aside(
      owner_.lock(),
      [this, made, packs = *gzip_, bytes = std::move(bytes)] {
        made->line = ToLine(bytes);
        if (!packs || !made->line.has_value()) return;
        if (made->packer == nullptr) {
          made->packer =
              std::make_unique<GzipWriter>(GzipWriter::Reach::kStream);
        }
        made->line = made->packer->Write(*made->line, /*flush=*/true);
      },
      [this, made] { TakeMade(*made); },
      [this, made] {
        lent_ = false;
        packer_ = std::move(made->packer);
        Fail(failed_.value_or(GatewayOverloaded()));
      });
}

void StreamAnswer::TakeMade(Made& made) {
  lent_ = false;
  if (made.packer != nullptr) packer_ = std::move(made.packer);
  Charge();
  Emit(std::move(made.line));
  if (failed_ && !call_.ended()) Fail(*std::exchange(failed_, std::nullopt));
}

bool StreamAnswer::ChooseCoding() {
  if (gzip_.has_value()) return true;
  gzip_ = codings_.PreferGzipStream();
  if (!*gzip_) return true;
  const Room room = Charge();
  if (room == Room::kGiven) return true;
  if (codings_.identity > 0) {
    gzip_ = false;
    return true;
  }
  gzip_ = false;
  Fail(NoRoom(call_.routing(), room));
  return false;
}

std::string StreamAnswer::Pack(std::string text, bool last) {
  if (!gzip_.value_or(false)) return text;
  if (packer_ == nullptr) {
    packer_ = std::make_unique<GzipWriter>(GzipWriter::Reach::kStream);
  }
  std::string packed = packer_->Write(text, /*flush=*/!last);
  if (last) packed += packer_->Finish();
  return packed;
}

Room StreamAnswer::Charge(std::size_t more) {
  const std::size_t packer =
      gzip_.value_or(false) ? GzipWriter::kStreamBytes : 0;
  const std::size_t single = single_.has_value() ? single_->size() : 0;
  return share_.Hold(held_.size() + packer + single + more);
}

void StreamAnswer::OnDone(const BackendResult& result) {
  stream_ = nullptr;
  if (call_.ended()) return;
  if (result.room != Room::kGiven) {
    return Fail(NoRoom(call_.routing(), result.room));
  }
  if (result.status.code() != 0) return Fail(FromStatus(result.status));
  if (one_) return FinishOne();
  hold_ = false;
  if (!ChooseCoding()) return;
  std::string end =
      Frame(R"({"end":{"count":)" + std::to_string(count_) + "}}", "end");
  Put(std::exchange(held_, std::string()) +
      Pack(std::move(end), /*last=*/true));
  if (call_.ended()) return;
  Stop();
  call_.End(200);
}

void StreamAnswer::FinishOne() {
  Stop();
  std::vector<Header> headers = {{"content-type", "application/json"},
                                 {"cache-control", "no-store"},
                                 {"vary", "accept-language"}};
  AppendResponseMetadata(metadata_, headers);
  std::optional<std::string> json;
  if (single_.has_value()) json = call_.ToJson(*single_);
  if (!json.has_value()) return call_.Fail(InvalidBackendResponse());
  call_.Answer(200, std::move(headers), *std::move(json));
}

std::optional<std::string> StreamAnswer::ToLine(
    const std::string& bytes) const {
  const HttpRoute& route = call_.route();
  const auto message = call_.NewAnswer();
  if (!message->ParseFromString(bytes)) return std::nullopt;
  std::string json = R"({"result":)";
  call_.AppendJson(*message, json);
  json.push_back('}');
  std::string line = Frame(json, nullptr);
  if (!events_ || !route.position.has_value()) return line;
  return "id: " +
         std::to_string(message->GetReflection()->GetInt64(
             *message, route.position->response)) +
         "\n" + line;
}

std::string StreamAnswer::Frame(const std::string& json,
                                const char* type) const {
  if (!events_) return json + "\n";
  // JSON as it is written here has no line ends.
  std::string event;
  if (type != nullptr) event = std::string("event: ") + type + "\n";
  return event + "data: " + json + "\n\n";
}

void StreamAnswer::Emit(std::optional<std::string> line) {
  if (call_.ended()) return;
  if (!line.has_value()) return Fail(InvalidBackendResponse());
  ++count_;
  waiting_to_read_ = true;
  if (!hold_) {
    Put(*std::move(line));
    return MaybeRead();
  }
  held_ += *line;
  if (held_.size() > call_.options().held_answers) {
    return Fail(AnswersHeldTooLarge(call_.options().held_answers));
  }
  if (const Room room = Charge(); room != Room::kGiven) {
    return Fail(NoRoom(call_.routing(), room));
  }
  MaybeRead();
}

void StreamAnswer::Put(std::string text) {
  if (!SendHead()) return;
  said_something_ = true;
  call_.exchange().SendBody(std::move(text));
}

bool StreamAnswer::SendHead() {
  if (head_sent_) return true;
  if (!ChooseCoding()) return false;
  head_sent_ = true;
  ResponseHead head;
  head.headers = {
      {"content-type", events_ ? "text/event-stream" : "application/x-ndjson"},
      {"cache-control", "no-store"},
      {"vary", "accept, accept-encoding, accept-language"}};
  if (*gzip_) head.headers.push_back({"content-encoding", "gzip"});
  AppendResponseMetadata(metadata_, head.headers);
  call_.AddCommon(head.headers);
  call_.exchange().SendHead(std::move(head));
  if (call_.method() != "HEAD") return true;
  Stop();
  call_.End(200);
  return false;
}

void StreamAnswer::MaybeRead() {
  if (!waiting_to_read_ || stream_ == nullptr || call_.ended()) return;
  if (call_.exchange().pending() >= Exchange::kHighWater) return;
  waiting_to_read_ = false;
  stream_->Read();
}

void StreamAnswer::Beat() {
  beat_.Start(call_.options().heartbeat, [this] {
    const auto owner = owner_.lock();
    if (call_.ended()) return;
    const bool quiet = !std::exchange(said_something_, false) && !hold_;
    if (quiet && !SendHead()) return;
    // Nothing is heaped up for those who do not read.
    if (quiet && events_ && !lent_ && call_.exchange().pending() == 0) {
      call_.exchange().SendBody(Pack(":\n\n"));
    }
    Beat();
  });
}

void StreamAnswer::Stop() {
  if (stream_ != nullptr) std::exchange(stream_, nullptr)->Cancel();
  beat_.Cancel();
}

}  // namespace welfare::gateway
