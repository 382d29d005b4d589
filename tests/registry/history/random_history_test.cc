// 10,000 random histories of lawful and unlawful writes, held against a model
// that keeps every statement in one list and searches it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/registry/history/plans.h"
#include "services/registry/history/roster.h"
#include "tests/registry/history/walk_model.h"
#include "tests/registry/samples.h"

namespace welfare::registry {
namespace {

const std::vector<std::string> kCodes = {"131016", "131024", "131032",
                                         "131041", "131059", "131067"};
const Program kProgram = Jusou();

MunicipalityFacts Facts(const std::string& code, const std::string& name) {
  return {.code = Code(code),
          .name = name,
          .kana = "カナ",
          .name_en = "Name",
          .type = MunicipalityType::kCity,
          .area = "市部",
          .population_band = "",
          .council_name = DefaultCouncilName(name)};
}

// One walk: writes chosen at random go to the draft and, as the rules predict
// it, to the model.
class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {
    history_ = std::make_shared<const History>();
  }

  void Run() {
    const int steps = 8 + Below(12);
    for (int step = 0; step < steps; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      Step();
      if (::testing::Test::HasFatalFailure()) return;
    }
    CheckEverything();
  }

  int accepted() const { return accepted_; }
  int refused() const { return refused_; }
  int unmerged() const { return unmerged_; }

 private:
  int Below(int limit) {
    return static_cast<int>(random_() % static_cast<unsigned>(limit));
  }
  const std::string& AnyCode() {
    return kCodes[static_cast<std::size_t>(
        Below(static_cast<int>(kCodes.size())))];
  }
  int AnyYear() { return kFirst + Below(kLast - kFirst + 1); }
  std::int64_t head() const { return history_->version(); }
  std::int64_t next() const { return history_->version() + 1; }

  // Holds what the plan answered against what the model expects, and stores.
  void Settle(Draft& draft, const absl::Status& answer,
              const std::string& expected_reason) {
    ASSERT_EQ(base::ReasonOf(answer), expected_reason) << answer;
    if (!answer.ok()) {
      ++refused_;
      return;
    }
    ++accepted_;
    Changes changes = draft.TakeChanges();
    if (!changes.empty()) history_ = Extend(*history_, std::move(changes));
  }

  void Step() {
    switch (Below(16)) {
      case 0:
      case 1:
        return Create();
      case 2:
      case 3:
        return Update();
      case 4:
        return Delete();
      case 5:
        return Retract();
      case 6:
      case 7:
      case 8:
        return Merge();
      case 9:
      case 10:
        return Unmerge();
      default:
        return Record();
    }
  }

  void Create() {
    const std::string code = AnyCode();
    const int from = Below(2) == 0 ? kAlwaysYear : AnyYear();
    const std::string name = "市" + std::to_string(Below(100));
    const std::string expected = model_.TakenBack(code, head()) ? "CODE_RETIRED"
                                 : model_.Known(code, head())
                                     ? "MUNICIPALITY_EXISTS"
                                     : "";
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft, CreateMunicipality(draft, Facts(code, name), Year(from), {}),
           expected);
    if (!expected.empty()) return;
    model_.Say(code, "exists", from, "yes", version);
    model_.Say(code, "name", from, name, version);
    model_.Say(code, "area", from, "市部", version);
  }

