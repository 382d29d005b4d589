// What a caller sees of a survey, by its grants and claims, through the real
// module.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/api/pets_survey.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSelf[] = "131016-municipality";
constexpr char kOther[] = "131024-municipality";
constexpr char kCouncil[] = "131016-council";
// One that has not begun, one of nobody.
constexpr char kSilent[] = "131032-municipality";
constexpr char kNobody[] = "011002-municipality";

constexpr char kLevels[] =
    "type,name,label,respondent,absences,publish_level\n"
    "integer,cats,cats,municipality council,NO_ANSWER,internal\n"
    "integer,dogs,dogs,municipality council,NO_ANSWER,aggregate\n"
    "text,story,story,municipality council,NO_ANSWER UNKNOWN,stakeholders\n"
    "text,wish,wish,municipality council,NO_ANSWER,public\n";

using support::Granted;

access::Identity Respondent(const std::string& code = "131016",
                            const std::string& survey = "pets") {
  return support::RespondentOf(survey, code);
}

// Three have answered; the caller is one of them, until a test says otherwise.
class Access : public PetsSurvey {
 protected:
  void SetUp() override {
    Start();
    Prepare(kLevels, false);
    std::string rows;
    for (const char* who :
         {"131016,municipality", "131016,council", "131024,municipality"}) {
      rows += Rows(who, "tale", "hope");
    }
    const auto sent =
        Send(Batch(rows,
                   "pets,2025,131016,municipality,ours,03-1,2025-06-20\n"
                   "pets,2025,131024,municipality,theirs,03-2,2025-06-20\n"));
    ASSERT_OK(sent);
    ASSERT_EQ(sent->counts().created(), 12);
    who_ = Respondent();
  }

  static std::string NameOf(const std::string& who,
                            const std::string& round = kRound) {
    return round + "/submissions/" + who;
  }

  // Every call that names one submission.
  std::map<std::string, absl::Status> CallAll(const std::string& name) {
    std::map<std::string, absl::Status> status;
    v1::GetSubmissionRequest get;
    get.set_name(name);
    status["get"] = Call(&Stub::GetSubmission, get).status();
    get.set_data_version(1);
    status["get at 1"] = Call(&Stub::GetSubmission, get).status();
    v1::ListSubmissionRevisionsRequest revisions;
    revisions.set_name(name);
    status["revisions"] =
        Call(&Stub::ListSubmissionRevisions, revisions).status();
    v1::UpdateSubmissionRequest update;
    update.mutable_submission()->set_name(name);
    status["update"] = Call(&Stub::UpdateSubmission, update).status();
    update.set_validate_only(true);
    status["validate"] = Call(&Stub::UpdateSubmission, update).status();
    v1::SubmitSubmissionRequest submit;
    submit.set_name(name);
    status["submit"] = Call(&Stub::SubmitSubmission, submit).status();
    v1::CreateSubmissionRequest create;
    const std::size_t at = name.rfind("/submissions/");
    create.set_parent(name.substr(0, at));
    create.set_submission_id(name.substr(at + 13));
    status["create"] = Call(&Stub::CreateSubmission, create).status();
    return status;
  }

  absl::StatusOr<v1::ListSubmissionsResponse> List(
      const v1::ListSubmissionsRequest& request) {
    return Call(&Stub::ListSubmissions, request);
  }

  static v1::ListSubmissionsRequest ListRequest() {
    v1::ListSubmissionsRequest request;
    request.set_parent(kRound);
    return request;
  }

  static std::vector<std::string> NamesOf(
      const v1::ListSubmissionsResponse& list) {
    std::vector<std::string> names;
    for (const auto& one : list.submissions()) names.push_back(one.name());
    return names;
  }

  absl::Status ReadColumns(std::vector<v1::StreamRoundColumnsResponse>& parts) {
    v1::StreamRoundColumnsRequest request;
    request.set_name(kRound);
    grpc::ClientContext context;
    const auto reader = stub_->StreamRoundColumns(&context, request);
    v1::StreamRoundColumnsResponse part;
    while (reader->Read(&part)) parts.push_back(part);
    return platform::FromGrpcStatus(reader->Finish());
  }
};

