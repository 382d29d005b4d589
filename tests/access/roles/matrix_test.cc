// Every cell of policy.csv against the real platform, by every door and asked
// in every way: who is let in, who is refused, and that nobody is shown what is
// not for it.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/access/roles/cell_request.h"
#include "tests/access/roles/policy_table.h"
#include "tests/access/roles/served_platform.h"
#include "tests/access/roles/shown_words.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/options/v1/options.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using ::testing::Contains;
using ::testing::IsEmpty;

// Pages of a list that are turned; the registry's have dozens.
constexpr int kMostPages = 5;

template <typename T>
const T* As(const Message& message) {
  return dynamic_cast<const T*>(&message);
}

std::string TextOf(const Message& message, const std::string& name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? ""
                          : message.GetReflection()->GetString(message, field);
}

// What a list holds: the elements of its repeated fields.
int RowsOf(const Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  int rows = 0;
  for (const auto* field : fields) {
    if (field->is_repeated()) {
      rows += message.GetReflection()->FieldSize(message, field);
    }
  }
  return rows;
}

bool IsRefusal(const std::string& verdict) {
  return verdict == "deny" || verdict == "hidden";
}

class Matrix : public ::testing::TestWithParam<Door> {
 protected:
  static void SetUpTestSuite() {
    served_ = new ServedPlatform;
    served_->Start();
    before_ = served_->Snapshot();
  }
  // No cell of any test has written.
  static void TearDownTestSuite() {
    EXPECT_EQ(served_->Snapshot(), before_);
    delete served_;
  }

  // Asks as `who` and holds what is answered to the cell. Nothing where the
  // door has no such call.
  std::optional<Answer> Judge(const Cell& cell, const Message& request,
                              const Identity& who, const std::string& way) {
    const MethodDescriptor& method = *FindMethod(cell.method);
    std::optional<Answer> answer =
        served_->Call(GetParam(), method, {&request}, who);
    if (!answer) return answer;
    ++calls_;
    const std::string what =
        cell.ToString() + ", " + way + ": " + answer->status.ToString();
    if (cell.verdict == "deny") {
      EXPECT_EQ(answer->reason,
                who.is_anonymous() ? "CREDENTIALS_MISSING" : "ACCESS_DENIED")
          << what;
    } else if (cell.verdict == "hidden") {
      // A sheet is named with its report.
      const bool sheet = answer->reason == "FEEDBACK_NOT_FOUND" &&
                         cell.method.ends_with("FeedbackSheet");
      EXPECT_TRUE(sheet || answer->reason == "REPORT_NOT_FOUND") << what;
    } else {
      ExpectLetIn(answer->status, what);
      // Every request of these says why, so nobody is asked.
      EXPECT_TRUE(!NamesASubmission(cell.method) ||
                  answer->reason != "REASON_REQUIRED")
          << what;
    }
    EXPECT_TRUE(!IsRefusal(cell.verdict) ||
                (answer->messages.empty() && answer->bytes.empty()))
        << what;
    CheckWords(WordsIn(answer->bytes), cell, who, false, what);
    for (const auto& message : answer->messages) {
      CheckShown(*message, cell, who, what);
    }
    return answer;
  }

  static void ExpectLetIn(const absl::Status& status, const std::string& what) {
    for (const absl::StatusCode never :
         {absl::StatusCode::kPermissionDenied,
          absl::StatusCode::kUnauthenticated, absl::StatusCode::kUnimplemented,
          absl::StatusCode::kInternal, absl::StatusCode::kUnknown,
          absl::StatusCode::kDeadlineExceeded,
          absl::StatusCode::kUnavailable}) {
      EXPECT_NE(status.code(), never) << what;
    }
  }

  void CheckWords(const std::set<std::string>& words, const Cell& cell,
                  const Identity& who, bool shows_others,
                  const std::string& what) {
    for (const std::string& word : words) {
      EXPECT_TRUE(MayBeShown(who, word, shows_others))
          << what << " shows " << word;
      shown_[cell.role].insert(word);
    }
  }

