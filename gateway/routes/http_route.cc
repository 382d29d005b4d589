#include "gateway/routes/http_route.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <map>
#include <set>
#include <utility>

#include "gateway/routes/field_path.h"
#include "google/api/annotations.pb.h"
#include "services/base/coding/sha256.h"

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
    route.kind = HttpRoute::Kind::kStream;
  } else if (method.server_streaming()) {
    route.kind = IsDownload(*method.output_type()) ? HttpRoute::Kind::kDownload
                                                   : HttpRoute::Kind::kStream;
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
