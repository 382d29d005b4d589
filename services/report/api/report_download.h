// One file of a report, part by part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/calls/stream_step.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/store/report_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// DownloadReport as a step of ServerStream. Reads the file by range, so that a
// reader who stops costs a part of it and not the whole.
class ReportDownload {
 public:
  // `store` outlives the object.
  explicit ReportDownload(ReportStore& store) : store_(&store) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::DownloadReportRequest& request,
      v1::DownloadReportResponse& part);

 private:
  absl::StatusOr<ReportFile> FindFile(const platform::CallContext& call,
                                      const v1::DownloadReportRequest& request);
  // Makes `file` its signature, whose bytes become the last range.
  absl::Status TurnToSignature(const platform::CallContext& call,
                               const std::string& report, std::int64_t offset,
                               ReportFile& file);

  ReportStore* store_;
  std::string digest_;     // empty before the first part
  std::string range_;      // what was read last
  std::size_t used_ = 0;   // of it
  std::int64_t read_ = 0;  // bytes of the file
  bool complete_ = false;  // `range_` ends the file
};

}  // namespace welfare::report
