// Who answers a survey.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"

namespace welfare::base {

// The two respondents of every municipality. Stored in databases and sent
// between services; do not renumber.
enum class RespondentKind {
  kMunicipality = 1,  // 自治体
  kCouncil = 2,       // 社会福祉協議会
};

// Returns `municipality` or `council`.
std::string_view ToString(RespondentKind kind);

// Parses `municipality` or `council`.
//
// Errors:
//   INVALID_ARGUMENT, reason RESPONDENT_KIND: anything else.
absl::StatusOr<RespondentKind> ParseRespondentKind(std::string_view text);

// One respondent. Orders by code, then municipality before council.
struct Respondent {
  MunicipalityCode municipality;
  RespondentKind kind;

  // Parses `131016-council`.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason RESPONDENT_FORMAT: no `-` between two parts.
  //   INVALID_ARGUMENT, reason RESPONDENT_KIND: the kind is neither.
  //   and those of MunicipalityCode::Parse.
  static absl::StatusOr<Respondent> Parse(std::string_view text);

  // Returns `131016-council`.
  std::string ToString() const;

  friend auto operator<=>(const Respondent&, const Respondent&) = default;
};

}  // namespace welfare::base

template <>
struct std::hash<welfare::base::Respondent> {
  std::size_t operator()(
      const welfare::base::Respondent& respondent) const noexcept {
    return std::hash<welfare::base::MunicipalityCode>()(
               respondent.municipality) *
               2 +
           static_cast<std::size_t>(respondent.kind);
  }
};
