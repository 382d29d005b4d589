// The contract of FeedbackStore, for every implementation there is.
#include "services/report/store/feedback_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/signature/signature_text.h"
#include "services/base/signature/signing_key.h"
#include "services/report/store/sql_feedback_store.h"
#include "services/report/store/sql_report_store.h"
#include "tests/base/signature/signing_keys.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

platform::WriteRequest Asked(std::string id, std::string method) {
  return {.key = {.request_id = std::move(id),
                  .method = std::move(method),
                  .body = "body"},
          .actor = "hanako",
          .limits = {}};
}

NewReport SomeReport() {
  NewReport input;
  input.report.template_id = "jusou";
  input.report.survey = "jusou";
  input.report.fiscal_year = 2025;
  input.report.edition = Edition::kProvisional;
  input.report.snapshot_id = "snapshot";
  input.report.files = {{"html", "text/html", "report.html", 4, "report"}};
  input.bytes = {"page"};
  return input;
}

NewSheet MakeSheet(const std::string& report, const std::string& id, int position,
               SheetKind kind) {
  NewSheet made;
  made.sheet.report = report;
  made.sheet.id = id;
  made.sheet.position = position;
  made.sheet.kind = kind;
  made.sheet.municipality_code = id.substr(0, 6);
  if (kind == SheetKind::kOwn) {
    made.sheet.respondent_kind = id.ends_with("council")
                                     ? base::RespondentKind::kCouncil
                                     : base::RespondentKind::kMunicipality;
  }
  made.sheet.other_codes = {"131067", "131075"};
  made.sheet.display_name = "回答確認票　" + id;
  made.sheet.digest = "digest-of-" + id;
  made.sheet.shown_to_respondents = kind == SheetKind::kOwn;
  made.sheet.synthetic = true;
  // All have one file in common, whose bytes are kept once.
  made.sheet.files = {{"html", "text/html", id + ".html", 4, "html-" + id},
                      {"pdf", "application/pdf", id + ".pdf", 6, "pdf"}};
  made.bytes = {"page", "papers"};
  return made;
}

class FeedbackStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  void SetUp() override {
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    auto reports = SqlReportStore::Open(*database_, clock_);
    ASSERT_OK(reports);
    reports_ = *std::move(reports);
    store_ = std::make_unique<SqlFeedbackStore>(*database_, clock_);
    const auto report =
        reports_->Create(Asked("", "CreateReport"), SomeReport());
    ASSERT_OK(report);
    stored_ = *report;
    report_ = report->Name();
  }

  std::vector<NewSheet> Three() const {
    return {MakeSheet(report_, "131016-municipality", 1, SheetKind::kOwn),
            MakeSheet(report_, "131016-council", 2, SheetKind::kOwn),
            MakeSheet(report_, "131016-pair", 3, SheetKind::kPair)};
  }

  void Make() {
    ASSERT_OK(store_->Create(Asked("", "Make"), stored_, Three(), nullptr));
  }

  absl::StatusOr<StoredSheet> Judge(const std::string& id, SheetState state,
                                    const std::string& comment = "",
                                    const std::string& request_id = "") {
    return store_->Judge(
        Asked(request_id, "Judge"), report_, id,
        {.state = state, .digest = "digest-of-" + id, .comment = comment});
  }

  std::vector<std::string> Ids(std::optional<SheetState> state) {
    const auto listed = store_->List(report_, 0, 100, state, {});
    EXPECT_OK(listed);
    std::vector<std::string> ids;
    for (const StoredSheet& sheet : *listed) ids.push_back(sheet.id);
    return ids;
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<ReportStore> reports_;
  std::unique_ptr<FeedbackStore> store_;
  StoredReport stored_;
  std::string report_;  // its name
};

