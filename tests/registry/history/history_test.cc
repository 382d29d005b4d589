#include "services/registry/history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/registry/history/roster.h"
#include "services/registry/program/status_rules.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

constexpr std::string_view kChiyoda = "131016";
constexpr std::string_view kChuo = "131024";

HistoryPtr TwoMunicipalities() {
  return Extend(History(),
                {.municipalities = {MakeMunicipality(1, kChiyoda, "千代田区"),
                                    MakeMunicipality(2, kChuo, "中央区")},
                 .statuses = {}});
}

std::optional<Implementing> ImplementingAt(const History& history,
                                           std::int64_t version, int year) {
  const StatusRecord* record =
      history.At(version).FindStatus("jusou", Code(kChiyoda), Year(year));
  return record == nullptr ? std::nullopt : record->facts.implementing;
}

TEST(History, StartsEmpty) {
  const History history;
  EXPECT_EQ(history.version(), 0);
  EXPECT_EQ(history.next_municipality_id(), 1);
  EXPECT_TRUE(history.AtHead().Municipalities().empty());
  EXPECT_FALSE(history.AtHead().HasProgram("jusou"));
}

TEST(History, KeepsWhatWasKnownBeforeACorrection) {
  HistoryPtr history = TwoMunicipalities();
  history =
      Extend(*history,
             {.municipalities = {},
              .statuses = {MakeStatus(1, kChiyoda, 2022, Implementing::kNo,
                                      Preparation::kYes),
                           MakeStatus(1, kChiyoda, 2023, Implementing::kNo,
                                      Preparation::kYes),
                           MakeStatus(1, kChiyoda, 2024, Implementing::kYes,
                                      Preparation::kNo)}},
             Time("2025-05-01T00:00:00Z"));
  history =
      Extend(*history,
             {.municipalities = {},
              .statuses = {MakeStatus(1, kChiyoda, 2023, Implementing::kYes,
                                      Preparation::kNo)}},
             Time("2025-06-01T00:00:00Z"));
  const auto known_at = [&](std::string_view time) {
    return ImplementingAt(*history, history->VersionKnownAt(Time(time)), 2023);
  };
  EXPECT_EQ(known_at("2025-03-31T00:00:00Z"), std::nullopt);
  EXPECT_EQ(known_at("2025-05-31T00:00:00Z"), Implementing::kNo);
  EXPECT_EQ(known_at("2025-06-01T00:00:00Z"), Implementing::kYes);
  EXPECT_EQ(known_at("2025-06-02T00:00:00Z"), Implementing::kYes);
}

TEST(History, NeverCarriesAYearForward) {
  const HistoryPtr history =
      Extend(*TwoMunicipalities(),
             {.municipalities = {},
              .statuses = {MakeStatus(1, kChiyoda, 2024, Implementing::kYes,
                                      Preparation::kNo)}});
  EXPECT_EQ(ImplementingAt(*history, history->version(), 2025), std::nullopt);
  EXPECT_EQ(history->AtHead().FindStatus("jusou", Code(kChuo), Year(2024)),
            nullptr);
}

TEST(History, ResolvesOldAndNewCodesToOneMunicipality) {
  MunicipalityRecord renamed = MakeMunicipality(1, kChiyoda, "新千代田区");
  renamed.says.code = Code("131041");
  const HistoryPtr before = TwoMunicipalities();
  const HistoryPtr history =
      Extend(*before, {.municipalities = {renamed}, .statuses = {}});
  const RegistryView head = history->AtHead();
  ASSERT_NE(head.FindMunicipality(Code("131041")), nullptr);
  EXPECT_EQ(head.FindMunicipality(Code("131041")),
            head.FindMunicipality(Code(kChiyoda)));
  EXPECT_EQ(head.Municipalities().size(), 2U);
  EXPECT_EQ(history->At(1).FindMunicipality(Code(kChiyoda))->Last().facts.name,
            "千代田区");
  // The history it was made from still says what it said.
  EXPECT_EQ(before->AtHead().FindMunicipality(Code("131041")), nullptr);
}

