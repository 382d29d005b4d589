#include "services/report/api/report_download.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/report/api/report_access.h"
#include "services/report/errors.h"

namespace welfare::report {
namespace {

constexpr std::size_t kPartBytes = std::size_t{64} << 10;
// Both engines read all of a value to cut a range from it, so a range is
// several parts.
constexpr std::int64_t kRangeBytes = std::int64_t{256} << 10;

}  // namespace

absl::StatusOr<platform::StreamStep> FileStream::Step(
    const platform::CallContext& call, std::int64_t offset,
    const std::function<absl::StatusOr<FoundFile>()>& find,
    v1::DownloadReportResponse& part) {
  const bool first = digest_.empty();
  if (first) {
    if (offset < 0) return OffsetInvalid(offset);
    WELFARE_ASSIGN_OR_RETURN(FoundFile found, find());
    ReportFile& file = found.file;
    if (call.CallerHasBytes(file.digest)) return platform::StreamStep::End();
    part.set_content_type(std::move(file.content_type));
    part.set_filename(std::move(file.filename));
    part.set_size(file.size);
    part.set_digest(file.digest);
    read_ = std::min(offset, file.size);
    complete_ = found.text.has_value() || read_ == file.size;
    digest_ = std::move(file.digest);
    if (found.text.has_value()) {
      // It is the last range already.
      range_ = *std::move(found.text);
      used_ = static_cast<std::size_t>(read_);
    }
  }
  if (used_ == range_.size() && !complete_) {
    WELFARE_ASSIGN_OR_RETURN(
        range_, store_->ReadBytes(digest_, read_, kRangeBytes, call.limits));
    const auto size = static_cast<std::int64_t>(range_.size());
    used_ = 0;
    read_ += size;
    complete_ = size < kRangeBytes;
  }
  // An empty file, or what is left of one at its end, is one empty part.
  if (used_ == range_.size() && !first) return platform::StreamStep::End();
  part.set_data(range_.substr(used_, kPartBytes));
  used_ += part.data().size();
  return platform::StreamStep::Message();
}

absl::StatusOr<platform::StreamStep> ReportDownload::operator()(
    const platform::CallContext& call, const v1::DownloadReportRequest& request,
    v1::DownloadReportResponse& part) {
  return stream_.Step(call, request.offset(),
                      [&] { return Find(call, request); }, part);
}

absl::StatusOr<FoundFile> ReportDownload::Find(
    const platform::CallContext& call,
    const v1::DownloadReportRequest& request) {
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           FindWithFiles(call, *store_, request.name()));
  std::string known;
  for (const ReportFile& file : report.files) {
    known += (known.empty() ? "" : ", ") + file.format;
    if (file.format != request.format()) continue;
    if (!request.signature()) return FoundFile{file};
    WELFARE_ASSIGN_OR_RETURN(
        std::optional<std::string> text,
        store_->FindSignature(request.name(), file.format, call.limits));
    if (!text.has_value()) return FileNotSigned(request.name(), file.format);
    FoundFile signature{file, std::move(text)};
    signature.file.content_type = "text/plain; charset=utf-8";
    signature.file.filename += ".sig";
    signature.file.size = static_cast<std::int64_t>(signature.text->size());
    signature.file.digest = base::Sha256Hex(*signature.text);
    return signature;
  }
  return FormatUnknown(request.name(), request.format(), known);
}

}  // namespace welfare::report
