// Reads report templates from YAML files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/report/template/template.h"

namespace welfare::report {

// Reads a text. What is wrong with its form or content is added to `faults`,
// all of it; the field of each says where: `line 12, column 5`, and of content
// the path as well: `line 12, column 5, pages[4].headline`. What could be read is
// returned all the same.
ReportTemplate ReadTemplateText(std::string_view text,
                                std::vector<base::Violation>& faults);

// Returns where `path` stands in the text, as a fault says it.
std::string PlaceInText(const ReportTemplate& report_template,
                        const std::string& path);

// Reads one template. `file` is its name, for messages. Any key it does not
// know is a fault, so that a misspelt key is never silently ignored.
//
// Errors:
//   INVALID_ARGUMENT, reason TEMPLATE_INVALID: no YAML, or with every fault of
//   form (its field is line and column) and of content as a violation.
absl::StatusOr<ReportTemplate> ReadTemplate(std::string_view file,
                                            std::string_view text);

// Reads `<folder>/<id>/template.yaml` of every id there is.
//
// Errors: TEMPLATE_INVALID as above, also when the folder holds none, cannot
// be read, or a template's id differs from its folder's name.
absl::StatusOr<std::map<std::string, ReportTemplate, std::less<>>>
LoadTemplates(const std::string& folder);

}  // namespace welfare::report