TEST(History, HidesADeletedMunicipalityAndRetiresItsCode) {
  MunicipalityRecord tombstone = MakeMunicipality(1, kChiyoda, "千代田区");
  tombstone.deleted = true;
  const HistoryPtr history = Extend(
      *TwoMunicipalities(), {.municipalities = {tombstone}, .statuses = {}});
  EXPECT_EQ(history->AtHead().FindMunicipality(Code(kChiyoda)), nullptr);
  EXPECT_TRUE(history->AtHead().IsRetired(Code(kChiyoda)));
  EXPECT_FALSE(history->At(1).IsRetired(Code(kChiyoda)));
  EXPECT_NE(history->At(1).FindMunicipality(Code(kChiyoda)), nullptr);
  EXPECT_EQ(history->AtHead().Municipalities().size(), 1U);
}

TEST(History, RefusesAGapInVersionsAndTimesThatDoNotRise) {
  const HistoryPtr history = TwoMunicipalities();
  const auto with = [&](std::int64_t version, base::Timestamp time) {
    auto commit = std::make_shared<Commit>();
    commit->version = version;
    commit->recorded_time = time;
    const std::vector<CommitPtr> commits = {commit};
    return history->With(commits);
  };
  const base::Timestamp later =
      history->recorded_time() + std::chrono::microseconds(1);
  EXPECT_STATUS(with(3, later), absl::StatusCode::kInternal, "HISTORY_GAP");
  EXPECT_STATUS(with(1, later), absl::StatusCode::kInternal, "HISTORY_GAP");
  EXPECT_STATUS(with(2, history->recorded_time()), absl::StatusCode::kInternal,
                "HISTORY_GAP");
  EXPECT_OK(with(2, later));
}

TEST(History, ListsCommitsAfterAVersion) {
  HistoryPtr history = TwoMunicipalities();
  history = Extend(
      *history, {.municipalities = {},
                 .statuses = {MakeStatus(1, kChiyoda, 2024, Implementing::kYes,
                                         Preparation::kNo)}});
  EXPECT_EQ(history->CommitsAfter(0).size(), 2U);
  ASSERT_EQ(history->CommitsAfter(1).size(), 1U);
  EXPECT_EQ(history->CommitsAfter(1).front()->version, 2);
  EXPECT_TRUE(history->CommitsAfter(2).empty());
}

// A plain model of one programme: every record ever made, in one list, and the
// rules written out once more by searching it.
class Model {
 public:
  struct Entry {
    std::string municipality;
    int year;
    StatusFacts facts;
    std::int64_t version;
  };

  std::optional<StatusFacts> Find(const std::string& municipality, int year,
                                  std::int64_t version) const {
    std::optional<StatusFacts> found;
    for (const Entry& entry : entries_) {
      if (entry.municipality == municipality && entry.year == year &&
          entry.version <= version) {
        found = entry.facts;
      }
    }
    return found;
  }

  // Returns whether the record is refused, and whether it changes anything.
  enum class Answer { kRefused, kUnchanged, kStored };
  Answer Record(const std::string& municipality, int year,
                const StatusFacts& facts, bool correction,
                std::int64_t version) {
    const auto same = Find(municipality, year, version);
    if (same.has_value()) {
      if (*same == facts) return Answer::kUnchanged;
      if (!correction) return Answer::kRefused;
    } else if (!correction) {
      std::vector<std::optional<Implementing>> line;
      for (int other = 2000; other < 2100; ++other) {
        if (other == year) {
          line.push_back(facts.implementing);
        } else if (const auto known = Find(municipality, other, version)) {
          line.push_back(known->implementing);
        }
      }
      // Corrections may have broken the order elsewhere: only the places
      // around the new year count.
      const auto breaks = [&](std::optional<Implementing> a,
                              std::optional<Implementing> b) {
        return (a == Implementing::kYes && b == Implementing::kNo) ||
               (a == Implementing::kNo && b == Implementing::kEnded);
      };
      int earlier = 0;
      for (int other = 2000; other < year; ++other) {
        if (Find(municipality, other, version).has_value()) ++earlier;
      }
      const auto at = static_cast<std::size_t>(earlier);
      if (at > 0 && breaks(line[at - 1], line[at])) return Answer::kRefused;
      if (at + 1 < line.size() && breaks(line[at], line[at + 1])) {
        return Answer::kRefused;
      }
    }
    entries_.push_back({municipality, year, facts, version});
    return Answer::kStored;
  }

