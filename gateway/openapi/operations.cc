#include "gateway/openapi/operations.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "gateway/json/field_value.h"
#include "gateway/openapi/errors.h"
#include "gateway/requests/request_identity.h"
#include "gateway/requests/write_headers.h"
#include "gateway/routes/field_path.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

namespace options = ::welfare::options::v1;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// One of the things that `plural`, a segment of a path, is the list of.
std::string Singular(const std::string& plural) {
  if (plural.size() > 3 && plural.ends_with("ies")) {
    return plural.substr(0, plural.size() - 3) + "y";
  }
  if (plural.size() > 1 && plural.ends_with("s")) {
    return plural.substr(0, plural.size() - 1);
  }
  return plural;
}

const PathTemplate::Variable* VariableAt(const PathTemplate& path,
                                         std::size_t segment) {
  for (const PathTemplate::Variable& variable : path.variables()) {
    if (segment >= variable.begin && segment < variable.end) return &variable;
  }
  return nullptr;
}

bool Refers(const FieldDescriptor& field, options::FieldBehavior behavior) {
  return field.options().GetExtension(options::behavior) == behavior;
}

// What a query may give, by the rules of the request builder: every scalar,
// text and list of them, those of singular messages by dotted names, but not
// what the path or the body gives. Beside a raw body that is all but the field
// which the body becomes.
class QueryFields {
 public:
  struct Field {
    std::string name;  // "asOf.year"
    const FieldDescriptor* field;
    bool beside_raw_alone;  // JSON has it in the body
  };

  explicit QueryFields(const HttpRoute& route) : route_(route) {
    if (!route.body_is_request || route.upload.has_value()) {
      Walk(*route.method->input_type(), "", "", route.body_is_request);
    }
  }
  const std::vector<Field>& fields() const { return fields_; }

 private:
  bool BoundByPath(const std::string& proto_path) const {
    const auto& variables = route_.path.variables();
    return std::any_of(variables.begin(), variables.end(),
                       [&proto_path](const PathTemplate::Variable& variable) {
                         return variable.field_path == proto_path;
                       });
  }

  bool IsUploaded(const FieldDescriptor& field) const {
    return route_.upload.has_value() && route_.upload->path.back() == &field;
  }

  // `in_body`: what a JSON body gives of it, a query does not.
  void Walk(const Descriptor& message, const std::string& prefix,
            const std::string& proto_prefix, bool in_body) {
    if (!within_.insert(&message).second) return;  // a message within itself
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const std::string name = prefix + field.json_name();
      const std::string proto_path = proto_prefix + field.name();
      if (BoundByPath(proto_path) || IsUploaded(field)) continue;
      const bool is_body = &field == route_.body;
      if (is_body && !route_.upload.has_value()) continue;
      const bool in_json = in_body || is_body;
      const Descriptor* inner = field.message_type();
      if (inner == nullptr || (!field.is_map() && IsTextMessage(*inner))) {
        fields_.push_back(
            {.name = name, .field = &field, .beside_raw_alone = in_json});
      } else if (!field.is_repeated() &&
                 inner->well_known_type() ==
                     Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
        Walk(*inner, name + ".", proto_path + ".", in_json);
      }
    }
    within_.erase(&message);
  }

  const HttpRoute& route_;
  std::set<const Descriptor*> within_;
  std::vector<Field> fields_;
};

Json PathParameter(const OpenApiPath::Parameter& parameter,
                   const Comments& comments, const Json& example) {
  std::string description;
  Json out = {{"name", parameter.name}, {"in", "path"}, {"required", true}};
  if (parameter.field != nullptr) {
    const bool alone = parameter.whole == "{" + parameter.name + "}";
    if (!alone) {
      description = "Part of `" + parameter.field->name() + "`, `" +
                    parameter.whole + "`: ";
    }
    description += comments.Of(parameter.field->full_name()).text;
    const std::string summary =
        parameter.field->options().GetExtension(options::field_summary_ja);
    if (!summary.empty()) {
      out["x-summary-ja"] = summary + (alone ? "" : "の一部");
    }
  }
  if (!description.empty()) out["description"] = description;
  out["schema"] = {{"type", "string"}};
  if (!parameter.open) out["schema"]["pattern"] = "^[^/]+$";
  if (example.contains(parameter.name)) {
    out["example"] = example[parameter.name];
  }
  return out;
}

