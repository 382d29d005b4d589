#include "services/survey/files/reject_list.h"

#include <iterator>

#include "services/survey/text_limits.h"

namespace welfare::survey {

void RejectList::Add(const Fault& fault) {
  const Position at = {fault.header, fault.record, ++total_};
  if (at <= after_) return;
  if (kept_.size() == kRejectsShown) {
    dropped_ = true;
    const auto last = std::prev(kept_.end());
    if (last->first < at) return;
    kept_.erase(last);
  }
  kept_.emplace(
      at, ImportReject{.source_file = std::string(fault.source_file),
                       .line = fault.line,
                       .record = fault.record,
                       .column = std::string(fault.column),
                       .value = Shorten(fault.value, kValueBytesShown),
                       .reason = std::string(fault.reason),
                       .message = Shorten(fault.message, kMessageBytesShown),
                       .raw = Shorten(fault.raw, kRawBytesShown)});
}

RejectList::Page RejectList::Show() const {
  Page page{.rejects = {}, .more = dropped_, .last = after_};
  std::size_t bytes = 0;
  for (const auto& [position, reject] : kept_) {
    bytes += reject.source_file.size() + reject.column.size() +
             reject.value.size() + reject.reason.size() +
             reject.message.size() + reject.raw.size();
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

}  // namespace welfare::survey
