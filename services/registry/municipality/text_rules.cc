#include "services/registry/municipality/text_rules.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/registry/faults.h"
#include "services/text/characters.h"
#include "services/text/field_rules.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

constexpr text::FieldRule kReferredName = {
    .ends = text::FieldRule::Ends::kTrim,
    .invisible = text::FieldRule::Invisible::kKeep,
    .longest = kMaxNameBytes,
    .unit = text::FieldRule::Unit::kBytes};

}  // namespace

absl::StatusOr<std::string> KeepText(std::string_view text,
                                     std::size_t max_bytes) {
  return text::Keep(
      text::kNameField.AtMost(max_bytes, text::FieldRule::Unit::kBytes), text);
}

absl::StatusOr<std::string> KeepKana(std::string_view text) {
  return text::Keep(
      text::kKanaField.AtMost(kMaxNameBytes, text::FieldRule::Unit::kBytes),
      text);
}

absl::StatusOr<std::string> ReadName(std::string_view text) {
  WELFARE_ASSIGN_OR_RETURN(std::string name, text::Keep(kReferredName, text));
  if (name.empty()) return ValueMissing();
  return name;
}

absl::StatusOr<std::string> ReadPopulationBand(std::string_view text) {
  if (text::IsBlank(text)) return std::string();
  std::string id = text::FoldWord(text);
  if (!base::IsResourceId(id)) return BandInvalid(text);
  return id;
}

}  // namespace welfare::registry
