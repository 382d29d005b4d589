#include "services/report/api/convert.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "welfare/report/v1/report.pb.h"

namespace welfare::report {

void ToProto(const StoredReport& report, v1::Report& result) {
  result.set_name(report.Name());
  result.set_display_name(report.display_name);
  result.set_template_(report.template_id);
  result.set_round("surveys/" + report.survey + "/rounds/" +
                   std::to_string(report.fiscal_year));
  result.set_basis(static_cast<type::v1::Basis::Kind>(report.basis));
  result.set_data_version(report.provenance.round_revision);
  result.set_data_incarnation(report.provenance.round_incarnation);
  result.set_snapshot(report.snapshot_id);
  auto& versions = *result.mutable_versions();
  versions.set_registry(report.provenance.registry_version);
  versions.set_round(report.provenance.round_revision);
  versions.set_codebook(report.codebook);
  versions.set_registry_incarnation(report.provenance.registry_incarnation);
  versions.set_round_incarnation(report.provenance.round_incarnation);
  for (const ReportFile& file : report.files) {
    auto& entry = *result.add_files();
    entry.set_format(file.format);
    entry.set_content_type(file.content_type);
    entry.set_filename(file.filename);
    entry.set_size(file.size);
    entry.set_digest(file.digest);
  }
  result.set_synthetic(report.synthetic);
  *result.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          report.create_time.micros());
}

}  // namespace welfare::report
