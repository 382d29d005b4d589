#include "tests/access/roles/cell_request.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "services/base/coding/sha256.h"
#include "tests/access/roles/any_call.h"
#include "tests/access/roles/policy_table.h"
#include "welfare/options/v1/options.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// What the request names. "None" is what is not there.
std::string ResourceOf(std::string_view method, bool none,
                       const std::string& who) {
  const auto has = [&](std::string_view word) {
    return method.find(word) != std::string_view::npos;
  };
  const std::string year = none ? "2030" : "2025";
  if (method.starts_with("registry.")) {
    if (has("Timeline")) return "programs/jusou/timeline";
    if (has("Roster")) return "programs/jusou/rosters/" + year;
    if (has("Program")) return none ? "programs/none" : "programs/jusou";
    if (has("Status")) return none ? "programs/none" : "programs/jusou";
    if (has("Lineage")) return "lineageEvents/none";
    return none ? "municipalities/011002" : "municipalities/131016";
  }
  const std::string survey = std::string("surveys/") + kSurvey;
  if (has("GetReport") || has("DownloadReport") || has("PublishReport") ||
      has("ListReportChanges") || has("VerifyReport") ||
      has("WithdrawReport")) {
    return std::string("reports/") + kSurvey +
           (none ? "-2025-9999" : "-2025-0001");
  }
  if (has("FeedbackSheet")) {
    const std::string report = std::string("reports/") + kSurvey +
                               (none ? "-2025-9999" : "-2025-0001");
    return has("Sheets") ? report : report + "/feedbackSheets/" + who;
  }
  if (has("ListCodebooks") || has("ListRounds") || has("ImportCodebook") ||
      has("ImportMapping") || has("ListMappings") || has("CreateRound") || has("ListIndicators")) {
    return survey;
  }
  if (has("Codebook") || has("CheckDefinitions") || has("CheckTemplates")) {
    return survey + "/codebooks/" + (none ? "none" : "1");
  }
  if (has("GetMapping")) {
    return none ? survey + "/mappings/0000000000000001"
                : MappingNameOf(kSurvey);
  }
  if (has("GetIndicator") || has("Explain")) {
    return survey + "/indicators/" + (none ? "none" : "cats") +
           (has("Value") ? "/values/" + year : "");
  }
  const std::string round = survey + "/rounds/" + year;
  if (has("TemplateRevision")) {
    return round + "/templates/" + kSurvey +
           (has("GetTemplate") ? "/revisions/current" : "");
  }
  if (has("Excerpt") && !has("CreateExcerpt") && !has("ListExcerpt")) {
    return round + "/excerpts/quote-1";
  }
  const bool submission =
      NamesASubmission(std::string(method)) && !has("CreateSubmission");
  return submission ? round + "/submissions/" + who : round;
}

// The message that holds the last field of the path "submission.name", made
// where it is not there; null where there is none.
Message* Holder(Message& message, std::string& path) {
  Message* holder = &message;
  for (std::size_t dot; (dot = path.find('.')) != std::string::npos;
       path.erase(0, dot + 1)) {
    const FieldDescriptor* field =
        holder->GetDescriptor()->FindFieldByName(path.substr(0, dot));
    if (field == nullptr) return nullptr;
    holder = holder->GetReflection()->MutableMessage(holder, field);
  }
  return holder;
}

void SetPath(Message& message, std::string path, const std::string& value) {
  Message* holder = Holder(message, path);
  if (holder != nullptr) SetField(*holder, path, value);
}

constexpr char kColumns[] =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
    "other_text,absence\n";

constexpr std::string_view kFromVersion = "from version 1";

// Where a request has these fields, it is asked once more so.
struct Variant {
  std::string_view name;
  std::vector<std::pair<const char*, const char*>> fields;
};

const std::vector<Variant>& Variants() {
  static const std::vector<Variant> variants = {
      {"one a page", {{"page_size", "1"}}},
      {"whole", {{"full", "true"}}},
      {"at version 1", {{"data_version", "1"}}},
      {"at revision 1", {{"revision", "1"}}},
      {kFromVersion, {{"min_version", "1"}}},
      {"of councils", {{"respondent_kind", "2"}, {"full", "true"}}},
      {"in a state", {{"state", "2"}, {"full", "true"}}},
      {"with its history", {{"include_facts", "true"}}},
      {"final", {{"basis", "2"}}},
      {"dry", {{"validate_only", "true"}, {"request_id", ""}}},
      {"as a table", {{"format", "csv"}}},
  };
  return variants;
}

}  // namespace

