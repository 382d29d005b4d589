#include "gateway/routes/http_route.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "gateway/routes/field_path.h"
#include "google/api/annotations.pb.h"
#include "services/base/coding/sha256.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// The option (welfare.options.v1.download) of a response message marks a
// stream of a file. Looked up by name, so that this library knows no proto of
// the product.
bool IsDownload(const Descriptor& response) {
  const DescriptorPool& pool = *response.file()->pool();
  const FieldDescriptor* extension =
      pool.FindExtensionByName("welfare.options.v1.download");
  if (extension == nullptr ||
      extension->cpp_type() != FieldDescriptor::CPPTYPE_BOOL ||
      extension->containing_type()->full_name() !=
          "google.protobuf.MessageOptions") {
    return false;
  }
  // Options of a pool made at run time hold the extension as an unknown
  // field, so the value is read from the bytes.
  const auto& options = response.options();
  if (extension->file()->pool() == DescriptorPool::generated_pool()) {
    return options.GetReflection()->GetBool(options, extension);
  }
  const auto& unknown = options.GetReflection()->GetUnknownFields(options);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (unknown.field(i).number() == extension->number()) {
      return unknown.field(i).varint() != 0;
    }
  }
  return false;
}

std::pair<std::string, std::string> Pattern(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {"", ""};
}

// Digests of files with all that they import, each read once.
class ContractDigests {
 public:
  const std::string& Of(const FileDescriptor& file) {
    const auto known = digests_.find(&file);
    if (known != digests_.end()) return known->second;
    google::protobuf::FileDescriptorProto proto;
    file.CopyTo(&proto);
    std::string text = proto.SerializeAsString();
    for (int i = 0; i < file.dependency_count(); ++i) {
      text += Of(*file.dependency(i));
    }
    return digests_[&file] = base::Sha256Bytes(text);
  }

 private:
  std::map<const FileDescriptor*, std::string> digests_;
};

// The field `name` where it holds one value of that type, else null.
const FieldDescriptor* SingleOf(const Descriptor& message,
                                const std::string& name,
                                FieldDescriptor::CppType type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->cpp_type() == type
             ? field
             : nullptr;
}

// Nothing where the option names no field that could take a body.
std::optional<HttpRoute::Upload> UploadOf(const MethodDescriptor& method) {
  const auto& option = method.options().GetExtension(options::v1::upload);
  HttpRoute::Upload upload{
      .path = {},
      .content_types = {option.content_types().begin(),
                        option.content_types().end()},
      .max_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(
          0, static_cast<std::int64_t>(option.max_bytes())))};
  const Descriptor* holder = method.input_type();
  std::string_view rest = option.field();
  while (holder != nullptr && !rest.empty()) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const FieldDescriptor* field =
        holder->FindFieldByName(std::string(rest.substr(0, dot)));
    if (field == nullptr || field->is_repeated()) return std::nullopt;
    upload.path.push_back(field);
    holder = field->message_type();
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  const bool takes =
      rest.empty() && !upload.path.empty() && !upload.content_types.empty() &&
      upload.path.back()->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
      // What is cut anywhere is no text.
      (!method.client_streaming() ||
       upload.path.back()->type() == FieldDescriptor::TYPE_BYTES);
  if (!takes) return std::nullopt;
  return upload;
}

absl::Status Wrong(const MethodDescriptor& method, const std::string& what) {
  return absl::InvalidArgumentError("google.api.http of " + method.full_name() +
                                    ": " + what);
}

