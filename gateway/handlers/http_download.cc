#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/answers/entity_tag.h"
#include "gateway/calls/admission.h"
#include "gateway/calls/file_answer.h"
#include "gateway/error_table.h"
#include "gateway/handlers/handlers.h"
#include "gateway/handlers/whole_body.h"

namespace welfare::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

// The field of that name where it holds one value of that type, else null.
const FieldDescriptor* FieldOf(const Message& message, const char* name,
                               FieldDescriptor::CppType type) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  const bool fits =
      field != nullptr && !field->is_repeated() && field->cpp_type() == type;
  return fits ? field : nullptr;
}

std::string TextOf(const Message& message, const char* name) {
  const auto* field = FieldOf(message, name, FieldDescriptor::CPPTYPE_STRING);
  return field == nullptr ? ""
                          : message.GetReflection()->GetString(message, field);
}

std::uint64_t SizeOf(const Message& message) {
  const auto* field = FieldOf(message, "size", FieldDescriptor::CPPTYPE_INT64);
  if (field == nullptr) return 0;
  const std::int64_t size = message.GetReflection()->GetInt64(message, field);
  return size > 0 ? static_cast<std::uint64_t>(size) : 0;
}

// Answers with the file that a method streams, or with a part of it. The status
// is decided by the first message; what goes wrong after that breaks the
// transfer off, so that a short file is never a whole one.
class DownloadHandler final : public WholeBodyHandler, public BackendObserver {
 public:
  explicit DownloadHandler(std::unique_ptr<HttpCall> from)
      : WholeBodyHandler(std::move(from)) {
    const auto header = [this](const char* name) {
      const std::string* value = call().Find(name);
      return value == nullptr ? std::string() : *value;
    };
    // What is malformed was refused when the form was read.
    auto read = ReadConditions::Read(call().exchange().request().headers);
    if (auto* conditions = std::get_if<ReadConditions>(&read)) {
      conditions_ = std::move(*conditions);
    }
    if_range_ = header("if-range");
    // Of a HEAD no range is asked (RFC 9110, 14.2).
    if (call().method() == "GET") range_ = ParseByteRange(header("range"));
  }

  // ExchangeHandler:
  void OnWritable() override { MaybeRead(); }
  void OnClosed() override {
    Cancel();
    // A client may go as soon as it has every byte of a file, before the
    // service has said that there are no more.
    call().Closed(head_sent_ && left_ == 0U ? status_ : 499);
  }

  // BackendObserver:
  void OnInitialMetadata(const Metadata& metadata) override {
    state_ = call().StateIn(metadata);
  }
  void OnMessage(std::string bytes) override {
    if (call().ended()) return;
    const auto part = call().NewAnswer();
    if (!part->ParseFromString(bytes))
      return BreakOff(InvalidBackendResponse());
    if (!head_sent_ && !Begin(*part)) return;
    SendData(TextOf(*part, "data"));
  }
  void OnWritten(bool /*ok*/) override {
    if (stream_ != nullptr) stream_->WritesDone();
  }
  void OnDone(const BackendResult& result) override {
    stream_ = nullptr;
    if (call().ended()) return;
    if (result.room != Room::kGiven) {
      return BreakOff(NoRoom(call().routing(), result.room));
    }
    if (result.status.code() != 0) return BreakOff(FromStatus(result.status));
    if (!head_sent_ && call().IsHeld(result)) return;
    // A stream without a message has no type and no name; one of another size
    // than it said has lost something.
    if (!head_sent_ || left_.value_or(0) != 0) {
      return BreakOff(InvalidBackendResponse());
    }
    call().End(status_);
  }

 private:
  std::optional<Failure> Complete(Message& message) override {
    offset_ = FieldOf(message, "offset", FieldDescriptor::CPPTYPE_INT64);
    if (offset_ == nullptr ||
        message.GetReflection()->GetInt64(message, offset_) == 0) {
      return std::nullopt;
    }
    return InvalidRequest(
        {base::MakeViolation(FaultRow("OFFSET_BY_RANGE"), offset_->name())},
        call().language());
  }

  void Send(std::string message,
            std::unique_ptr<Message> /*request*/) override {
    request_ = std::move(message);
    Open(range_.has_value() ? range_->first.value_or(0) : 0);
  }

  // From there on, where the service can.
  void Open(std::uint64_t begin) {
    std::string message = request_;
    opened_at_ = 0;
    if (offset_ != nullptr && begin != 0) {
      opened_at_ = begin;
      std::uint8_t field[20];  // two varints
      std::uint8_t* end = CodedOutputStream::WriteTagToArray(
          WireFormatLite::MakeTag(offset_->number(),
                                  WireFormatLite::WIRETYPE_VARINT),
          field);
      end = CodedOutputStream::WriteVarint64ToArray(begin, end);
      message.append(reinterpret_cast<const char*>(field),
                     static_cast<std::size_t>(end - field));
    }
    const auto inward = call().Inward(
        call().timeout().value_or(call().options().download_timeout),
        message.size());
    if (!inward.has_value()) return;
    stream_ = call().backend().OpenStream(
        call().loop(), *inward,
        std::shared_ptr<BackendObserver>(shared_from_this(), this));
    stream_->Write(message);
    stream_->Read();
  }

