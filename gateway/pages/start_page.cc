#include "gateway/pages/start_page.h"

#include <map>
#include <utility>
#include <vector>

#include "gateway/assets.h"
#include "gateway/openapi/comments.h"
#include "gateway/openapi/schemas.h"
#include "services/base/coding/base64.h"
#include "services/base/coding/sha256.h"

namespace welfare::gateway {
namespace {

// A text of the page in both languages.
struct BothWords {
  const char* english;
  const char* japanese;
};

constexpr BothWords kTitle = {"Regional welfare data platform",
                              "地域共生社会 調査データ基盤"};
constexpr BothWords kSkip = {"To the contents", "本文へ"};
constexpr BothWords kOtherLanguage = {"日本語", "English"};
constexpr BothWords kLead = {
    "What Tokyo's municipalities and their councils of social welfare answer "
    "in the yearly survey, as figures that anyone can check: the registry of "
    "municipalities, the surveys, the indicators and the reports, over "
    "HTTP/JSON and gRPC on this port.",
    "東京都の区市町村と社会福祉協議会への年次調査を、誰でも確かめられる数値にし"
    "ます。区市町村の台帳、調査、指標、報告書を、このポートで HTTP/JSON と "
    "gRPC "
    "から読めます。"};
constexpr BothWords kRoster = {"Roster", "実施自治体名簿"};
constexpr BothWords kReports = {"Published reports", "公表した報告書"};
constexpr BothWords kHealth = {"Health", "稼働状態"};
constexpr BothWords kTry = {"Try the API", "APIを試す"};
constexpr BothWords kApi = {"The API", "APIの一覧"};
constexpr BothWords kBuild = {"For programs", "プログラムから使う"};
constexpr BothWords kJson = {"as JSON", "JSONで見る"};
constexpr BothWords kTryLead = {
    "Sends a GET to this gateway and shows its answer.",
    "このゲートウェイに GET を送り、応答を表示します。"};
constexpr BothWords kOperation = {"What to ask", "呼び出し"};
constexpr BothWords kToken = {"Token, where one is needed (it is not kept)",
                              "トークン（必要な場合。保存しません）"};
constexpr BothWords kSend = {"Send", "送信"};
constexpr BothWords kAnswer = {"Answer", "応答"};
constexpr BothWords kNoScript = {
    "The form needs a script; the links of the list below lead to the same "
    "answers.",
    "フォームにはスクリプトが必要です。下の一覧のリンクからも同じ応答を見られま"
    "す。"};
constexpr BothWords kApiLead = {
    "Every call over HTTP. A GET is linked to an example.",
    "HTTPで呼び出せるすべてです。GET は例にリンクしています。"};
constexpr BothWords kMethod = {"Method", "メソッド"};
constexpr BothWords kPath = {"Path", "パス"};
constexpr BothWords kMeaning = {"What it does", "内容"};
constexpr BothWords kRoles = {"Roles: ", "権限："};
constexpr BothWords kBuildLead = {
    "The whole API, with every field, error and example, as OpenAPI 3.1: ",
    "すべての項目・エラー・例を含むAPI文書（OpenAPI 3.1）："};
constexpr BothWords kBuildMore = {
    "Clients are generated of it; the protos serve gRPC on the same port. "
    "Failures are JSON with a code, a reason and a sentence in English and "
    "Japanese.",
    "ここからクライアントを生成できます。同じポートで gRPC も使えます。失敗は、"
    "コード・理由・日英の説明を持つ JSON で返ります。"};

// What the script says: `data-` attributes of the element in which it says it.
struct SaidByScript {
  const char* name;
  BothWords words;
};

constexpr SaidByScript kSaidAnywhere[] = {
    {"denied",
     {"This needs a caller with a role; the form below takes a token.",
      "権限が必要です。下のフォームにトークンを入れて試せます。"}},
    {"failed", {"No answer.", "応答がありません。"}},
    {"waiting", {"Waiting for the answer.", "応答を待っています。"}},
    {"file",
     {"A file of the type {type}, {bytes} bytes.",
      "ファイル（{type}、{bytes} バイト）です。"}},
    {"query", {"Query", "クエリ"}},
};
constexpr SaidByScript kSaidOfHealth[] = {
    {"serving", {"It takes requests.", "稼働しています。"}},
    {"stopping", {"It is stopping.", "停止しようとしています。"}},
};
constexpr SaidByScript kSaidOfReports[] = {
    {"none", {"There is none yet.", "まだありません。"}},
    {"synthetic", {"(synthetic)", "（架空データ）"}},
};
constexpr SaidByScript kSaidOfRosters[] = {
    {"none", {"There is none yet.", "まだありません。"}},
    {"year", {"Fiscal year", "年度"}},
    {"year-name", {"{year}", "令和{reiwa}年度（{year}）"}},
    {"counts",
     {"{yes} of {size} implement it, {newcomer} of them for the first year; "
      "{preparing} prepare.",
      "{size}区市町村のうち実施 {yes}（うち新規 {newcomer}）、移行準備中 "
      "{preparing}"}},
    {"municipality", {"Municipality", "区市町村"}},
    {"council", {"Council of social welfare", "社会福祉協議会"}},
    {"state", {"State", "状況"}},
    {"newcomer", {"implements, new", "実施（新規）"}},
    {"yes", {"implements", "実施"}},
    {"preparing", {"prepares", "移行準備中"}},
    {"ended", {"ended", "終了"}},
    {"no", {"does not", "未実施"}},
    {"unknown", {"no record", "記録なし"}},
};

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

// As a part of a path or a query (RFC 3986).
std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

// What a digest in a content-security-policy names.
std::string DigestSource(std::string_view text) {
  return "'sha256-" +
         base::EncodeBase64(base::Sha256Bytes(text), /*padded=*/true) + "'";
}

std::string TextOfJson(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// An operation of the document as the page shows it.
struct ListedCall {
  std::string verb;
  std::string path;
  std::string summary;
  std::string roles;
  Json path_example = Json::object();
  std::string query_example;

  // The example's target; nothing where a parameter has no value.
  std::string Target() const {
    std::string target = path;
    for (const auto& [name, value] : path_example.items()) {
      const std::string place = "{" + name + "}";
      target.replace(target.find(place), place.size(),
                     PercentEncoded(TextOfJson(value)));
    }
    if (target.find('{') != target.npos) return "";
    return query_example.empty() ? target : target + "?" + query_example;
  }
};

void AppendQuery(const std::string& name, const Json& value,
                 std::string& query) {
  if (value.is_array()) {
    for (const Json& element : value) AppendQuery(name, element, query);
    return;
  }
  if (!query.empty()) query.push_back('&');
  query += name + "=" + PercentEncoded(TextOfJson(value));
}

class StartPageWriter {
 public:
  StartPageWriter(const Json& document, base::Language language)
      : japanese_(language == base::Language::kJapanese) {
    for (const auto& [path, item] : document["paths"].items()) {
      for (const auto& [verb, operation] : item.items()) {
        calls_[operation["tags"][0].get<std::string>()].push_back(
            Read(path, verb, operation));
      }
    }
  }

  std::string Html() {
    out_ = "<!doctype html>\n<html lang=\"";
    out_ += japanese_ ? "ja" : "en";
    out_ +=
        "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>";
    Put(kTitle);
    out_ += "</title>\n<style>";
    out_ += StartPageStyle();
    out_ += "</style>\n</head>\n<body" + Data(kSaidAnywhere) + ">\n";
    Top();
    out_ += "<main id=\"contents\">\n";
    Look();
    Try();
    Api();
    out_ += "</main>\n<footer><p>";
    Put(kTitle);
    out_ += "</p></footer>\n<script>";
    out_ += StartPageScript();
    out_ += "</script>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  ListedCall Read(const std::string& path, const std::string& verb,
                  const Json& operation) const {
    ListedCall call;
    call.verb = verb;
    call.path = path;
    for (char& c : call.verb) c = static_cast<char>(c - 'a' + 'A');
    call.summary = japanese_
                       ? operation["summary"].get<std::string>()
                       : FirstSentence(operation.value("description", ""));
    for (const Json& role : operation.value("x-roles", Json::array())) {
      if (!call.roles.empty()) call.roles += ", ";
      call.roles += role.get<std::string>();
    }
    for (const Json& parameter : operation.value("parameters", Json::array())) {
      if (!parameter.contains("example")) continue;
      const std::string name = parameter["name"];
      if (parameter["in"] == "path") {
        call.path_example[name] = parameter["example"];
      } else {
        AppendQuery(name, parameter["example"], call.query_example);
      }
    }
    return call;
  }

  const char* In(const BothWords& words) const {
    return japanese_ ? words.japanese : words.english;
  }
  void Put(const BothWords& words) { out_ += Escaped(In(words)); }
  void Heading(const char* id, const BothWords& words) {
    out_ += "<h2 id=\"" + std::string(id) + "\">";
    Put(words);
    out_ += "</h2>\n";
  }

  template <std::size_t kCount>
  std::string Data(const SaidByScript (&said)[kCount]) const {
    std::string out;
    for (const SaidByScript& each : said) {
      out += " data-" + std::string(each.name) + "=\"" +
             Escaped(In(each.words)) + "\"";
    }
    return out;
  }

  void Top() {
    out_ += "<a class=\"skip\" href=\"#contents\">";
    Put(kSkip);
    out_ += "</a>\n<header>\n<h1>";
    Put(kTitle);
    out_ += japanese_ ? "</h1>\n<a href=\"/?lang=en\" lang=\"en\" "
                        "hreflang=\"en\">"
                      : "</h1>\n<a href=\"/?lang=ja\" lang=\"ja\" "
                        "hreflang=\"ja\">";
    Put(kOtherLanguage);
    out_ += "</a>\n</header>\n";
  }

  void Look() {
    out_ += "<p class=\"lead\">";
    Put(kLead);
    out_ += "</p>\n<nav aria-label=\"";
    Put(kTitle);
    out_ += "\"><ul>\n";
    for (const auto& [id, words] : {std::pair{"roster", kRoster},
                                    {"published", kReports},
                                    {"running", kHealth},
                                    {"try-heading", kTry},
                                    {"build", kBuild},
                                    {"api", kApi}}) {
      out_ += "<li><a href=\"#" + std::string(id) + "\">";
      Put(words);
      out_ += "</a></li>\n";
    }
    out_ += "</ul></nav>\n";
    Heading("roster", kRoster);
    Place("rosters", Data(kSaidOfRosters), "/v1/programs");
    Heading("published", kReports);
    Place("reports", Data(kSaidOfReports), "/v1/reports");
    Heading("running", kHealth);
    Place("health", Data(kSaidOfHealth), "/healthz");
  }

  // Where the script puts what it reads at `path`; before that, a link to it.
  void Place(const char* id, const std::string& data, const char* path) {
    out_ += "<div id=\"" + std::string(id) + "\" aria-live=\"polite\"" + data +
            "></div>\n<p class=\"note\"><a href=\"" + std::string(path) +
            "\">" + path + "</a> ";
    Put(kJson);
    out_ += "</p>\n";
  }

  void Try() {
    Heading("try-heading", kTry);
    out_ += "<p>";
    Put(kTryLead);
    out_ += "</p>\n<noscript><p>";
    Put(kNoScript);
    out_ +=
        "</p></noscript>\n<form id=\"try\" hidden "
        "aria-labelledby=\"try-heading\">\n<p><label for=\"try-operation\">";
    Put(kOperation);
    out_ += "</label><select id=\"try-operation\" autocomplete=\"off\">\n";
    for (const auto& [service, calls] : calls_) {
      out_ += "<optgroup label=\"" + Escaped(service) + "\">\n";
      for (const ListedCall& call : calls) {
        if (call.verb != "GET" || call.path == "/") continue;
        const Json example = {{"path", call.path_example},
                              {"query", call.query_example}};
        out_ += "<option value=\"" + Escaped(call.path) + "\" data-example=\"" +
                Escaped(example.dump()) + "\"" +
                (call.path == "/v1/municipalities" ? " selected" : "") + ">" +
                Escaped(call.summary) + " – " + Escaped(call.path) +
                "</option>\n";
      }
      out_ += "</optgroup>\n";
    }
    out_ +=
        "</select></p>\n<div id=\"try-fields\"></div>\n<p><label "
        "for=\"try-token\">";
    Put(kToken);
    out_ +=
        "</label><input id=\"try-token\" type=\"password\" "
        "autocomplete=\"off\"></p>\n<p><button type=\"submit\">";
    Put(kSend);
    out_ +=
        "</button></p>\n<div id=\"try-answer\" hidden "
        "aria-live=\"polite\">\n<p><code id=\"try-line\"></code> <strong "
        "id=\"try-status\"></strong></p>\n<pre id=\"try-body\" tabindex=\"0\" "
        "aria-label=\"";
    Put(kAnswer);
    out_ += "\"></pre>\n</div>\n</form>\n";
  }

  void Api() {
    Heading("build", kBuild);
    out_ += "<p>";
    Put(kBuildLead);
    out_ += "<a href=\"/openapi.json\">/openapi.json</a></p>\n<p>";
    Put(kBuildMore);
    out_ += "</p>\n";
    Heading("api", kApi);
    out_ += "<p>";
    Put(kApiLead);
    out_ += "</p>\n";
    for (const auto& [service, calls] : calls_) {
      out_ += "<details>\n<summary>" + Escaped(service) + " (" +
              std::to_string(calls.size()) +
              ")</summary>\n<table class=\"api\">\n<thead><tr>";
      for (const BothWords& words : {kMethod, kPath, kMeaning}) {
        out_ += "<th scope=\"col\">";
        Put(words);
        out_ += "</th>";
      }
      out_ += "</tr></thead>\n<tbody>\n";
      for (const ListedCall& call : calls) Row(call);
      out_ += "</tbody>\n</table>\n</details>\n";
    }
  }

  void Row(const ListedCall& call) {
    const std::string target = call.verb == "GET" ? call.Target() : "";
    out_ += "<tr><td class=\"verb\">" + call.verb + "</td><td>";
    if (!target.empty()) out_ += "<a href=\"" + Escaped(target) + "\">";
    out_ += "<code>" + Escaped(call.path) + "</code>";
    if (!target.empty()) out_ += "</a>";
    out_ += "</td><td>" + Escaped(call.summary);
    if (!call.roles.empty()) {
      out_ += " <span class=\"note\">";
      Put(kRoles);
      out_ += Escaped(call.roles) + "</span>";
    }
    out_ += "</td></tr>\n";
  }

  const bool japanese_;
  std::map<std::string, std::vector<ListedCall>> calls_;  // by service
  std::string out_;
};

}  // namespace

OwnPage StartPage(std::string_view document, base::Language language) {
  const Json parsed = Json::parse(document);
  const std::string policy =
      "default-src 'none'; script-src " + DigestSource(StartPageScript()) +
      "; style-src " + DigestSource(StartPageStyle()) +
      "; connect-src 'self'; img-src data:; form-action 'none'; base-uri "
      "'none'; frame-ancestors 'none'";
  return MakeOwnPage("text/html; charset=utf-8",
                     StartPageWriter(parsed, language).Html(),
                     {{"content-security-policy", policy},
                      {"content-language", std::string(ToTag(language))},
                      {"referrer-policy", "no-referrer"}});
}

}  // namespace welfare::gateway
