// What can be wrong with the form of a YAML file. Read by whoever starts a
// process, and by whoever writes a template.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::yaml {

inline constexpr base::ViolationRow kViolationTable[] = {
    {"YAML", "This is no YAML: {why}.",
     "YAML として読めません（{why}）。"},
    {"DOCUMENTS", "A file holds one document; take out what follows ---.",
     "一つのファイルに書けるのは一つの文書です。--- より後を省いてください。"},
    {"NOT_A_MAPPING", "Fields with values are needed here.",
     "ここには項目とその値を書いてください。"},
    {"FIELD_UNKNOWN", "There is no field `{field}` here.",
     "ここに {field} という項目はありません。"},
    {"FIELD_REPEATED", "The field `{field}` stands twice.",
     "項目 {field} が2回あります。"},
    {"FIELD_MISSING", "The field `{field}` is needed here.",
     "項目 {field} が必要です。"},
    {"FIELD_TYPE", "The field `{field}` must be {kind}.",
     "項目 {field} の値が合いません（{kind}）。"},
    {"TOO_LARGE",
     "The file nests or repeats too much; write it without references.",
     "入れ子または参照が多すぎます。参照を使わずに書いてください。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

// One that is not in the table does not compile.
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

}  // namespace welfare::yaml
