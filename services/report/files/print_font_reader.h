// The print font, from where its package puts it.
#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "services/report/render/pdf/print_font.h"

namespace welfare::report {

// Reads a font file.
//
// Errors:
//   FAILED_PRECONDITION, reason FONT_MISSING: there is none, or it cannot be
//     read; ends the start.
absl::StatusOr<PrintFont> ReadPrintFont(const std::string& file);

// Reads IPAex Gothic, as Debian's fonts-ipaexfont-gothic installs it.
absl::StatusOr<PrintFont> LoadPrintFont();

}  // namespace welfare::report