  void Update() {
    const std::string code = AnyCode();
    std::optional<int> from;
    if (Below(2) == 0) from = AnyYear();
    MunicipalityUpdate update{.code = Code(code)};
    if (from.has_value()) update.valid_from = Year(*from);
    std::map<std::string, std::string> says;
    if (Below(2) == 0) says["name"] = "市" + std::to_string(Below(100));
    if (Below(2) == 0) says["area"] = Below(2) == 0 ? "市部" : "町村部";
    if (Below(2) == 0) says["band"] = "band_" + std::to_string(Below(3));
    if (says.count("name")) update.says.name = says["name"];
    if (says.count("area")) update.says.area = says["area"];
    if (says.count("band")) update.says.population_band = says["band"];
    const std::string expected =
        !model_.Known(code, head()) ? "MUNICIPALITY_NOT_FOUND"
        : from.has_value() && !model_.Exists(code, *from, head())
            ? "MUNICIPALITY_NOT_IN_YEAR"
            : "";
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft, UpdateMunicipality(draft, update).status(), expected);
    if (!expected.empty() || ::testing::Test::HasFatalFailure()) return;
    const int year = from.value_or(model_.LastYear(code, version - 1));
    std::vector<std::pair<std::string, int>> targets;
    for (const auto& [field, value] : says) {
      if (model_.Value(code, field, year, version - 1).value_or("") != value) {
        targets.emplace_back(field,
                             from.value_or(model_.LastFrom(code, field)));
      }
    }
    for (const auto& [field, at] : targets) {
      model_.Say(code, field, at, says[field], version);
    }
  }

  void Delete() {
    const std::string code = AnyCode();
    const std::string expected =
        !model_.Known(code, head()) ? "MUNICIPALITY_NOT_FOUND"
        : model_.HasStatus(code, kFirst - 5, head()) || model_.HasLineage(code)
            ? "MUNICIPALITY_IN_USE"
            : "";
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft, DeleteMunicipality(draft, Code(code), "", {.reason = "誤り"}),
           expected);
    if (expected.empty()) model_.Delete(code, version);
  }

  void Record() {
    const std::string code = AnyCode();
    const int year = AnyYear();
    const StatusFacts facts{static_cast<Implementing>(1 + Below(3)),
                            static_cast<Preparation>(2 + Below(2))};
    const bool correction = Below(4) == 0;
    const auto same = model_.Find(code, year, head());
    std::string expected;
    if (!model_.Known(code, head())) {
      expected = "MUNICIPALITY_NOT_FOUND";
    } else if (!model_.Exists(code, year, head())) {
      expected = "MUNICIPALITY_NOT_IN_YEAR";
    } else if (same.has_value() && *same != facts && !correction) {
      expected = "CORRECTION_REASON_REQUIRED";
    } else if (!same.has_value() && !correction &&
               model_.BreaksOrder(code, year, facts.implementing, head())) {
      expected = "TRANSITION_UNLAWFUL";
    }
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft,
           RecordStatus(draft, "jusou", Code(code),
                        {.fiscal_year = Year(year),
                         .facts = facts,
                         .note = "",
                         .reason = correction ? "訂正" : "",
                         .correction = correction},
                        "")
               .status(),
           expected);
    if (expected.empty() && same != facts) {
      model_.Record(code, year, facts, version);
    }
  }

  void Retract() {
    const std::string code = AnyCode();
    const int year = AnyYear();
    const std::string expected =
        !model_.Known(code, head()) ? "MUNICIPALITY_NOT_FOUND"
        : !model_.Find(code, year, head()).has_value() ? "STATUS_NOT_FOUND"
                                                       : "";
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft,
           RetractStatus(draft, "jusou", Code(code), Year(year), "", "誤り")
               .status(),
           expected);
    if (expected.empty()) model_.TakeBack(code, year, version);
  }

  // Two become one of them, or a new one.
  void Merge() {
    std::string a = AnyCode();
    std::string b = AnyCode();
    int year = kFirst + 1 + Below(kLast - kFirst);
    // Two taken at random are seldom there; so look a little for such.
    for (int tries = Below(2) * 20; tries > 0; --tries) {
      if (a != b && model_.Exists(a, year - 1, head()) &&
          model_.Exists(b, year - 1, head()) &&
          model_.Exists(a, year, head()) && model_.Exists(b, year, head())) {
        break;
      }
      a = AnyCode();
      b = AnyCode();
      year = kFirst + 1 + Below(kLast - kFirst);
    }
    const std::string into = Below(2) == 0 ? a : AnyCode();
    if (a == b) return;
    const bool creates = into != a && into != b;
    LineageProposal proposal{.event = {}, .created = {}, .renamed = {}};
    proposal.event.kind = LineageKind::kMerger;
    proposal.event.effective_date = Year(year).first_day();
    proposal.event.fiscal_year = Year(year);
    proposal.event.predecessors = {Code(a), Code(b)};
    proposal.event.successors = {Code(into)};
    proposal.event.reason = "合併";
    const std::string name = "新市" + std::to_string(Below(100));
    if (creates) proposal.created = {Facts(into, name)};
    std::string expected;
    for (const std::string& code : {a, b}) {
      if (!expected.empty()) break;
      if (!model_.Known(code, head())) {
        expected = "MUNICIPALITY_NOT_FOUND";
      } else if (!model_.Exists(code, year - 1, head()) ||
                 !model_.Exists(code, year, head())) {
        expected = "MUNICIPALITY_NOT_IN_YEAR";
      }
    }
    if (expected.empty() && creates && !model_.Unmade(into)) {
      expected = model_.TakenBack(into, head()) ? "CODE_RETIRED"
                 : model_.Known(into, head())   ? "MUNICIPALITY_EXISTS"
                                                : "";
    }
    for (const std::string& code : {a, b}) {
      if (expected.empty() && code != into &&
          model_.HasStatus(code, year, head())) {
        expected = "STATUS_AFTER_END";
      }
    }
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft, RecordLineage(draft, proposal).status(), expected);
    if (!expected.empty()) return;
    if (creates) {
      model_.Say(into, "exists", year, "yes", version);
      model_.Say(into, "name", year, name, version);
      model_.Say(into, "area", year, "市部", version);
    }
    for (const std::string& code : {a, b}) {
      if (code != into) model_.Say(code, "exists", year, "no", version);
    }
    model_.Relate({{a, b, into}, creates ? into : "", version});
  }

  // Takes a merger back, or none where the number names none.
  void Unmerge() {
    // Mergers are rare enough: most walks would only ask for none.
    if (model_.events().empty()) return Merge();
    const auto number = static_cast<std::size_t>(
        1 + Below(static_cast<int>(model_.events().size()) +
                  (Below(4) == 0 ? 1 : 0)));
    std::string expected;
    if (number > model_.events().size() ||
        model_.events()[number - 1].retracted) {
      expected = "LINEAGE_EVENT_NOT_FOUND";
    } else if (const WalkModel::Event& event = model_.events()[number - 1];
               !event.created.empty()) {
      const bool related =
          std::any_of(model_.events().begin(), model_.events().end(),
                      [&](const WalkModel::Event& other) {
                        return &other != &event && !other.retracted &&
                               std::find(other.codes.begin(), other.codes.end(),
                                         event.created) != other.codes.end();
                      });
      if (related || model_.HasStatus(event.created, kFirst - 5, head())) {
        expected = "LINEAGE_IN_USE";
      }
    }
    Draft draft(*history_);
    const std::int64_t version = next();
    Settle(draft,
           RetractLineage(draft, static_cast<std::int64_t>(number), "誤り")
               .status(),
           expected);
    if (!expected.empty()) return;
    model_.Unrelate(number, version);
    ++unmerged_;
  }

  // Every year at every version, and the rosters' counts.
  void CheckEverything() {
    for (std::int64_t version = 0; version <= head(); ++version) {
      const RegistryView view = history_->At(version);
      for (int year = kFirst - 1; year <= kLast + 1; ++year) {
        SCOPED_TRACE("version " + std::to_string(version) + " year " +
                     std::to_string(year));
        int implementing = 0;
        std::vector<std::string> leavers;
        for (const std::string& code : kCodes) {
          const Municipality* found = view.FindMunicipality(Code(code));
          ASSERT_EQ(found != nullptr, model_.Known(code, version)) << code;
          const MunicipalityFacts* facts =
              found == nullptr ? nullptr : found->InYear(Year(year));
          ASSERT_EQ(facts != nullptr, model_.Exists(code, year, version))
              << code;
          if (facts != nullptr) {
            ASSERT_EQ(facts->name, model_.Value(code, "name", year, version));
            ASSERT_EQ(facts->area, model_.Value(code, "area", year, version));
            ASSERT_EQ(facts->population_band,
                      model_.Value(code, "band", year, version).value_or(""));
          }
          const StatusRecord* status =
              view.FindStatus("jusou", Code(code), Year(year));
          const auto known = model_.Find(code, year, version);
          ASSERT_EQ(status != nullptr, known.has_value()) << code;
          if (status != nullptr) {
            ASSERT_EQ(status->facts, *known);
          }
          if (facts != nullptr && known.has_value() &&
              known->implementing == Implementing::kYes) {
            ++implementing;
          }
        }
        const Roster roster = ComputeRoster(view, kProgram, Year(year));
        ASSERT_EQ(roster.counts.implementing, implementing);
        ASSERT_EQ(roster.counts.implementing + roster.counts.not_implementing +
                      roster.counts.unrecorded,
                  roster.counts.size);
        ASSERT_LE(roster.counts.newcomers + roster.counts.newcomers_unknown,
                  roster.counts.implementing);
        ASSERT_LE(roster.counts.preparing, roster.counts.not_implementing);
        std::map<std::string, RosterCounts> sums;
        for (const RosterGroup& group : roster.groups) {
          RosterCounts& sum = sums[group.grouping];
          sum.size += group.counts.size;
          sum.implementing += group.counts.implementing;
          sum.not_implementing += group.counts.not_implementing;
          sum.preparing += group.counts.preparing;
          sum.newcomers += group.counts.newcomers;
          sum.unrecorded += group.counts.unrecorded;
          sum.newcomers_unknown += group.counts.newcomers_unknown;
        }
        for (const auto& [grouping, sum] : sums) {
          ASSERT_EQ(sum, roster.counts) << grouping;
        }
        for (const RosterEntry& entry : roster.entries) {
          // The first year is the earliest on record: it never moves back as
          // years pass.
          std::optional<int> first;
          for (int other = kFirst; other <= year && !first; ++other) {
            const auto known = model_.Find(
                entry.municipality->first_code.ToString(), other, version);
            if (known && known->implementing == Implementing::kYes) {
              first = other;
            }
          }
          ASSERT_EQ(entry.first_implementation_year.has_value(),
                    first.has_value());
          if (first) {
            ASSERT_EQ(entry.first_implementation_year->value(), *first);
          }
        }
      }
    }
  }

  std::mt19937 random_;
  HistoryPtr history_;
  WalkModel model_;
  int accepted_ = 0;
  int refused_ = 0;
  int unmerged_ = 0;
};

TEST(RandomHistory, AgreesWithAPlainModelOverTenThousandWalks) {
  int accepted = 0;
  int refused = 0;
  int unmerged = 0;
  for (unsigned seed = 1; seed <= 10000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Walk walk(seed);
    walk.Run();
    if (HasFatalFailure()) return;
    accepted += walk.accepted();
    refused += walk.refused();
    unmerged += walk.unmerged();
  }
  // The walks must see both kinds, or they show nothing.
  EXPECT_GT(accepted, 20000);
  EXPECT_GT(refused, 20000);
  EXPECT_GT(unmerged, 300);
}

}  // namespace
}  // namespace welfare::registry
