// The questionnaire of the real survey, as it stands in the source tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "services/platform/process/assets.h"
#include "services/survey/codebook/stored_codebook.h"

namespace welfare::survey {

inline std::filesystem::path SourceFolder() {
  return std::getenv("WELFARE_SOURCE_DIR");
}

inline std::string ReadFile(const std::filesystem::path& path) {
  return platform::ReadAsset(path).value();
}

// Of surveys/jusou/codebooks/2025-1.
inline CodebookSheets JusouSheets() {
  const auto folder = SourceFolder() / "services/survey/data/jusou";
  return {.survey = ReadFile(folder / "survey.csv"),
          .choices = ReadFile(folder / "choices.csv"),
          .settings = ReadFile(folder / "settings.csv")};
}

}  // namespace welfare::survey
