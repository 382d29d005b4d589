// A digest of everything in force, for telling whether two registries say the
// same.
#pragma once

#include <string>

#include "services/registry/history/history.h"

namespace welfare::registry {

// What a registry holds at one version.
struct RegistryState {
  int municipalities = 0;  // not taken back
  int status_records = 0;  // in force
  int lineage_events = 0;
  // SHA-256, hexadecimal, over one line for each period of each municipality,
  // each status in force and each lineage event, sorted; without versions,
  // times, actors, reasons, notes and surrogate ids, so that the way in which a
  // state was reached does not show.
  std::string digest;
};

RegistryState ComputeState(const RegistryView& view);

}  // namespace welfare::registry