  // Decides what to answer, by the first message. False when its data are not
  // to be sent.
  bool Begin(const Message& first) {
    const std::uint64_t size = SizeOf(first);
    // The digest of its bytes names a file best; else the service may.
    std::string tag = TagOf(TextOf(first, "digest"));
    if (tag.empty() && call().form() != nullptr && !state_.empty()) {
      tag = call().form()->Opaque(state_, false, "");
    }
    if (!tag.empty() && conditions_.IsOther(tag)) {
      BreakOff(PreconditionFailed());
      return false;
    }
    if (!tag.empty() && conditions_.Holds(tag)) {
      Cancel();
      call().NotModified(tag);
      return false;
    }
    std::vector<Header> headers;
    call().AddCaching(tag, headers);
    Extent extent{.begin = 0, .end = size};
    status_ = 200;
    // A part is of use to those alone who have the rest of the same file.
    const bool same =
        if_range_.empty() || (!tag.empty() && if_range_ == '"' + tag + '"');
    if (size != 0 && range_.has_value() && same) {
      const auto within = Within(*range_, size);
      if (!within.has_value()) {
        BreakOff(RangeNotSatisfiable(size));
        return false;
      }
      extent = *within;
      status_ = 206;
      headers.push_back(
          {"content-range", "bytes " + std::to_string(extent.begin) + "-" +
                                std::to_string(extent.end - 1) + "/" +
                                std::to_string(size)});
    }
    const bool elsewhere =
        opened_at_ != (offset_ == nullptr ? 0 : extent.begin);
    if (call().method() != "HEAD" && elsewhere) {
      // What was asked for could not be told before the size was known. A file
      // that becomes another meanwhile is none.
      Cancel();
      if (std::exchange(opened_again_, true)) {
        BreakOff(InvalidBackendResponse());
      } else {
        Open(extent.begin);
      }
      return false;
    }
    skip_ = extent.begin - opened_at_;
    headers.push_back(
        {"content-type", SafeContentType(TextOf(first, "content_type"))});
    headers.push_back(
        {"content-disposition", ContentDisposition(TextOf(first, "filename"))});
    if (size != 0) {
      headers.push_back({"accept-ranges", "bytes"});
      left_ = extent.end - extent.begin;
      to_the_end_ = extent.end == size;
    }
    SendHead(std::move(headers));
    return !call().ended();
  }

  void SendHead(std::vector<Header> headers) {
    head_sent_ = true;
    call().AddCommon(headers);
    call().exchange().SendHead({.status = status_,
                                .headers = std::move(headers),
                                .content_length = left_});
    if (call().method() != "HEAD") return;
    Cancel();
    call().End(status_);
  }

  void SendData(std::string data) {
    const std::size_t skipped = std::min<std::uint64_t>(skip_, data.size());
    data.erase(0, skipped);
    skip_ -= skipped;
    if (left_.has_value()) {
      if (data.size() > *left_) {
        // More than it said is as bad as less.
        if (to_the_end_) return BreakOff(InvalidBackendResponse());
        data.resize(*left_);
      }
      *left_ -= data.size();
    }
    call().exchange().SendBody(std::move(data));
    if (left_ == 0U && !to_the_end_) {
      Cancel();
      return call().End(status_);
    }
    waiting_to_read_ = true;
    MaybeRead();
  }

  void MaybeRead() {
    if (!waiting_to_read_ || stream_ == nullptr || call().ended() ||
        call().exchange().pending() >= Exchange::kHighWater) {
      return;
    }
    waiting_to_read_ = false;
    stream_->Read();
  }

  void BreakOff(const Failure& failure) {
    Cancel();
    if (!head_sent_) return call().Fail(failure);
    call().Reset(failure.http_status);
  }

  void Cancel() {
    if (stream_ != nullptr) std::exchange(stream_, nullptr)->Cancel();
  }

  ReadConditions conditions_;
  std::string if_range_;
  std::optional<ByteRange> range_;
  const FieldDescriptor* offset_ =
      nullptr;  // of the request; null: it has none
  std::string request_;
  std::string state_;  // the service's tag of the answer
  std::uint64_t opened_at_ = 0;
  bool opened_again_ = false;

  std::shared_ptr<BackendStream> stream_;
  int status_ = 200;
  bool head_sent_ = false;
  bool waiting_to_read_ = false;
  bool to_the_end_ = true;
  std::uint64_t skip_ = 0;             // of what comes, before what is sent
  std::optional<std::uint64_t> left_;  // to be sent; none: not known
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleDownload(
    std::unique_ptr<HttpCall> call) {
  if (!call->ReadForm()) return nullptr;
  auto handler = std::make_shared<DownloadHandler>(std::move(call));
  handler->Start();
  return handler;
}

}  // namespace welfare::gateway
