#include "services/survey/api/round_requests.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/error_table.h"
#include "services/survey/errors.h"
#include "services/survey/text_limits.h"
#include "services/text/visible.h"

namespace welfare::survey {
namespace {

// The paths that the mask names, or those that are populated.
std::vector<std::string> ReadPaths(const v1::UpdateRoundRequest& request) {
  if (request.update_mask().paths_size() > 0) {
    return {request.update_mask().paths().begin(),
            request.update_mask().paths().end()};
  }
  const v1::Round& round = request.round();
  std::vector<std::string> paths;
  const auto add = [&](bool populated, const char* path) {
    if (populated) paths.emplace_back(path);
  };
  add(!round.display_name().empty(), "display_name");
  add(!round.purpose().empty(), "purpose");
  add(!round.method().empty(), "method");
  add(!round.publisher().empty(), "publisher");
  add(round.has_window_start(), "window_start");
  add(round.has_window_end(), "window_end");
  return paths;
}

bool IsOutputOnly(const std::string& path) {
  return path == "name" || path == "etag" || path == "state" ||
         path == "registry_version" || path == "revision" ||
         path == "create_time" || path == "update_time" || path == "reason";
}

}  // namespace

absl::StatusOr<Round> ReadRound(const v1::CreateRoundRequest& request) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name,
      ParseName<base::RoundName>(
          "round_id", request.parent() + "/rounds/" + request.round_id()));
  const v1::Round& sent = request.round();
  Round round{.name = name};
  round.display_name = sent.display_name();
  round.purpose = sent.purpose();
  round.method = sent.method();
  round.publisher = sent.publisher();
  round.synthetic = sent.synthetic();
  std::vector<base::Violation> violations;
  if (!sent.name().empty() && sent.name() != name.ToString()) {
    violations.push_back(
        base::MakeViolation(base::FindRow(kFieldTable, "NAME_CONTRADICTS"),
                            "round.name", {{"id", "round_id"}}));
  }
  const auto take = [&](std::string_view field, auto parsed, auto& target) {
    if (parsed.ok()) {
      target = *std::move(parsed);
    } else {
      violations.push_back(base::ViolationOf(field, parsed.status()));
    }
  };
  take("round.window_start", DateFromProto(sent.window_start()),
       round.window_start);
  take("round.window_end", DateFromProto(sent.window_end()), round.window_end);
  const auto codebook = base::CodebookName::Parse(sent.codebook());
  take("round.codebook", codebook, round.codebook);
  take("round.program", base::ProgramName::Parse(sent.program()),
       round.program);
  for (base::Violation& violation : CheckRound(round)) {
    // A codebook that does not parse was named already.
    if (violation.field == "round.codebook" && !codebook.ok()) continue;
    violations.push_back(std::move(violation));
  }
  if (!violations.empty()) return RoundInvalid(std::move(violations));
  return round;
}

OutlineEdit ReadOutlineEdit(const v1::UpdateRoundRequest& request) {
  const v1::Round& sent = request.round();
  OutlineEdit edit;
  for (const std::string& path : ReadPaths(request)) {
    const bool all = path == "*";
    bool known = all || IsOutputOnly(path);
    const auto text = [&](std::string_view name, const std::string& value,
                          std::optional<std::string>& target) {
      if (!all && path != name) return;
      target = value;
      known = true;
    };
    const auto day = [&](std::string_view name, const google::type::Date& date,
                         std::optional<std::optional<base::Date>>& target) {
      if (!all && path != name) return;
      known = true;
      const auto parsed = DateFromProto(date);
      if (parsed.ok()) {
        target = *parsed;
      } else {
        edit.violations.push_back(
            base::ViolationOf("round." + std::string(name), parsed.status()));
      }
    };
    text("display_name", sent.display_name(), edit.display_name);
    text("purpose", sent.purpose(), edit.purpose);
    text("method", sent.method(), edit.method);
    text("publisher", sent.publisher(), edit.publisher);
    day("window_start", sent.window_start(), edit.window_start);
    day("window_end", sent.window_end(), edit.window_end);
    if (!known) {
      edit.violations.push_back(base::MakeViolation(
          base::FindRow(kFieldTable, "PATH_UNKNOWN"), "update_mask",
          {{"known",
            "display_name, purpose, method, publisher, window_start, "
            "window_end"},
           {"path", text::ShowInvisible(path)}}));
    }
  }
  return edit;
}

absl::StatusOr<std::set<base::MunicipalityCode>> ReadUnknownMunicipalities(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::set<base::MunicipalityCode> codes;
  for (const std::string& text : names) {
    WELFARE_ASSIGN_OR_RETURN(auto name, ParseName<base::MunicipalityName>(
                                            "unknown_municipalities", text));
    codes.insert(std::move(name.code));
  }
  return codes;
}

absl::Status CheckReason(std::string_view reason) {
  auto violation = CheckLength("reason", reason, kLongestReason);
  if (!violation) return absl::OkStatus();
  return RoundInvalid({*std::move(violation)});
}

}  // namespace welfare::survey
