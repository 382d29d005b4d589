#include "services/importing/reply/import_reply.h"

#include <gtest/gtest.h>

#include <string>

#include "services/importing/limits.h"
#include "services/importing/rejects_token.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::importing {
namespace {

using support::EqualsProto;

TEST(ImportReply, TakesATextInEitherForm) {
  type::v1::CsvBatch batch;
  batch.set_csv("a\n1\n");
  ASSERT_OK(FromProto("batch", batch));
  EXPECT_EQ(FromProto("batch", batch)->csv, "a\n1\n");
  batch.set_csv_bytes("a\n2\n");
  EXPECT_STATUS(FromProto("batch", batch), absl::StatusCode::kInvalidArgument,
                "CSV_INVALID");
  batch.clear_csv();
  ASSERT_OK(FromProto("batch", batch));
  EXPECT_EQ(FromProto("batch", batch)->csv, "a\n2\n");
  EXPECT_EQ(TextOf(batch), "a\n2\n");
}

TEST(ImportReply, TellsCountsAndFaultsInTheLanguageAsked) {
  ImportOutcome outcome;
  outcome.rejects = RejectList({}, {"a.csv"});
  outcome.rejects.Add({.line = 3, .record = 2, .raw = "x,y"}, "x",
                      {"code", "CODE_FORMAT", "Mend it.", "直してください。"});
  outcome.counts = {.rows = 4, .created = 1, .updated = 1, .rejected = 2};
  outcome.rejected_as_whole = 1;
  const std::string expected = R"pb(
    counts { rows: 4 created: 1 updated: 1 rejected: 2 }
    rejects { source_file: "a.csv" source_line: 3 record: 2 column: "code"
              value: "x"
              reason_code: "CODE_FORMAT"
              raw_record: "x,y"
              message:)pb";
  const std::string rest = "} rejected_as_whole: 1 rejects_total: 1";
  auto reply = ToProto(outcome, "d", base::Language::kEnglish);
  ASSERT_OK(reply);
  EXPECT_THAT(*reply, EqualsProto(expected + "'Mend it.'" + rest));
  reply = ToProto(outcome, "d", base::Language::kJapanese);
  ASSERT_OK(reply);
  EXPECT_THAT(*reply, EqualsProto(expected + "'直してください。'" + rest));
}

TEST(ImportReply, WhatHasNoRoomIsAskedForByToken) {
  RejectList rejects;
  for (int i = 1; i <= 1'001; ++i) {
    rejects.Add({.line = 1, .record = i}, "", {"", "WRONG", "Mend it.", ""});
  }
  const auto reply = ToProto(
      {.counts = {.rows = 1'001, .rejected = 1'001}, .rejects = rejects}, "d",
      base::Language::kEnglish);
  ASSERT_OK(reply);
  EXPECT_EQ(reply->rejects_size(), 1'000);
  EXPECT_EQ(reply->rejects_total(), 1'001);
  const auto next = ReadRejectsToken(reply->next_rejects_token(), true, "d");
  ASSERT_OK(next);
  EXPECT_EQ(next->record, 1'000);
}

TEST(ImportReply, ARecordThatWasLostIsNoAnswer) {
  EXPECT_STATUS(ToProto({.counts = {.rows = 2, .created = 1}}, "d",
                        base::Language::kEnglish),
                absl::StatusCode::kInternal, "COUNTS_DO_NOT_ADD_UP");
}

TEST(ImportReply, ABatchIsCheckedBeforeItIsRead) {
  type::v1::CsvBatch batch;
  batch.set_csv("a\n");
  batch.set_first_line(7);
  batch.set_source_file("a.csv");
  const auto text = FromProto("batch", batch);
  ASSERT_OK(text);
  EXPECT_EQ(text->csv, "a\n");
  EXPECT_EQ(text->first_line, 7);
  EXPECT_EQ(text->source_file, "a.csv");
  batch.set_source_file(std::string(kMostFileNameBytes + 1, 'f'));
  EXPECT_STATUS(FromProto("batch", batch), absl::StatusCode::kInvalidArgument,
                "CSV_INVALID");
}

}  // namespace
}  // namespace welfare::importing
