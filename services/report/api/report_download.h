// One file of a report, part by part.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/cache/cache.h"
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

// Returns the signature of `file`, a file of its own: `report.pdf.sig`.
FoundFile SignatureOf(const ReportFile& file, std::string text);

// A file as a stream of DownloadReportResponse, serialised. Parts begin at
// multiples of their size, so that a cached one serves whoever reads it,
// without a copy; one that is not cached is read with those behind it and no
// more, so that a reader who stops costs a part of the file and not the whole.
// Before anything of a file is kept its digest is computed, so that what was
// damaged where it is stored is refused before the first byte of it.
class FileStream {
 public:
  // Both outlive the object. `parts` has parts by digest and place, so nothing
  // in it is ever out of date; who may read is asked of `find` each time.
  FileStream(ReportStore& store, platform::Cache& parts)
      : store_(&store), parts_(&parts) {}

  // Gives the next part. `find` is asked before the first.
  //
  // Errors: INVALID_ARGUMENT, reason OFFSET_INVALID; DATA_LOSS, reason
  //   FILE_DAMAGED; those of `find` and of the store.
  absl::StatusOr<platform::StreamStep> Step(
      const platform::CallContext& call, std::int64_t offset,
      const std::function<absl::StatusOr<FoundFile>()>& find,
      platform::SharedBytes& part);

 private:
  // Whether the caller lacks it.
  absl::StatusOr<bool> Begin(
      const platform::CallContext& call, std::int64_t offset,
      const std::function<absl::StatusOr<FoundFile>()>& find,
      platform::SharedBytes& part);
  // The part that begins at `first`, which lies in the file.
  absl::StatusOr<platform::SharedBytes> PartAt(
      std::int64_t first, const platform::CallContext& call);
  // Whether the part that begins at `first`, or the end, needs no reading; keeps
  // that part until it is asked for.
  bool IsAtHand(std::int64_t first);
  // Refuses a file that is not what was stored, once in an hour.
  absl::Status CheckIntact(const platform::CallContext& call);
  // What `what` of the file is kept as.
  std::string KeyOf(std::string_view what) const;

  ReportStore* store_;
  platform::Cache* parts_;
  bool begun_ = false;
  std::string filename_;
  std::string digest_;
  std::int64_t size_ = 0;   // of the file
  std::int64_t place_ = 0;  // of the next part
  // What was read last: the parts from `ahead_first_` on.
  std::vector<platform::SharedBytes> ahead_;
  std::int64_t ahead_first_ = 0;
  // The part that was found to be at hand; null: none.
  platform::SharedBytes next_;
  std::int64_t next_first_ = 0;
};

// DownloadReport as a step of ServerStream.
class ReportDownload {
 public:
  // Both outlive the object.
  ReportDownload(ReportStore& store, platform::Cache& parts)
      : store_(&store), stream_(store, parts) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::DownloadReportRequest& request, platform::SharedBytes& part);

 private:
  absl::StatusOr<FoundFile> Find(const platform::CallContext& call,
                                 const v1::DownloadReportRequest& request);

  ReportStore* store_;
  FileStream stream_;
};

}  // namespace welfare::report
