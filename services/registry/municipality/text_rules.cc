#include "services/registry/municipality/text_rules.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/registry/faults.h"
#include "services/text/characters.h"
#include "services/text/field_rules.h"

namespace welfare::registry {
absl::Status CheckText(std::string_view text, std::size_t max_bytes) {
  // A long one is not looked at, and a blank one is no text.
  if (text.size() > max_bytes || (!text.empty() && text::IsBlank(text))) {
    return TextInvalid(max_bytes);
  }
  return text::Check(
      text::kNameField.AtMost(max_bytes, text::FieldRule::Unit::kBytes), text);
}

absl::Status CheckKana(std::string_view text) {
  absl::Status fault = text::Check(text::kKanaField, text);
  // What makes it no text is CheckText's to say.
  if (base::ReasonOf(fault) != "KANA_INVALID") return absl::OkStatus();
  return fault;
}

absl::Status CheckPopulationBand(std::string_view id) {
  return id.empty() || base::IsResourceId(id) ? absl::OkStatus()
                                              : BandInvalid(id);
}

}  // namespace welfare::registry
