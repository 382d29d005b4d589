#include "tests/access/roles/served_platform.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "gateway/module.h"
#include "services/access/metadata/identity_metadata.h"
#include "services/indicator/indicator_module.h"
#include "services/platform/process/peer_identity.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/tls/process_name.h"
#include "services/registry/registry_module.h"
#include "services/report/report_module.h"
#include "services/survey/survey_module.h"
#include "tests/access/roles/cell_request.h"
#include "tests/access/roles/policy_table.h"
#include "tests/access/roles/shown_words.h"
#include "tests/access/tokens/token_fixture.h"
#include "tests/support/status_matchers.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/report/v1/report_service.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::filesystem::path SourceFolder() {
  const char* source = std::getenv("WELFARE_SOURCE_DIR");
  EXPECT_NE(source, nullptr);
  return source == nullptr ? "" : source;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::string ServiceOf(const MethodDescriptor& method) {
  // "welfare.survey.v1"
  const std::string& package = method.file()->package();
  const std::size_t begin = package.find('.') + 1;
  return package.substr(begin, package.rfind('.') - begin);
}

// The respondent as a file names it: `131016,municipality`.
std::string Columns(std::string respondent) {
  respondent[respondent.find('-')] = ',';
  return respondent;
}

// The process as which a test calls, which it could prove by a certificate.
constexpr char kProcessKey[] = "x-access-test";

// The services are believed what their channels say; whoever says nothing is
// the operator of the machine, who fills them.
absl::StatusOr<Identity> Identify(const platform::MetadataLookup& metadata,
                                  const platform::PeerLookup& peer) {
  if (const auto process = metadata(kProcessKey)) {
    return platform::IdentifyByPeer(metadata,
                                    [&] { return std::string(*process); });
  }
  if (platform::CallerIn(metadata("user-agent").value_or("")).empty()) {
    return Identity::Local();
  }
  return platform::IdentifyWithinProcess(metadata, peer);
}

// Says who calls as the processes do: a service by its own name, the gateway by
// what it sends of others.
std::map<std::string, std::string> Introduce(const Identity& who) {
  const std::string_view service = who.service();
  std::map<std::string, std::string> metadata;
  metadata[kProcessKey] =
      platform::ProcessName(service.empty() ? "gateway" : service);
  if (service.empty() && !who.is_anonymous()) {
    metadata[std::string(kIdentityMetadata)] = ToMetadata(who);
  }
  return metadata;
}

constexpr char kIssuer[] = "https://id.example.jp/realms/welfare";

}  // namespace

ServedPlatform::ServedPlatform() = default;
ServedPlatform::~ServedPlatform() = default;

void ServedPlatform::Add(std::unique_ptr<platform::Module> module,
                         std::vector<std::string> flags) {
  const std::string name(module->name());
  auto runner = std::make_unique<support::ModuleRunner>(std::move(module),
                                                        std::move(flags));
  runner->Identify(&Identify);
  for (const auto& [peer, server] : modules_) {
    runner->SetPeer(peer, server->address());
  }
  ASSERT_OK(runner->Start());
  channels_[name] = runner->channel();
  modules_[name] = std::move(runner);
}

void ServedPlatform::WriteData() {
  const std::string populations = R"yaml(first_program_year: 2021
populations:
  - id: all_municipalities
    version: 1
    respondent: municipality
    predicate: "true()"
    label: "全区市町村"
  - id: all_councils
    version: 1
    respondent: council
    predicate: "true()"
    label: "全社協"
)yaml";
  for (const std::string survey : kSurveys) {
    const auto data = assets_.path() / "services/indicator/data" / survey;
    WriteFile(data / "populations.yaml", populations);
    std::filesystem::create_directories(data / "indicators");
    WriteFile(
        assets_.path() / "services/report/data" / survey / "template.yaml",
        "template: " + survey + "\nsurvey: " + survey +
            "\nprogram: jusou\nfirst_roster_year: 2024\ntitle: '" +
            WordOf("report", survey) + R"yaml('
subtitle: 結果の概要
pages:
  - page: 1
    topic: 表紙
    headline: 見本
    blocks:
      - cover:
  - page: 2
    topic: 集計
    headline: 集計
    blocks:
      - returns:
      - figure: [cats, dogs]
      - texts: [story, wish]
)yaml");
  }
}

void ServedPlatform::Start() {
  WriteData();
  const std::vector<std::string> shipped = {"--assets-dir",
                                            SourceFolder().string()};
  Add(std::make_unique<registry::RegistryModule>(), shipped);
  FillRegistry();
  Add(std::make_unique<survey::SurveyModule>(), shipped);
  const std::vector<std::string> own = {"--assets-dir",
                                        assets_.path().string()};
  Add(std::make_unique<indicator::IndicatorModule>(), own);
  Add(std::make_unique<report::ReportModule>(), own);
  AddGateway();
  for (const char* survey : kSurveys) FillSurvey(survey);
}

