// Mappings through the real module: the list of those that are kept, and what
// came through each.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSurvey[] = "surveys/small";

class Mappings : public SmallSurvey {
 protected:
  // The name of a mapping that differs from others in a comment.
  std::string Import(const std::string& comment = "") {
    v1::ImportMappingRequest request;
    request.set_parent(kSurvey);
    request.set_content(
        "survey: small\ncodebook: '1'\nitems:\n"
        "- {from: 有無, to: has, values: {ある: 'yes', ない: 'no'}}\n"
        "- {from: 記述, to: words}\n# " +
        comment);
    const auto mapping = Call(&Stub::ImportMapping, request);
    EXPECT_OK(mapping);
    return mapping->name();
  }

  // Imports the answers of one respondent by a mapping.
  void Send(const std::string& mapping, const std::string& words,
            bool dry = false, const std::string& code = "131016") {
    v1::ImportSubmissionsRequest request;
    request.set_mapping(mapping);
    request.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
    request.set_validate_only(dry);
    const std::string row = "small,2025," + code + ",municipality,";
    request.mutable_batch()->set_csv(
        "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
        "other_text,absence\n" +
        row + "有無,ない,,\n" + row + "記述," + words + ",,\n");
    const auto result = Call(&Stub::BatchImportSubmissions, request);
    ASSERT_OK(result);
    ASSERT_EQ(result->counts().rejected(), 0) << result->DebugString();
  }

  static v1::ListMappingsRequest ListRequest(int page_size = 0) {
    v1::ListMappingsRequest request;
    request.set_parent(kSurvey);
    request.set_page_size(page_size);
    return request;
  }

  absl::StatusOr<v1::ListMappingsResponse> List(
      const v1::ListMappingsRequest& request = ListRequest()) {
    return Call(&Stub::ListMappings, request);
  }

  absl::StatusOr<v1::Mapping> GetMapping(const std::string& name) {
    v1::GetMappingRequest request;
    request.set_name(name);
    return Call(&Stub::GetMapping, request);
  }

  static std::vector<std::string> NamesOf(
      const v1::ListMappingsResponse& page) {
    std::vector<std::string> names;
    for (const auto& one : page.mappings()) names.push_back(one.name());
    return names;
  }
};

TEST_F(Mappings, WhereNoneIsKeptTheListIsEmpty) {
  const auto list = List();
  ASSERT_OK(list);
  EXPECT_THAT(list->mappings(), IsEmpty());
  EXPECT_EQ(list->next_page_token(), "");
  v1::ListMappingsRequest request = ListRequest();
  request.set_round(kRound);
  EXPECT_THAT(List(request)->mappings(), IsEmpty());
}

TEST_F(Mappings, AreListedByNameWithoutTheirTexts) {
  PublishCodebook();
  who_ = support::Granted({"manager@small"});
  std::vector<std::string> names;
  for (const char* comment : {"a", "b", "c"}) names.push_back(Import(comment));
  std::sort(names.begin(), names.end());
  const auto list = List();
  ASSERT_OK(list);
  EXPECT_EQ(NamesOf(*list), names);
  for (v1::Mapping one : list->mappings()) {
    EXPECT_EQ(one.content(), "");
    const auto whole = GetMapping(one.name());
    ASSERT_OK(whole);
    EXPECT_NE(whole->content(), "");
    one.set_content(whole->content());
    EXPECT_EQ(one.SerializeAsString(), whole->SerializeAsString());
    EXPECT_EQ(one.actor(), "somebody");
    EXPECT_EQ(one.codebook(), "surveys/small/codebooks/1");
    EXPECT_THAT(one.digest(), SizeIs(64));
    EXPECT_TRUE(one.uses_complete());
    EXPECT_THAT(one.uses(), IsEmpty());
  }
}