Json QueryParameter(const QueryFields::Field& query, const Comments& comments,
                    const Json& example, Schemas& schemas) {
  const FieldDescriptor& field = *query.field;
  Json out = {{"name", query.name}, {"in", "query"}};
  const bool nested = query.name.find('.') != query.name.npos;
  if (!nested && !query.beside_raw_alone &&
      Refers(field, options::FIELD_BEHAVIOR_REQUIRED)) {
    out["required"] = true;
  }
  const std::string summary =
      field.options().GetExtension(options::field_summary_ja);
  if (!summary.empty()) out["x-summary-ja"] = summary;
  std::string said = comments.Of(field.full_name()).text;
  if (query.beside_raw_alone) {
    said = "Beside a file alone; a JSON body holds it." +
           (said.empty() ? "" : " " + said);
  }
  if (!said.empty()) out["description"] = std::move(said);
  out["schema"] = schemas.OfField(field, Use::kSent);
  if (field.name() == "page_size") out["schema"]["minimum"] = 0;
  if (field.is_repeated()) {
    // The key comes again for each element; commas are not separators.
    out["style"] = "form";
    out["explode"] = true;
  }
  if (example.contains(query.name)) out["example"] = example[query.name];
  return out;
}

// Who may call, in a sentence.
std::string AccessSentence(const options::MethodPolicy& policy) {
  if (policy.audience() == options::AUDIENCE_PUBLIC) {
    return "Public: answered without credentials.";
  }
  if (policy.audience() != options::AUDIENCE_ROLES) return "";
  std::string roles;
  for (int i = 0; i < policy.roles_size(); ++i) {
    if (i != 0) roles += i + 1 == policy.roles_size() ? " or " : ", ";
    roles += "`" + policy.roles(i) + "`";
  }
  std::string sentence = "Needs the role " + roles;
  if (!policy.resource_field().empty()) {
    sentence += ", granted for the survey of `" + policy.resource_field() +
                "` or for all";
  }
  return sentence + ".";
}

Json SecurityOf(const options::MethodPolicy& policy) {
  Json ways = Json::array();
  if (policy.audience() == options::AUDIENCE_PUBLIC) {
    ways.push_back(Json::object());
  }
  for (const char* scheme : {"token", "apiKey", "certificate"}) {
    ways.push_back({{scheme, Json::array()}});
  }
  return ways;
}

// The file itself as the body, beside the other ways to send it.
void AddUpload(const HttpRoute& route, Json& body) {
  const HttpRoute::Upload& upload = *route.upload;
  std::string field;
  for (const FieldDescriptor* part : upload.path) {
    if (!field.empty()) field.push_back('.');
    field += part->json_name();
  }
  std::string said = body.value("description", "As JSON.");
  said += " Or the file itself, by its type, which is then `" + field +
          "`: what else there is to say stands in the query.";
  if (upload.max_bytes != 0) {
    said += " It has at most " + std::to_string(upload.max_bytes) + " bytes.";
  }
  body["description"] = std::move(said);
  Json schema = {{"type", "string"}};
  if (upload.path.back()->type() == FieldDescriptor::TYPE_BYTES) {
    schema["format"] = "binary";
  }
  for (const std::string& type : upload.content_types) {
    body["content"][type]["schema"] = schema;
  }
}

Json RequestBodyOf(const HttpRoute& route, Schemas& schemas) {
  const Descriptor& input = *route.method->input_type();
  Json out = Json::object();
  if (route.method->client_streaming()) {
    out["description"] = "One message a line.";
    out["required"] = true;
    out["content"]["application/x-ndjson"]["schema"] =
        schemas.OfMessage(input, Use::kSent);
    if (route.upload.has_value()) AddUpload(route, out);
    return out;
  }
  if (route.body_is_request) {
    bool required = false;
    for (int i = 0; i < input.field_count(); ++i) {
      const auto& variables = route.path.variables();
      required |=
          Refers(*input.field(i), options::FIELD_BEHAVIOR_REQUIRED) &&
          std::none_of(variables.begin(), variables.end(),
                       [&](const PathTemplate::Variable& variable) {
                         return variable.field_path == input.field(i)->name();
                       });
    }
    if (required) out["required"] = true;
    out["content"]["application/json"]["schema"] =
        schemas.OfMessage(input, Use::kSent);
  } else if (route.body != nullptr) {
    if (Refers(*route.body, options::FIELD_BEHAVIOR_REQUIRED)) {
      out["required"] = true;
    }
    const Use use = route.http_method == "PATCH" ? Use::kPatched : Use::kSent;
    out["content"]["application/json"]["schema"] =
        schemas.OfMessage(*route.body->message_type(), use);
  }
  if (route.upload.has_value()) AddUpload(route, out);
  return out;
}

