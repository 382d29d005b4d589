// The cells of a report, read from its archive of CSV.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/report/snapshot/change.h"

namespace welfare::report {

// Returns every cell of every table of an archive that CsvRenderer made, now or
// before, in its order: texts as they stand there, so that two archives can be
// compared.
//
// Errors: INTERNAL, reason RENDER_FAILED: it is no such archive.
absl::StatusOr<std::vector<PrintedCell>> ReadCsvArchive(
    const std::string& bytes);

}  // namespace welfare::report
