// What callers ask for, as values: every message of the API that writes is read
// and checked here, with all of its violations at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"
#include "services/registry/history/plans.h"
#include "services/registry/municipality/municipality.h"
#include "services/registry/program/status.h"
#include "services/registry/program/status_rules.h"

namespace welfare::registry {

// One record as a caller proposes it, checked as far as possible without the
// registry.
struct ProposedStatus {
  std::string program;
  base::MunicipalityCode municipality;
  StatusProposal proposal;
  std::string etag;
};

// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID: `parent` is no programme.
//   INVALID_ARGUMENT, reason STATUS_INVALID: with every violation.
absl::StatusOr<ProposedStatus> FromProto(
    const v1::RecordStatusRequest& request);

// What a filter by status asks for.
std::optional<Implementing> FilterOf(v1::Implementing implementing);
std::optional<Preparation> FilterOf(v1::Preparation preparation);

// A municipality as a caller wants to create it.
struct ProposedMunicipality {
  MunicipalityFacts facts;
  base::FiscalYear first_year = kAlways;
  Provenance provenance;
};

// Errors:
//   INVALID_ARGUMENT, reason MUNICIPALITY_INVALID: with every violation.
absl::StatusOr<ProposedMunicipality> FromProto(
    const v1::CreateMunicipalityRequest& request);

// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID: not a municipality's name.
//   INVALID_ARGUMENT, reason MASK_INVALID: a path that cannot be changed.
//   INVALID_ARGUMENT, reason MUNICIPALITY_INVALID: with every violation.
absl::StatusOr<MunicipalityUpdate> FromProto(
    const v1::UpdateMunicipalityRequest& request);

// A municipality somebody wants to take back.
struct ProposedDeletion {
  base::MunicipalityCode code;
  std::string etag;
  std::string reason;
};

// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID: not a municipality's name.
//   INVALID_ARGUMENT, reason REASON_REQUIRED, or those of KeepText.
absl::StatusOr<ProposedDeletion> FromProto(
    const v1::DeleteMunicipalityRequest& request);

// A record somebody wants to take back.
struct ProposedRetraction {
  std::string program;
  base::MunicipalityCode municipality;
  base::FiscalYear fiscal_year;
  std::string etag;
  std::string reason;
};

// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID: `parent` is no programme.
//   INVALID_ARGUMENT, reason STATUS_INVALID: with every violation.
absl::StatusOr<ProposedRetraction> FromProto(
    const v1::RetractStatusRequest& request);

// Errors:
//   INVALID_ARGUMENT, reason LINEAGE_INVALID: with every violation.
absl::StatusOr<LineageProposal> FromProto(
    const v1::CreateLineageEventRequest& request);

// A lineage event somebody wants to take back.
struct ProposedLineageRetraction {
  std::int64_t number = 0;
  std::string reason;
};

// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID: not a lineage event's name.
//   INVALID_ARGUMENT, reason LINEAGE_INVALID: with every violation.
absl::StatusOr<ProposedLineageRetraction> FromProto(
    const v1::RetractLineageEventRequest& request);

}  // namespace welfare::registry
