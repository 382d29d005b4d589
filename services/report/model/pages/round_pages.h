// Blocks that show the round itself: cover, outline, returns.
#pragma once

#include "services/report/model/pages/sentences.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

void AddCover(const Snapshot& snapshot, Page& page);
void AddOutline(const Snapshot& snapshot, const Sentences& sentences,
                Page& page);
// Who handed in, by group.
void AddReturns(const Snapshot& snapshot, Page& page);

}  // namespace welfare::report
