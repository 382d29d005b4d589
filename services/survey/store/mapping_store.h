// What is asked and written of mappings.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"

namespace welfare::survey {

// A mapping as it was imported.
struct StoredMapping {
  base::MappingName name;
  std::string digest = {};         // SHA-256 of the text, hexadecimal
  std::string codebook = {};       // version that it gives
  std::string from_codebook = {};  // version that it reads; empty: not known
  std::string content = {};        // the text
  base::Timestamp create_time = {};
};

// Mappings in one consistent state; a part of StoreReader.
class MappingReader {
 public:
  virtual ~MappingReader() = default;

  virtual absl::StatusOr<std::optional<StoredMapping>> Find(
      const base::MappingName& name) = 0;
};

// A part of StoreWriter.
class MappingWriter : public MappingReader {
 public:
  // REQUIRES: there is none of this name.
  virtual absl::Status Store(const StoredMapping& mapping) = 0;
};

}  // namespace welfare::survey
