#include "services/survey/viewer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Who;

base::SubmissionName NameOf(const std::string& who) {
  return base::SubmissionName::Parse("surveys/s/rounds/2025/submissions/" + who)
      .value();
}

// A round of two municipalities, the first of which had another code before.
OpenedRound Opened() {
  std::vector<FrameRow> rows;
  for (const char* who :
       {"131016-municipality", "131016-council", "131024-municipality"}) {
    rows.push_back({.respondent = Who(who),
                    .display_name = who,
                    .area = "区部",
                    .facts = {}});
  }
  rows[0].other_codes = {Who("139998-municipality").municipality};
  OpenedRound opened{
      .round = {.name = NameOf("131016-municipality").parent()}};
  opened.frame = std::make_shared<const Frame>(std::move(rows));
  return opened;
}

TEST(Viewer, OfAllOpensEverything) {
  const Viewer viewer = Viewer::OfAll();
  EXPECT_TRUE(viewer.sees_all());
  EXPECT_TRUE(viewer.MayOpen(Opened(), NameOf("131024-municipality")));
  EXPECT_EQ(viewer.Self(Opened()), std::nullopt);
}

TEST(Viewer, OfNobodyOpensNothing) {
  const Viewer viewer;
  EXPECT_FALSE(viewer.sees_all());
  EXPECT_FALSE(viewer.MayOpen(Opened(), NameOf("131016-municipality")));
  EXPECT_FALSE(viewer.MayOpen(Opened(), NameOf("011002-municipality")));
}

TEST(Viewer, OfARespondentOpensItsOwnByAnyCode) {
  for (const char* code : {"131016-municipality", "139998-municipality"}) {
    const Viewer viewer(Who(code));
    EXPECT_FALSE(viewer.sees_all());
    EXPECT_EQ(viewer.Self(Opened()), Who("131016-municipality"));
    EXPECT_TRUE(viewer.MayOpen(Opened(), NameOf("131016-municipality")));
    EXPECT_TRUE(viewer.MayOpen(Opened(), NameOf("139998-municipality")));
    EXPECT_FALSE(viewer.MayOpen(Opened(), NameOf("131016-council")));
    EXPECT_FALSE(viewer.MayOpen(Opened(), NameOf("131024-municipality")));
    EXPECT_FALSE(viewer.MayOpen(Opened(), NameOf("011002-municipality")));
  }
}

TEST(Viewer, OfARoundThatWasNeverOpenedKnowsTheNameAlone) {
  const OpenedRound planned{.round = {.name = Opened().round.name}};
  const Viewer viewer(Who("131016-municipality"));
  EXPECT_TRUE(viewer.MayOpen(planned, NameOf("131016-municipality")));
  EXPECT_FALSE(viewer.MayOpen(planned, NameOf("139998-municipality")));
}

TEST(Viewer, OthersAreShownByNameWhereTheLevelSaysSo) {
  EXPECT_FALSE(Viewer::ShowsOthers(PublishLevel::kInternal));
  EXPECT_TRUE(Viewer::ShowsOthers(PublishLevel::kStakeholders));
  EXPECT_FALSE(Viewer::ShowsOthers(PublishLevel::kAggregate));
  EXPECT_TRUE(Viewer::ShowsOthers(PublishLevel::kPublic));
}

}  // namespace
}  // namespace welfare::survey
