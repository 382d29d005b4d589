#include "services/indicator/files/data_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "services/base/error.h"
#include "services/text/csv.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::indicator {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::filesystem::path ShippedData() {
  return std::filesystem::path(std::getenv("WELFARE_SOURCE_DIR")) /
         "services/indicator/data";
}

std::string ReadFile(const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

// A data folder with one of everything, which a test then spoils.
class DataFolder {
 public:
  DataFolder() {
    Write("wording-profile-1.yaml",
          "version: \"1\"\nvalid_from: \"2021-04-01\"\n"
          "rules:\n  - pattern: \"全て\"\n    kind: all\n");
    Write("jusou/populations.yaml",
          "populations:\n  - id: everyone\n    version: 1\n"
          "    respondent: municipality\n    predicate: \"true()\"\n"
          "    label: 全区市町村\n");
    Write("jusou/indicators/plans.yaml",
          "id: plans\nversion: 1\nmeasure: DISTRIBUTION\n"
          "population: everyone\nitem: plan\n");
    Write("jusou/statements-2025.yaml",
          "wording_profile: \"1\"\n"
          "figures:\n  p1: {indicator: plans, cell: yes}\n");
    Write("published/jusou-2025.csv",
          "figure_id,statement_id,reading,check,round_fy,reference_fy,item_id,"
          "cell,page,label,population,numerator,denominator,value,"
          "value_as_published,kind,lower_bound,upper_bound,wording\n"
          "p1,p1,only,computed,2025,2025,plan,yes,4,計画,everyone,,,,"
          "全て,exact,,,全て\n");
  }

  void Write(const std::string& name, const std::string& content) {
    const std::filesystem::path file = folder_.path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }

  absl::StatusOr<std::map<std::string, SurveyData>> Load() const {
    return LoadSurveyData(folder_.path());
  }

  // The reasons of the violations, each with its field.
  std::vector<std::string> Violations() const {
    std::vector<std::string> violations;
    const auto loaded = Load();
    if (loaded.ok()) return violations;
    const auto details = base::GetErrorDetails(loaded.status());
    for (const auto& one : details->violations) {
      violations.push_back(one.field + " " + one.reason);
    }
    return violations;
  }

 private:
  support::TempDir folder_;
};

TEST(DataFiles, ShippedDataIsValid) {
  const auto loaded = LoadSurveyData(ShippedData());
  ASSERT_OK(loaded);
  const SurveyData& data = loaded->at("jusou");
  EXPECT_GE(data.definitions.definitions.size(), 32U);
  EXPECT_EQ(data.published.at(2025).figures.size(), 143U);
  EXPECT_EQ(data.published.at(2025).profile.version, "1");
  EXPECT_EQ(data.definitions.FirstRegistryYear(), 2021);
}

TEST(DataFiles, PopulationsAreThoseThePublishedFiguresName) {
  const auto loaded = LoadSurveyData(ShippedData());
  ASSERT_OK(loaded);
  const std::string csv = ReadFile(ShippedData() / "published/populations.csv");
  const auto records = text::ReadCsv(csv);
  ASSERT_OK(records);
  EXPECT_EQ(records->size() - 1,
            loaded->at("jusou").definitions.populations.size());
  for (std::size_t i = 1; i < records->size(); ++i) {
    const std::vector<std::string>& cells = (*records)[i].cells;
    const PopulationDefinition* population =
        loaded->at("jusou").definitions.FindPopulation(cells[0]);
    ASSERT_NE(population, nullptr) << cells[0];
    EXPECT_EQ(base::ToString(population->respondent), cells[1]) << cells[0];
    EXPECT_EQ(population->predicate, cells[2]) << cells[0];
  }
}

TEST(DataFiles, ASmallFolderLoads) { EXPECT_OK(DataFolder().Load()); }

TEST(DataFiles, EveryViolationIsReportedAtOnce) {
  DataFolder folder;
  folder.Write("jusou/indicators/plans.yaml",
               "id: plan\nversion: 0\nmeasure: AVERAGE\npopulation: nobody\n"
               "item: plan\nbasis: final\n");
  folder.Write("jusou/indicators/broken.yaml", "id: [\n");
  folder.Write("jusou/populations.yaml",
               "populations:\n  - id: everyone\n    version: 1\n"
               "    respondent: person\n    predicate: \"true(\"\n"
               "    label: x\n");
  const std::vector<std::string> violations = folder.Violations();
  for (const std::string& expected :
       {std::string("jusou/indicators/plans.yaml line 3, column 10 MEASURE"),
        std::string(
            "jusou/indicators/plans.yaml line 6, column 1 FIELD_UNKNOWN"),
        std::string("jusou/indicators/plans.yaml FILE_NAME"),
        std::string("jusou/indicators/broken.yaml line 2, column 1 YAML"),
        std::string("jusou/populations.yaml line 4, column 17 RESPONDENT"),
        std::string("populations.everyone EXPRESSION"),
        std::string("indicators.plan POPULATION"),
        std::string("indicators.plan VERSION"),
        std::string("indicators.plan CELLS")}) {
    EXPECT_THAT(violations, Contains(expected));
  }
  EXPECT_STATUS(folder.Load(), absl::StatusCode::kInvalidArgument,
                "DEFINITION_INVALID");
}

TEST(DataFiles, ComputedRowsNeedASourceAndSourcesARow) {
  DataFolder folder;
  folder.Write("jusou/statements-2025.yaml",
               "wording_profile: \"1\"\n"
               "figures:\n  p9: {indicator: plans}\n");
  EXPECT_THAT(folder.Violations(),
              ::testing::UnorderedElementsAre("published.p1 SOURCE_MISSING",
                                              "sources.p9 FIGURE_UNKNOWN"));
}

TEST(DataFiles, AnInvalidWordingProfileIsRefused) {
  DataFolder folder;
  folder.Write("wording-profile-1.yaml",
               "version: \"1\"\nvalid_from: \"2021-04-01\"\n"
               "rules:\n  - pattern: \"半数\"\n    kind: nearest_integer\n");
  EXPECT_THAT(folder.Violations(), SizeIs(1));
}

TEST(DataFiles, HistogramClassesMustAscend) {
  DataFolder folder;
  folder.Write("jusou/indicators/plans.yaml",
               "id: plans\nversion: 1\nmeasure: HISTOGRAM\n"
               "population: everyone\nitem: plan\n"
               "classes:\n  - {from: 5, to: 9}\n  - {from: 1, to: 5}\n");
  EXPECT_THAT(folder.Violations(),
              ::testing::ElementsAre("indicators.plans CLASS_ORDER"));
}

TEST(DataFiles, AnEmptyFolderIsNoData) {
  const support::TempDir folder;
  EXPECT_STATUS(LoadSurveyData(folder.path()),
                absl::StatusCode::kInvalidArgument, "DEFINITION_INVALID");
}

}  // namespace
}  // namespace welfare::indicator
