#include "tests/access/roles/http_call.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "google/api/annotations.pb.h"
#include "tests/support/http_get.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct Rule {
  std::string verb;
  std::string path;
  std::string body;
};

std::optional<Rule> RuleOf(const MethodDescriptor& method) {
  if (!method.options().HasExtension(google::api::http)) return std::nullopt;
  const google::api::HttpRule& rule =
      method.options().GetExtension(google::api::http);
  if (!rule.get().empty()) return Rule{"GET", rule.get(), rule.body()};
  if (!rule.post().empty()) return Rule{"POST", rule.post(), rule.body()};
  if (!rule.patch().empty()) return Rule{"PATCH", rule.patch(), rule.body()};
  return Rule{"DELETE", rule.delete_(), rule.body()};
}

std::string Escaped(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                       c == '.' || c == '~' || c == '/';
    if (plain) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kHex[byte >> 4U];
      escaped += kHex[byte & 15U];
    }
  }
  return escaped;
}

std::string JsonOf(const Message& message) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return json;
}

// Takes the text at `path` out of the message.
std::string TakeText(Message& message, const std::string& path) {
  const std::size_t dot = path.find('.');
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(path.substr(0, dot));
  const auto* reflection = message.GetReflection();
  if (dot != std::string::npos) {
    return TakeText(*reflection->MutableMessage(&message, field),
                    path.substr(dot + 1));
  }
  std::string text = reflection->GetString(message, field);
  reflection->ClearField(&message, field);
  return text;
}

std::string ScalarOf(const Message& message, const FieldDescriptor* field,
                     int index) {
  const auto* reflection = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection->GetRepeatedString(message, field, index)
                  : reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::to_string(
          many ? reflection->GetRepeatedEnumValue(message, field, index)
               : reflection->GetEnumValue(message, field));
    default:
      ADD_FAILURE() << field->full_name() << " stands in no query";
      return "";
  }
}

void AddToQuery(const Message& message, const std::string& prefix,
                std::string& query) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = prefix + field->json_name();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      AddToQuery(message.GetReflection()->GetMessage(message, field),
                 name + ".", query);
      continue;
    }
    const int size = field->is_repeated()
                         ? message.GetReflection()->FieldSize(message, field)
                         : 1;
    for (int i = 0; i < size; ++i) {
      query += (query.empty() ? "?" : "&") + name + "=" +
               Escaped(ScalarOf(message, field, i));
    }
  }
}

// A body without the lines that cut it into chunks.
std::string Joined(const std::string& chunked) {
  std::string body;
  for (std::size_t at = 0; at < chunked.size();) {
    const std::size_t line = chunked.find("\r\n", at);
    if (line == std::string::npos) break;
    const std::size_t size = std::stoul(chunked.substr(at, line - at), {}, 16);
    body += chunked.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
  return body;
}

// What an error's body says: its status by name, and the reason in its details.
void ReadError(const std::string& body, Answer& answer) {
  google::protobuf::Struct json;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(body, &json).ok())
      << body;
  const auto& error = json.fields().at("error").struct_value().fields();
  answer.status = absl::UnknownError(body);
  for (int code = 1; code <= 16; ++code) {
    const auto one = static_cast<absl::StatusCode>(code);
    if (error.at("status").string_value() == absl::StatusCodeToString(one)) {
      answer.status = absl::Status(one, error.at("message").string_value());
    }
  }
  const auto details = error.find("details");
  if (details == error.end()) return;
  for (const auto& detail : details->second.list_value().values()) {
    const auto& fields = detail.struct_value().fields();
    const auto reason = fields.find("reason");
    if (reason != fields.end()) answer.reason = reason->second.string_value();
  }
}

