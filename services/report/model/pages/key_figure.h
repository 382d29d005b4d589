// The one number that carries a page.
#pragma once

#include <optional>

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns what `key` names: the share of a cell, or its value where the measure
// gives values; of `returns.all` the share that answered. Nothing where the
// round does not have it, nobody was asked, or too few for a share.
std::optional<KeyFigure> MakeKeyFigure(const Snapshot& snapshot,
                                       const TemplateKey& key);

}  // namespace welfare::report
