#include "gateway/requests/request_builder.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/error_table.h"
#include "gateway/json/field_value.h"
#include "gateway/json/json_reader.h"
#include "gateway/requests/call_headers.h"
#include "gateway/routes/field_path.h"
#include "gateway/routes/text.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// More parameters than any request of the product needs, few enough to refuse
// a flood before work is done on it.
constexpr std::size_t kMaxParameters = 256;

// How the body is called where it as a whole is wrong.
constexpr std::string_view kWholeBody = "body";

struct Parameter {
  std::string name;
  std::string value;
};

std::optional<std::vector<Parameter>> ParseQuery(std::string_view query) {
  std::vector<Parameter> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = static_cast<std::size_t>(
        std::find(pair.begin(), pair.end(), '=') - pair.begin());
    auto name = PercentDecode(pair.substr(0, equals), PercentDecoding::kQuery);
    auto value = PercentDecode(pair.substr(std::min(equals + 1, pair.size())),
                               PercentDecoding::kQuery);
    if (!name || !value || parameters.size() == kMaxParameters) {
      return std::nullopt;
    }
    parameters.push_back(
        {.name = *std::move(name), .value = *std::move(value)});
  }
  return parameters;
}

class Builder {
 public:
  Builder(const HttpRoute& route, const HttpRequestParts& parts,
          Message& request, JsonWriterOptions& json)
      : route_(route), parts_(parts), request_(request), json_(json) {}

  std::optional<Failure> Run() {
    if (std::optional<Failure> failure = ReadBody()) return failure;
    if (std::optional<Failure> failure = ReadQuery()) return failure;
    CheckMask();
    BindPath();
    if (!violations_.empty()) {
      return InvalidRequest(std::move(violations_), parts_.language);
    }
    return std::nullopt;
  }

 private:
  void Violate(std::string_view field, const base::ViolationRow& row,
               const base::ErrorWords& words = {}) {
    Note(field, base::MakeViolation(row, "", words));
  }
  void Note(std::string_view field, base::Violation violation) {
    if (violations_.size() >= kMaxViolations) return;
    violation.field = CutUtf8(field, 128);
    violations_.push_back(std::move(violation));
  }

  std::optional<Failure> ReadBody() {
    if (parts_.form == BodyForm::kRaw) {
      ReadRaw();
      return std::nullopt;
    }
    // Where no body is mapped its message has no fields: it may be empty, and
    // what it gives is not dropped but named.
    google::protobuf::Empty nothing;
    const bool mapped = route_.body_is_request || route_.body != nullptr;
    Message* target = mapped ? &request_ : &nothing;
    if (route_.body != nullptr) {
      target = request_.GetReflection()->MutableMessage(&request_, route_.body);
    }
    if (parts_.body.empty()) return std::nullopt;
    if (parts_.form == BodyForm::kJson &&
        !IsMediaType(parts_.content_type, "application/json")) {
      return UnsupportedMediaType(
          parts_.content_type,
          TakenTypes(route_, "application/json; charset=utf-8"));
    }
    JsonReport report =
        ReadJson(parts_.body, route_.body != nullptr ? route_.body->name() : "",
                 *target);
    if (report.unreadable) return MalformedJson(*report.unreadable);
    if (report.too_many_values) return TooManyFields(kMaxJsonValues);
    if (!mapped) {
      for (const base::Violation& violation : report.violations) {
        if (violation.field.empty()) {
          // It is no object, so that none of its fields can be named.
          Violate(kWholeBody, FaultRow("BODY_MISPLACED"));
        } else {
          Violate(violation.field, FaultRow("FIELD_MISPLACED"));
        }
      }
      return std::nullopt;
    }
    for (base::Violation& violation : report.violations) {
      // A member without a name is an unknown field of the body.
      const bool whole =
          violation.field.empty() && violation.reason == "FIELD_TYPE";
      if (whole) violation.field = kWholeBody;
    }
    violations_ = std::move(report.violations);
    body_paths_ = std::move(report.leaf_paths);
    given_.insert(body_paths_.begin(), body_paths_.end());
    return std::nullopt;
  }

  void ReadRaw() {
    std::string path;
    for (const FieldDescriptor* field : route_.upload->path) {
      if (!path.empty()) path.push_back('.');
      path += field->name();
    }
    given_.insert(path);
    const bool text =
        route_.upload->path.back()->type() == FieldDescriptor::TYPE_STRING;
    if (text && !IsUtf8(parts_.body)) {
      return Violate(path, FaultRow("TEXT_ENCODING"));
    }
    if (text && parts_.body.find('\0') != std::string_view::npos) {
      return Violate(path, FaultRow("NUL_CHARACTER"));
    }
    SetUpload(route_, std::string(parts_.body), request_);
  }

  std::optional<Failure> ReadQuery() {
    const auto parameters = ParseQuery(parts_.query);
    if (!parameters) return MalformedQuery();
    for (const Parameter& parameter : *parameters) {
      ReadParameter(parameter.name, parameter.value);
    }
    return std::nullopt;
  }