TEST_F(Access, ARespondentOpensItsOwn) {
  const auto own = GetSubmission(NameOf(kSelf));
  ASSERT_OK(own);
  EXPECT_EQ(own->answers_size(), 4);
  EXPECT_EQ(own->header().contact(), "03-1");
  for (const auto& [call, status] : CallAll(NameOf(kSelf))) {
    EXPECT_NE(status.code(), absl::StatusCode::kPermissionDenied) << call;
  }
}

TEST_F(Access, WhatIsOfOthersIsRefusedWhetherItIsThereOrNot) {
  const auto refused = CallAll(NameOf(kOther));
  for (const std::string& name :
       {NameOf(kOther), NameOf(kCouncil), NameOf(kSilent), NameOf(kNobody),
        NameOf(kOther, "surveys/pets/rounds/2030"),
        NameOf(kNobody, "surveys/pets/rounds/2030")}) {
    for (const auto& [call, status] : CallAll(name)) {
      EXPECT_STATUS(status, absl::StatusCode::kPermissionDenied,
                    "ACCESS_DENIED")
          << call << " " << name;
      EXPECT_EQ(status.message(), refused.at(call).message());
    }
  }
}

TEST_F(Access, AListShowsARespondentItsOwnRowAlone) {
  v1::ListSubmissionsRequest request = ListRequest();
  request.set_full(true);
  for (const bool filtered : {false, true}) {
    if (filtered) {
      request.set_respondent_kind(type::v1::RESPONDENT_KIND_MUNICIPALITY);
      request.add_states(v1::Submission::STATE_SUBMITTED);
    }
    const auto list = List(request);
    ASSERT_OK(list);
    EXPECT_THAT(NamesOf(*list), ElementsAre(NameOf(kSelf)));
    EXPECT_EQ(list->total_size(), 1);
    EXPECT_EQ(list->next_page_token(), "");
  }
  request.set_respondent_kind(type::v1::RESPONDENT_KIND_COUNCIL);
  const auto none = List(request);
  ASSERT_OK(none);
  EXPECT_THAT(NamesOf(*none), IsEmpty());
  EXPECT_EQ(none->total_size(), 0);
}

TEST_F(Access, ATokenOfAWiderListShowsNoMore) {
  v1::ListSubmissionsRequest request = ListRequest();
  request.set_page_size(1);
  who_ = Granted({"manager@pets"});
  const auto first = List(request);
  ASSERT_OK(first);
  EXPECT_EQ(first->total_size(), 3);
  request.set_page_token(first->next_page_token());
  who_ = Respondent("131024");
  auto next = List(request);
  ASSERT_OK(next);
  EXPECT_THAT(NamesOf(*next), ElementsAre(NameOf(kOther)));
  EXPECT_EQ(next->total_size(), 1);
  who_ = Respondent();
  next = List(request);  // begins after its own
  ASSERT_OK(next);
  EXPECT_THAT(NamesOf(*next), IsEmpty());
}

TEST_F(Access, WhoAnswersDoesNotSayWhenThatWasReceived) {
  v1::CreateSubmissionRequest create;
  create.set_parent(kRound);
  create.set_submission_id(kSilent);
  auto& day =
      *create.mutable_submission()->mutable_header()->mutable_received_on();
  day.set_year(2025);
  day.set_month(7);
  day.set_day(1);
  for (const bool dry : {true, false}) {
    create.set_validate_only(dry);
    who_ = Respondent("131032");
    const auto refused = Call(&Stub::CreateSubmission, create).status();
    EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                  "SUBMISSION_INVALID");
    EXPECT_THAT(Violations(refused),
                ElementsAre("header.received_on: RECEIVED_ON_RESERVED"));
  }
  who_ = Granted({"reviewer@pets"});
  create.set_reason("on paper");
  EXPECT_OK(Call(&Stub::CreateSubmission, create));
  v1::UpdateSubmissionRequest update;
  *update.mutable_submission() = create.submission();
  update.mutable_submission()->set_name(NameOf(kSilent));
  who_ = Respondent("131032");
  EXPECT_OK(Call(&Stub::UpdateSubmission, update));  // as it stands
  update.mutable_submission()->mutable_header()->mutable_received_on()->set_day(
      2);
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  update.mutable_submission()->clear_header();
  update.mutable_update_mask()->add_paths("*");
  const auto replaced = Call(&Stub::UpdateSubmission, update);
  ASSERT_OK(replaced);
  EXPECT_EQ(replaced->header().received_on().day(), 1);
}

