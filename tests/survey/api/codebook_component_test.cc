// Codebooks: imported, published, read.
#include <string>

#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Codebooks = JusouSurvey;

TEST_F(Codebooks, ImportsPublishesAndReadsTheCodebook) {
  const auto imported = ImportJusou();
  ASSERT_OK(imported);
  EXPECT_EQ(imported->state(), v1::Codebook::STATE_DRAFT);
  EXPECT_THAT(imported->items(), SizeIs(86));
  v1::PublishCodebookRequest publish;
  publish.set_name("surveys/jusou/codebooks/2025-1");
  const auto published = Call(&Stub::PublishCodebook, publish);
  ASSERT_OK(published);
  EXPECT_EQ(published->state(), v1::Codebook::STATE_PUBLISHED);
  EXPECT_TRUE(published->has_publish_time());
  v1::GetCodebookRequest get;
  get.set_name("surveys/jusou/codebooks/2025-1");
  const auto got = Call(&Stub::GetCodebook, get);
  ASSERT_OK(got);
  EXPECT_EQ(got->digest(), imported->digest());
  EXPECT_EQ(got->items(0).item(), "mun_program_status");
  v1::ListCodebooksRequest list;
  list.set_parent("surveys/jusou");
  const auto listed = Call(&Stub::ListCodebooks, list);
  ASSERT_OK(listed);
  EXPECT_THAT(listed->codebooks(), SizeIs(1));
  EXPECT_THAT(listed->codebooks(0).items(), IsEmpty());
}

TEST_F(Codebooks, APublishedCodebookNeverChanges) {
  Prepare();
  EXPECT_OK(ImportJusou());  // equal content is no change
  EXPECT_STATUS(ImportJusou([](auto& request) {
                  std::string& sheet = *request.mutable_survey_csv();
                  const std::size_t at = sheet.find("重層事業を開始した年度");
                  sheet.replace(at, 3, "新");
                }),
                absl::StatusCode::kFailedPrecondition, "CODEBOOK_PUBLISHED");
}

TEST_F(Codebooks, OneThatIsNotThereIsNamed) {
  v1::GetCodebookRequest get;
  get.set_name("surveys/jusou/codebooks/1999-1");
  EXPECT_STATUS(Call(&Stub::GetCodebook, get), absl::StatusCode::kNotFound,
                "CODEBOOK_NOT_FOUND");
}

TEST_F(Codebooks, ListsEveryViolationOfACodebook) {
  const auto result = ImportJusou(
      [](auto& request) { request.set_choices_csv("list_name,name,label\n"); });
  EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument, "CODEBOOK_INVALID");
  EXPECT_THAT(Violations(result.status()),
              Contains("survey.csv:3:type: LIST_UNKNOWN"));
}

}  // namespace
}  // namespace welfare::survey
