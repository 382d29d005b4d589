#pragma once

#include "services/platform/audit/audit_calls.h"
#include "services/platform/calls/method_table.h"
#include "services/platform/storage/incarnation.h"
#include "services/registry/api/import_writer.h"
#include "services/registry/api/registry_reader.h"
#include "services/registry/api/registry_writer.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// The gRPC face of the registry: one row a method.
class RegistryService final : public platform::MethodTable {
 public:
  struct Dependencies {
    const RegistryReader& reader;
    RegistryWriter& writer;
    ImportWriter& imports;
    const LiveHistory& live;
    platform::AuditCalls& audit;
    const platform::Incarnation& incarnation;  // copied
    const platform::CallEnvironment& calls;
  };
  // All must outlive the service.
  explicit RegistryService(const Dependencies& dependencies);
  ~RegistryService() override;

 private:
  const platform::Incarnation incarnation_;
};

}  // namespace welfare::registry