TEST_F(Access, AnyCodeOfTheMunicipalityIsItsOwn) {
  who_ = access::Identity::Local();
  registry_.ChangeCode("131016", "139998");
  Prepare(kLevels, false, "codes");
  const std::string round = "surveys/codes/rounds/2025";
  v1::CreateSubmissionRequest create;
  create.set_parent(round);
  create.set_submission_id(kSelf);
  ASSERT_OK(Call(&Stub::CreateSubmission, create));
  for (const char* claimed : {"131016", "139998"}) {
    who_ = Respondent(claimed, "codes");
    for (const char* code : {"131016", "139998"}) {
      EXPECT_OK(
          GetSubmission(NameOf(std::string(code) + "-municipality", round)));
    }
    EXPECT_STATUS(GetSubmission(NameOf(kOther, round)),
                  absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
    v1::ListSubmissionsRequest list;
    list.set_parent(round);
    EXPECT_EQ(List(list)->total_size(), 1);
  }
}

TEST_F(Access, ARepeatByAnotherCallerShowsNothing) {
  v1::CreateSubmissionRequest create;
  create.set_parent(kRound);
  create.set_submission_id(kSilent);
  create.set_request_id("one");
  who_ = Respondent("131032");
  ASSERT_OK(Call(&Stub::CreateSubmission, create));
  ASSERT_OK(Call(&Stub::CreateSubmission, create));
  who_ = Respondent();
  EXPECT_STATUS(Call(&Stub::CreateSubmission, create),
                absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
}

TEST_F(Access, TheLevelOfAnItemSaysWhatARespondentSeesOfOthers) {
  std::vector<v1::StreamRoundColumnsResponse> parts;
  ASSERT_OK(ReadColumns(parts));
  ASSERT_EQ(parts.size(), 5U);
  const v1::Frame& frame = parts[0].header().frame();
  const auto row_of = [&](const std::string& code) {
    for (int r = 0; r < frame.rows_size(); ++r) {
      if (frame.rows(r).municipality_code() == code) return r;
    }
    return -1;
  };
  const int self = row_of("131016");
  const int other = row_of("131024");
  const int silent = row_of("131032");
  for (int r = 0; r < frame.rows_size(); ++r) {
    const v1::Frame::Row& row = frame.rows(r);
    EXPECT_EQ(row.withheld(), r != self);
    EXPECT_EQ(row.state(), r == self ? v1::Submission::STATE_SUBMITTED
                                     : v1::Submission::STATE_UNSPECIFIED);
    EXPECT_EQ(row.revision() != 0 || row.has_received_on() || row.late(),
              r == self);
  }
  const char withheld = '\xff';
  const auto column_of = [&](int item) -> const v1::Column& {
    return parts[static_cast<std::size_t>(item)].column();
  };
  const auto absence_of = [](const v1::Column& column, int row) {
    return column.absences()[static_cast<std::size_t>(row)];
  };
  for (const int item : {1, 2}) {  // internal, aggregate
    const v1::Column& column = column_of(item);
    for (int r = 0; r < frame.rows_size(); ++r) {
      const bool own = r == self;
      EXPECT_EQ(absence_of(column, r), own ? 0 : withheld);
      EXPECT_EQ(column.integers(r), own ? item : 0);
    }
  }
  for (const int item : {3, 4}) {  // stakeholders, public
    const v1::Column& column = column_of(item);
    EXPECT_EQ(column.texts(self), item == 3 ? "tale" : "hope");
    EXPECT_EQ(column.texts(other), item == 3 ? "tale" : "hope");
    EXPECT_EQ(absence_of(column, silent), type::v1::Absence::UNIT_NONRESPONSE);
  }
}

TEST_F(Access, ManagersReviewersAndServicesSeeAll) {
  for (const access::Identity& who :
       {Granted({"manager@pets"}), Granted({"reviewer@*"}),
        access::Identity::Service("indicator")}) {
    who_ = who;
    EXPECT_EQ(List(ListRequest())->total_size(), 3);
    std::vector<v1::StreamRoundColumnsResponse> parts;
    ASSERT_OK(ReadColumns(parts));
    for (const auto& row : parts[0].header().frame().rows()) {
      EXPECT_FALSE(row.withheld());
    }
    for (const char byte : parts[1].column().absences()) {
      EXPECT_NE(byte, '\xff');
    }
  }
}

TEST_F(Access, AGrantOfAnotherSurveySeesNothing) {
  const std::vector<std::string> grants = {"manager@elsewhere", "reviewer@pet",
                                           "respondent@pets2"};
  who_ = *access::Identity::Make({.subject = "somebody",
                                  .grants = grants,
                                  .municipality_code = "131016",
                                  .respondent_kind = "municipality"});
  for (const auto& [call, status] : CallAll(NameOf(kSelf))) {
    EXPECT_STATUS(status, absl::StatusCode::kPermissionDenied, "ACCESS_DENIED")
        << call;
  }
  EXPECT_STATUS(List(ListRequest()), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
}

TEST_F(Access, AFileIsImportedByTheManagerOfEveryRoundInIt) {
  who_ = access::Identity::Local();
  Prepare(kSheet, false, "others");
  std::string rows = Rows("131032,municipality");
  std::string others;
  for (const char* item : {"cats", "dogs"}) {
    others += std::string("others,2025,131032,municipality,") + item + ",1,,\n";
  }
  who_ = Granted({"manager@pets", "reviewer@others"});
  EXPECT_STATUS(Send(Batch(rows + others)), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
  v1::ImportSubmissionsRequest dry = Batch(rows + others);
  dry.set_validate_only(true);
  EXPECT_STATUS(Send(dry), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
  EXPECT_EQ(List(ListRequest())->total_size(), 3);
  EXPECT_OK(Send(Batch(rows)));
  EXPECT_EQ(List(ListRequest())->total_size(), 4);
}

TEST_F(Access, AQuestionnaireInTheMakingIsForThoseWhoMakeIt) {
  who_ = access::Identity::Local();
  v1::ImportCodebookRequest draft;
  draft.set_parent("surveys/pets");
  draft.set_codebook_id("2");
  draft.set_survey_csv(kSheet);
  draft.set_choices_csv("list_name,name,label\n");
  draft.set_settings_csv("form_title,form_id,version\nPets,pets,2\n");
  ASSERT_OK(Call(&Stub::ImportCodebook, draft));
  v1::GetCodebookRequest get;
  get.set_name("surveys/pets/codebooks/2");
  v1::ListCodebooksRequest list;
  list.set_parent("surveys/pets");
  list.set_page_size(1);
  const auto listed = [&] {
    std::vector<std::string> names;
    list.clear_page_token();
    do {
      const auto page = Call(&Stub::ListCodebooks, list);
      EXPECT_OK(page);
      if (!page.ok()) break;
      for (const auto& one : page->codebooks()) names.push_back(one.name());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return names;
  };
  who_ = Granted({"reviewer@pets"});
  EXPECT_OK(Call(&Stub::GetCodebook, get));
  EXPECT_THAT(listed(), ElementsAre("surveys/pets/codebooks/1",
                                    "surveys/pets/codebooks/2"));
  for (const access::Identity& who :
       {Respondent(), Granted({}), access::Identity::Anonymous(),
        Granted({"manager@elsewhere"})}) {
    who_ = who;
    EXPECT_STATUS(Call(&Stub::GetCodebook, get), absl::StatusCode::kNotFound,
                  "CODEBOOK_NOT_FOUND");
    EXPECT_THAT(listed(), ElementsAre("surveys/pets/codebooks/1"));
  }
}

}  // namespace
}  // namespace welfare::survey
