// Small rounds with every definition bound: one drawn at random, one written
// down row by row.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator::testing {

// A random round; the parameter is its seed.
class RandomRound : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    rows_ = RandomRows(random, 1 + static_cast<int>(random() % 100));
    basis_ = GetParam() % 3 == 0 ? Basis::kFinal : Basis::kProvisional;
    table_ = std::make_shared<RoundTable>(MakeTable(rows_, basis_));
    indicators_ = std::make_unique<RoundIndicators>(table_, TestDefinitions());
    history_ = MakeHistory(rows_, 2022);
  }

  Figures Compute(const std::string& id) const {
    auto figures = indicators_->Compute(id, &history_);
    EXPECT_TRUE(figures.ok()) << id << ": " << figures.status();
    return figures.ok() ? *figures : Figures{};
  }

  std::vector<TestRow> rows_;
  Basis basis_ = Basis::kProvisional;
  std::shared_ptr<const RoundTable> table_;
  std::unique_ptr<RoundIndicators> indicators_;
  RegistryHistory history_;
};

// The seeds of a suite of random rounds.
inline auto Seeds() { return ::testing::Range(1, 9); }

// One round a test, for the traps of denominators.
class WrittenRound : public ::testing::Test {
 protected:
  Figures Compute(const std::vector<TestRow>& rows, const std::string& id) {
    table_ = std::make_shared<RoundTable>(MakeTable(rows));
    indicators_ = std::make_unique<RoundIndicators>(table_, TestDefinitions());
    const RegistryHistory history = MakeHistory(rows, 2022);
    auto figures = indicators_->Compute(id, &history);
    EXPECT_TRUE(figures.ok()) << figures.status();
    return figures.ok() ? *figures : Figures{};
  }
  std::shared_ptr<const RoundTable> table_;
  std::unique_ptr<RoundIndicators> indicators_;
};

// `n` municipalities that implement in both years and answered nothing yet,
// each followed by its council.
inline std::vector<TestRow> Municipalities(int n) {
  std::vector<TestRow> rows;
  for (const std::string& code : TestCodes(n)) {
    TestRow row;
    row.code = code;
    for (int year = 2020; year <= kYear; ++year) {
      row.implementing[year] = true;
      row.preparation[year] = false;
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace welfare::indicator::testing
