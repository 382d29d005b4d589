#include "gateway/answers/json_answer.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

namespace welfare::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The resource's own etag, by which a write says what it means to change.
std::string ResourceTag(const Message& answer) {
  const FieldDescriptor* field =
      answer.GetDescriptor()->FindFieldByName("etag");
  if (field == nullptr || field->is_repeated() ||
      field->type() != FieldDescriptor::TYPE_STRING) {
    return "";
  }
  return answer.GetReflection()->GetString(answer, field);
}

}  // namespace

JsonAnswer MakeJsonAnswer(const HttpRoute& route,
                          const JsonWriterOptions& options,
                          const AnswerForm* form, std::string_view state,
                          const std::string& bytes) {
  using Outcome = JsonAnswer::Outcome;
  JsonAnswer answer;
  const std::string digest =
      form == nullptr || !state.empty() ? "" : ShortDigest(bytes);
  if (state.empty()) state = digest;
  if (form != nullptr && form->IsOther(state)) {
    answer.outcome = Outcome::kOther;
    return answer;
  }
  const std::string* held = form == nullptr ? nullptr : form->Held(state);
  if (held != nullptr) {
    answer.outcome = Outcome::kHeld;
    answer.tag = *held;
    return answer;
  }
  const std::unique_ptr<Message> message(route.response->New());
  if (!message->ParseFromString(bytes)) return answer;
  if (route.response_body != nullptr) {
    WriteJsonField(*message, *route.response_body, options, answer.body);
  } else {
    WriteJson(*message, options, answer.body);
  }
  answer.outcome = Outcome::kWhole;
  if (form == nullptr) return answer;
  answer.gzip = form->codings().PreferGzip(answer.body.size());
  answer.tag = form->Opaque(state, answer.gzip, ResourceTag(*message));
  if (form->refuses_any()) {
    answer.outcome = Outcome::kHeld;
  } else if (answer.gzip) {
    answer.body = Gzip(answer.body);
  }
  return answer;
}

}  // namespace welfare::gateway
