// What is asked and written of mappings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::survey {

// What came into the round of one year through a mapping.
struct MappingUse {
  base::FiscalYear fiscal_year;
  std::int64_t batches = 0;  // that wrote anything
  std::int64_t rows = 0;     // of theirs that changed anything
  base::Timestamp first_time = {};
  base::Timestamp last_time = {};
  std::string actor = {};  // of the last
};

// A mapping as it was imported.
struct StoredMapping {
  base::MappingName name;
  std::string digest = {};         // SHA-256 of the text, hexadecimal
  std::string codebook = {};       // version that it gives
  std::string from_codebook = {};  // version that it reads; empty: not known
  std::string content = {};        // the text
  std::string actor = {};          // who imported it
  base::Timestamp create_time = {};
  // Whether its uses were counted from the first on.
  bool uses_complete = true;
  std::vector<MappingUse> uses = {};  // oldest year first
};

// Asks for a page of mappings.
struct MappingQuery {
  base::SurveyName survey;
  std::string_view after = {};  // the id of one; empty: from the first
  std::optional<base::FiscalYear> used_in = {};
  int limit = 50;
};

// Mappings in one consistent state; a part of StoreReader.
class MappingReader {
 public:
  virtual ~MappingReader() = default;

  virtual absl::StatusOr<std::optional<StoredMapping>> Find(
      const base::MappingName& name) = 0;
  // By id, without their texts.
  virtual absl::StatusOr<std::vector<StoredMapping>> List(
      const MappingQuery& query) = 0;
};

// A part of StoreWriter.
class MappingWriter : public MappingReader {
 public:
  // REQUIRES: there is none of this name; it has no uses.
  virtual absl::Status Store(const StoredMapping& mapping) = 0;
  // Counts one batch that wrote to the round by the mapping, now, with so many
  // rows that changed anything.
  virtual absl::Status CountUse(const base::MappingName& name,
                                base::FiscalYear fiscal_year,
                                std::int64_t rows) = 0;
};

}  // namespace welfare::survey
