#include "services/report/api/report_download.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/report/api/report_access.h"
#include "services/report/errors.h"

namespace welfare::report {
namespace {

constexpr std::int64_t kPartBytes = std::int64_t{64} << 10;
// Both engines read all of a value to cut a range from it, so a range is
// several parts.
constexpr std::int64_t kPartsRead = 4;
constexpr std::chrono::hours kKept{1};

// The bytes of a file as a message.
std::string PartOf(std::string_view data) {
  v1::DownloadReportResponse part;
  part.set_data(std::string(data));
  return part.SerializeAsString();
}

}  // namespace

absl::StatusOr<platform::StreamStep> FileStream::Step(
    const platform::CallContext& call, std::int64_t offset,
    const std::function<absl::StatusOr<FoundFile>()>& find,
    platform::SharedBytes& part) {
  if (!std::exchange(begun_, true)) {
    WELFARE_ASSIGN_OR_RETURN(const bool lacks,
                             Begin(call, offset, find, part));
    return lacks ? platform::StreamStep::Message(IsAtHand(place_))
                 : platform::StreamStep::End();
  }
  if (place_ >= size_) return platform::StreamStep::End();
  WELFARE_ASSIGN_OR_RETURN(part, PartAt(place_, call));
  place_ += kPartBytes;
  return platform::StreamStep::Message(IsAtHand(place_));
}

absl::StatusOr<bool> FileStream::Begin(
    const platform::CallContext& call, std::int64_t offset,
    const std::function<absl::StatusOr<FoundFile>()>& find,
    platform::SharedBytes& part) {
  if (offset < 0) return OffsetInvalid(offset);
  WELFARE_ASSIGN_OR_RETURN(FoundFile found, find());
  ReportFile& file = found.file;
  if (call.CallerHasBytes(file.digest)) return false;
  // What comes first says what the file is.
  v1::DownloadReportResponse head;
  head.set_content_type(std::move(file.content_type));
  head.set_filename(file.filename);
  head.set_size(file.size);
  head.set_digest(file.digest);
  filename_ = std::move(file.filename);
  digest_ = std::move(file.digest);
  size_ = file.size;
  const std::int64_t begin = std::min(offset, size_);
  place_ = size_;
  if (found.text.has_value()) {
    head.set_data(found.text->substr(static_cast<std::size_t>(begin)));
  } else if (begin < size_) {
    const std::int64_t first = begin / kPartBytes * kPartBytes;
    WELFARE_ASSIGN_OR_RETURN(const platform::SharedBytes whole,
                             PartAt(first, call));
    place_ = first + kPartBytes;
    if (begin == first) {
      // Messages one behind the other are one message.
      part = platform::Share(head.SerializeAsString() + *whole);
      return true;
    }
    v1::DownloadReportResponse cut;
    if (cut.ParseFromString(*whole)) {
      head.set_data(cut.data().substr(static_cast<std::size_t>(begin - first)));
    }
  }
  // An empty file, or what is left of one at its end, is one empty part.
  part = platform::Share(head.SerializeAsString());
  return true;
}

absl::StatusOr<platform::SharedBytes> FileStream::PartAt(
    std::int64_t first, const platform::CallContext& call) {
  const auto held = static_cast<std::size_t>((first - ahead_first_) / kPartBytes);
  if (first >= ahead_first_ && held < ahead_.size()) return ahead_[held];
  if (first == next_first_ && next_ != nullptr) return std::move(next_);
  const auto key = [&](std::int64_t place) {
    return KeyOf(std::to_string(place));
  };
  if (platform::SharedBytes kept = parts_->Get(key(first))) return kept;
  WELFARE_RETURN_IF_ERROR(CheckIntact(call));
  WELFARE_ASSIGN_OR_RETURN(
      const std::string range,
      store_->ReadBytes(digest_, first, kPartsRead * kPartBytes, call.limits));
  // It may have become another since it was checked.
  if (static_cast<std::int64_t>(range.size()) !=
      std::min(kPartsRead * kPartBytes, size_ - first)) {
    return FileDamaged(filename_, digest_);
  }
  ahead_.clear();
  ahead_first_ = first;
  for (std::string_view rest = range; !rest.empty();) {
    const std::string_view data = rest.substr(0, kPartBytes);
    rest.remove_prefix(data.size());
    ahead_.push_back(platform::Share(PartOf(data)));
    parts_->Set(key(first + kPartBytes *
                                static_cast<std::int64_t>(ahead_.size() - 1)),
                ahead_.back(), kKept);
  }
  return ahead_.front();
}

bool FileStream::IsAtHand(std::int64_t first) {
  const auto held = static_cast<std::size_t>((first - ahead_first_) / kPartBytes);
  if (first >= size_ || (first >= ahead_first_ && held < ahead_.size())) {
    return true;
  }
  next_first_ = first;
  next_ = parts_->Get(KeyOf(std::to_string(first)));
  return next_ != nullptr;
}

absl::Status FileStream::CheckIntact(const platform::CallContext& call) {
  const std::string key = KeyOf("intact");
  if (parts_->Get(key) != nullptr) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const bool intact,
                           store_->AreIntact(digest_, size_, call.limits));
  if (!intact) return FileDamaged(filename_, digest_);
  parts_->Set(key, platform::Share("1"), kKept);
  return absl::OkStatus();
}

std::string FileStream::KeyOf(std::string_view what) const {
  // Records of one digest and two sizes cannot both be right.
  std::string key = digest_;
  key += ' ';
  key += std::to_string(size_);
  key += ' ';
  key += what;
  return key;
}

FoundFile SignatureOf(const ReportFile& file, std::string text) {
  FoundFile signature{file, std::move(text)};
  signature.file.content_type = "text/plain; charset=utf-8";
  signature.file.filename += ".sig";
  signature.file.size = static_cast<std::int64_t>(signature.text->size());
  signature.file.digest = base::Sha256Hex(*signature.text);
  return signature;
}

absl::StatusOr<platform::StreamStep> ReportDownload::operator()(
    const platform::CallContext& call, const v1::DownloadReportRequest& request,
    platform::SharedBytes& part) {
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
    return SignatureOf(file, *std::move(text));
  }
  return FormatUnknown(request.name(), request.format(), known);
}

}  // namespace welfare::report
