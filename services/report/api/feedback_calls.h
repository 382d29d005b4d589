// Feedback sheets as callers see them, and who may.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/platform/rpc/call_context.h"
#include "services/report/api/feedback_maker.h"
#include "services/report/api/report_download.h"
#include "services/report/store/feedback_store.h"
#include "services/report/store/report_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// Whether the caller may read a sheet of a report of `survey`: managers and
// reviewers all, a respondent its own, and that of its pair where both sides may
// see it.
bool MayReadSheet(const platform::CallContext& call, const StoredReport& report,
                  const StoredSheet& sheet);

// The methods about feedback sheets. Any thread may call it.
class FeedbackCalls {
 public:
  struct Dependencies {
    FeedbackMaker& maker;
    FeedbackStore& store;
    ReportStore& reports;
    std::string incarnation;  // the store's; page tokens are bound to it
  };
  // What is referred to must outlive the object.
  explicit FeedbackCalls(Dependencies dependencies)
      : parts_(std::move(dependencies)) {}

  // Errors, of all: as in the proto.
  absl::Status Make(const platform::CallContext& call,
                    const v1::MakeFeedbackSheetsRequest& request,
                    v1::MakeFeedbackSheetsResponse& response);
  absl::Status List(const platform::CallContext& call,
                    const v1::ListFeedbackSheetsRequest& request,
                    v1::ListFeedbackSheetsResponse& response);
  absl::Status Get(const platform::CallContext& call,
                   const v1::GetFeedbackSheetRequest& request,
                   v1::FeedbackSheet& response);
  absl::Status Confirm(const platform::CallContext& call,
                       const v1::ConfirmFeedbackSheetRequest& request,
                       v1::FeedbackSheet& response);
  absl::Status Object(const platform::CallContext& call,
                      const v1::ObjectToFeedbackSheetRequest& request,
                      v1::FeedbackSheet& response);
  // Returns the file that is asked for, or its signature.
  absl::StatusOr<FoundFile> FindFile(
      const platform::CallContext& call,
      const v1::DownloadFeedbackSheetRequest& request);

 private:
  // Returns a sheet that the caller may read; another is answered as one that is
  // not there.
  absl::StatusOr<StoredSheet> Find(const platform::CallContext& call,
                                   const std::string& name);
  template <typename Request>
  absl::Status Judge(const platform::CallContext& call, const Request& request,
                     SheetState state, bool needs_comment,
                     v1::FeedbackSheet& response);

  Dependencies parts_;
};

// DownloadFeedbackSheet as a step of ServerStream.
class SheetDownload {
 public:
  // All outlive the object.
  SheetDownload(FeedbackCalls& calls, ReportStore& reports,
                platform::Cache& parts)
      : calls_(&calls), stream_(reports, parts) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::DownloadFeedbackSheetRequest& request,
      platform::SharedBytes& part);

 private:
  FeedbackCalls* calls_;
  FileStream stream_;
};

}  // namespace welfare::report