// A stream over HTTP: a line for each message, one for an error after them,
// and one at the end.
Json StreamLine(Json message) {
  return {
      {"oneOf",
       {{{"type", "object"},
         {"properties", {{"result", std::move(message)}}},
         {"required", Json::array({"result"})}},
        SchemaReference("Error"),
        {{"type", "object"},
         {"properties",
          {{"end",
            {{"type", "object"},
             {"properties", {{"count", {{"type", "integer"}, {"minimum", 0}}}}},
             {"required", Json::array({"count"})}}}}},
         {"required", Json::array({"end"})}}}}};
}

Json ParameterReference(const std::string& name) {
  return {{"$ref", "#/components/parameters/" + name}};
}

Json HeaderReferenceOf(const std::string& name) {
  return {{"$ref", "#/components/headers/" + name}};
}

bool Reads(const HttpRoute& route) { return route.http_method == "GET"; }

// What headers say of one message says nothing of a stream of them.
bool Compares(const HttpRoute& route) {
  return !Reads(route) && !route.method->client_streaming() &&
         ComparesEtag(route);
}

bool Remembers(const HttpRoute& route) {
  return !Reads(route) && !route.method->client_streaming() &&
         RequestIdField(*route.method->input_type()) != 0;
}

// Where a download begins is said by a header (OFFSET_BY_RANGE).
bool IsSaidByRange(const HttpRoute& route, const QueryFields::Field& field) {
  return route.kind == HttpRoute::Kind::kDownload && field.name == "offset";
}

// What the gateway itself understands of a request of that route, unless the
// request has a field of the name.
void AddOwnParameters(const HttpRoute& route, Json& parameters) {
  const Descriptor& input = *route.method->input_type();
  if (route.kind != HttpRoute::Kind::kDownload) {
    if (input.FindFieldByName("fields_case") == nullptr) {
      parameters.push_back(ParameterReference("fieldsCase"));
    }
    if (input.FindFieldByName("fields") == nullptr) {
      parameters.push_back(ParameterReference("fields"));
    }
  }
  if (Reads(route)) {
    parameters.push_back(ParameterReference("ifNoneMatch"));
  } else if (Compares(route)) {
    parameters.push_back(ParameterReference("ifMatch"));
  }
  if (Remembers(route)) {
    parameters.push_back(ParameterReference("idempotencyKey"));
  }
  if (route.kind == HttpRoute::Kind::kDownload) {
    parameters.push_back(ParameterReference("range"));
  }
}

Json AnswerOf(const HttpRoute& route, const Json& example, Schemas& schemas) {
  const Descriptor& output = *route.method->output_type();
  Json out;
  out["description"] = "OK";
  out["headers"]["x-request-id"] = HeaderReferenceOf("RequestId");
  if (Reads(route)) out["headers"]["etag"] = HeaderReferenceOf("ETag");
  if (route.kind == HttpRoute::Kind::kDownload) {
    out["description"] =
        "The file, with its name in `content-disposition`. A failure after its "
        "first bytes breaks the transfer off.";
    out["content"]["*/*"]["schema"] = {{"type", "string"},
                                       {"format", "binary"}};
    return out;
  }
  Json message = route.response_body != nullptr
                     ? schemas.OfField(*route.response_body, Use::kAnswered)
                     : schemas.OfMessage(output, Use::kAnswered);
  if (route.method->server_streaming()) {
    out["description"] =
        "One JSON object a line, of which `end` is the last; as events on "
        "`Accept: text/event-stream`.";
    out["content"]["application/x-ndjson"]["schema"] =
        StreamLine(std::move(message));
    out["content"]["text/event-stream"]["schema"] = {{"type", "string"}};
    return out;
  }
  Json& json = out["content"]["application/json"];
  json["schema"] = std::move(message);
  if (example.contains("answer")) {
    json["examples"]["demonstration"] = {
        {"summary",
         "架空データでの応答。Answered by the demonstration, whose answers are "
         "synthetic; of longer lists two elements are shown."},
        {"value", example["answer"]}};
  }
  return out;
}

