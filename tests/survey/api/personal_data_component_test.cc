// Whoever filled a form in is named to those who read that submission, and
// nowhere else.
#include <string>
#include <vector>

#include "services/platform/engine/open_database.h"
#include "services/platform/observe/log.h"
#include "services/platform/storage/audit_log.h"
#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using PersonalData = JusouSurvey;

TEST_F(PersonalData, ShowsOnlyInItsOwnSubmission) {
  PrepareOpen();
  const std::string rows =
      "jusou,2025,131032,council,council_coordinator_placed,no,,\n"
      "jusou,2025,131032,council,council_place_exists,no,,\n"
      "jusou,2025,131032,council,council_contracted_programs,,,NO_ANSWER\n"
      "jusou,2025,131032,council,cb_activities,exchange environment,,\n"
      "jusou,2025,131032,council,council_in_conferences,none,,\n";
  const std::string key = "jusou,2025,131032,council,";
  const std::string person = "SecretDepartment,SecretContact,";
  ::testing::internal::CaptureStderr();
  v1::ImportSubmissionsRequest batch;
  batch.set_request_id("batch-1");
  batch.mutable_batch()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
      "other_text,absence\n" +
      rows);
  batch.mutable_headers()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,department,"
      "contact,received_on\n" +
      key + person + "2025-07-01\n");
  std::vector<std::string> replies;
  const auto keep = [&](const auto& reply) {
    ASSERT_OK(reply);
    replies.push_back(reply->ShortDebugString());
  };
  keep(Import(batch));
  // Headers that are refused name no person either.
  keep(ImportRows("", key + person + "2025-02-30\n"));
  keep(ImportRows("", key + person + "2025-07-01,extra\n"));
  keep(ImportRows("", "jusou,2025,131017,council," + person + "\n"));
  keep(Create("131024-council", {}));
  keep(Get("131024-council"));
  EXPECT_EQ(Get("131032-council")->header().contact(), "SecretContact");
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  keep(Call(&Stub::ListSubmissions, list));
  v1::UpdateSubmissionRequest update;
  update.set_request_id("update-1");
  update.mutable_submission()->set_name(std::string(kRound) +
                                        "/submissions/131024-council");
  update.mutable_submission()->mutable_header()->set_contact("SecretContact");
  EXPECT_EQ(Call(&Stub::UpdateSubmission, update)->header().contact(),
            "SecretContact");
  keep(ReadColumns().ok() ? GetRound() : GetRound(""));
  runner_->Stop();
  platform::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("BatchImportSubmissions"));
  EXPECT_THAT(log, Not(HasSubstr("Secret")));
  for (const std::string& reply : replies) {
    EXPECT_THAT(reply, Not(HasSubstr("Secret")));
  }

  const auto database = platform::OpenDatabase(
      "sqlite://" + (runner_->folder().path() / "module.db").string());
  ASSERT_OK(database);
  constexpr platform::Query kReplies{"replies",
                                     "SELECT reply FROM request_replies"};
  const auto kept = (*database)->Read([&](platform::Connection& connection) {
    return connection.List(kReplies, {}, [](const platform::Row& row) {
      return std::string(row.BytesView(0));
    });
  });
  ASSERT_OK(kept);
  EXPECT_THAT(*kept, SizeIs(2));
  for (const std::string& reply : *kept) {
    EXPECT_THAT(reply, Not(HasSubstr("Secret")));
  }
  const auto audit = (*database)->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 1000);
  });
  ASSERT_OK(audit);
  EXPECT_THAT(*audit, Not(IsEmpty()));
  for (const platform::AuditRecord& record : *audit) {
    EXPECT_THAT(base::CanonicalAuditBytes(record.sequence, record.entry),
                Not(HasSubstr("Secret")));
  }
}

}  // namespace
}  // namespace welfare::survey
