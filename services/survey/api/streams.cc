#include "services/survey/api/streams.h"

#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "services/base/error.h"
#include "services/base/pages/page_room.h"
#include "services/platform/storage/database.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

using platform::StreamStep;

// Changes read at once by StreamRoundChanges, and bytes of one message of it.
constexpr int kChangesAtOnce = 50;
constexpr std::size_t kMessageBytes = std::size_t{2} << 20;

// The row before which a message that begins with row `first` of the column
// ends: its texts decide.
std::size_t EndOfMessage(const Column& column, std::size_t first) {
  base::PageRoom room(std::numeric_limits<int>::max());
  std::size_t end = first;
  for (; end < column.absences.size(); ++end) {
    std::size_t bytes = 20;  // an absence, a code and the lengths
    if (!column.texts.empty()) bytes += column.texts[end].size();
    if (!column.other_texts.empty()) bytes += column.other_texts[end].size();
    if (!room.Take(bytes)) break;
  }
  return end;
}

}  // namespace

absl::StatusOr<StreamStep> RoundColumnsStream::operator()(
    const platform::CallContext& call,
    const v1::StreamRoundColumnsRequest& request,
    v1::StreamRoundColumnsResponse& message) {
  if (columns_ == nullptr) {
    WELFARE_ASSIGN_OR_RETURN(
        const auto name, ParseName<base::RoundName>("name", request.name()));
    if (request.revision() < 0) {
      return VersionNegative("revision", request.revision());
    }
    WELFARE_ASSIGN_OR_RETURN(
        columns_, shared_->Load(call.limits, name, request.revision(),
                                [&](std::int64_t revision) {
                                  return CheckStore(*incarnation_, name,
                                                    request.data_incarnation(),
                                                    revision);
                                }));
    const Viewer viewer = ViewerOf(call, name.survey);
    if (!viewer.sees_all()) {
      if (const auto self = viewer.Self(columns_->opened)) {
        self_ = columns_->opened.frame->Find(*self);
      }
      if (!self_) return AnswersDenied(call, name.survey);
    }
    *message.mutable_header() = ToProto(*columns_);
    if (self_) Withhold(*self_, *message.mutable_header());
    return StreamStep::Message();
  }
  if (sent_ == columns_->columns.size()) return StreamStep::End();
  const Column& column = columns_->columns[sent_];
  const std::size_t end = EndOfMessage(column, row_);
  *message.mutable_column() =
      ToProto(column, *columns_->opened.codebook, row_, end);
  const Item& item = columns_->opened.codebook->item(column.item);
  if (self_ && !Viewer::ShowsOthers(item.publish_level)) {
    Withhold(*self_, *message.mutable_column());
  }
  row_ = end;
  if (row_ == column.absences.size()) {
    row_ = 0;
    ++sent_;
  }
  return StreamStep::Message();
}

absl::StatusOr<StreamStep> RoundChangesStream::operator()(
    const platform::CallContext& call,
    const v1::StreamRoundChangesRequest& request,
    v1::StreamRoundChangesResponse& message) {
  if (!std::exchange(complete_, false) && next_ == read_.size()) {
    WELFARE_ASSIGN_OR_RETURN(
        const auto name, ParseName<base::RoundName>("name", request.name()));
    WELFARE_RETURN_IF_ERROR(Read(call, name, request));
  }
  if (next_ == read_.size() && !first_) {
    if (!request.follow()) return StreamStep::End();
    return StreamStep::Wait([sent = sent_, name = request.name()](
                                const platform::VersionFeed::Versions& all) {
      const auto found = all.find(name);
      return found != all.end() && found->second > sent;
    });
  }
  first_ = false;
  for (std::size_t bytes = 0; next_ < read_.size() && bytes <= kMessageBytes;) {
    const RoundChange& change = read_[next_++];
    auto& one = *message.add_changes();
    one.set_round_revision(change.revision);
    if (const auto* submission = std::get_if<Submission>(&change.after)) {
      *one.mutable_submission() = ToProto(*submission, *round_, true);
    } else if (const auto* after = std::get_if<Round>(&change.after)) {
      *one.mutable_round() = ToProto(*after);
    } else {
      one.set_deleted(std::get<base::RoundName>(change.after).ToString());
    }
    sent_ = change.revision;
    bytes += one.ByteSizeLong();
  }
  message.set_round_revision(sent_);
  if (next_ == read_.size()) {
    // Whoever reads slowly holds only what is still to be sent.
    read_ = {};
    next_ = 0;
    // A deleted round has no further changes; the next look says so.
    complete_ = round_.has_value() && sent_ >= round_->revision;
  }
  return StreamStep::Message();
}

absl::Status RoundChangesStream::Read(
    const platform::CallContext& call, const base::RoundName& name,
    const v1::StreamRoundChangesRequest& request) {
  if (sent_ < 0) return VersionNegative("after_revision", sent_);
  base::CallLimits limits = call.limits;
  if (request.follow()) {
    limits.deadline =
        base::CallLimits::After(platform::Database::kDefaultTimeout).deadline;
  }
  return store_->Read(limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(round_, store.rounds().Find(name));
    if (first_) {
      WELFARE_RETURN_IF_ERROR(
          CheckStore(*incarnation_, name, request.data_incarnation(), sent_));
    }
    if (round_ && sent_ > round_->revision) {
      return VersionNotReached(sent_, round_->revision);
    }
    WELFARE_ASSIGN_OR_RETURN(read_,
                             ListChanges(store, name, sent_, kChangesAtOnce));
    // Who knew a round that is deleted is told; for everybody else there is
    // none.
    if (!round_ && (sent_ == 0 || read_.empty())) return RoundNotFound(name);
    return absl::OkStatus();
  });
}

}  // namespace welfare::survey
