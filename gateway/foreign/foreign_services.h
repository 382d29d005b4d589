#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/routes/http_route.h"
#include "services/platform/tls/tls_material.h"

namespace welfare::gateway {

// gRPC services that are not of the platform, put behind the gateway by
// settings alone. Immutable; any thread.
class ForeignServices {
 public:
  struct Settings {
    // google.protobuf.FileDescriptorSet with all that its files import:
    // `protoc --include_imports --descriptor_set_out=FILE`, or `buf build`.
    std::string descriptor_set;
    // Rules of google.api.http, as JSON or as text of protobuf, alone
    // (`{"rules": [...]}`) or within a service config (`{"http": {"rules":
    // [...]}}`). They stand in the place of what the protos say; of several for
    // one method the last does. Empty: the protos alone.
    std::string http_rules;
    // `SERVICE=ADDRESS`, with commas between them; one behind `tls://` is
    // called by TLS, and may be anywhere.
    std::string backends;
    // Files by which they are called so: whom to believe, and what is shown
    // where it is asked for.
    std::string ca = {};
    std::string certificate = {};
    std::string key = {};
  };

  struct Endpoint {
    std::string address;  // "backend.example:9000"
    bool tls = false;
  };

  // None.
  ForeignServices();

  // Nothing is read where there are no settings. `own`: the full names of the
  // services whose routes they must leave alone.
  //
  // Errors, each a sentence that names the setting:
  //   FAILED_PRECONDITION, reason FOREIGN_FILE_UNREADABLE.
  //   FAILED_PRECONDITION, reason FOREIGN_FILE_INVALID: no descriptor set, or
  //     one that lacks an import or contradicts itself; no rules; a rule for a
  //     method that none of the services has; a request that holds anything at
  //     all (FieldOfAnything); a policy that nothing here could judge.
  //   INVALID_ARGUMENT, reason SETTING_INVALID: what is wrong with the setting
  //     itself: no such service, one of the platform's own, an address that is
  //     none or, without TLS, not of this machine, a setting that needs another
  //     one.
  //   FAILED_PRECONDITION, the reasons TLS_...: the files for TLS; the first of
  //     what is wrong.
  static absl::StatusOr<std::unique_ptr<ForeignServices>> Read(
      const Settings& settings, std::span<const std::string> own);

  // Holds what is linked in as well.
  const google::protobuf::DescriptorPool& pool() const { return *pool_; }
  // By full name of a service.
  const std::map<std::string, Endpoint>& backends() const { return backends_; }
  // By what files those are called that are called by TLS.
  static platform::TlsFiles TlsFilesOf(const Settings& settings);
  const HttpRules& rules() const { return rules_; }

 private:
  absl::Status ReadDescriptors(const std::string& path);
  absl::Status ReadBackends(std::string_view list);
  absl::Status ReadRules(const std::string& path);
  absl::Status CheckMethods(const std::string& path) const;
  absl::Status CheckTls(const Settings& settings) const;

  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
  std::map<std::string, Endpoint> backends_;
  HttpRules rules_;
};

}  // namespace welfare::gateway