Json ResponsesOf(const HttpRoute& route, const options::MethodPolicy& policy,
                 const Comment& comment, const Json& example,
                 Schemas& schemas) {
  Json out;
  out["200"] = AnswerOf(route, example, schemas);
  if (route.kind == HttpRoute::Kind::kDownload) {
    out["206"] = out["200"];
    out["206"]["description"] = "The part of the file that `Range` asked for.";
  }
  std::vector<ListedError> listed = comment.errors;
  if (policy.audience() == options::AUDIENCE_ROLES) {
    listed.push_back(RoleMissing());
  }
  std::map<std::string, Json> errors = ErrorResponses(listed);
  if (Reads(route)) errors.emplace("304", ResponseReference("NotModified"));
  if (Compares(route)) {
    errors.emplace("412", ResponseReference("PreconditionFailed"));
  }
  if (Remembers(route)) {
    errors.emplace("422", ResponseReference("KeyReused"));
  }
  if (route.kind == HttpRoute::Kind::kDownload) {
    errors.emplace("416", ResponseReference("RangeNotSatisfiable"));
  }
  errors.emplace("401", ResponseReference("Unauthenticated"));
  for (auto& [status, response] : errors) out[status] = std::move(response);
  out["default"] = ResponseReference("Failure");
  return out;
}

}  // namespace

OpenApiPath ToOpenApiPath(const HttpRoute& route) {
  OpenApiPath out;
  std::set<std::string> taken;
  const auto& segments = route.path.segments();
  std::string before;  // the literal in front of the segment
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const PathTemplate::Segment& segment = segments[i];
    out.text.push_back('/');
    if (segment.kind == PathTemplate::Segment::Kind::kLiteral) {
      out.text += segment.literal;
      before = segment.literal;
      continue;
    }
    OpenApiPath::Parameter parameter;
    parameter.open = segment.kind == PathTemplate::Segment::Kind::kDoubleStar;
    const PathTemplate::Variable* variable = VariableAt(route.path, i);
    if (variable != nullptr) {
      parameter.field =
          ResolveFieldPath(*route.method->input_type(), variable->field_path);
    }
    if (variable != nullptr && variable->end - variable->begin == 1 &&
        parameter.field != nullptr) {
      parameter.name = parameter.field->json_name();
    } else {
      parameter.name = before.empty() ? "segment" : Singular(before);
    }
    const std::string plain = parameter.name;
    for (int count = 2; !taken.insert(parameter.name).second; ++count) {
      parameter.name = plain + std::to_string(count);
    }
    out.text += "{" + parameter.name + "}";
    out.parameters.push_back(std::move(parameter));
  }
  if (!route.path.verb().empty()) out.text += ":" + route.path.verb();
  // The value of a variable is the part of the path that it covers.
  std::size_t next = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].kind == PathTemplate::Segment::Kind::kLiteral) continue;
    OpenApiPath::Parameter& parameter = out.parameters[next++];
    const PathTemplate::Variable* variable = VariableAt(route.path, i);
    if (variable == nullptr) continue;
    std::size_t inner = next - 1;
    for (std::size_t j = i; j > variable->begin; --j) {
      if (segments[j - 1].kind != PathTemplate::Segment::Kind::kLiteral) {
        --inner;
      }
    }
    for (std::size_t j = variable->begin; j < variable->end; ++j) {
      if (!parameter.whole.empty()) parameter.whole.push_back('/');
      if (segments[j].kind == PathTemplate::Segment::Kind::kLiteral) {
        parameter.whole += segments[j].literal;
      } else {
        parameter.whole += "{" + out.parameters[inner++].name + "}";
      }
    }
  }
  return out;
}

std::string ServiceTag(const google::protobuf::ServiceDescriptor& service) {
  const std::string& full_name = service.full_name();
  if (full_name.starts_with("welfare.")) return service.name();
  std::string tag = full_name;
  std::replace(tag.begin(), tag.end(), '.', '_');
  return tag;
}

std::string OperationId(const HttpRoute& route, int binding) {
  std::string id =
      ServiceTag(*route.method->service()) + "_" + route.method->name();
  if (binding > 0) id += "_" + std::to_string(binding + 1);
  return id;
}