  void ReadParameter(const std::string& name, const std::string& value) {
    if (name == "fields_case" &&
        request_.GetDescriptor()->FindFieldByName(name) == nullptr) {
      if (value == "snake") {
        json_.field_case = JsonFieldCase::kSnake;
      } else if (value == "camel") {
        json_.field_case = JsonFieldCase::kLowerCamel;
      } else {
        Violate(name, FaultRow("PARAMETER_CASE"));
      }
      return;
    }
    if (name == "fields" && route_.kind != HttpRoute::Kind::kDownload &&
        request_.GetDescriptor()->FindFieldByName(name) == nullptr) {
      return SelectFields(value);
    }
    const FieldDescriptor* leaf =
        ResolveFieldPath(*request_.GetDescriptor(), name);
    if (leaf == nullptr) {
      return Violate(name, FaultRow("PARAMETER_UNKNOWN"));
    }
    const bool raw = parts_.form == BodyForm::kRaw;
    if (route_.body_is_request && !raw) {
      return Violate(name, FaultRow("PARAMETER_MISPLACED"));
    }
    // Walk to the message that holds the leaf, noting the proto path.
    Message* holder = &request_;
    std::string path;
    std::string_view rest = name;
    while (true) {
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      const FieldDescriptor* field =
          FindField(*holder->GetDescriptor(), rest.substr(0, dot));
      if (!path.empty()) path.push_back('.');
      path.append(field->name());
      if (field == route_.body && !raw) {
        return Violate(name, FaultRow("PARAMETER_MISPLACED"));
      }
      if (dot == rest.size()) break;
      rest.remove_prefix(dot + 1);
      holder = holder->GetReflection()->MutableMessage(holder, field);
    }
    if (leaf->is_map() || (leaf->message_type() != nullptr &&
                           !IsTextMessage(*leaf->message_type()))) {
      return Violate(name, FaultRow("PARAMETER_OBJECT"),
                     {{"name", CutUtf8(name, 128)}});
    }
    if (!leaf->is_repeated() && !given_.insert(path).second) {
      return Violate(name, FaultRow("FIELD_REPEATED"));
    }
    if (const auto* oneof = leaf->real_containing_oneof();
        oneof != nullptr && holder->GetReflection()->HasOneof(*holder, oneof)) {
      return Violate(name, FaultRow("FIELD_EXCLUDED"),
                     {{"other", holder->GetReflection()
                                    ->GetOneofFieldDescriptor(*holder, oneof)
                                    ->name()}});
    }
    if (Fault fault = AssignText(*holder, *leaf, value, TextOrigin::kUrl)) {
      Note(name, *std::move(fault));
    }
  }

  void SelectFields(std::string_view list) {
    const Descriptor* answer = route_.response_body == nullptr
                                   ? route_.method->output_type()
                                   : route_.response_body->message_type();
    auto selection = json_.fields == nullptr
                         ? std::make_shared<FieldSelection>()
                         : std::make_shared<FieldSelection>(*json_.fields);
    while (true) {
      const std::size_t comma = std::min(list.find(','), list.size());
      const std::string_view path = list.substr(0, comma);
      if (path.empty() || ++selected_ > FieldSelection::kMaxPaths) {
        return Violate("fields", FaultRow("MASK_FORMAT"));
      }
      if (answer == nullptr || !selection->Add(*answer, path)) {
        return Violate(
            "fields", FaultRow("MASK_PATH_UNKNOWN"),
            {{"path", CutUtf8(path, 64)},
             {"type", answer == nullptr ? route_.response_body->name()
                                        : answer->name()}});
      }
      if (comma == list.size()) break;
      list.remove_prefix(comma + 1);
    }
    json_.fields = std::move(selection);
  }

  // Path variables come last, so that a conflict with the body or the query
  // is seen and nothing can override them.
  void BindPath() {
    for (const PathMatch::Binding& binding : parts_.bindings) {
      Message* holder = &request_;
      std::string_view rest = binding.field_path;
      const FieldDescriptor* field = nullptr;
      while (true) {
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        field = FindField(*holder->GetDescriptor(), rest.substr(0, dot));
        if (dot == rest.size()) break;
        rest.remove_prefix(dot + 1);
        holder = holder->GetReflection()->MutableMessage(holder, field);
      }
      const bool given = given_.contains(binding.field_path);
      std::string before;
      if (given) WriteJsonField(*holder, *field, {}, before);
      if (Fault fault =
              AssignText(*holder, *field, binding.value, TextOrigin::kUrl)) {
        Note(binding.field_path, *std::move(fault));
        continue;
      }
      if (!given) continue;
      std::string after;
      WriteJsonField(*holder, *field, {}, after);
      if (before != after) {
        Violate(binding.field_path, FaultRow("PATH_CONTRADICTED"),
                {{"value", after}});
      }
    }
  }