absl::StatusOr<HttpRoute> MakeRoute(const MethodDescriptor& method,
                                    const HttpRule& rule) {
  auto [http_method, path] = Pattern(rule);
  if (http_method.empty() || http_method == "*") {
    return Wrong(method, "a binding without an HTTP method");
  }
  absl::StatusOr<PathTemplate> parsed = PathTemplate::Parse(path);
  if (!parsed.ok()) {
    return Wrong(method, std::string(parsed.status().message()));
  }
  HttpRoute route{.http_method = http_method,
                  .path = *std::move(parsed),
                  .method = &method};
  for (const PathTemplate::Variable& variable : route.path.variables()) {
    const FieldDescriptor* field =
        ResolveFieldPath(*method.input_type(), variable.field_path);
    if (field == nullptr) {
      return Wrong(method, "no field '" + variable.field_path + "'");
    }
    if (field->is_repeated() || field->message_type() != nullptr) {
      return Wrong(method, "field '" + variable.field_path +
                               "' in a path must be a single scalar");
    }
  }
  if (rule.body() == "*") {
    route.body_is_request = true;
  } else if (!rule.body().empty()) {
    route.body = method.input_type()->FindFieldByName(rule.body());
    if (route.body == nullptr) {
      return Wrong(method, "no field '" + rule.body() + "' for the body");
    }
    if (route.body->message_type() == nullptr || route.body->is_repeated()) {
      return Wrong(method,
                   "the body '" + rule.body() + "' must be a single message");
    }
  }
  if (!rule.response_body().empty()) {
    route.response_body =
        method.output_type()->FindFieldByName(rule.response_body());
    if (route.response_body == nullptr) {
      return Wrong(method, "no field '" + rule.response_body() +
                               "' for the response body");
    }
  }
  if (method.client_streaming()) {
    route.kind = HttpRoute::Kind::kClientStream;
  } else if (method.server_streaming()) {
    route.kind = IsDownload(*method.output_type())
                     ? HttpRoute::Kind::kDownload
                     : HttpRoute::Kind::kServerStream;
  }
  route.endless = method.options().GetExtension(options::v1::endless);
  if (method.options().HasExtension(options::v1::position)) {
    const auto& option = method.options().GetExtension(options::v1::position);
    HttpRoute::Position position{
        .response = SingleOf(*method.output_type(), option.response_field(),
                             FieldDescriptor::CPPTYPE_INT64),
        .request = SingleOf(*method.input_type(), option.request_field(),
                            FieldDescriptor::CPPTYPE_INT64),
        .follow = SingleOf(*method.input_type(), option.follow_field(),
                           FieldDescriptor::CPPTYPE_BOOL)};
    if (position.response == nullptr || position.request == nullptr ||
        (position.follow == nullptr && !option.follow_field().empty())) {
      return absl::InvalidArgumentError("position of " + method.full_name() +
                                        ": names no single field of its type");
    }
    route.position = position;
  }
  if (method.options().HasExtension(options::v1::upload)) {
    route.upload = UploadOf(method);
    if (!route.upload.has_value()) {
      return absl::InvalidArgumentError("upload of " + method.full_name() +
                                        ": no field takes its bodies");
    }
  }
  return route;
}

}  // namespace

absl::StatusOr<HttpRoutes> HttpRoutes::Make(
    const DescriptorPool& pool, std::span<const std::string> services,
    const HttpRules& rules) {
  HttpRoutes result;
  auto factory =
      std::make_shared<google::protobuf::DynamicMessageFactory>(&pool);
  // What is linked in is faster, and what others of the program expect.
  factory->SetDelegateToGeneratedFactory(true);
  result.factory_ = factory;
  ContractDigests digests;
  const auto add = [&](const MethodDescriptor& method,
                       const HttpRule& rule) -> absl::Status {
    absl::StatusOr<HttpRoute> route = MakeRoute(method, rule);
    if (!route.ok()) return route.status();
    route->request = factory->GetPrototype(method.input_type());
    route->response = factory->GetPrototype(method.output_type());
    route->shape = base::Sha256Hex(digests.Of(*method.output_type()->file()) +
                                   method.output_type()->full_name() + "\n" +
                                   rule.response_body());
    absl::Status added = result.matcher_.Add(route->http_method, route->path,
                                             result.routes_.size());
    if (!added.ok()) return added;
    result.routes_.push_back(*std::move(route));
    return absl::OkStatus();
  };
  for (const std::string& name : services) {
    const ServiceDescriptor* service = pool.FindServiceByName(name);
    if (service == nullptr) {
      return absl::NotFoundError("no service " + name +
                                 " among the descriptors");
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const auto given = rules.find(method.full_name());
      if (given == rules.end() &&
          !method.options().HasExtension(google::api::http)) {
        continue;
      }
      const HttpRule& rule =
          given != rules.end()
              ? given->second
              : method.options().GetExtension(google::api::http);
      if (absl::Status status = add(method, rule); !status.ok()) return status;
      for (const HttpRule& additional : rule.additional_bindings()) {
        if (absl::Status status = add(method, additional); !status.ok()) {
          return status;
        }
      }
    }
  }
  return result;
}

std::string AllowHeader(std::span<const std::string> methods) {
  std::set<std::string> all(methods.begin(), methods.end());
  if (all.contains("GET")) all.insert("HEAD");
  all.insert("OPTIONS");
  std::string out;
  for (const std::string& method : all) {
    if (!out.empty()) out += ", ";
    out += method;
  }
  return out;
}

}  // namespace welfare::gateway
