// One file of a report, part by part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/calls/stream_step.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/store/report_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// What is to be sent: a stored file, or a text that belongs to one.
struct FoundFile {
  ReportFile file;
  std::optional<std::string> text = std::nullopt;
};

// A file as a stream. Reads a stored one by range, so that a reader who stops
// costs a part of it and not the whole.
class FileStream {
 public:
  // `store` outlives the object.
  explicit FileStream(ReportStore& store) : store_(&store) {}

  // Fills the next part. `find` is asked before the first.
  //
  // Errors: INVALID_ARGUMENT, reason OFFSET_INVALID; those of `find` and of
  //   ReportStore::ReadBytes.
  absl::StatusOr<platform::StreamStep> Step(
      const platform::CallContext& call, std::int64_t offset,
      const std::function<absl::StatusOr<FoundFile>()>& find,
      v1::DownloadReportResponse& part);

 private:
  ReportStore* store_;
  std::string digest_;     // empty before the first part
  std::string range_;      // what was read last
  std::size_t used_ = 0;   // of it
  std::int64_t read_ = 0;  // bytes of the file
  bool complete_ = false;  // `range_` ends the file
};

// DownloadReport as a step of ServerStream.
class ReportDownload {
 public:
  // `store` outlives the object.
  explicit ReportDownload(ReportStore& store)
      : store_(&store), stream_(store) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::DownloadReportRequest& request,
      v1::DownloadReportResponse& part);

 private:
  absl::StatusOr<FoundFile> Find(const platform::CallContext& call,
                                 const v1::DownloadReportRequest& request);

  ReportStore* store_;
  FileStream stream_;
};

}  // namespace welfare::report
