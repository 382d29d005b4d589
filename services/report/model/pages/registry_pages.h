// Blocks that show the registry: who implements, who prepares, by area. A
// municipality without a record of a year is counted as such: no record is not
// a no.
#pragma once

#include <string>

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// What a roster says in numbers.
struct RosterCounts {
  int all = 0;
  int implementing = 0;
  int not_implementing = 0;  // on record as not, or no more
  int unrecorded = 0;
  int newcomers = 0;
  int newcomers_unknown = 0;  // implement; no record of the year before
  int preparing = 0;          // among those that do not implement
};
RosterCounts CountRoster(const Roster& roster);
// Whether more municipalities than are counted may be newcomers.
bool NewcomersAreLowerBound(const RosterCounts& counts);

// Who implemented in each year, by name and in numbers.
void AddRosters(const Snapshot& snapshot, Page& page);
// Who prepares this year.
void AddPreparing(const Snapshot& snapshot, Page& page);
// This year by area.
void AddAreas(const Snapshot& snapshot, Page& page);
// Municipalities as tiles, by the first year on record in which they implement;
// nothing where no municipality of this year has a tile. Those without one are
// named in a note.
void AddMap(const Snapshot& snapshot, const TemplateTiles& tiles, Page& page);

}  // namespace welfare::report
