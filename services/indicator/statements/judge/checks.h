// How each kind of row is judged.
#pragma once

#include "services/indicator/statements/judge/open_reading.h"
#include "services/indicator/statements/judge/published_row.h"

namespace welfare::indicator {

// From answers: a cell of an indicator, in one round or in two.
void JudgeComputed(const PublishedRow& row, OpenReading& reading);
// Change over time, without a figure: what is computed is shown, unjudged.
void JudgeTrend(const PublishedRow& row, OpenReading& reading);
// From the registry: the members of a set in a year, or a series.
void JudgeRegistry(const PublishedRow& row, OpenReading& reading);
// From the returns, or the round's window.
void JudgeProgress(const PublishedRow& row, OpenReading& reading);
// The length of an option list.
void JudgeOptionList(const PublishedRow& row, OpenReading& reading);

}  // namespace welfare::indicator