std::string MappingTextOf(const std::string& survey) {
  return "survey: " + survey +
         "\ncodebook: \"1\"\nitems:\n  - {from: old_cats, to: cats}\n";
}

std::string MappingNameOf(const std::string& survey) {
  constexpr std::size_t kIdDigits = 16;
  return "surveys/" + survey + "/mappings/" +
         base::Sha256Hex(MappingTextOf(survey)).substr(0, kIdDigits);
}

bool NamesASubmission(const std::string& method) {
  return method.find("Submission") != std::string::npos &&
         method.find("Import") == std::string::npos &&
         method != "survey.ListSubmissions";
}

bool SetField(Message& message, const std::string& name,
              const std::string& value) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return false;
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->is_repeated()) {
        reflection->AddString(&message, field, value);
      } else {
        reflection->SetString(&message, field, value);
      }
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(&message, field, value == "true");
      return true;
    case FieldDescriptor::CPPTYPE_INT32:
      reflection->SetInt32(&message, field, std::stoi(value));
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection->SetInt64(&message, field, std::stoi(value));
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection->SetEnumValue(&message, field, std::stoi(value));
      return true;
    default:
      return false;
  }
}

std::unique_ptr<Message> MakeRequest(const std::string& name,
                                     const std::string& relation,
                                     const std::string& who) {
  const MethodDescriptor* method = FindMethod(name);
  EXPECT_NE(method, nullptr) << name;
  std::unique_ptr<Message> request = MakeMessage(*method->input_type());
  const options::v1::MethodPolicy& policy =
      method->options().GetExtension(options::v1::policy);
  const std::string resource = ResourceOf(name, relation == "none", who);
  // What the registry's methods name is no survey's, so their policies do not
  // say where it stands.
  for (const std::string& path :
       {policy.resource_field(), std::string("name"), std::string("parent"),
        std::string("names")}) {
    std::string field = path;
    const Message* holder = field.empty() ? nullptr : Holder(*request, field);
    if (holder == nullptr ||
        holder->GetDescriptor()->FindFieldByName(field) == nullptr) {
      continue;
    }
    SetPath(*request, path, resource);
    break;
  }
  SetField(*request, "base", resource);
  SetField(*request, "cell", "total");
  SetField(*request, "format", "html");
  SetField(*request, "old_size", "0");
  SetField(*request, "text", "千代田区");
  for (const char* year : {"fiscal_year", "boundaries_fiscal_year"}) {
    SetField(*request, year, "2025");
  }
  if (auto* file =
          dynamic_cast<survey::v1::ImportSubmissionsRequest*>(request.get())) {
    file->set_validate_only(true);
    std::string csv = kColumns;
    if (relation != "none") {
      csv += std::string(kSurvey) + ",2025,131032,municipality,cats,7,,\n";
    }
    file->mutable_batch()->set_csv(csv);
  } else if (NamesASubmission(name)) {
    SetField(*request, "submission_id", who);
    SetPath(*request,
            method->name() == "UpdateSubmission" ? "submission.etag" : "etag",
            "\"gone-1\"");
    SetField(*request, "reason", "reason");
  } else {
    SetField(*request, "request_id", "!");
  }
  return request;
}

std::vector<Way> WaysToAsk(const std::string& method,
                           const std::string& relation,
                           const std::string& who) {
  std::vector<Way> ways;
  ways.push_back(
      {.name = "plain", .request = MakeRequest(method, relation, who)});
  for (const Variant& variant : Variants()) {
    std::unique_ptr<Message> request = MakeRequest(method, relation, who);
    bool has_all = true;
    for (const auto& [field, value] : variant.fields) {
      has_all = has_all && SetField(*request, field, value);
    }
    // One that is not there would be waited for.
    const bool waits = relation == "none" && variant.name == kFromVersion;
    if (has_all && !waits) {
      ways.push_back(
          {.name = std::string(variant.name), .request = std::move(request)});
    }
  }
  return ways;
}

}  // namespace welfare::access
