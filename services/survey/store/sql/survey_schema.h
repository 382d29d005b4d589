// The tables of the store.
#pragma once

#include <span>

#include "services/platform/storage/migrations.h"

namespace welfare::survey {

// The schema of the survey service. Forward only.
std::span<const platform::Migration> SurveyMigrations();

}  // namespace welfare::survey