// The lines of a stream: its messages, then why it failed where it did.
void ReadLines(const std::string& body, const MethodDescriptor& method,
               bool endless, Answer& answer) {
  constexpr std::string_view kResult = "{\"result\":";
  bool ended = false;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_FALSE(ended) << body;
    ended = !line.starts_with(kResult);
    if (line.starts_with("{\"error\":")) {
      ReadError(line, answer);
    } else if (!ended) {
      answer.messages.push_back(MakeMessage(*method.output_type()));
      EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(
                      line.substr(kResult.size(),
                                  line.size() - kResult.size() - 1),
                      answer.messages.back().get())
                      .ok())
          << line;
    }
  }
  EXPECT_EQ(ended, !endless) << body;
}

}  // namespace

std::string BodyField(const MethodDescriptor& method) {
  const auto rule = RuleOf(method);
  return rule ? rule->body : "";
}

std::string PathField(const MethodDescriptor& method) {
  const auto rule = RuleOf(method);
  if (!rule) return "";
  const std::size_t open = rule->path.find('{');
  if (open == std::string::npos) return "";
  return rule->path.substr(open + 1, rule->path.find('=', open) - open - 1);
}

std::optional<HttpRequest> Spell(const MethodDescriptor& method,
                                 const Message& request) {
  const auto rule = RuleOf(method);
  if (!rule) return std::nullopt;
  const std::unique_ptr<Message> left(request.New());
  left->CopyFrom(request);
  HttpRequest http{.verb = rule->verb, .target = rule->path, .body = {}};
  if (const std::string field = PathField(method); !field.empty()) {
    const std::size_t open = http.target.find('{');
    const std::size_t close = http.target.find('}');
    http.target.replace(open, close - open + 1,
                        Escaped(TakeText(*left, field)));
  }
  if (rule->body == "*") {
    http.body = JsonOf(*left);
    return http;
  }
  if (!rule->body.empty()) {
    const FieldDescriptor* field =
        left->GetDescriptor()->FindFieldByName(rule->body);
    http.body = JsonOf(left->GetReflection()->GetMessage(*left, field));
    left->GetReflection()->ClearField(left.get(), field);
  }
  std::string query;
  AddToQuery(*left, "", query);
  http.target += query;
  return http;
}

Answer CallHttp(int port, const MethodDescriptor& method,
                const HttpRequest& request, const std::string& token) {
  support::TcpClient client(port);
  std::string head = request.verb + " " + request.target +
                     " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
  if (!token.empty()) head += "Authorization: Bearer " + token + "\r\n";
  if (!request.body.empty()) {
    head += method.client_streaming()
                ? "Content-Type: application/x-ndjson\r\n"
                : "Content-Type: application/json\r\n";
  }
  if (request.verb != "GET") {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  client.Send(head + "\r\n" + request.body);
  const bool endless = method.options().GetExtension(options::v1::endless);
  const std::string response = client.ReadUntil(endless ? "}\n" : "");
  const std::size_t end = response.find("\r\n\r\n");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 ") && end != std::string::npos)
      << request.verb << " " << request.target << ": " << response;
  if (end == std::string::npos) return {};
  const std::string fields = response.substr(0, end);
  std::string body = response.substr(end + 4);
  if (fields.find("chunked") != std::string::npos) body = Joined(body);
  Answer answer;
  if (!fields.starts_with("HTTP/1.1 200")) {
    ReadError(body, answer);
    // A status line that says another thing than the body.
    const int code = std::stoi(fields.substr(9, 3));
    EXPECT_TRUE((code == 401) == absl::IsUnauthenticated(answer.status) &&
                (code == 403) == absl::IsPermissionDenied(answer.status))
        << response;
    return answer;
  }
  std::unique_ptr<Message> message = MakeMessage(*method.output_type());
  if (fields.find("application/x-ndjson") != std::string::npos) {
    ReadLines(body, method, endless, answer);
  } else if (method.server_streaming()) {
    answer.bytes = std::move(body);
  } else if (google::protobuf::util::JsonStringToMessage(body, message.get())
                 .ok()) {
    answer.messages.push_back(std::move(message));
  } else {
    ADD_FAILURE() << request.target << " answers " << body;
  }
  return answer;
}

}  // namespace welfare::access