  // Nothing that is shown is another's.
  void CheckShown(const Message& message, const Cell& cell, const Identity& who,
                  const std::string& what) {
    rows_ += RowsOf(message);
    const bool columns = cell.method == "survey.StreamRoundColumns";
    CheckWords(WordsIn(message), cell, who, columns, what);
    const bool staff = MayBeShown(who, WordOf("draft", kSurvey), false);
    if (const auto* list = As<survey::v1::ListSubmissionsResponse>(message)) {
      EXPECT_LE(list->total_size(), staff ? 3 : 1) << what;
      for (const auto& one : list->submissions()) {
        EXPECT_TRUE(staff || one.name().ends_with(kSelf))
            << what << " shows " << one.name();
      }
    }
    const auto* part = As<survey::v1::StreamRoundColumnsResponse>(message);
    if (part == nullptr) return;
    for (const auto& row : part->header().frame().rows()) {
      const bool own =
          row.municipality_code() == "131016" &&
          row.respondent_kind() == type::v1::RESPONDENT_KIND_MUNICIPALITY;
      EXPECT_EQ(row.withheld(), !staff && !own) << what;
      EXPECT_TRUE(!row.withheld() || (row.revision() == 0 && row.state() == 0 &&
                                      !row.has_received_on()))
          << what;
    }
    int told = 0;
    for (const auto number : part->column().integers()) {
      if (number == kSecretNumber) ++told;
    }
    if (part->column().integers_size() > 0) {
      EXPECT_EQ(told, staff ? 3 : 1) << what;
    }
  }

  // Turns the pages of a list after its first.
  void JudgePages(const Cell& cell, Message& request,
                  const std::optional<Answer>& first, const Identity& who) {
    if (!first || first->messages.size() != 1) return;
    std::string token = TextOf(*first->messages.front(), "next_page_token");
    for (int page = 2; page <= kMostPages && !token.empty(); ++page) {
      SetField(request, "page_token", token);
      const auto next = Judge(cell, request, who, "the next page");
      EXPECT_OK(next->status) << cell.ToString();
      if (!next->status.ok()) return;
      token = TextOf(*next->messages.front(), "next_page_token");
    }
  }

  static ServedPlatform* served_;
  static std::string before_;
  int calls_ = 0;
  int rows_ = 0;
  // What each role was shown.
  std::map<std::string, std::set<std::string>> shown_;
};

ServedPlatform* Matrix::served_ = nullptr;
std::string Matrix::before_;

