#include "services/platform/audit/refusals.h"

#include <algorithm>
#include <utility>

#include "services/base/coding/json_text.h"

namespace welfare::platform {

void Refusals::Count(const RefusedCaller& caller, std::string_view method,
                     base::Timestamp now) {
  Add(Key(caller.subject, caller.authentication, method),
      {.times = 1, .since = now});
}

void Refusals::Add(Key key, const Counted& counted) {
  auto found = counts_.find(key);
  if (found == counts_.end()) {
    if (counts_.size() >= most_) {
      std::get<0>(key).clear();
      std::get<1>(key).clear();
    }
    found =
        counts_.try_emplace(std::move(key), Counted{0, counted.since}).first;
  }
  found->second.times += counted.times;
  found->second.since = std::min(found->second.since, counted.since);
}

std::vector<base::AuditEntry> Refusals::Records(base::Timestamp now) const {
  std::vector<base::AuditEntry> records;
  records.reserve(counts_.size());
  for (const auto& [key, counted] : counts_) {
    const auto& [subject, authentication, method] = key;
    base::JsonObject detail;
    detail.Add("refused", counted.times);
    detail.Add("since", counted.since.ToRfc3339());
    if (!authentication.empty()) detail.Add("authentication", authentication);
    if (subject.empty()) detail.Add("callers", "others");
    records.push_back({.recorded_time = now,
                       .actor = subject.empty() ? "others" : subject,
                       .action = method,
                       .resource = "",
                       .request_id = "",
                       .detail = detail.Text()});
  }
  return records;
}

Refusals Refusals::TakeAll() {
  Refusals taken(most_);
  taken.counts_.swap(counts_);
  return taken;
}

void Refusals::Add(const Refusals& other) {
  for (const auto& [key, counted] : other.counts_) Add(key, counted);
}

}  // namespace welfare::platform
