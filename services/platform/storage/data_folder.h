#pragma once

#include <filesystem>
#include <string>

#include "absl/status/status.h"

namespace welfare::platform {

// Folders and files of the embedded databases. They hold what was said about
// people, so nobody but their owner may read them.

// Makes `folder` (0700) and those above it when absent, and sees that this
// process may write it. With `ours`, one that exists is made 0700 as well,
// unless it is everybody's (the root, or sticky as /tmp is) or another user's;
// then the log says so. An empty path is the current folder.
//
// Errors: FAILED_PRECONDITION, reason DATA_FOLDER_UNUSABLE.
absl::Status MakeDataFolder(const std::filesystem::path& folder, bool ours);

// Whether MakeDataFolder would succeed, as far as can be seen without making
// anything.
//
// Errors: FAILED_PRECONDITION, reason DATA_FOLDER_UNUSABLE.
absl::Status CheckDataFolder(const std::filesystem::path& folder);

// Makes the file of a database when absent, and it and what SQLite keeps beside
// it readable for its owner alone (0600). SQLite gives its own files the rights
// of the database.
//
// Errors: FAILED_PRECONDITION, reason DATA_FOLDER_UNUSABLE.
absl::Status ClaimDatabaseFile(const std::string& path);

}  // namespace welfare::platform
