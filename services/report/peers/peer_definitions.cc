#include "services/report/peers/peer_definitions.h"

#include <grpcpp/channel.h>

#include <utility>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/report/errors.h"
#include "services/report/peers/convert.h"
#include "services/report/peers/peer_refusal.h"

namespace welfare::report {

struct PeerDefinitions::Stub {
  explicit Stub(const std::shared_ptr<grpc::Channel>& channel)
      : indicator(indicator::v1::IndicatorService::NewStub(channel)) {}
  std::unique_ptr<indicator::v1::IndicatorService::Stub> indicator;
};

PeerDefinitions::PeerDefinitions(
    const std::shared_ptr<grpc::Channel>& indicator)
    : stub_(std::make_unique<Stub>(indicator)) {}

PeerDefinitions::~PeerDefinitions() = default;

absl::StatusOr<CodebookFigures> PeerDefinitions::FiguresOf(
    const platform::CallContext& call, const base::CodebookName& codebook) {
  indicator::v1::CheckDefinitionsRequest request;
  request.set_name(codebook.ToString());
  indicator::v1::CheckDefinitionsResponse response;
  platform::PeerCall peer(call);
  const grpc::Status status =
      stub_->indicator->CheckDefinitions(peer.context(), request, &response);
  CodebookFigures figures;
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    // A survey without definitions has no figures; the codebook may be missing.
    if (base::ReasonOf(platform::FromGrpcStatus(status)) ==
        "SURVEY_NOT_FOUND") {
      return figures;
    }
    return CodebookNotFound(codebook.ToString());
  }
  if (!status.ok()) return PeerRefused(call, "indicator", status);
  for (const auto& fit : response.fits()) {
    figures.shapes.emplace(fit.indicator(), FromProto(fit));
  }
  for (const auto& misfit : response.misfits()) {
    if (misfit.indicator().empty()) continue;
    figures.causes.emplace(
        misfit.indicator(),
        CodebookFigures::Cause{misfit.message(), misfit.message_ja()});
  }
  return figures;
}

}  // namespace welfare::report
