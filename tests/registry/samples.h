// Small histories for tests of the registry's core.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/names/municipality_code.h"
#include "services/base/time/clock.h"
#include "services/base/time/fiscal_year.h"
#include "services/registry/history/history.h"
#include "services/registry/program/program.h"

namespace welfare::registry {

inline base::MunicipalityCode Code(std::string_view text) {
  return base::MunicipalityCode::Parse(text).value();
}

inline base::FiscalYear Year(int year) {
  return base::FiscalYear::FromChecked(year);
}

inline base::Timestamp Time(std::string_view text) {
  return base::Timestamp::ParseRfc3339(text).value();
}

inline MunicipalityRecord MakeMunicipality(std::int64_t id,
                                           std::string_view code,
                                           std::string name) {
  return {.id = id,
          .first_code = Code(code),
          .says = StateAll({.code = Code(code),
                            .name = name,
                            .kana = "チヨダク",
                            .name_en = "Chiyoda-ku",
                            .type = MunicipalityType::kSpecialWard,
                            .area = "区部",
                            .population_band = "",
                            .council_name = DefaultCouncilName(name)})};
}

// The programmes of the tests: jusou from FY2021, and `test` from ever.
inline ProgramCatalog Programs() {
  return ProgramCatalog::Parse(
             "program,display_name,display_name_en,first_fiscal_year,"
             "legal_basis\n"
             "jusou,重層,Multilayer,2021,Act\n"
             "test,試験,Test,1900,Act\n")
      .value();
}

// The programme of most tests.
inline Program Jusou() { return Programs().programs().at("jusou"); }

inline StatusRecord MakeStatus(std::int64_t id, std::string_view code, int year,
                               std::optional<Implementing> implementing,
                               Preparation preparation) {
  return {.program = "jusou",
          .municipality_id = id,
          .municipality = Code(code),
          .fiscal_year = Year(year),
          .facts = {implementing, preparation},
          .note = "",
          .reason = ""};
}

// Returns a file of the registry's own data folder.
inline std::string ReadData(const std::string& file) {
  const char* root = std::getenv("WELFARE_SOURCE_DIR");
  std::ifstream in(std::string(root == nullptr ? "." : root) +
                       "/services/registry/data/" + file,
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Returns `history` with `changes` as its next version, recorded at `time`.
inline HistoryPtr Extend(const History& history, Changes changes,
                         base::Timestamp time) {
  auto commit = std::make_shared<Commit>();
  commit->version = history.version() + 1;
  commit->recorded_time = time;
  commit->actor = "test";
  for (MunicipalityRecord& record : changes.municipalities) {
    record.version = commit->version;
    commit->municipalities.push_back(
        std::make_shared<const MunicipalityRecord>(std::move(record)));
  }
  for (LineageEvent& event : changes.lineage_events) {
    event.version = commit->version;
    commit->lineage_events.push_back(
        std::make_shared<const LineageEvent>(std::move(event)));
  }
  for (StatusRecord& record : changes.statuses) {
    record.version = commit->version;
    commit->statuses.push_back(
        std::make_shared<const StatusRecord>(std::move(record)));
  }
  SortChanges(*commit);
  const std::vector<CommitPtr> commits = {std::move(commit)};
  return history.With(commits).value();
}

// The same, a second after the version before.
inline HistoryPtr Extend(const History& history, Changes changes) {
  return Extend(history, std::move(changes),
                (history.version() == 0 ? Time("2025-04-01T00:00:00Z")
                                        : history.recorded_time()) +
                    std::chrono::seconds(1));
}

}  // namespace welfare::registry
