#include "services/report/shelf/template_shelf.h"

#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/report/errors.h"
#include "services/report/files/template_reader.h"

namespace welfare::report {

const ReportTemplate* TemplateShelf::FindBuiltIn(std::string_view id) const {
  const auto found = built_in_.find(id);
  return found == built_in_.end() ? nullptr : &found->second;
}

absl::StatusOr<ReportTemplate> TemplateShelf::Read(
    const std::string& name, const std::string& digest,
    const base::CallLimits& limits) {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                           store_.FindText(digest, limits));
  if (!text.has_value()) return TemplateNotFound(name);
  return ReadTemplate(name, *text);
}

absl::StatusOr<ShelvedTemplate> TemplateShelf::Take(
    const std::string& id, const base::RoundName& round,
    const std::string& digest, const base::CallLimits& limits) {
  const TemplateOfRound of{round.survey, round.fiscal_year.value(), id};
  const ReportTemplate* const built_in = FindBuiltIn(id);
  WELFARE_ASSIGN_OR_RETURN(const std::optional<StoredTemplate> newest,
                           store_.FindRevision(of, 0, limits));
  const bool wants_other =
      !digest.empty() && !(newest.has_value() && newest->digest == digest);
  if (newest.has_value() && !wants_other) {
    WELFARE_ASSIGN_OR_RETURN(ReportTemplate read,
                             Read(newest->Name(), newest->digest, limits));
    return ShelvedTemplate{std::move(read), newest->Name()};
  }
  if (!wants_other || (built_in != nullptr && built_in->digest == digest)) {
    if (built_in == nullptr) return TemplateNotFound(id);
    return ShelvedTemplate{*built_in, ""};
  }
  WELFARE_ASSIGN_OR_RETURN(ReportTemplate read, Read(digest, digest, limits));
  if (read.id != id) return TemplateNotFound(digest);
  WELFARE_ASSIGN_OR_RETURN(const std::optional<StoredTemplate> revision,
                           store_.FindByDigest(of, digest, limits));
  return ShelvedTemplate{std::move(read),
                         revision.has_value() ? revision->Name() : ""};
}

absl::StatusOr<std::vector<ShelvedTemplate>> TemplateShelf::ListOf(
    const std::string& survey, const base::CallLimits& limits) {
  std::vector<ShelvedTemplate> all;
  for (const auto& [id, one] : built_in_) {
    if (one.survey == survey) all.push_back({one, ""});
  }
  WELFARE_ASSIGN_OR_RETURN(const std::vector<StoredTemplate> stored,
                           store_.ListNewestOf(survey, limits));
  for (const StoredTemplate& revision : stored) {
    WELFARE_ASSIGN_OR_RETURN(ReportTemplate read,
                             Read(revision.Name(), revision.digest, limits));
    all.push_back({std::move(read), revision.Name()});
  }
  return all;
}

}  // namespace welfare::report
