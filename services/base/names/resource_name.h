// The resource names of the API as small values. Each type has `Parse` (the
// whole name, nothing before or after) and `ToString`, which is its inverse.
//
// `Parse` errors, all INVALID_ARGUMENT with metadata `name` and `pattern`:
//   NAME_FORMAT: the name does not follow the pattern.
//   NAME_ID: an id is empty, longer than 63 characters, or holds something
//     other than a-z, 0-9, `-` and `_`.
//   and those of MunicipalityCode, FiscalYear and Respondent for their parts.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/names/respondent.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::base {

// Returns whether `id` is one to 63 of a-z, 0-9, `-` and `_`.
bool IsResourceId(std::string_view id);

// Returns OK when `id` is a resource id.
//
// Errors:
//   INVALID_ARGUMENT, reason NAME_ID: it is not; metadata `id`.
absl::Status CheckResourceId(std::string_view id);

// municipalities/{code}. The id is the first six-digit code it held.
struct MunicipalityName {
  static constexpr std::string_view kPattern = "municipalities/{code}";
  MunicipalityCode code;

  static absl::StatusOr<MunicipalityName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const MunicipalityName&,
                          const MunicipalityName&) = default;
};

// municipalities/{code}/council
struct CouncilName {
  static constexpr std::string_view kPattern = "municipalities/{code}/council";
  MunicipalityCode code;

  static absl::StatusOr<CouncilName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const CouncilName&, const CouncilName&) = default;
};

// programs/{program}
struct ProgramName {
  static constexpr std::string_view kPattern = "programs/{program}";
  std::string program;

  static absl::StatusOr<ProgramName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const ProgramName&, const ProgramName&) = default;
};

// programs/{program}/rosters/{fiscal_year}
struct RosterName {
  static constexpr std::string_view kPattern =
      "programs/{program}/rosters/{fiscal_year}";
  std::string program;
  FiscalYear fiscal_year;

  static absl::StatusOr<RosterName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const RosterName&, const RosterName&) = default;
};

// programs/{program}/timeline
struct ProgramTimelineName {
  static constexpr std::string_view kPattern = "programs/{program}/timeline";
  std::string program;

  static absl::StatusOr<ProgramTimelineName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const ProgramTimelineName&,
                          const ProgramTimelineName&) = default;
};

// lineageEvents/{number}, counted from 1.
struct LineageEventName {
  static constexpr std::string_view kPattern = "lineageEvents/{number}";
  std::int64_t number = 0;

  // NAME_ID also where it is no number.
  static absl::StatusOr<LineageEventName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const LineageEventName&,
                          const LineageEventName&) = default;
};

// surveys/{survey}
struct SurveyName {
  static constexpr std::string_view kPattern = "surveys/{survey}";
  std::string survey;

  static absl::StatusOr<SurveyName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const SurveyName&, const SurveyName&) = default;
};

// surveys/{survey}/codebooks/{version}
struct CodebookName {
  static constexpr std::string_view kPattern =
      "surveys/{survey}/codebooks/{version}";
  std::string survey;
  std::string version;

  SurveyName parent() const { return {survey}; }
  static absl::StatusOr<CodebookName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const CodebookName&, const CodebookName&) = default;
};

// surveys/{survey}/mappings/{mapping}
struct MappingName {
  static constexpr std::string_view kPattern =
      "surveys/{survey}/mappings/{mapping}";
  std::string survey;
  std::string mapping;

  SurveyName parent() const { return {survey}; }
  static absl::StatusOr<MappingName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const MappingName&, const MappingName&) = default;
};

// surveys/{survey}/rounds/{fiscal_year}
struct RoundName {
  static constexpr std::string_view kPattern =
      "surveys/{survey}/rounds/{fiscal_year}";
  std::string survey;
  FiscalYear fiscal_year;

  SurveyName parent() const { return {survey}; }
  static absl::StatusOr<RoundName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const RoundName&, const RoundName&) = default;
};

// surveys/{survey}/rounds/{fiscal_year}/submissions/{code}-{kind}
struct SubmissionName {
  static constexpr std::string_view kPattern =
      "surveys/{survey}/rounds/{fiscal_year}/submissions/{code}-{kind}";
  std::string survey;
  FiscalYear fiscal_year;
  Respondent respondent;

  RoundName parent() const { return {survey, fiscal_year}; }
  static absl::StatusOr<SubmissionName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const SubmissionName&,
                          const SubmissionName&) = default;
};

// surveys/{survey}/indicators/{indicator}
struct IndicatorName {
  static constexpr std::string_view kPattern =
      "surveys/{survey}/indicators/{indicator}";
  std::string survey;
  std::string indicator;

  SurveyName parent() const { return {survey}; }
  static absl::StatusOr<IndicatorName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const IndicatorName&, const IndicatorName&) = default;
};

// surveys/{survey}/indicators/{indicator}/values/{fiscal_year}
struct IndicatorValueName {
  static constexpr std::string_view kPattern =
      "surveys/{survey}/indicators/{indicator}/values/{fiscal_year}";
  std::string survey;
  std::string indicator;
  FiscalYear fiscal_year;

  IndicatorName parent() const { return {survey, indicator}; }
  static absl::StatusOr<IndicatorValueName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const IndicatorValueName&,
                          const IndicatorValueName&) = default;
};

// reports/{report}
struct ReportName {
  static constexpr std::string_view kPattern = "reports/{report}";
  std::string report;

  static absl::StatusOr<ReportName> Parse(std::string_view name);
  std::string ToString() const;
  friend auto operator<=>(const ReportName&, const ReportName&) = default;
};

}  // namespace welfare::base
