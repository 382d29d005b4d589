// The demonstration rounds (架空) as the survey would give them: read from the
// generator's CSV files, the codebook's sheets and the registry's data, with
// the routing applied row by row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator::testing {

// A round before any basis is applied.
struct DemoRound {
  RoundHeader header;
  std::shared_ptr<const Questionnaire> questionnaire;
  std::vector<FrameRow> rows;
  std::vector<RawColumn> columns;
};

// Both rounds and the registry.
struct DemoRounds {
  std::map<int, DemoRound> rounds;           // by fiscal year: 2024 and 2025
  RegistryHistory history;                   // FY2021 to FY2025, version 5
  std::map<std::string, std::string> areas;  // by municipality code
};

// The folder of the source tree: WELFARE_SOURCE_DIR.
std::filesystem::path SourceDir();

// Runs the generator and reads what it made; ends the test process when any
// part cannot be read.
DemoRounds LoadDemoRounds();

// The codebook alone.
std::shared_ptr<const Questionnaire> LoadQuestionnaire();

RoundTable MakeDemoTable(const DemoRound& round,
                         Basis basis = Basis::kProvisional);

}  // namespace welfare::indicator::testing
