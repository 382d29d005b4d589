// The tables of the registry, as numbered migrations.
#pragma once

#include <span>

#include "services/platform/storage/migrations.h"

namespace welfare::registry {

// Forward only; a released migration never changes.
std::span<const platform::Migration> RegistryMigrations();

}  // namespace welfare::registry