TEST_P(FeedbackStoreContract, KeepsSheetsWithTheirFiles) {
  ASSERT_OK(store_->CheckNone(report_, {}));
  const auto counts = store_->Create(Asked("", "Make"), stored_, Three(), nullptr);
  ASSERT_OK(counts);
  EXPECT_EQ(counts->own, 2);
  EXPECT_EQ(counts->pairs, 1);
  const auto sheet = store_->Get(report_, "131016-council", {});
  ASSERT_OK(sheet);
  EXPECT_EQ(sheet->Name(), report_ + "/feedbackSheets/131016-council");
  EXPECT_EQ(sheet->position, 2);
  EXPECT_EQ(sheet->kind, SheetKind::kOwn);
  EXPECT_EQ(sheet->respondent_kind, base::RespondentKind::kCouncil);
  EXPECT_THAT(sheet->other_codes, ElementsAre("131067", "131075"));
  EXPECT_EQ(sheet->digest, "digest-of-131016-council");
  EXPECT_TRUE(sheet->synthetic);
  EXPECT_TRUE(sheet->shown_to_respondents);
  ASSERT_THAT(sheet->files, SizeIs(2));
  EXPECT_EQ(sheet->files[0].filename, "131016-council.html");
  EXPECT_FALSE(sheet->verdict.has_value());
  EXPECT_EQ(sheet->files[0].signing_key, "");
  const auto bytes = reports_->ReadBytes("pdf", 0, 100, {});
  ASSERT_OK(bytes);
  EXPECT_EQ(*bytes, "papers");
  const auto pair = store_->Get(report_, "131016-pair", {});
  ASSERT_OK(pair);
  EXPECT_FALSE(pair->respondent_kind.has_value());
  EXPECT_FALSE(pair->shown_to_respondents);
}

TEST_P(FeedbackStoreContract, SignsWhatItStores) {
  const base::testing::KeyPair pair = base::testing::MakeKeyPair();
  const auto key = base::SigningKey::Read(pair.private_pem);
  ASSERT_TRUE(key.has_value());
  std::vector<NewSheet> sheets = Three();
  for (NewSheet& sheet : sheets) {
    sheet.sheet.digest = std::string(64, 'c');
    for (ReportFile& file : sheet.sheet.files) {
      file.digest = std::string(64, file.format == "pdf" ? 'a' : 'b');
    }
  }
  ASSERT_OK(store_->Create(Asked("", "Make"), stored_, sheets, &*key));
  const auto listed = store_->List(report_, 0, 100, std::nullopt, {});
  ASSERT_OK(listed);
  for (const StoredSheet& sheet : *listed) {
    for (const ReportFile& file : sheet.files) {
      EXPECT_EQ(file.signing_key, key->id());
      const auto text =
          store_->FindSignature(report_, sheet.id, file.format, {});
      ASSERT_OK(text);
      ASSERT_TRUE(text->has_value());
      int fault = 0;
      const auto read = base::ReadSignatureText(**text, fault);
      ASSERT_TRUE(read.has_value()) << fault;
      EXPECT_TRUE(base::VerifyingKey::ReadAll(pair.public_pem)
                      .at(0)
                      .Verifies(read->lines, read->bytes));
      EXPECT_EQ(read->file.name, sheet.Name());
      EXPECT_EQ(read->file.digest, file.digest);
      EXPECT_EQ(read->file.time, sheet.create_time);
    }
  }
  EXPECT_EQ(*store_->FindSignature(report_, "131016-council", "csv", {}),
            std::nullopt);
}

TEST_P(FeedbackStoreContract, KnowsNoSheetThatWasNotMade) {
  EXPECT_STATUS(store_->Get(report_, "131016-council", {}),
                absl::StatusCode::kNotFound, "FEEDBACK_NOT_FOUND");
  EXPECT_STATUS(Judge("131016-council", SheetState::kConfirmed),
                absl::StatusCode::kNotFound, "FEEDBACK_NOT_FOUND");
  EXPECT_THAT(Ids(std::nullopt), IsEmpty());
}

