#include "services/survey/files/reject_list.h"

#include <iterator>

#include "services/survey/text_limits.h"
#include "services/text/visible.h"

namespace welfare::survey {
namespace {

// What is wrong, and what the value really is where it looks like another. Of
// headers nothing is repeated.
std::string ShownMessage(const RejectList::Fault& fault) {
  std::string message(fault.message);
  const std::string shown =
      fault.header ? std::string() : text::ShowInvisible(fault.value);
  if (shown.find("<U+") != std::string::npos ||
      shown.find("<0x") != std::string::npos) {
    message += " The value is " + shown + ".";
  }
  return Shorten(message, kMessageBytesShown);
}

}  // namespace

void RejectList::Add(const Fault& fault) {
  const Position at = {fault.header, fault.record, ++total_};
  if (at <= after_) return;
  if (kept_.size() == kRejectsShown) {
    dropped_ = true;
    const auto last = std::prev(kept_.end());
    if (last->first < at) return;
    kept_.erase(last);
  }
  kept_.emplace(at,
                ImportReject{.source_file = std::string(fault.source_file),
                             .line = fault.line,
                             .record = fault.record,
                             .column = std::string(fault.column),
                             .value = Shorten(fault.value, kValueBytesShown),
                             .reason = std::string(fault.reason),
                             .message = ShownMessage(fault),
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
