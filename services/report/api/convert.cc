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
  result.set_previous_data_version(report.provenance.previous_round_revision);
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
    entry.set_signing_key(file.signing_key);
  }
  result.set_synthetic(report.synthetic);
  const auto time = [](base::Timestamp at) {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        at.micros());
  };
  *result.mutable_create_time() = time(report.create_time);
  result.set_edition(static_cast<v1::Report::Edition>(report.edition));
  result.set_audience(static_cast<v1::Report::Audience>(report.audience));
  result.set_corrects(report.corrects);
  result.set_correction_reason(report.correction_reason);
  result.set_template_digest(report.template_digest);
  result.set_template_revision(report.template_revision);
  const Publication& publication = report.publication;
  result.set_state(static_cast<v1::Report::State>(publication.state));
  if (publication.level.has_value()) {
    result.set_publish_level(
        static_cast<type::v1::PublishLevel>(*publication.level));
  }
  if (publication.publish_time.has_value()) {
    *result.mutable_publish_time() = time(*publication.publish_time);
  }
  result.set_superseded_by(publication.superseded_by);
  if (publication.withdraw_time.has_value()) {
    *result.mutable_withdraw_time() = time(*publication.withdraw_time);
  }
  result.set_withdraw_reason(publication.withdraw_reason);
}

}  // namespace welfare::report
