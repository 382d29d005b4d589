#include "services/base/names/resource_name.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

#include "services/base/error.h"
#include "services/base/error_table.h"

namespace welfare::base {
namespace {

ErrorBuilder BadId(std::string_view id) {
  return MakeError(BaseRow("NAME_ID"))
      .With("id", id)
      .Show("form", "one to 63 of a-z, 0-9, - and _")
      .Show("form_ja", "a-z、0-9、-、_ の1字から63字");
}

std::vector<std::string_view> Segments(std::string_view text) {
  std::vector<std::string_view> segments;
  for (;;) {
    const std::size_t slash = text.find('/');
    segments.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    text.remove_prefix(slash + 1);
  }
}

// Returns the variable parts of `name`, in order, when it follows `pattern`
// and each is a resource id (which full-width digits are not).
absl::StatusOr<std::vector<std::string_view>> Match(std::string_view name,
                                                    std::string_view pattern) {
  const auto wanted = Segments(pattern);
  const auto given = Segments(name);
  std::vector<std::string_view> variables;
  bool matches = wanted.size() == given.size();
  for (std::size_t i = 0; matches && i < wanted.size(); ++i) {
    if (wanted[i].front() == '{') {
      variables.push_back(given[i]);
    } else {
      matches = wanted[i] == given[i];
    }
  }
  if (!matches) {
    return MakeError(BaseRow("NAME_FORMAT"))
        .With("name", name)
        .With("pattern", pattern);
  }
  for (const std::string_view variable : variables) {
    if (!IsResourceId(variable)) {
      return BadId(variable).With("name", name).With("pattern", pattern);
    }
  }
  return variables;
}

}  // namespace

bool IsResourceId(std::string_view id) {
  return !id.empty() && id.size() <= 63 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

absl::Status CheckResourceId(std::string_view id) {
  if (IsResourceId(id)) return absl::OkStatus();
  return BadId(id);
}

absl::StatusOr<MunicipalityName> MunicipalityName::Parse(
    std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  WELFARE_ASSIGN_OR_RETURN(auto code, MunicipalityCode::ParseKnown(parts[0]));
  return MunicipalityName{std::move(code)};
}

std::string MunicipalityName::ToString() const {
  return "municipalities/" + code.ToString();
}

absl::StatusOr<CouncilName> CouncilName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  WELFARE_ASSIGN_OR_RETURN(auto code, MunicipalityCode::ParseKnown(parts[0]));
  return CouncilName{std::move(code)};
}

std::string CouncilName::ToString() const {
  return "municipalities/" + code.ToString() + "/council";
}

absl::StatusOr<ProgramName> ProgramName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string program(parts[0]);
  return ProgramName{std::move(program)};
}

std::string ProgramName::ToString() const { return "programs/" + program; }

absl::StatusOr<RosterName> RosterName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string program(parts[0]);
  WELFARE_ASSIGN_OR_RETURN(const auto year, FiscalYear::Parse(parts[1]));
  return RosterName{std::move(program), year};
}

std::string RosterName::ToString() const {
  return "programs/" + program + "/rosters/" + fiscal_year.ToString();
}

absl::StatusOr<LineageEventName> LineageEventName::Parse(
    std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  const std::string_view text = parts[0];
  LineageEventName result;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), result.number);
  // One spelling for each: 1, not 01.
  if (error != std::errc() || end != text.data() + text.size() ||
      text.front() < '1' || text.front() > '9') {
    return MakeError(BaseRow("NAME_ID"))
        .With("id", text)
        .Show("form", "a number counted from 1")
        .Show("form_ja", "1から数えた番号");
  }
  return result;
}

std::string LineageEventName::ToString() const {
  return "lineageEvents/" + std::to_string(number);
}

absl::StatusOr<ProgramTimelineName> ProgramTimelineName::Parse(
    std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string program(parts[0]);
  return ProgramTimelineName{std::move(program)};
}

std::string ProgramTimelineName::ToString() const {
  return "programs/" + program + "/timeline";
}

absl::StatusOr<SurveyName> SurveyName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string survey(parts[0]);
  return SurveyName{std::move(survey)};
}

std::string SurveyName::ToString() const { return "surveys/" + survey; }

absl::StatusOr<CodebookName> CodebookName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string survey(parts[0]);
  std::string version(parts[1]);
  return CodebookName{std::move(survey), std::move(version)};
}

std::string CodebookName::ToString() const {
  return parent().ToString() + "/codebooks/" + version;
}

absl::StatusOr<MappingName> MappingName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  return MappingName{std::string(parts[0]), std::string(parts[1])};
}

std::string MappingName::ToString() const {
  return parent().ToString() + "/mappings/" + mapping;
}

absl::StatusOr<RoundName> RoundName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string survey(parts[0]);
  WELFARE_ASSIGN_OR_RETURN(const auto year, FiscalYear::Parse(parts[1]));
  return RoundName{std::move(survey), year};
}

std::string RoundName::ToString() const {
  return parent().ToString() + "/rounds/" + fiscal_year.ToString();
}

absl::StatusOr<SubmissionName> SubmissionName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string survey(parts[0]);
  WELFARE_ASSIGN_OR_RETURN(const auto year, FiscalYear::Parse(parts[1]));
  WELFARE_ASSIGN_OR_RETURN(auto respondent, Respondent::Parse(parts[2]));
  return SubmissionName{std::move(survey), year, std::move(respondent)};
}

std::string SubmissionName::ToString() const {
  return parent().ToString() + "/submissions/" + respondent.ToString();
}

absl::StatusOr<IndicatorName> IndicatorName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string survey(parts[0]);
  std::string indicator(parts[1]);
  return IndicatorName{std::move(survey), std::move(indicator)};
}

std::string IndicatorName::ToString() const {
  return parent().ToString() + "/indicators/" + indicator;
}

absl::StatusOr<IndicatorValueName> IndicatorValueName::Parse(
    std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string survey(parts[0]);
  std::string indicator(parts[1]);
  WELFARE_ASSIGN_OR_RETURN(const auto year, FiscalYear::Parse(parts[2]));
  return IndicatorValueName{std::move(survey), std::move(indicator), year};
}

std::string IndicatorValueName::ToString() const {
  return parent().ToString() + "/values/" + fiscal_year.ToString();
}

absl::StatusOr<ReportName> ReportName::Parse(std::string_view name) {
  WELFARE_ASSIGN_OR_RETURN(const auto parts, Match(name, kPattern));
  std::string report(parts[0]);
  return ReportName{std::move(report)};
}

std::string ReportName::ToString() const { return "reports/" + report; }

}  // namespace welfare::base