TEST_P(FeedbackStoreContract, MakesTheSheetsOfAReportOnce) {
  const auto first = store_->Create(Asked("one", "Make"), stored_, Three(), nullptr);
  ASSERT_OK(first);
  const auto repeat = store_->FindRepeat(Asked("one", "Make"));
  ASSERT_OK(repeat);
  ASSERT_TRUE(repeat->has_value());
  EXPECT_EQ((*repeat)->own, 2);
  ASSERT_OK(store_->Create(Asked("one", "Make"), stored_, Three(), nullptr));
  EXPECT_STATUS(store_->CheckNone(report_, {}),
                absl::StatusCode::kAlreadyExists, "FEEDBACK_EXISTS");
  EXPECT_STATUS(
      store_->Create(Asked("two", "Make"), stored_, Three(), nullptr),
                absl::StatusCode::kAlreadyExists, "FEEDBACK_EXISTS");
  const auto none = store_->FindRepeat(Asked("two", "Make"));
  ASSERT_OK(none);
  EXPECT_FALSE(none->has_value());
}

TEST_P(FeedbackStoreContract, AddsNothingOnceTheReportIsPublished) {
  Make();
  ASSERT_OK(reports_->Publish(Asked("", "Publish"), report_,
                              PublishLevel::kAggregate, nullptr));
  EXPECT_STATUS(Judge("131016-council", SheetState::kConfirmed),
                absl::StatusCode::kFailedPrecondition, "FEEDBACK_LATE");
  EXPECT_STATUS(store_->CheckNone(report_, {}),
                absl::StatusCode::kFailedPrecondition, "FEEDBACK_LATE");
}

TEST_P(FeedbackStoreContract, TheLastVerdictCounts) {
  Make();
  const auto objected =
      Judge("131016-council", SheetState::kObjected, "問3が違う", "a");
  ASSERT_OK(objected);
  EXPECT_EQ(objected->verdict->state, SheetState::kObjected);
  EXPECT_EQ(objected->verdict->comment, "問3が違う");
  EXPECT_EQ(objected->verdict->judged_by, "hanako");
  EXPECT_EQ(objected->verdict->digest, "digest-of-131016-council");
  ASSERT_OK(Judge("131016-council", SheetState::kConfirmed, "", "b"));
  EXPECT_EQ(store_->Get(report_, "131016-council", {})->verdict->state,
            SheetState::kConfirmed);
  // A repeat is answered as the first was.
  const auto repeat =
      Judge("131016-council", SheetState::kObjected, "問3が違う", "a");
  ASSERT_OK(repeat);
  EXPECT_EQ(repeat->verdict->state, SheetState::kObjected);
  EXPECT_EQ(store_->Get(report_, "131016-council", {})->verdict->state,
            SheetState::kConfirmed);
}

TEST_P(FeedbackStoreContract, RefusesAVerdictOnAnotherContentAndOnAPair) {
  Make();
  const auto other = store_->Judge(
      Asked("", "Judge"), report_, "131016-council",
      {.state = SheetState::kConfirmed,
       .digest = "digest-of-131016-municipality",
       .comment = ""});
  EXPECT_STATUS(other, absl::StatusCode::kFailedPrecondition,
                "FEEDBACK_OTHER_CONTENT");
  EXPECT_STATUS(
      Judge("131016-pair", SheetState::kConfirmed),
                absl::StatusCode::kFailedPrecondition, "FEEDBACK_OF_PAIR");
}

TEST_P(FeedbackStoreContract, ListsByStateAndInPages) {
  Make();
  EXPECT_THAT(Ids(std::nullopt),
              ElementsAre("131016-municipality", "131016-council",
                          "131016-pair"));
  // Nobody is asked about a pair.
  EXPECT_THAT(Ids(SheetState::kUnconfirmed),
              ElementsAre("131016-municipality", "131016-council"));
  ASSERT_OK(Judge("131016-municipality", SheetState::kObjected, "違う"));
  EXPECT_THAT(Ids(SheetState::kUnconfirmed), ElementsAre("131016-council"));
  EXPECT_THAT(Ids(SheetState::kObjected), ElementsAre("131016-municipality"));
  const auto page = store_->List(report_, 1, 1, std::nullopt, {});
  ASSERT_OK(page);
  ASSERT_THAT(*page, SizeIs(1));
  EXPECT_EQ(page->front().id, "131016-council");
}

INSTANTIATE_TEST_SUITE_P(Engines, FeedbackStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::report
