#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/empty.pb.h"
#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/audit_contract.h"

namespace welfare::registry {
namespace {

using support::Identified;

class RegistryAuditTest : public RegistryLifecycleTest {
 protected:
  // Sends one batch to a stream of imports.
  template <typename Stream, typename Request>
  static void Import(Stream& stream, const Request& batch) {
    type::v1::ImportResult result;
    EXPECT_TRUE(stream.Write(Identified(batch)));
    EXPECT_TRUE(stream.Read(&result));
    EXPECT_EQ(result.counts().rejected(), 0);
    stream.WritesDone();
    EXPECT_TRUE(stream.Finish().ok());
  }
};

TEST_F(RegistryAuditTest, ProvesItsAuditLog) {
  LoadTokyo();
  for (int year = 2026; year < 2031; ++year) {
    ASSERT_OK(RecordStatus(
        Record(year, v1::IMPLEMENTING_NO, v1::PREPARATION_UNKNOWN)));
  }
  support::ExpectProvenAuditLog(*stub_, "registry");
}

TEST_F(RegistryAuditTest, EveryChangeStandsInTheLog) {
  type::v1::ImportResult result;
  v1::ImportMunicipalitiesRequest municipalities;
  municipalities.mutable_batch()->set_csv(ReadData("municipalities.csv"));
  ASSERT_OK(Call(&Stub::BatchImportMunicipalities, Identified(municipalities),
                 result));
  v1::ImportStatusRecordsRequest statuses;
  statuses.mutable_batch()->set_csv(ReadData("status-jusou.csv"));
  ASSERT_OK(
      Call(&Stub::BatchImportStatusRecords, Identified(statuses), result));
  {
    grpc::ClientContext context;
    municipalities.mutable_batch()->set_csv(
        std::string(kMunicipalityHeader) +
        "342076,架空町,カクウマチ,Kaku-machi,town,町村部,\n");
    Import(*stub_->ImportMunicipalities(&context), municipalities);
  }
  {
    grpc::ClientContext context;
    statuses.mutable_batch()->set_csv(std::string(kStatusHeader) +
                                      "jusou,131016,2026,no,unknown,\n");
    Import(*stub_->ImportStatusRecords(&context), statuses);
  }

  v1::Municipality town;
  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("133094", "新町");
  ASSERT_OK(Call(&Stub::CreateMunicipality, Identified(create), town));
  ASSERT_OK(Call(&Stub::UpdateMunicipality,
                 Identified(Banding("131016", "band_a", 2025)), town));
  v1::DeleteMunicipalityRequest remove;
  remove.set_name("municipalities/133094");
  remove.set_reason("誤り");
  google::protobuf::Empty empty;
  ASSERT_OK(Call(&Stub::DeleteMunicipality, Identified(remove), empty));

  v1::StatusRecord record;
  ASSERT_OK(
      Call(&Stub::RecordStatus,
           Identified(Record(2027, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)),
           record));
  v1::RetractStatusRequest retract;
  retract.set_parent("programs/jusou");
  retract.set_municipality("municipalities/131016");
  retract.set_fiscal_year(2027);
  retract.set_reason("誤り");
  ASSERT_OK(Call(&Stub::RetractStatus, Identified(retract), record));

  v1::LineageEvent event;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, Identified(MizuhoCity()), event));
  v1::RetractLineageEventRequest unmake;
  unmake.set_name(event.name());
  unmake.set_reason("誤り");
  ASSERT_OK(Call(&Stub::RetractLineageEvent, Identified(unmake), event));

  support::ExpectAllIsAudited(*stub_, "welfare.registry.v1.RegistryService");
}

TEST(RegistryRefusals, StandInTheLog) {
  support::ModuleRunner runner(std::make_unique<RegistryModule>());
  support::ExpectRefusalsAreAudited(runner,
                                    "welfare.registry.v1.RegistryService");
}

}  // namespace
}  // namespace welfare::registry