 private:
  std::vector<Entry> entries_;
};

TEST(History, AgreesWithAPlainModelOverRandomHistories) {
  const std::vector<std::string> codes = {"131016", "131024", "131032"};
  std::mt19937 random(20250616);
  const auto below = [&](unsigned limit) {
    return static_cast<int>(random() % limit);
  };
  for (int walk = 0; walk < 300; ++walk) {
    Changes first;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      first.municipalities.push_back(
          MakeMunicipality(static_cast<std::int64_t>(i) + 1, codes[i], "区"));
    }
    HistoryPtr history = Extend(History(), first);
    Model model;
    for (int step = 0; step < 25; ++step) {
      const auto which = static_cast<std::size_t>(below(3));
      const int year = 2020 + below(5);
      const StatusFacts facts{static_cast<Implementing>(1 + below(3)),
                              static_cast<Preparation>(2 + below(2))};
      const bool correction = below(5) == 0;
      const auto decision =
          DecideStatus(history->AtHead().Surroundings(
                           "jusou", Code(codes[which]), Year(year)),
                       {.fiscal_year = Year(year),
                        .facts = facts,
                        .note = "",
                        .reason = correction ? "訂正" : "",
                        .correction = correction});
      const std::int64_t version = history->version() + 1;
      switch (model.Record(codes[which], year, facts, correction, version)) {
        case Model::Answer::kRefused:
          ASSERT_FALSE(decision.ok()) << "walk " << walk << " step " << step;
          break;
        case Model::Answer::kUnchanged:
          ASSERT_TRUE(decision.ok()) << decision.status();
          ASSERT_EQ(decision->outcome, StatusDecision::Outcome::kUnchanged);
          break;
        case Model::Answer::kStored:
          ASSERT_TRUE(decision.ok()) << decision.status();
          ASSERT_NE(decision->outcome, StatusDecision::Outcome::kUnchanged);
          StatusRecord record =
              MakeStatus(static_cast<std::int64_t>(which) + 1, codes[which],
                         year, facts.implementing, facts.preparation);
          record.correction = decision->correction;
          history =
              Extend(*history, {.municipalities = {}, .statuses = {record}});
          break;
      }
    }
    Program program = Jusou();
    program.first_fiscal_year = kAlways;  // so that every year has one before
    for (std::int64_t version = 0; version <= history->version(); ++version) {
      const RegistryView view = history->At(version);
      for (int year = 2019; year < 2026; ++year) {
        const Roster roster = ComputeRoster(view, program, Year(year));
        ASSERT_EQ(roster.entries.size(), version == 0 ? 0U : codes.size());
        ASSERT_EQ(roster.counts.implementing + roster.counts.not_implementing +
                      roster.counts.unrecorded,
                  static_cast<int>(roster.entries.size()));
        for (const RosterEntry& entry : roster.entries) {
          const std::string code = entry.municipality->first_code.ToString();
          const StatusFacts now =
              model.Find(code, year, version).value_or(StatusFacts());
          const StatusFacts before =
              model.Find(code, year - 1, version).value_or(StatusFacts());
          ASSERT_EQ(entry.status, now);
          const bool runs = now.implementing == Implementing::kYes;
          ASSERT_EQ(entry.newcomer,
                    runs && (before.implementing == Implementing::kNo ||
                             before.implementing == Implementing::kEnded));
          ASSERT_EQ(entry.newcomer_unknown,
                    runs && before.implementing == std::nullopt);
          std::optional<int> first_year;
          for (int other = 2019; other <= year && !first_year; ++other) {
            if (model.Find(code, other, version)
                    .value_or(StatusFacts())
                    .implementing == Implementing::kYes) {
              first_year = other;
            }
          }
          ASSERT_EQ(entry.first_implementation_year.has_value(),
                    first_year.has_value());
          if (first_year.has_value()) {
            ASSERT_EQ(entry.first_implementation_year->value(), *first_year);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace welfare::registry
