#include "services/registry/files/reject_list.h"

#include <iterator>

#include "services/base/error.h"
#include "services/text/visible.h"

namespace welfare::registry {

namespace {

// What to do; and what the value really is, where it looks like another.
std::string MessageOf(std::string_view value, const absl::Status& fault) {
  std::string message(base::MessageOf(fault));
  const std::string shown = text::ShowInvisible(value);
  if (shown.find("<U+") != std::string::npos ||
      shown.find("<0x") != std::string::npos) {
    message += " The value is " + shown + ".";
  }
  return text::Shorten(message, kMessageBytesShown);
}

}  // namespace

void RejectList::Add(const RecordOrigin& origin, std::string_view column,
                     std::string_view value, const absl::Status& fault) {
  if (origin.record != last_record_) ++records_;
  last_record_ = origin.record;
  const Position at(origin.record, ++total_);
  if (at <= after_) return;
  if (kept_.size() == kRejectsShown && std::prev(kept_.end())->first < at) {
    dropped_ = true;
    return;
  }
  Keep(at, {.line = origin.line,
            .record = origin.record,
            .column = std::string(column),
            .value = text::Shorten(value, kValueBytesShown),
            .reason = base::ReasonOf(fault),
            .message = MessageOf(value, fault),
            .raw_record = origin.raw});
}

void RejectList::Keep(const Position& at, Reject reject) {
  if (at <= after_) return;
  kept_.emplace(at, std::move(reject));
  if (kept_.size() > kRejectsShown) {
    kept_.erase(std::prev(kept_.end()));
    dropped_ = true;
  }
}

void RejectList::Append(RejectList next, int records) {
  for (auto& [position, reject] : next.kept_) {
    reject.record += records;
    Keep({position.first + records, position.second + total_},
         std::move(reject));
  }
  dropped_ = dropped_ || next.dropped_;
  total_ += next.total_;
  records_ += next.records_;
  last_record_ = 0;
}

RejectList::Page RejectList::Show() const {
  Page page{.rejects = {}, .more = dropped_, .last = after_};
  std::size_t bytes = 0;
  for (const auto& [position, reject] : kept_) {
    bytes += reject.column.size() + reject.value.size() + reject.reason.size() +
             reject.message.size() + reject.raw_record.size();
    // One is always shown, so that every page goes on.
    if (bytes > kRejectBytesShown && !page.rejects.empty()) {
      page.more = true;
      break;
    }
    page.rejects.push_back(reject);
    page.last = position;
  }
  return page;
}

}  // namespace welfare::registry
