#include "services/report/peers/peer_values.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/peer_call.h"
#include "services/report/errors.h"
#include "services/report/peers/convert.h"
#include "services/report/peers/peer_refusal.h"

namespace welfare::report {
namespace {

// Most values fit in one page of the largest size.
constexpr int kValuesPageSize = 1000;

}  // namespace

absl::StatusOr<IndicatorValues> ReadValues(
    const platform::CallContext& call,
    indicator::v1::IndicatorService::StubInterface& indicator,
    const RoundPin& pin, Basis basis, std::string& registry,
    std::map<std::string, std::string, std::less<>>& left_out) {
  IndicatorValues values;
  indicator::v1::ListIndicatorValuesRequest request;
  request.set_parent(pin.name);
  request.set_basis(static_cast<type::v1::Basis::Kind>(basis));
  request.set_data_version(pin.revision);
  request.set_data_incarnation(pin.incarnation);
  request.set_min_version(pin.revision);
  request.set_page_size(kValuesPageSize);
  do {
    indicator::v1::ListIndicatorValuesResponse response;
    platform::PeerCall peer(call);
    const grpc::Status status =
        indicator.ListIndicatorValues(peer.context(), request, &response);
    if (!status.ok()) return PeerRefused(call, "indicator", status);
    for (const auto& value : response.indicator_values()) {
      if (value.versions().round() != pin.revision) {
        return PeerAnswerInvalid("indicator", "a value is of another revision.");
      }
      WELFARE_RETURN_IF_ERROR(NoteRegistry(
          value.versions().registry_incarnation(), pin.registry_version,
          registry));
      WELFARE_ASSIGN_OR_RETURN(IndicatorValue read, FromProto(value));
      const std::string id = read.id;
      values.emplace(id, std::move(read));
    }
    for (const auto& misfit : response.left_out()) {
      if (!misfit.indicator().empty()) {
        left_out.emplace(misfit.indicator(), misfit.message_ja());
      }
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return values;
}

absl::Status NoteRegistry(const std::string& answered, std::int64_t version,
                          std::string& from) {
  if (from.empty()) from = answered;
  if (answered.empty() || answered == from) return absl::OkStatus();
  return platform::StoreRestored("registry", from, version);
}

}  // namespace welfare::report
