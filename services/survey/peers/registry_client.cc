#include "services/survey/peers/registry_client.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <grpcpp/channel.h>

#include "services/base/error.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/survey/errors.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::survey {
namespace {

namespace rv1 = ::welfare::registry::v1;

base::Truth ToTruth(rv1::Implementing implementing) {
  switch (implementing) {
    case rv1::IMPLEMENTING_YES:
      return base::Truth::kTrue;
    case rv1::IMPLEMENTING_NO:
    case rv1::IMPLEMENTING_ENDED:
      return base::Truth::kFalse;
    default:
      return base::Truth::kUnknown;
  }
}

base::Truth ToTruth(rv1::Preparation preparation) {
  switch (preparation) {
    case rv1::PREPARATION_YES:
      return base::Truth::kTrue;
    case rv1::PREPARATION_NO:
      return base::Truth::kFalse;
    default:
      return base::Truth::kUnknown;
  }
}

absl::Status Unavailable(const grpc::Status& status) {
  return RegistryUnavailable(status.error_message());
}

// The codes it holds or held beside the one that names it.
absl::StatusOr<std::vector<base::MunicipalityCode>> OtherCodes(
    const rv1::Municipality& municipality, const base::MunicipalityCode& name) {
  std::vector<base::MunicipalityCode> codes;
  const auto add = [&](const std::string& text) -> absl::Status {
    auto code = base::MunicipalityCode::ParseKnown(text);
    if (!code.ok()) return RegistryUnavailable("it named a code badly");
    if (*code != name &&
        std::find(codes.begin(), codes.end(), *code) == codes.end()) {
      codes.push_back(*std::move(code));
    }
    return absl::OkStatus();
  };
  WELFARE_RETURN_IF_ERROR(add(municipality.code()));
  for (const rv1::Municipality::Period& period : municipality.periods()) {
    WELFARE_RETURN_IF_ERROR(add(period.code()));
  }
  return codes;
}

}  // namespace

struct RegistryClient::Stub {
  std::unique_ptr<rv1::RegistryService::Stub> registry;

  // At `pin`, 0: as it is now. Nothing where the registry has never heard of
  // the programme.
  absl::StatusOr<std::optional<rv1::Roster>> FindRoster(
      const platform::CallContext& call, const base::ProgramName& program,
      int fiscal_year, const RegistryPin& pin) const {
    rv1::GetRosterRequest request;
    request.set_name(program.ToString() + "/rosters/" +
                     std::to_string(fiscal_year));
    request.set_data_version(pin.version);
    request.set_data_incarnation(pin.incarnation);
    rv1::Roster roster;
    platform::PeerCall peer(call);
    const grpc::Status status =
        registry->GetRoster(peer.context(), request, &roster);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
      return std::nullopt;
    }
    if (!status.ok()) return Unavailable(status);
    return roster;
  }

  // Those that exist in the fiscal year, as they are in it.
  absl::StatusOr<std::vector<rv1::Municipality>> ListMunicipalities(
      const platform::CallContext& call, base::FiscalYear fiscal_year,
      const RegistryPin& pin) const {
    std::vector<rv1::Municipality> all;
    rv1::ListMunicipalitiesRequest request;
    request.set_page_size(1000);
    request.set_data_version(pin.version);
    request.set_data_incarnation(pin.incarnation);
    request.set_fiscal_year(fiscal_year.value());
    while (true) {
      rv1::ListMunicipalitiesResponse page;
      platform::PeerCall peer(call);
      const grpc::Status status =
          registry->ListMunicipalities(peer.context(), request, &page);
      if (!status.ok()) return Unavailable(status);
      all.insert(all.end(), page.municipalities().begin(),
                 page.municipalities().end());
      if (page.next_page_token().empty()) return all;
      request.set_page_token(page.next_page_token());
    }
  }
};

RegistryClient::RegistryClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(std::make_unique<Stub>()) {
  stub_->registry = rv1::RegistryService::NewStub(std::move(channel));
}

RegistryClient::~RegistryClient() = default;

absl::StatusOr<RegistryPin> RegistryClient::Load(
    const platform::CallContext& call, const base::ProgramName& program,
    base::FiscalYear fiscal_year, const std::set<int>& years) const {
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<rv1::Roster> roster,
      stub_->FindRoster(call, program, fiscal_year.value(), {}));
  const bool known =
      roster && std::any_of(roster->entries().begin(), roster->entries().end(),
                            [](const rv1::Roster::Entry& entry) {
                              return entry.implementing() !=
                                     rv1::IMPLEMENTING_UNSPECIFIED;
                            });
  if (!known) return RegistryIncomplete(program, fiscal_year.value());

  // A registry that is restored meanwhile refuses the other reads.
  RegistryPin pin{.version = roster->version(),
                  .incarnation = roster->incarnation(),
                  .rows = {}};
  std::map<std::string, std::vector<StatusFact>> facts;
  for (const int year : years) {
    WELFARE_ASSIGN_OR_RETURN(const std::optional<rv1::Roster> one,
                             stub_->FindRoster(call, program, year, pin));
    if (!one) continue;
    for (const rv1::Roster::Entry& entry : one->entries()) {
      facts[entry.municipality()].push_back(
          {.fiscal_year = year,
           .implementing = ToTruth(entry.implementing()),
           .preparation = ToTruth(entry.preparation())});
    }
  }

  WELFARE_ASSIGN_OR_RETURN(const std::vector<rv1::Municipality> municipalities,
                           stub_->ListMunicipalities(call, fiscal_year, pin));
  for (const rv1::Municipality& municipality : municipalities) {
    const auto name = base::MunicipalityName::Parse(municipality.name());
    if (!name.ok()) return RegistryUnavailable("it named a municipality badly");
    WELFARE_ASSIGN_OR_RETURN(const auto other_codes,
                             OtherCodes(municipality, name->code));
    const std::vector<StatusFact>& known_facts = facts[municipality.name()];
    pin.rows.push_back(
        {.respondent = {.municipality = name->code,
                        .kind = base::RespondentKind::kMunicipality},
         .display_name = municipality.display_name(),
         .area = municipality.area(),
         .facts = known_facts,
         .other_codes = other_codes});
    pin.rows.push_back({.respondent = {.municipality = name->code,
                                       .kind = base::RespondentKind::kCouncil},
                        .display_name = municipality.council().display_name(),
                        .area = municipality.area(),
                        .facts = known_facts,
                        .other_codes = other_codes});
  }
  return pin;
}

}  // namespace welfare::survey
