#include "tests/survey/fake_registry.h"

#include <grpcpp/server_context.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "services/platform/errors.h"
#include "services/platform/process/assets.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/text/csv.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::survey {

class FakeRegistry::Service final
    : public registry::v1::RegistryService::Service {
 public:
  Service() {
    const std::filesystem::path folder =
        std::filesystem::path(std::getenv("WELFARE_SOURCE_DIR")) /
        "services/registry/data";
    const std::string municipalities =
        platform::ReadAsset(folder / "municipalities.csv").value();
    const auto records = text::ReadCsv(municipalities).value();
    for (std::size_t i = 1; i < records.size(); ++i) {
      const auto& cells = records[i].cells;
      registry::v1::Municipality one;
      one.set_name("municipalities/" + cells[0]);
      one.set_code(cells[0]);
      one.set_display_name(cells[1]);
      one.set_area(cells[5]);
      one.mutable_council()->set_name(one.name() + "/council");
      one.mutable_council()->set_display_name(cells[6]);
      municipalities_.push_back(one);
    }
    const std::string status =
        platform::ReadAsset(folder / "status-jusou.csv").value();
    const auto facts = text::ReadCsv(status).value();
    for (std::size_t i = 1; i < facts.size(); ++i) {
      const auto& cells = facts[i].cells;
      facts_[{cells[1], std::stoi(cells[2])}] = {cells[3], cells[4]};
    }
  }

  void SetVersion(std::int64_t version) { version_ = version; }
  void RestoreAfter(int rosters) { rosters_left_ = rosters; }
  void ChangeCode(const std::string& id, const std::string& code) {
    for (registry::v1::Municipality& one : municipalities_) {
      if (one.name() != "municipalities/" + id) continue;
      one.set_code(code);
      registry::v1::Municipality::Period& before = *one.add_periods();
      before.set_code(id);
      before.set_last_fiscal_year(2019);
      registry::v1::Municipality::Period& since = *one.add_periods();
      since.set_code(code);
      since.set_first_fiscal_year(2020);
    }
  }
  void Forget(const std::string& code, int year) { facts_.erase({code, year}); }
  void Break(bool broken) { broken_ = broken; }

  grpc::Status GetRoster(grpc::ServerContext*,
                         const registry::v1::GetRosterRequest* request,
                         registry::v1::Roster* response) override {
    if (broken_) return {grpc::StatusCode::UNAVAILABLE, "gone"};
    const std::string prefix = "programs/jusou/rosters/";
    if (!request->name().starts_with(prefix)) {
      return {grpc::StatusCode::NOT_FOUND, "no such programme"};
    }
    const std::string store = rosters_left_ > 0 ? "registry-a" : "registry-b";
    if (!request->data_incarnation().empty() &&
        request->data_incarnation() != store) {
      return platform::ToGrpcStatus(
          platform::StoreRestored("registry", request->data_incarnation(),
                                  request->data_version()),
          "", "");
    }
    --rosters_left_;
    response->set_incarnation(store);
    const std::int64_t version = request->data_version() == 0
                                     ? version_.load()
                                     : request->data_version();
    const int year = std::stoi(request->name().substr(prefix.size()));
    response->set_name(request->name());
    response->set_fiscal_year(year);
    response->set_version(version);
    for (const registry::v1::Municipality& municipality : municipalities_) {
      registry::v1::Roster::Entry& entry = *response->add_entries();
      entry.set_municipality(municipality.name());
      // Facts are those of the municipality, whatever its code is by now.
      const std::string id =
          municipality.name().substr(municipality.name().rfind('/') + 1);
      const auto it = facts_.find({id, year});
      if (it == facts_.end()) continue;
      const bool changed = version > 7 && id == "131016" && year == 2025;
      entry.set_implementing(it->second.first == "yes" || changed
                                 ? registry::v1::IMPLEMENTING_YES
                                 : registry::v1::IMPLEMENTING_NO);
      entry.set_preparation(
          it->second.second == "yes"  ? registry::v1::PREPARATION_YES
          : it->second.second == "no" ? registry::v1::PREPARATION_NO
                                      : registry::v1::PREPARATION_UNKNOWN);
    }
    return grpc::Status::OK;
  }

  // Pages of 40, so that reading all takes two.
  grpc::Status ListMunicipalities(
      grpc::ServerContext*,
      const registry::v1::ListMunicipalitiesRequest* request,
      registry::v1::ListMunicipalitiesResponse* response) override {
    const std::size_t first =
        request->page_token().empty() ? 0 : std::stoul(request->page_token());
    for (std::size_t i = first; i < municipalities_.size() && i < first + 40;
         ++i) {
      *response->add_municipalities() = municipalities_[i];
    }
    if (first + 40 < municipalities_.size()) {
      response->set_next_page_token(std::to_string(first + 40));
    }
    response->set_version(request->data_version());
    return broken_ ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "")
                   : grpc::Status::OK;
  }

 private:
  std::vector<registry::v1::Municipality> municipalities_;
  std::map<std::pair<std::string, int>, std::pair<std::string, std::string>>
      facts_;
  std::atomic<std::int64_t> version_ = 7;
  std::atomic<int> rosters_left_ = std::numeric_limits<int>::max();
  std::atomic<bool> broken_ = false;
};

FakeRegistry::FakeRegistry() : service_(std::make_unique<Service>()) {}

FakeRegistry::~FakeRegistry() = default;

grpc::Service& FakeRegistry::service() { return *service_; }

void FakeRegistry::RestoreAfter(int rosters) {
  service_->RestoreAfter(rosters);
}

void FakeRegistry::SetVersion(std::int64_t version) {
  service_->SetVersion(version);
}

void FakeRegistry::ChangeCode(const std::string& id, const std::string& code) {
  service_->ChangeCode(id, code);
}

void FakeRegistry::Forget(const std::string& code, int year) {
  service_->Forget(code, year);
}

void FakeRegistry::Break(bool broken) { service_->Break(broken); }

}  // namespace welfare::survey