void ServedPlatform::AddGateway() {
  const std::string keys = (assets_.path() / "jwks.json").string();
  WriteFile(keys, TwoKeys());
  auto module = std::make_unique<gateway::GatewayModule>();
  const gateway::GatewayModule& gateway = *module;
  Add(std::move(module), {"--auth", "jwt", "--jwks-file", keys, "--jwt-issuer",
                          kIssuer, "--jwt-audience", "welfare", "--http-listen",
                          "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"});
  const std::string& address = gateway.http_address();
  gateway_port_ = std::stoi(address.substr(address.rfind(':') + 1));
  channels_["gateway"] = platform::MakeChannel({address});
}

std::string ServedPlatform::TokenOf(const Identity& who) {
  if (who.is_anonymous()) return "";
  const auto quoted = [](std::string_view text) {
    return "\"" + std::string(text) + "\"";
  };
  const std::int64_t now =
      modules_["gateway"]->clock().Now().micros() / 1'000'000;
  std::string grants;
  for (const Grant& grant : who.grants()) {
    grants += (grants.empty() ? "" : ",") + quoted(grant.ToString());
  }
  Members claims = {{"iss", quoted(kIssuer)},
                    {"aud", quoted("welfare")},
                    {"sub", quoted(who.subject())},
                    {"iat", std::to_string(now)},
                    {"exp", std::to_string(now + 3'600)},
                    {"grants", "[" + grants + "]"}};
  if (const auto& respondent = who.respondent()) {
    claims.emplace_back("municipality_code",
                        quoted(respondent->municipality.ToString()));
    claims.emplace_back("respondent_kind",
                        quoted(base::ToString(respondent->kind)));
  }
  const std::string payload = ToJson(claims);
  std::string& token = tokens_[payload];
  if (token.empty()) {
    token = Issuer::Es256().Token(ToJson(EcHeader()), payload);
  }
  return token;
}

Answer ServedPlatform::CallAsOperator(const std::string& name,
                                      const Message& request) {
  const MethodDescriptor* method = FindMethod(name);
  EXPECT_NE(method, nullptr) << name;
  if (method == nullptr) return {};
  Answer answer =
      CallAny(channels_[ServiceOf(*method)], *method, {&request}, {});
  EXPECT_OK(answer.status) << name;
  return answer;
}

void ServedPlatform::FillRegistry() {
  const auto data = SourceFolder() / "services/registry/data";
  registry::v1::ImportMunicipalitiesRequest municipalities;
  municipalities.mutable_batch()->set_csv(
      ReadFile(data / "municipalities.csv"));
  CallAsOperator("registry.BatchImportMunicipalities", municipalities);
  registry::v1::ImportStatusRecordsRequest status;
  status.mutable_batch()->set_csv(ReadFile(data / "status-jusou.csv"));
  CallAsOperator("registry.BatchImportStatusRecords", status);
}

void ServedPlatform::FillSurvey(const std::string& survey) {
  const std::string parent = "surveys/" + survey;
  for (const char* version : {"1", "2"}) {
    survey::v1::ImportCodebookRequest codebook;
    codebook.set_parent(parent);
    codebook.set_codebook_id(version);
    codebook.set_survey_csv(
        "type,name,label,respondent,population,absences,publish_level\n"
        "integer,cats,cats,municipality council,"
        "all_municipalities all_councils,NO_ANSWER,internal\n"
        "integer,dogs,dogs,municipality council,"
        "all_municipalities all_councils,NO_ANSWER,aggregate\n"
        "text,story,story,municipality council,"
        "all_municipalities all_councils,NO_ANSWER,stakeholders\n"
        "text,wish,wish,municipality council,"
        "all_municipalities all_councils,NO_ANSWER,public\n");
    codebook.set_choices_csv("list_name,name,label\n");
    const std::string title =
        version == std::string("1") ? "Pets" : WordOf("draft", survey);
    codebook.set_settings_csv("form_title,form_id,version\n" + title + "," +
                              survey + "," + version + "\n");
    CallAsOperator("survey.ImportCodebook", codebook);
  }
  survey::v1::PublishCodebookRequest publish;
  publish.set_name(parent + "/codebooks/1");
  CallAsOperator("survey.PublishCodebook", publish);
  survey::v1::ImportMappingRequest mapping;
  mapping.set_parent(parent);
  mapping.set_content(MappingTextOf(survey));
  CallAsOperator("survey.ImportMapping", mapping);
  OpenRound(survey);
  ImportAnswers(survey);
  report::v1::CreateReportRequest report;
  report.mutable_report()->set_template_(survey);
  report.mutable_report()->set_round(parent + "/rounds/2025");
  CallAsOperator("report.CreateReport", report);
  report::v1::CreateExcerptRequest excerpt;
  excerpt.set_parent(parent + "/rounds/2025");
  excerpt.set_excerpt_id("quote-1");
  excerpt.mutable_excerpt()->set_submission(
      parent + "/rounds/2025/submissions/" + kAnswered[0]);
  excerpt.mutable_excerpt()->set_item("story");
  excerpt.mutable_excerpt()->set_edited_text("story");
  excerpt.mutable_excerpt()->set_category("story");
  CallAsOperator("report.CreateExcerpt", excerpt);
  if (survey != kSurvey) return;
  report::v1::MakeFeedbackSheetsRequest sheets;
  sheets.set_parent("reports/" + survey + "-2025-0001");
  CallAsOperator("report.MakeFeedbackSheets", sheets);
}

void ServedPlatform::OpenRound(const std::string& survey) {
  const std::string parent = "surveys/" + survey;
  survey::v1::CreateRoundRequest create;
  create.set_parent(parent);
  create.set_round_id("2025");
  survey::v1::Round& round = *create.mutable_round();
  round.set_display_name("Round");
  round.set_purpose("purpose");
  for (auto* day : {round.mutable_window_start(), round.mutable_window_end()}) {
    day->set_year(2025);
    day->set_month(7);
    day->set_day(1);
  }
  round.set_codebook(parent + "/codebooks/1");
  round.set_program("programs/jusou");
  CallAsOperator("survey.CreateRound", create);
  survey::v1::OpenRoundRequest open;
  open.set_name(parent + "/rounds/2025");
  CallAsOperator("survey.OpenRound", open);
}

void ServedPlatform::ImportAnswers(const std::string& survey) {
  std::string answers =
      "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
      "other_text,absence\n";
  std::string headers =
      "survey,fiscal_year,municipality_code,respondent_kind,department,contact,"
      "received_on\n";
  for (const char* who : kAnswered) {
    const std::string key = survey + ",2025," + Columns(who) + ",";
    for (const char* item : {"cats", "dogs"}) {
      answers += key + item + "," + std::to_string(kSecretNumber) + ",,\n";
    }
    for (const char* item : {"story", "wish"}) {
      answers += key + item + "," + WordOf(item, survey, who) + ",,\n";
    }
    headers += key + WordOf("department", survey, who) + "," +
               WordOf("contact", survey, who) + ",2025-07-01\n";
  }
  survey::v1::ImportSubmissionsRequest file;
  file.mutable_batch()->set_csv(answers);
  file.mutable_headers()->set_csv(headers);
  const Answer answer = CallAsOperator("survey.BatchImportSubmissions", file);
  ASSERT_EQ(answer.messages.size(), 1U);
  const auto& result =
      dynamic_cast<const type::v1::ImportResult&>(*answer.messages.front());
  ASSERT_EQ(result.counts().created(), 12) << result.DebugString();
}

std::optional<Answer> ServedPlatform::Call(Door door,
                                           const MethodDescriptor& method,
                                           const Requests& requests,
                                           const Identity& who) {
  if (door == Door::kService) {
    return CallAny(channels_.at(ServiceOf(method)), method, requests,
                   Introduce(who));
  }
  if (!who.service().empty()) return std::nullopt;
  if (door == Door::kGrpc) {
    std::map<std::string, std::string> metadata;
    if (const std::string token = TokenOf(who); !token.empty()) {
      metadata["authorization"] = "Bearer " + token;
    }
    return CallAny(channels_.at("gateway"), method, requests, metadata);
  }
  auto request = Spell(method, *requests.front());
  if (!request) return std::nullopt;
  for (std::size_t i = 1; i < requests.size(); ++i) {
    request->body += "\n" + Spell(method, *requests[i])->body;
  }
  return CallJson(method, *request, who);
}

Answer ServedPlatform::CallJson(const MethodDescriptor& method,
                                const HttpRequest& request,
                                const Identity& who) {
  return CallHttp(gateway_port_, method, request, TokenOf(who));
}

std::string ServedPlatform::Snapshot() {
  std::string all;
  const auto add = [&](const std::string& method, const Message& request) {
    for (const auto& message : CallAsOperator(method, request).messages) {
      all += message->DebugString();
    }
  };
  for (const std::string survey : kSurveys) {
    survey::v1::ListCodebooksRequest codebooks;
    codebooks.set_parent("surveys/" + survey);
    add("survey.ListCodebooks", codebooks);
    survey::v1::ListRoundsRequest rounds;
    rounds.set_parent("surveys/" + survey);
    add("survey.ListRounds", rounds);
    survey::v1::ListSubmissionsRequest submissions;
    submissions.set_parent("surveys/" + survey + "/rounds/2025");
    submissions.set_full(true);
    add("survey.ListSubmissions", submissions);
  }
  add("report.ListReports", report::v1::ListReportsRequest());
  add("registry.GetRegistryState", registry::v1::GetRegistryStateRequest());
  return all;
}

}  // namespace welfare::access
