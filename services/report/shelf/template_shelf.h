// Which template the reports of a round are made from.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/call_limits.h"
#include "services/report/store/template_store.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Those that come with the program, by id.
using Templates = std::map<std::string, ReportTemplate, std::less<>>;

// A template as a report is made from it.
struct ShelvedTemplate {
  ReportTemplate report_template;
  std::string revision;  // name; empty: built in
};

// Any thread may call it.
class TemplateShelf {
 public:
  // Both must outlive the shelf.
  TemplateShelf(const Templates& built_in, TemplateStore& store)
      : built_in_(built_in), store_(store) {}

  // Returns the template `id` for a round: the newest revision that was stored
  // for it, else the built-in one. With a `digest`, the text that has it: of a
  // revision or of an earlier report.
  //
  // Errors:
  //   NOT_FOUND, reason TEMPLATE_NOT_FOUND.
  //   INVALID_ARGUMENT, reason TEMPLATE_INVALID: it was stored by a program that
  //     read templates otherwise.
  //   Those of TemplateStore.
  absl::StatusOr<ShelvedTemplate> Take(const std::string& id,
                                       const base::RoundName& round,
                                       const std::string& digest,
                                       const base::CallLimits& limits);

  // Returns what a codebook of the survey is held against: the built-in
  // templates, then what staff stored last of each. Errors: as above.
  absl::StatusOr<std::vector<ShelvedTemplate>> ListOf(
      const std::string& survey, const base::CallLimits& limits);

  // Null where there is none.
  const ReportTemplate* FindBuiltIn(std::string_view id) const;

 private:
  absl::StatusOr<ReportTemplate> Read(const std::string& name,
                                      const std::string& digest,
                                      const base::CallLimits& limits);

  const Templates& built_in_;
  TemplateStore& store_;
};

}  // namespace welfare::report
