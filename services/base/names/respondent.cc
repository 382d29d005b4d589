#include "services/base/names/respondent.h"

#include "services/base/error.h"
#include "services/base/error_table.h"

namespace welfare::base {

std::string_view ToString(RespondentKind kind) {
  switch (kind) {
    case RespondentKind::kMunicipality:
      return "municipality";
    case RespondentKind::kCouncil:
      return "council";
  }
  return "";
}

absl::StatusOr<RespondentKind> ParseRespondentKind(std::string_view text) {
  if (text == "municipality") return RespondentKind::kMunicipality;
  if (text == "council") return RespondentKind::kCouncil;
  return MakeError(BaseRow("RESPONDENT_KIND")).With("text", text);
}

absl::StatusOr<Respondent> Respondent::Parse(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return MakeError(BaseRow("RESPONDENT_FORMAT")).With("text", text);
  }
  WELFARE_ASSIGN_OR_RETURN(MunicipalityCode code,
                           MunicipalityCode::ParseKnown(text.substr(0, dash)));
  WELFARE_ASSIGN_OR_RETURN(const RespondentKind kind,
                           ParseRespondentKind(text.substr(dash + 1)));
  return Respondent{std::move(code), kind};
}

std::string Respondent::ToString() const {
  std::string out = municipality.ToString();
  out.push_back('-');
  out.append(base::ToString(kind));
  return out;
}

}  // namespace welfare::base