Json Operation(const HttpRoute& route, const std::string& operation_id,
               const Comments& comments, const Json& example,
               Schemas& schemas) {
  const MethodDescriptor& method = *route.method;
  const options::MethodPolicy& policy =
      method.options().GetExtension(options::policy);
  const Comment& comment = comments.Of(method.full_name());
  Json out;
  out["tags"] = Json::array({ServiceTag(*method.service())});
  std::string summary =
      method.options().GetExtension(options::method_summary_ja);
  if (summary.empty()) summary = FirstSentence(comment.text);
  if (summary.empty()) summary = method.name();
  out["summary"] = std::move(summary);
  std::string description = comment.text;
  for (const std::string& sentence :
       {AccessSentence(policy),
        std::string(policy.personal()
                        ? "Shows personal data or named answers: each call is "
                          "recorded in the audit log."
                        : "")}) {
    if (sentence.empty()) continue;
    if (!description.empty()) description += "\n\n";
    description += sentence;
  }
  if (!description.empty()) out["description"] = std::move(description);
  out["operationId"] = operation_id;
  out["x-grpc-method"] = method.service()->full_name() + "/" + method.name();
  if (policy.audience() == options::AUDIENCE_ROLES) {
    for (const std::string& role : policy.roles()) {
      out["x-roles"].push_back(role);
    }
  }
  Json parameters = Json::array();
  const Json path_example = example.value("path", Json::object());
  for (const auto& parameter : ToOpenApiPath(route).parameters) {
    parameters.push_back(PathParameter(parameter, comments, path_example));
  }
  const Json query_example = example.value("query", Json::object());
  const QueryFields query_fields(route);
  for (const QueryFields::Field& field : query_fields.fields()) {
    if (IsSaidByRange(route, field)) continue;
    parameters.push_back(
        QueryParameter(field, comments, query_example, schemas));
  }
  AddOwnParameters(route, parameters);
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (Json body = RequestBodyOf(route, schemas); !body.empty()) {
    out["requestBody"] = std::move(body);
  }
  out["responses"] = ResponsesOf(route, policy, comment, example, schemas);
  out["security"] = SecurityOf(policy);
  return out;
}

Json SharedParameters() {
  return {{"fieldsCase",
           {{"name", "fields_case"},
            {"in", "query"},
            {"x-summary-ja", "応答の項目名の書き方"},
            {"description",
             "How fields of the answer are spelled: `camel`, as here, or "
             "`snake`, as in the protos."},
            {"schema",
             {{"type", "string"},
              {"enum", {"camel", "snake"}},
              {"default", "camel"}}}}},
          {"fields",
           {{"name", "fields"},
            {"in", "query"},
            {"x-summary-ja", "応答に含める項目"},
            {"description",
             "What of the answer is written: paths of fields with commas "
             "between them, `version,entries.municipality`. The schema then "
             "requires more than there is."},
            {"schema", {{"type", "string"}}}}},
          {"ifNoneMatch",
           {{"name", "If-None-Match"},
            {"in", "header"},
            {"x-summary-ja", "すでに持っている応答の etag"},
            {"description",
             "The `etag` of the answer that the caller has: 304 while it is "
             "the same."},
            {"schema", {{"type", "string"}}}}},
          {"ifMatch",
           {{"name", "If-Match"},
            {"in", "header"},
            {"x-summary-ja", "変更するリソースの etag"},
            {"description",
             "The `etag` of what is changed, that of its GET or its field: 412 "
             "where somebody has written in between."},
            {"schema", {{"type", "string"}}}}},
          {"range",
           {{"name", "Range"},
            {"in", "header"},
            {"x-summary-ja", "ファイルの範囲（再開用）"},
            {"description",
             "One range of bytes, `bytes=1000-`, to resume a transfer that "
             "broke off; with `If-Range` and the `etag` only while it is the "
             "same file."},
            {"schema", {{"type", "string"}}}}},
          {"idempotencyKey",
           {{"name", "Idempotency-Key"},
            {"in", "header"},
            {"x-summary-ja", "要求の識別子（UUID）"},
            {"description",
             "A UUID; it is the request's `requestId`: repeated, the request "
             "is answered as the first time."},
            {"schema", {{"type", "string"}}}}}};
}

}  // namespace welfare::gateway
