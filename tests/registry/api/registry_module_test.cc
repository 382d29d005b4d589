// Municipalities through real stubs, a real module, server and database; and
// what is wrong with any read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tests/registry/api/module_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;

TEST_F(RegistryModuleTest, ServesAMunicipalityWithItsCouncil) {
  LoadTokyo();
  v1::Municipality municipality;
  ASSERT_OK(GetMunicipality("municipalities/131164", municipality));
  EXPECT_THAT(municipality, Partially(R"pb(
                name: "municipalities/131164"
                code: "131164"
                display_name: "豊島区"
                kana: "トシマク"
                display_name_en: "Toshima-ku"
                type: TYPE_SPECIAL_WARD
                area: "区部"
                council {
                  name: "municipalities/131164/council"
                  display_name: "豊島区民社会福祉協議会"
                  name_checked: true
                }
                version: 1
                create_time { seconds: 1750032000 }
                update_time { seconds: 1750032000 }
              )pb"));
}

TEST_F(RegistryModuleTest, ListsMunicipalitiesInPagesOfOneVersion) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest request;
  request.set_page_size(25);
  std::vector<std::string> names;
  int pages = 0;
  do {
    v1::ListMunicipalitiesResponse response;
    ASSERT_OK(Call(&v1::RegistryService::Stub::ListMunicipalities, request,
                   response));
    EXPECT_EQ(response.total_size(), 62);
    EXPECT_EQ(response.version(), 2);
    for (const auto& municipality : response.municipalities()) {
      names.push_back(municipality.name());
    }
    request.set_page_token(response.next_page_token());
    // A change between pages does not reach the later ones.
    v1::RecordStatusRequest record =
        Record(2030 + pages, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
    ASSERT_OK(RecordStatus(record));
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(names.size(), 62U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_F(RegistryModuleTest, FiltersMunicipalities) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest request;
  request.set_type(v1::Municipality::TYPE_VILLAGE);
  request.set_area("島しょ");
  v1::ListMunicipalitiesResponse response;
  ASSERT_OK(
      Call(&v1::RegistryService::Stub::ListMunicipalities, request, response));
  EXPECT_EQ(response.total_size(), 7);
  EXPECT_EQ(response.municipalities_size(), 7);
}

TEST_F(RegistryModuleTest, NamesWhatIsWrongWithARead) {
  LoadTokyo();
  struct Case {
    std::string what;
    StatusCode code;
    std::string reason;
    std::function<absl::Status()> call;
  };
  const auto municipality = [&](const std::string& name) {
    return [this, name] {
      v1::Municipality response;
      return GetMunicipality(name, response);
    };
  };
  const auto roster = [&](auto change) {
    return [this, change] {
      v1::GetRosterRequest request;
      request.set_name("programs/jusou/rosters/2025");
      change(request);
      v1::Roster response;
      return GetRoster(request, response);
    };
  };
  const auto list = [&](auto change) {
    return [this, change] {
      v1::ListMunicipalitiesRequest request;
      change(request);
      v1::ListMunicipalitiesResponse response;
      return Call(&v1::RegistryService::Stub::ListMunicipalities, request,
                  response);
    };
  };
  const auto records = [&](auto change) {
    return [this, change] {
      v1::ListStatusRecordsRequest request;
      request.set_parent("programs/jusou");
      change(request);
      v1::ListStatusRecordsResponse response;
      return Call(&v1::RegistryService::Stub::ListStatusRecords, request,
                  response);
    };
  };
  constexpr auto kInvalid = StatusCode::kInvalidArgument;
  const std::vector<Case> cases = {
      {"no collection", kInvalid, "NAME_INVALID", municipality("131016")},
      {"check digit", kInvalid, "CHECK_DIGIT",
       municipality("municipalities/131015")},
      {"five digits", kInvalid, "CODE_AMBIGUOUS",
       municipality("municipalities/13101")},
      {"unknown", StatusCode::kNotFound, "MUNICIPALITY_NOT_FOUND",
       municipality("municipalities/011002")},
      {"bad year", kInvalid, "NAME_INVALID", roster([](auto& request) {
         request.set_name("programs/jusou/rosters/R7");
       })},
      {"unknown programme", StatusCode::kNotFound, "PROGRAM_NOT_FOUND",
       roster([](auto& request) {
         request.set_name("programs/other/rosters/2025");
       })},
      {"before its first record", StatusCode::kNotFound, "PROGRAM_NOT_FOUND",
       roster([](auto& request) { request.set_data_version(1); })},
      {"version ahead", StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
       roster([](auto& request) { request.set_data_version(99); })},
      {"negative version", kInvalid, "VERSION_NEGATIVE",
       roster([](auto& request) { request.set_data_version(-1); })},
      {"two pins", kInvalid, "KNOWN_AT_AND_VERSION", roster([](auto& request) {
         request.set_data_version(1);
         request.mutable_known_at()->set_seconds(1);
       })},
      {"future", StatusCode::kOutOfRange, "KNOWN_AT_IN_FUTURE",
       roster([](auto& request) {
         request.mutable_known_at()->set_seconds(4102444800);
       })},
      {"page size", kInvalid, "PAGE_SIZE_INVALID",
       list([](auto& request) { request.set_page_size(-1); })},
      {"page token", kInvalid, "PAGE_TOKEN_INVALID",
       list([](auto& request) { request.set_page_token("next"); })},
      {"area", kInvalid, "FILTER_INVALID",
       list([](auto& request) { request.set_area("23区"); })},
      {"type", kInvalid, "FILTER_INVALID", list([](auto& request) {
         request.set_type(static_cast<v1::Municipality::Type>(9));
       })},
      {"list version ahead", StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
       list([](auto& request) { request.set_data_version(99); })},
      {"parent", kInvalid, "NAME_INVALID",
       records([](auto& request) { request.set_parent("jusou"); })},
      {"municipality", kInvalid, "CHECK_DIGIT", records([](auto& request) {
         request.set_municipality("municipalities/131015");
       })},
      {"year", kInvalid, "FILTER_INVALID",
       records([](auto& request) { request.set_fiscal_year(7); })},
      {"records page size", kInvalid, "PAGE_SIZE_INVALID",
       records([](auto& request) { request.set_page_size(-5); })},
      {"records page token", kInvalid, "PAGE_TOKEN_INVALID",
       records([](auto& request) { request.set_page_token("next"); })},
  };
  for (const Case& test : cases) {
    EXPECT_STATUS(test.call(), test.code, test.reason) << test.what;
  }
}

}  // namespace
}  // namespace welfare::registry
