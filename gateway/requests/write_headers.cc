#include "gateway/requests/write_headers.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/answers/entity_tag.h"
#include "gateway/error_table.h"
#include "gateway/routes/text.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// No resource has it.
constexpr std::string_view kEtagOfNobody = "\"-\"";

const FieldDescriptor* TextField(const Descriptor& type, const char* name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr && !field->is_repeated() &&
                 field->type() == FieldDescriptor::TYPE_STRING
             ? field
             : nullptr;
}

// Where a request says which etag it means: in a field of its own, or in that
// of the resource which it changes.
struct EtagField {
  const FieldDescriptor* holder = nullptr;  // null: the request itself
  const FieldDescriptor* field = nullptr;   // null: nowhere

  std::string path() const {
    return holder == nullptr ? field->name()
                             : holder->name() + "." + field->name();
  }
  Message& In(Message& request) const {
    return holder == nullptr
               ? request
               : *request.GetReflection()->MutableMessage(&request, holder);
  }
};

EtagField FindEtagField(const HttpRoute& route) {
  const Descriptor& type = *route.method->input_type();
  if (const FieldDescriptor* own = TextField(type, "etag")) {
    return {.holder = nullptr, .field = own};
  }
  if (route.body == nullptr) return {};
  const FieldDescriptor* of_resource =
      TextField(*route.body->message_type(), "etag");
  if (of_resource == nullptr) return {};
  // What is created has no etag yet; a service ignores one that is sent.
  const bool changes =
      route.http_method == "PATCH" || route.http_method == "PUT";
  const bool takes =
      of_resource->options().GetExtension(::welfare::options::v1::behavior) ==
      ::welfare::options::v1::FIELD_BEHAVIOR_OPTIONAL;
  if (!changes && !takes) return {};
  return {.holder = route.body, .field = of_resource};
}

std::string EtagMeant(const EntityTag& tag) {
  if (!tag.weak) {
    if (const auto name = AnswerName::Parse(tag.opaque)) {
      return name->resource.empty() ? std::string(kEtagOfNobody)
                                    : name->resource;
    }
  }
  std::string text = tag.text();
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= 0x20 && c <= 0x7E; });
  return plain ? text : std::string(kEtagOfNobody);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                 (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

// A text of RFC 8941, as the draft has it, or bare, as many clients send it.
// Nothing where it is no UUID or there are two.
std::optional<std::string> ReadKey(const std::vector<Header>& headers) {
  std::string key;
  for (const Header& header : headers) {
    if (header.name != "idempotency-key") continue;
    std::string_view text = TrimSpace(header.value);
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
      text = text.substr(1, text.size() - 2);
    }
    if (!key.empty() || !IsUuid(text)) return std::nullopt;
    key = text;
  }
  return key;
}

// Puts `value` into an empty field. False where another one stands there.
bool Put(Message& message, const FieldDescriptor& field,
         const std::string& value) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  const std::string& given =
      reflection.GetStringReference(message, &field, &scratch);
  if (!given.empty()) return given == value;
  reflection.SetString(&message, &field, value);
  return true;
}

base::Violation Contradicted(std::string field, std::string_view header) {
  base::Violation violation = base::MakeViolation(
      FaultRow("HEADER_CONTRADICTED"), "", {{"header", std::string(header)}});
  violation.field = std::move(field);
  return violation;
}

}  // namespace

bool ComparesEtag(const HttpRoute& route) {
  return FindEtagField(route).field != nullptr;
}

std::variant<WriteHeaders, Failure> ReadWriteHeaders(
    const std::vector<Header>& headers, const HttpRoute& route) {
  WriteHeaders read;
  if (FindHeader(headers, "if-none-match") != nullptr) {
    return PreconditionUnsupported("if-none-match");
  }
  const auto wanted = ReadEntityTags(headers, "if-match");
  if (!wanted.has_value()) return MalformedHeader("if-match");
  read.compares = wanted->any || !wanted->tags.empty();
  if (read.compares && FindEtagField(route).field == nullptr) {
    return PreconditionUnsupported("if-match");
  }
  for (const EntityTag& tag : wanted->tags) {
    std::string etag = EtagMeant(tag);
    if (std::find(read.etags.begin(), read.etags.end(), etag) !=
        read.etags.end()) {
      continue;
    }
    if (read.etags.size() == kMaxWantedEtags) {
      return MalformedHeader("if-match");
    }
    read.etags.push_back(std::move(etag));
  }
  auto key = ReadKey(headers);
  if (!key.has_value()) return MalformedHeader("idempotency-key");
  read.request_id = *std::move(key);
  if (!read.request_id.empty() &&
      TextField(*route.method->input_type(), "request_id") == nullptr) {
    return IdempotencyKeyUnsupported();
  }
  return read;
}

std::optional<Failure> ApplyWriteHeaders(const WriteHeaders& headers,
                                         const HttpRoute& route,
                                         base::Language language,
                                         Message& request) {
  std::vector<base::Violation> violations;
  if (!headers.etags.empty()) {
    const EtagField etag = FindEtagField(route);
    if (!Put(etag.In(request), *etag.field, headers.etags.front())) {
      violations.push_back(Contradicted(etag.path(), "If-Match"));
    }
  }
  if (!headers.request_id.empty()) {
    const FieldDescriptor& field =
        *TextField(*request.GetDescriptor(), "request_id");
    if (!Put(request, field, headers.request_id)) {
      violations.push_back(Contradicted("request_id", "Idempotency-Key"));
    }
  }
  if (violations.empty()) return std::nullopt;
  return InvalidRequest(std::move(violations), language);
}

bool TakeNextEtag(const Failure& failure, const HttpRoute& route,
                  WriteHeaders& headers, Message& request) {
  if (headers.etags.size() < 2) return false;
  const google::rpc::ErrorInfo info = InfoOf(failure);
  // A write that is repeated was done with one of them, and is another request
  // with any other.
  if (info.reason() != "ETAG_MISMATCH" &&
      info.reason() != "REQUEST_ID_REUSED") {
    return false;
  }
  // The first was tried.
  headers.etags.erase(headers.etags.begin());
  const auto current = info.metadata().find("etag");
  if (info.reason() == "ETAG_MISMATCH" && current != info.metadata().end()) {
    const auto wanted =
        std::find(headers.etags.begin(), headers.etags.end(), current->second);
    if (wanted == headers.etags.end()) return false;
    std::iter_swap(headers.etags.begin(), wanted);
  }
  const EtagField etag = FindEtagField(route);
  Message& holder = etag.In(request);
  holder.GetReflection()->SetString(&holder, etag.field, headers.etags.front());
  return true;
}

void SetStatusOfHeaders(const WriteHeaders& headers, Failure& failure) {
  if (!headers.compares && headers.request_id.empty()) return;
  const std::string reason = InfoOf(failure).reason();
  if (headers.compares && reason == "ETAG_MISMATCH") failure.http_status = 412;
  if (!headers.request_id.empty() && reason == "REQUEST_ID_REUSED") {
    failure.http_status = 422;
  }
}

}  // namespace welfare::gateway