TEST_P(Matrix, EveryCellIsAsTheTableOfRolesSays) {
  for (const Cell& cell : ReadPolicyTable()) {
    const Identity who = IdentityOf(cell, kSurvey);
    const bool reads = !FindMethod(cell.method)
                            ->options()
                            .GetExtension(options::v1::policy)
                            .mutates();
    for (const Way& way : WaysToAsk(cell.method, cell.relation)) {
      const auto answer = Judge(cell, *way.request, who, way.name);
      // What is there and may be read is read.
      if (answer && reads && cell.relation != "none" &&
          !IsRefusal(cell.verdict) && way.name == "plain") {
        EXPECT_OK(answer->status) << cell.ToString();
      }
      JudgePages(cell, *way.request, answer, who);
    }
  }
  EXPECT_GT(calls_, 2'500);
  EXPECT_GT(rows_, 5'000);
  // What was to be shown was: the rows above are not of nothing.
  std::set<std::string> all = {WordOf("draft", kSurvey),
                               WordOf("report", kSurvey)};
  std::set<std::string> own;
  for (const std::string who : ServedPlatform::kAnswered) {
    for (const char* what : {"department", "contact", "story", "wish"}) {
      const std::string word = WordOf(what, kSurvey, who);
      all.insert(word);
      const bool open = what == std::string("story") || what[0] == 'w';
      if (who == kSelf || open) own.insert(word);
    }
  }
  EXPECT_THAT(shown_["respondent"], own);
  for (const char* role : {"manager", "reviewer"}) {
    for (const std::string& word : all) {
      EXPECT_THAT(shown_[role], Contains(word)) << role;
    }
  }
  for (const char* role : {"registrar", "auditor", "operator", "none"}) {
    EXPECT_THAT(shown_[role], IsEmpty()) << role;
  }
}

// "Other" of a respondent is not another survey alone.
TEST_P(Matrix, ARespondentIsRefusedTheSubmissionsOfOthersThereOrNot) {
  for (Cell cell : ReadPolicyTable()) {
    if (cell.role != "respondent" || !NamesASubmission(cell.method) ||
        cell.relation == "other") {
      continue;
    }
    cell.verdict = "deny";  // also in a round that is not there
    const Identity who = IdentityOf(cell, kSurvey);
    std::set<std::string> said;
    for (const char* respondent :
         {"131024-municipality", "131016-council", "131032-municipality",
          "011002-municipality"}) {
      for (const Way& way : WaysToAsk(cell.method, cell.relation, respondent)) {
        const auto answer = Judge(cell, *way.request, who, respondent);
        said.insert(std::string(answer->status.message()));
      }
    }
    EXPECT_EQ(said.size(), 1U) << cell.ToString();
  }
  EXPECT_GT(calls_, 60);
}

// The right to write for another is one to do so with a reason.
TEST_P(Matrix, WhoWritesForARespondentSaysWhy) {
  for (const Cell& cell : ReadPolicyTable()) {
    if (cell.relation != "own" || cell.verdict != "allow" ||
        (cell.method != "survey.CreateSubmission" &&
         cell.method != "survey.UpdateSubmission")) {
      continue;
    }
    const Identity who = IdentityOf(cell, kSurvey);
    for (const Way& way : WaysToAsk(cell.method, cell.relation)) {
      for (const char* blank : {"", " "}) {
        ASSERT_TRUE(SetField(*way.request, "reason", blank));
        const auto answer = served_->Call(GetParam(), *FindMethod(cell.method),
                                          {way.request.get()}, who);
        ++calls_;
        EXPECT_EQ(answer->reason == "REASON_REQUIRED",
                  cell.role != "respondent")
            << cell.ToString() << ", " << way.name << ": " << answer->status;
      }
    }
  }
  EXPECT_GE(calls_, 24);
}

// The grant is the same; whose submission it opens stands in the claims.
TEST_P(Matrix, TheClaimsOfARespondentSayWhoItIs) {
  for (const Cell& cell : ReadPolicyTable()) {
    if (cell.role != "respondent" || cell.relation != "own" ||
        !NamesASubmission(cell.method)) {
      continue;
    }
    Cell foreign = cell;
    foreign.verdict = "deny";
    for (const auto& [code, kind] :
         {std::pair("131024", "municipality"), std::pair("131016", "council"),
          std::pair("011002", "municipality")}) {
      const Identity who = support::RespondentOf(kSurvey, code, kind);
      for (const Way& way : WaysToAsk(cell.method, "own")) {
        Judge(foreign, *way.request, who, way.name + " by " + code + kind);
      }
    }
  }
  EXPECT_GT(calls_, 20);
}

// Much elsewhere is nothing here, and a respondent stays one.
TEST_P(Matrix, GrantsDoNotAddUpAcrossSurveys) {
  for (const Cell& cell : ReadPolicyTable()) {
    if (cell.role != "respondent" || cell.relation != "own" ||
        cell.method.starts_with("registry.")) {
      continue;
    }
    const Identity who = IdentityOf(cell, kSurvey,
                                    {"manager@elsewhere", "reviewer@elsewhere",
                                     "manager@pets2", "manager@pet"});
    // Reports name no survey: they are answered by what they would show.
    Cell judged = cell;
    if (cell.method.ends_with("GetReport") ||
        cell.method.ends_with("DownloadReport") ||
        cell.method.ends_with("PublishReport") ||
        cell.method.ends_with("WithdrawReport") ||
        cell.method.ends_with("ListReportChanges") ||
        cell.method.ends_with("VerifyReport") ||
        cell.method.ends_with("MakeFeedbackSheets")) {
      judged.verdict = "hidden";
    } else if (cell.method.ends_with("ListReports")) {
      judged.verdict = "rows";
    }
    for (const Way& way : WaysToAsk(cell.method, "own")) {
      Judge(judged, *way.request, who, way.name);
    }
  }
  EXPECT_GT(calls_, 60);
}

// A token says where a list goes on, and nothing of whose it is.
TEST_P(Matrix, ATokenOfOneCallerOpensNothingToAnother) {
  std::map<std::string, std::pair<std::unique_ptr<Message>, std::string>> first;
  const std::vector<Cell> cells = ReadPolicyTable();
  for (const Cell& cell : cells) {
    if (cell.role != "manager" || cell.relation != "own" ||
        IsRefusal(cell.verdict)) {
      continue;
    }
    std::unique_ptr<Message> request = MakeRequest(cell.method, "own");
    if (!SetField(*request, "page_size", "1")) continue;
    SetField(*request, "full", "true");
    const auto answer =
        Judge(cell, *request, IdentityOf(cell, kSurvey), "the first page");
    if (!answer || answer->messages.empty()) continue;
    const std::string token =
        TextOf(*answer->messages.front(), "next_page_token");
    if (token.empty()) continue;
    SetField(*request, "page_token", token);
    first[cell.method] = {std::move(request), token};
  }
  EXPECT_GT(first.size(), 5U);
  for (const Cell& cell : cells) {
    const auto found = first.find(cell.method);
    if (found == first.end() || cell.relation == "none") continue;
    Judge(cell, *found->second.first, IdentityOf(cell, kSurvey),
          "with a manager's token");
  }
  EXPECT_GT(calls_, 100);
}

// Nor does the number of what a filter leaves.
TEST_P(Matrix, NoFilterTellsARespondentOfOthers) {
  const Cell cell{.method = "survey.ListSubmissions",
                  .role = "respondent",
                  .relation = "own",
                  .verdict = "rows",
                  .reason = "its own row alone"};
  int found = 0;
  for (int kind = 0; kind <= 2; ++kind) {
    for (int state = 0; state <= 5; ++state) {
      for (const bool both : {false, true}) {
        survey::v1::ListSubmissionsRequest request;
        request.set_parent(std::string("surveys/") + kSurvey + "/rounds/2025");
        request.set_respondent_kind(
            static_cast<type::v1::RespondentKind>(kind));
        request.set_state(static_cast<survey::v1::Submission::State>(state));
        if (both) request.add_states(survey::v1::Submission::STATE_SUBMITTED);
        const auto answer = Judge(cell, request, IdentityOf(cell, kSurvey),
                                  request.ShortDebugString());
        ASSERT_OK(answer->status);
        const auto& list =
            *As<survey::v1::ListSubmissionsResponse>(*answer->messages.front());
        EXPECT_EQ(list.total_size(), list.submissions_size());
        found += list.total_size();
      }
    }
  }
  EXPECT_GT(found, 0);
}

// Behind every cell of every figure stand names.
TEST_P(Matrix, FiguresAreExplainedToThoseWhoReadAnswers) {
  const MethodDescriptor& values = *FindMethod("indicator.ListIndicatorValues");
  Cell cell{.method = "indicator.ExplainIndicatorValue",
            .role = "manager",
            .relation = "own",
            .verdict = "allow",
            .reason = "reads all answers"};
  const Identity manager = IdentityOf(cell, kSurvey);
  indicator::v1::ListIndicatorValuesRequest list;
  list.set_parent(std::string("surveys/") + kSurvey + "/rounds/2025");
  const auto figures = served_->Call(GetParam(), values, {&list}, manager);
  ASSERT_OK(figures->status);
  int explained = 0;
  for (const auto& value : As<indicator::v1::ListIndicatorValuesResponse>(
                               *figures->messages.front())
                               ->indicator_values()) {
    for (const auto& figure : value.cells()) {
      indicator::v1::ExplainIndicatorValueRequest request;
      request.set_name(value.name());
      request.set_cell(figure.key());
      const auto names = Judge(cell, request, manager, figure.key());
      if (names->status.ok()) ++explained;
      for (const Cell& other : ReadPolicyTable()) {
        if (other.method != cell.method || other.relation == "none") continue;
        Judge(other, request, IdentityOf(other, kSurvey), figure.key());
      }
    }
  }
  EXPECT_GT(explained, 8);
}

// A file is judged by every round that it names, each batch by itself.
TEST_P(Matrix, ABatchIsJudgedByEveryRoundItNames) {
  const MethodDescriptor& stream = *FindMethod("survey.ImportSubmissions");
  const MethodDescriptor& unary = *FindMethod("survey.BatchImportSubmissions");
  survey::v1::ImportSubmissionsRequest own;
  own.CopyFrom(*MakeRequest("survey.ImportSubmissions", "own"));
  survey::v1::ImportSubmissionsRequest mixed = own;
  mixed.mutable_batch()->mutable_csv()->append(
      "elsewhere,2025,131032,municipality,cats,7,,\n");
  survey::v1::ImportSubmissionsRequest headers = own;
  headers.mutable_headers()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,department,contact,"
      "received_on\nelsewhere,2025,131016,municipality,a,b,2025-07-01\n");
  const Identity who = support::Granted({"manager@pets", "reviewer@elsewhere"});
  EXPECT_OK(served_->Call(GetParam(), unary, {&own}, who)->status);
  for (const auto* foreign : {&mixed, &headers}) {
    const auto refused = served_->Call(GetParam(), unary, {foreign}, who);
    EXPECT_EQ(refused->reason, "ACCESS_DENIED");
    const auto answer = served_->Call(GetParam(), stream, {&own, foreign}, who);
    EXPECT_EQ(answer->reason, "ACCESS_DENIED");
    EXPECT_EQ(answer->messages.size(), 1U);  // of the batch that is its own
  }
}

INSTANTIATE_TEST_SUITE_P(Doors, Matrix,
                         ::testing::Values(Door::kService, Door::kGrpc,
                                           Door::kJson),
                         [](const ::testing::TestParamInfo<Door>& door) {
                           switch (door.param) {
                             case Door::kService:
                               return "Service";
                             case Door::kGrpc:
                               return "Grpc";
                             case Door::kJson:
                               return "Json";
                           }
                           return "";
                         });

}  // namespace
}  // namespace welfare::access
