// Whom a name means, in one fiscal year. Pure; any thread.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/time/fiscal_year.h"
#include "services/registry/history/draft.h"
#include "services/registry/history/history.h"
#include "services/registry/municipality/municipality.h"

namespace welfare::registry {

// Returns the one municipality that `name` names in `fiscal_year`.
//
// Errors:
//   INVALID_ARGUMENT, reason NOT_UTF8.
//   INVALID_ARGUMENT, reason NAME_AMBIGUOUS: several, in `candidates`.
//   NOT_FOUND, reason NAME_UNKNOWN: none; similar names in `candidates`.
absl::StatusOr<const Municipality*> ResolveName(const Draft& draft,
                                                std::string_view name,
                                                base::FiscalYear fiscal_year);
absl::StatusOr<const Municipality*> ResolveName(const RegistryView& view,
                                                std::string_view name,
                                                base::FiscalYear fiscal_year);

}  // namespace welfare::registry