TEST_F(Mappings, PagesGoOnAfterTheLastWhateverComesMeanwhile) {
  PublishCodebook();
  for (int i = 0; i < 7; ++i) Import(std::to_string(i));
  std::vector<std::string> names;
  v1::ListMappingsRequest request = ListRequest(3);
  std::vector<int> sizes;
  do {
    const auto page = List(request);
    ASSERT_OK(page);
    sizes.push_back(page->mappings_size());
    for (const std::string& name : NamesOf(*page)) names.push_back(name);
    request.set_page_token(page->next_page_token());
    // It stands before or behind, and moves none of the others.
    if (sizes.size() == 1) Import("late");
  } while (!request.page_token().empty());
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_GE(names.size(), 7u);
  EXPECT_EQ(sizes.front(), 3);
  EXPECT_THAT(List(ListRequest(8))->next_page_token(), IsEmpty());
  EXPECT_THAT(List(ListRequest(9'999))->mappings(), SizeIs(8));
}

TEST_F(Mappings, ATokenIsOfOneRequest) {
  PublishCodebook();
  Import("a");
  Import("b");
  v1::ListMappingsRequest request = ListRequest(1);
  const auto page = List(request);
  ASSERT_OK(page);
  ASSERT_NE(page->next_page_token(), "");
  const auto refused = [&](const v1::ListMappingsRequest& asked) {
    EXPECT_STATUS(List(asked), absl::StatusCode::kInvalidArgument,
                  "PAGE_TOKEN_INVALID");
  };
  request.set_page_token(page->next_page_token());
  v1::ListMappingsRequest other = request;
  other.set_parent("surveys/other");
  refused(other);
  other = request;
  other.set_round(kRound);
  refused(other);
  other = request;
  other.set_page_token("nonsense");
  refused(other);
  v1::ListCodebooksRequest codebooks;
  codebooks.set_parent(kSurvey);
  codebooks.set_page_token(page->next_page_token());
  EXPECT_STATUS(Call(&Stub::ListCodebooks, codebooks),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  request.set_page_size(10);
  EXPECT_THAT(List(request)->mappings(), SizeIs(1));
}

TEST_F(Mappings, WhatIsAskedMustMeanSomething) {
  EXPECT_STATUS(List(ListRequest(-1)), absl::StatusCode::kInvalidArgument,
                "PAGE_SIZE_INVALID");
  v1::ListMappingsRequest request = ListRequest();
  request.set_parent("small");
  EXPECT_STATUS(List(request), absl::StatusCode::kInvalidArgument,
                "NAME_INVALID");
  request = ListRequest();
  for (const char* round :
       {"2025", "surveys/small/rounds/soon", "surveys/other/rounds/2025"}) {
    request.set_round(round);
    const auto list = List(request);
    EXPECT_STATUS(list, absl::StatusCode::kInvalidArgument, "NAME_INVALID");
    EXPECT_THAT(Violations(list.status()), ElementsAre("round: NAME_INVALID"));
  }
  // One that was never held has used none.
  request.set_round("surveys/small/rounds/1999");
  EXPECT_THAT(List(request)->mappings(), IsEmpty());
}

TEST_F(Mappings, EachSaysWhatCameThroughIt) {
  PrepareOpen();
  const std::string used = Import("used");
  const std::string never = Import("never");
  Send(used, "one", /*dry=*/true);
  EXPECT_THAT(GetMapping(used)->uses(), IsEmpty());

  who_ = support::Granted({"manager@small"});
  Send(used, "one");
  Send(used, "one");  // which changes nothing
  who_ = access::Identity::Local();
  v1::Mapping mapping = *GetMapping(used);
  ASSERT_THAT(mapping.uses(), SizeIs(1));
  EXPECT_EQ(mapping.uses(0).round(), kRound);
  EXPECT_EQ(mapping.uses(0).batches(), 1);
  EXPECT_EQ(mapping.uses(0).rows(), 2);
  EXPECT_EQ(mapping.uses(0).actor(), "somebody");
  EXPECT_EQ(mapping.uses(0).first_time().SerializeAsString(),
            mapping.uses(0).last_time().SerializeAsString());

  Send(used, "two");
  Send(used, "three", false, "131024");
  mapping = *GetMapping(used);
  ASSERT_THAT(mapping.uses(), SizeIs(1));
  EXPECT_EQ(mapping.uses(0).batches(), 3);
  EXPECT_EQ(mapping.uses(0).rows(), 2 + 1 + 2);
  EXPECT_NE(mapping.uses(0).actor(), "somebody");

  v1::ListMappingsRequest request = ListRequest();
  request.set_round(kRound);
  EXPECT_THAT(NamesOf(*List(request)), ElementsAre(used));
  EXPECT_THAT(List()->mappings(), SizeIs(2));
  EXPECT_THAT(GetMapping(never)->uses(), IsEmpty());
}

TEST_F(Mappings, ARepeatOfARequestIsNoSecondUse) {
  PrepareOpen();
  const std::string name = Import();
  v1::ImportSubmissionsRequest request;
  request.set_mapping(name);
  request.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  request.set_request_id("11111111-2222-4333-8444-555555555555");
  const std::string row = "small,2025,131016,municipality,";
  request.mutable_batch()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
      "other_text,absence\n" +
      row + "有無,ない,,\n" + row + "記述,words,,\n");
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Call(&Stub::BatchImportSubmissions, request));
  }
  EXPECT_EQ(GetMapping(name)->uses(0).batches(), 1);
  EXPECT_EQ(GetMapping(name)->uses(0).rows(), 2);
}

TEST_F(Mappings, AreForThoseWhoSeeAllAnswers) {
  PrepareOpen();
  Import();
  for (const char* grant : {"manager@small", "reviewer@small", "manager@*"}) {
    who_ = support::Granted({grant});
    EXPECT_OK(List()) << grant;
  }
  for (const char* grant : {"manager@other", "auditor@small", "registrar@*"}) {
    who_ = support::Granted({grant});
    EXPECT_STATUS(List(), absl::StatusCode::kPermissionDenied, "ACCESS_DENIED")
        << grant;
  }
  who_ = support::RespondentOf("small", "131016");
  EXPECT_STATUS(List(), absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
  who_ = access::Identity::Anonymous();
  EXPECT_STATUS(List(), absl::StatusCode::kUnauthenticated,
                "CREDENTIALS_MISSING");
}

}  // namespace
}  // namespace welfare::survey
