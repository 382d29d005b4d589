// What is asked and written of codebooks.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/survey/codebook/stored_codebook.h"

namespace welfare::survey {

// Codebooks in one consistent state; a part of StoreReader. Find returns
// nothing where there is nothing.
class CodebookReader {
 public:
  virtual ~CodebookReader() = default;

  virtual absl::StatusOr<std::optional<StoredCodebook>> Find(
      const base::CodebookName& name) = 0;
  // By version, after `after`; without the sheets.
  virtual absl::StatusOr<std::vector<StoredCodebook>> List(
      const base::SurveyName& survey, std::string_view after, int limit) = 0;
};

// A part of StoreWriter.
class CodebookWriter : public CodebookReader {
 public:
  // Stores a draft with its sheets and rules, replacing an earlier one of the
  // same name.
  virtual absl::Status Store(const StoredCodebook& codebook) = 0;
  virtual absl::Status Publish(const base::CodebookName& name,
                               base::Timestamp time) = 0;
};

}  // namespace welfare::survey
