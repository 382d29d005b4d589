// What becomes of municipalities and of what was said about them: what the
// tests of it ask and record.
#pragma once

#include <string>
#include <vector>

#include "tests/registry/api/module_fixture.h"

namespace welfare::registry {

using Stub = v1::RegistryService::Stub;

inline constexpr char kStatusHeader[] =
    "program,municipality_code,fiscal_year,implementing,preparation,note\n";
inline constexpr char kMunicipalityHeader[] =
    "code,name,kana,name_en,type,area,council_name\n";

class RegistryLifecycleTest : public RegistryModuleTest {
 protected:
  v1::RegistryState State(std::int64_t version = 0) {
    v1::GetRegistryStateRequest request;
    request.set_data_version(version);
    v1::RegistryState state;
    EXPECT_OK(Call(&Stub::GetRegistryState, request, state));
    return state;
  }

  absl::Status Update(v1::UpdateMunicipalityRequest request,
                      v1::Municipality& response) {
    return Call(&Stub::UpdateMunicipality, request, response);
  }

  static v1::UpdateMunicipalityRequest Banding(const std::string& code,
                                               const std::string& band,
                                               int year) {
    v1::UpdateMunicipalityRequest request;
    request.mutable_municipality()->set_name("municipalities/" + code);
    request.mutable_municipality()->set_population_band(band);
    request.set_first_fiscal_year(year);
    return request;
  }

  static void TakesEffect(v1::LineageEvent& event, int year, int month,
                          int day) {
    event.mutable_effective_date()->set_year(year);
    event.mutable_effective_date()->set_month(month);
    event.mutable_effective_date()->set_day(day);
  }

  static v1::CreateLineageEventRequest Merger(
      const std::vector<std::string>& from, const std::string& into, int year,
      int month, int day) {
    v1::CreateLineageEventRequest request;
    v1::LineageEvent& event = *request.mutable_lineage_event();
    event.set_kind(v1::LineageEvent::KIND_MERGER);
    TakesEffect(event, year, month, day);
    for (const std::string& code : from) {
      event.add_predecessors("municipalities/" + code);
    }
    event.add_successors("municipalities/" + into);
    event.set_reason("架空の合併");
    event.set_note("試験");
    return request;
  }

  // A town becomes a city with another code.
  static v1::CreateLineageEventRequest MizuhoCity() {
    v1::CreateLineageEventRequest rename;
    v1::LineageEvent& event = *rename.mutable_lineage_event();
    event.set_kind(v1::LineageEvent::KIND_RENAME);
    TakesEffect(event, 2025, 10, 1);
    event.add_predecessors("municipalities/133035");
    event.add_successors("municipalities/133035");
    event.set_reason("市制施行 (架空)");
    v1::Municipality& city = *event.add_created();
    city.set_code("132306");
    city.set_display_name("瑞穂市");
    city.set_kana("ミズホシ");
    city.set_type(v1::Municipality::TYPE_CITY);
    return rename;
  }

  static v1::Municipality NewTown(const std::string& code,
                                  const std::string& name) {
    v1::Municipality town;
    town.set_code(code);
    town.set_display_name(name);
    town.set_kana("シンマチ");
    town.set_display_name_en("Shin-machi");
    town.set_type(v1::Municipality::TYPE_TOWN);
    town.set_area("町村部");
    return town;
  }

  std::vector<std::string> ListCodes(v1::ListMunicipalitiesRequest request) {
    request.set_page_size(1000);
    v1::ListMunicipalitiesResponse response;
    EXPECT_OK(Call(&Stub::ListMunicipalities, request, response));
    std::vector<std::string> codes;
    for (const v1::Municipality& each : response.municipalities()) {
      codes.push_back(each.code());
    }
    return codes;
  }

  v1::ListHistoryResponse History(const std::string& code) {
    v1::ListHistoryRequest request;
    request.set_parent("municipalities/" + code);
    request.set_page_size(1000);
    v1::ListHistoryResponse response;
    EXPECT_OK(Call(&Stub::ListHistory, request, response));
    return response;
  }
};

}  // namespace welfare::registry
