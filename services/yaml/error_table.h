// What can be wrong with the form of a YAML file. Read by whoever starts a
// process or writes its data: in English only.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::yaml {

inline constexpr base::ViolationRow kViolationTable[] = {
    {"YAML", "This is no YAML: {why}.", ""},
    {"DOCUMENTS", "A file holds one document; take out what follows ---.", ""},
    {"NOT_A_MAPPING", "Fields with values are needed here.", ""},
    {"FIELD_UNKNOWN", "There is no field `{field}` here.", ""},
    {"FIELD_REPEATED", "The field `{field}` stands twice.", ""},
    {"FIELD_MISSING", "The field `{field}` is needed here.", ""},
    {"FIELD_TYPE", "The field `{field}` must be {kind}.", ""},
};

static_assert(base::HasGoodReasons(kViolationTable));

// One that is not in the table does not compile.
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

}  // namespace welfare::yaml
