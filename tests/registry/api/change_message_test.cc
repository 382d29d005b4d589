// The bytes of the stream of changes, held against the messages they stand for.
#include "services/registry/api/change_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "services/registry/api/convert.h"
#include "tests/registry/samples.h"

namespace welfare::registry {
namespace {

TEST(ChangeMessage, ReadsBackAsTheMessagesOfEveryRecord) {
  std::mt19937 random(7);
  const auto below = [&](unsigned limit) {
    return static_cast<int>(random() % limit);
  };
  HistoryPtr history = Extend(
      History(), {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                                     MakeMunicipality(2, "131024", "中央区")}});
  for (int round = 0; round < 200; ++round) {
    Changes changes;
    for (int year = 2021; year < 2021 + 1 + below(5); ++year) {
      StatusRecord record =
          MakeStatus(1, "131016", year, static_cast<Implementing>(1 + below(3)),
                     static_cast<Preparation>(1 + below(3)));
      // Lengths on both sides of one byte of a varint.
      record.note = std::string(static_cast<std::size_t>(below(300)), 'n');
      record.reason = below(2) == 0 ? "" : "訂正";
      record.correction = below(2) == 0;
      record.retracted = below(3) == 0;
      changes.statuses.push_back(record);
    }
    if (below(4) == 0) {
      MunicipalityRecord banded{.id = 2, .first_code = Code("131024")};
      banded.says.population_band = "band_" + std::to_string(round);
      changes.municipalities = {banded};
      banded.valid_from = Year(2025);
      changes.municipalities.push_back(banded);
    }
    history = Extend(*history, changes,
                     history->recorded_time() +
                         std::chrono::microseconds(1 + below(3000000)));
  }
  for (const std::size_t limit : {std::size_t{1}, std::size_t{7}}) {
    std::vector<v1::StreamChangesResponse::Change> found;
    ChangeMessage message;
    const auto take = [&](std::int64_t version) {
      v1::StreamChangesResponse read;
      ASSERT_TRUE(read.ParseFromString(message.Take(version)));
      EXPECT_EQ(read.version(), version);
      found.insert(found.end(), read.changes().begin(), read.changes().end());
    };
    for (const CommitPtr& commit : history->CommitsAfter(0)) {
      for (std::size_t at = 0; at < commit->size();) {
        at += message.Add(*history, *commit, at, limit);
        if (message.size() == limit) take(commit->version);
      }
    }
    take(history->version());
    std::size_t next = 0;
    for (const CommitPtr& commit : history->CommitsAfter(0)) {
      std::string last;
      for (const MunicipalityRecordPtr& record : commit->municipalities) {
        if (record->first_code.ToString() == last) continue;
        last = record->first_code.ToString();
        ASSERT_LT(next, found.size());
        const auto& change = found[next++];
        EXPECT_EQ(change.version(), commit->version);
        const RegistryView view = history->At(commit->version);
        const Municipality* state = view.FindMunicipality(record->first_code);
        v1::Municipality expected = ToProto(view, *state, state->Last().last);
        expected.clear_fiscal_year();
        EXPECT_EQ(change.municipality().SerializeAsString(),
                  expected.SerializeAsString());
      }
      for (const StatusPtr& record : commit->statuses) {
        ASSERT_LT(next, found.size());
        const auto& change = found[next++];
        EXPECT_EQ(change.version(), commit->version);
        EXPECT_EQ(
            change.status_record().SerializeAsString(),
            ToProto("", *record, commit->recorded_time).SerializeAsString());
      }
    }
    EXPECT_EQ(next, found.size());
  }
}

}  // namespace
}  // namespace welfare::registry