  void CheckMask() {
    if (route_.body == nullptr) return;
    const FieldDescriptor* mask =
        request_.GetDescriptor()->FindFieldByName("update_mask");
    if (mask == nullptr || mask->is_repeated() ||
        mask->message_type() == nullptr ||
        mask->message_type()->well_known_type() !=
            Descriptor::WELLKNOWNTYPE_FIELDMASK) {
      return;
    }
    const FieldDescriptor* paths = mask->message_type()->FindFieldByNumber(1);
    const Reflection& reflection = *request_.GetReflection();
    if (reflection.HasField(request_, mask)) {
      const Message& value = reflection.GetMessage(request_, mask);
      for (int i = 0; i < value.GetReflection()->FieldSize(value, paths); ++i) {
        const std::string path =
            value.GetReflection()->GetRepeatedString(value, paths, i);
        if (path != "*" &&
            ResolveFieldPath(*route_.body->message_type(), path) == nullptr) {
          Violate("update_mask", FaultRow("MASK_PATH_UNKNOWN"),
                  {{"path", CutUtf8(path, 64)},
                   {"type", route_.body->message_type()->name()}});
        }
      }
      return;
    }
    if (route_.http_method != "PATCH") return;
    const std::size_t prefix = route_.body->name().size() + 1;
    std::set<std::string> named;
    for (const std::string& path : body_paths_) {
      // What names the resource is given by the path and never updated.
      if (path.size() <= prefix || IsBound(path)) continue;
      const std::string changed = PathOfChange(path.substr(prefix));
      if (changed.empty() || !named.insert(changed).second) continue;
      Message* value = reflection.MutableMessage(&request_, mask);
      value->GetReflection()->AddString(value, paths, changed);
    }
  }

  // What giving the leaf `path` of the resource means to change: nothing where
  // a service would not take it (a resource is sent back as it was read, with
  // what only the service sets and its etag), and the whole of a value, of
  // which a part alone means nothing (a date).
  std::string PathOfChange(std::string_view path) const {
    const Descriptor* holder = route_.body->message_type();
    std::string changed;
    while (holder != nullptr) {
      const std::size_t dot = std::min(path.find('.'), path.size());
      const FieldDescriptor* field = FindField(*holder, path.substr(0, dot));
      if (field == nullptr) return changed;
      const auto behavior =
          field->options().GetExtension(::welfare::options::v1::behavior);
      if (behavior == ::welfare::options::v1::FIELD_BEHAVIOR_OUTPUT_ONLY ||
          behavior == ::welfare::options::v1::FIELD_BEHAVIOR_IDENTIFIER ||
          (changed.empty() && field->name() == "etag")) {
        return "";
      }
      if (!changed.empty()) changed.push_back('.');
      changed += field->name();
      if (dot == path.size()) break;
      path.remove_prefix(dot + 1);
      holder = field->message_type();
      if (holder != nullptr && holder->file()->package() == "google.type") {
        break;
      }
    }
    return changed;
  }

  bool IsBound(const std::string& path) const {
    return std::any_of(parts_.bindings.begin(), parts_.bindings.end(),
                       [&path](const PathMatch::Binding& binding) {
                         return binding.field_path == path;
                       });
  }

  const HttpRoute& route_;
  const HttpRequestParts& parts_;
  Message& request_;
  JsonWriterOptions& json_;
  std::size_t selected_ = 0;  // paths of `fields`
  std::vector<base::Violation> violations_;
  std::vector<std::string> body_paths_;
  // Proto paths of the singular leaves given by the body and the query.
  std::set<std::string, std::less<>> given_;
};

}  // namespace

void SetUpload(const HttpRoute& route, std::string bytes, Message& request) {
  Message* holder = &request;
  for (const FieldDescriptor* field : route.upload->path) {
    const Reflection& reflection = *holder->GetReflection();
    if (field->message_type() != nullptr) {
      holder = reflection.MutableMessage(holder, field);
    } else {
      reflection.SetString(holder, field, std::move(bytes));
    }
  }
}

bool IsUpload(const HttpRoute& route, std::string_view content_type) {
  if (!route.upload.has_value()) return false;
  const auto& types = route.upload->content_types;
  return std::any_of(types.begin(), types.end(),
                     [content_type](const std::string& type) {
                       return IsMediaType(content_type, type);
                     });
}

std::string TakenTypes(const HttpRoute& route, std::string_view otherwise) {
  std::string types(otherwise);
  if (!route.upload.has_value()) return types;
  for (const std::string& type : route.upload->content_types) {
    types += ", " + type;
  }
  return types;
}

std::optional<Failure> BuildRequest(const HttpRoute& route,
                                    const HttpRequestParts& parts,
                                    Message& request, JsonWriterOptions& json) {
  return Builder(route, parts, request, json).Run();
}

}  // namespace welfare::gateway
