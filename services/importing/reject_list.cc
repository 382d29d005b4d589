#include "services/importing/reject_list.h"

#include <algorithm>
#include <iterator>

#include "services/importing/limits.h"
#include "services/text/visible.h"

namespace welfare::importing {
namespace {

// How `value` looks when nothing of it is hidden; empty where nothing is.
std::string WhatIsHidden(std::string_view value) {
  std::string shown = text::ShowInvisible(value);
  if (shown.find("<U+") == std::string::npos &&
      shown.find("<0x") == std::string::npos) {
    shown.clear();
  }
  return shown;
}

}  // namespace

void RejectList::Faulty::Add(int record) {
  const auto at = static_cast<std::size_t>(record);
  if (at >= records.size()) records.resize(at + 1);
  if (records[at]) return;
  records[at] = true;
  ++count;
}

void RejectList::Add(const RecordPlace& at, std::string_view value,
                     const base::Violation& fault,
                     std::span<const std::string> candidates) {
  faulty_[static_cast<std::size_t>(at.table)].Add(at.record);
  const Position position{at.table, at.record, ++total_};
  if (position <= after_) return;
  if (kept_.size() == kRejectsShown) {
    dropped_ = true;
    const auto last = std::prev(kept_.end());
    if (last->first < position) return;
    kept_.erase(last);
  }
  std::string message = fault.description;
  std::string message_ja = fault.description_ja;
  if (const std::string shown = WhatIsHidden(value); !shown.empty()) {
    message += " The value is " + shown + ".";
    if (!message_ja.empty()) message_ja += "値は「" + shown + "」です。";
  }
  kept_.emplace(
      position,
      Reject{.table = at.table,
             .source_file = files_[static_cast<std::size_t>(at.table)],
             .line = at.line,
             .record = at.record,
             .column = fault.field,
             .value = text::Shorten(value, kValueBytesShown),
             .reason = fault.reason,
             .message = text::Shorten(message, kMessageBytesShown),
             .message_ja = text::Shorten(message_ja, kMessageBytesShown),
             .raw_record = text::Shorten(at.raw, kRawBytesShown),
             .candidates = {candidates.begin(), candidates.end()}});
}

RejectList::Page RejectList::Show() const {
  Page page{.rejects = {}, .more = dropped_, .last = after_};
  std::size_t bytes = 0;
  for (const auto& [position, reject] : kept_) {
    // One of the two messages is sent, in whatever language.
    bytes += reject.source_file.size() + reject.column.size() +
             reject.value.size() + reject.reason.size() +
             std::max(reject.message.size(), reject.message_ja.size()) +
             reject.raw_record.size();
    for (const std::string& candidate : reject.candidates) {
      bytes += candidate.size();
    }
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

}  // namespace welfare::importing
