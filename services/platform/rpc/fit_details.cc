#include "services/platform/rpc/fit_details.h"

#include <google/protobuf/any.pb.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace welfare::platform {
namespace {

constexpr char kViolationsTotal[] = "violations_total";
constexpr char kPreconditionsTotal[] = "preconditions_total";
// What the sentences about the rest and the totals add, with room to spare.
constexpr std::size_t kSlack = 384;
// Tag and length of an entry take no more than this.
constexpr std::size_t kFraming = 5;

// How many entries there were, and how many are there.
struct Extent {
  std::int64_t total = 0;
  std::int64_t listed = 0;
};

std::string Lead(const Extent& extent) {
  if (extent.listed == 0) {
    return std::to_string(extent.total) + " problems, too long to list. ";
  }
  return std::to_string(extent.total) + " problems, of which the first " +
         std::to_string(extent.listed) + " are listed. ";
}

std::string LeadJapanese(const Extent& extent) {
  if (extent.listed == 0) {
    return "問題は全部で" + std::to_string(extent.total) +
           "件あり、長いためここには示しません。";
  }
  return "問題は全部で" + std::to_string(extent.total) +
         "件あり、ここに示すのは初めの" + std::to_string(extent.listed) +
         "件です。";
}

// The number of entries before any were left out.
std::int64_t Total(const google::rpc::ErrorInfo& info, const char* key,
                   int listed) {
  const auto found = info.metadata().find(key);
  std::int64_t said = 0;
  if (found != info.metadata().end()) {
    std::from_chars(found->second.data(),
                    found->second.data() + found->second.size(), said);
  }
  return std::max<std::int64_t>(said, listed);
}

// Keeps the first of `entries` that fit in `room` and takes them from it.
template <typename Entries>
void Keep(Entries& entries, std::size_t& room) {
  int kept = 0;
  while (kept < entries.size()) {
    const std::size_t size = entries.Get(kept).ByteSizeLong() + kFraming;
    if (size > room) break;
    room -= size;
    ++kept;
  }
  entries.DeleteSubrange(kept, entries.size() - kept);
}

// `text` with `lead` in place of `before`, if it began with that.
std::string WithLead(std::string_view text, std::string_view before,
                     const std::string& lead) {
  if (text.starts_with(before)) text.remove_prefix(before.size());
  return ShortenMessage(lead + std::string(text));
}

// The details that FitDetails looks into, unpacked.
struct Details {
  google::protobuf::Any* info_any = nullptr;
  google::protobuf::Any* bad_request_any = nullptr;
  google::protobuf::Any* failure_any = nullptr;
  google::protobuf::Any* localized_any = nullptr;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::PreconditionFailure failure;
  google::rpc::LocalizedMessage localized;

  explicit Details(google::rpc::Status& status) {
    for (google::protobuf::Any& any : *status.mutable_details()) {
      if (any.UnpackTo(&info)) info_any = &any;
      if (any.UnpackTo(&bad_request)) bad_request_any = &any;
      if (any.UnpackTo(&failure)) failure_any = &any;
      if (any.UnpackTo(&localized)) localized_any = &any;
    }
  }

  Extent extent() const {
    const int violations = bad_request.field_violations_size();
    const int preconditions = failure.violations_size();
    return {.total = Total(info, kViolationsTotal, violations) +
                     Total(info, kPreconditionsTotal, preconditions),
            .listed = violations + preconditions};
  }
};

}  // namespace

std::string ShortenMessage(std::string_view message) {
  if (message.size() <= kMaxMessageBytes) return std::string(message);
  std::size_t end = kMaxMessageBytes - 3;
  // Not inside a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(message.substr(0, end)) + "...";
}

void FitDetails(google::rpc::Status& status, std::size_t max_bytes) {
  if (status.ByteSizeLong() <= max_bytes) return;
  Details details(status);
  const Extent before = details.extent();
  std::size_t others = status.ByteSizeLong() + kSlack;
  for (const auto* any : {details.bad_request_any, details.failure_any}) {
    if (any != nullptr) others -= any->ByteSizeLong();
  }
  std::size_t room = max_bytes > others ? max_bytes - others : 0;
  auto& totals = *details.info.mutable_metadata();
  const int violations = details.bad_request.field_violations_size();
  const int preconditions = details.failure.violations_size();
  if (violations > 0) {
    totals[kViolationsTotal] =
        std::to_string(Total(details.info, kViolationsTotal, violations));
  }
  if (preconditions > 0) {
    totals[kPreconditionsTotal] =
        std::to_string(Total(details.info, kPreconditionsTotal, preconditions));
  }
  Keep(*details.bad_request.mutable_field_violations(), room);
  Keep(*details.failure.mutable_violations(), room);
  const Extent after = details.extent();
  if (after.listed < before.listed) {
    status.set_message(WithLead(status.message(), Lead(before), Lead(after)));
    details.localized.set_message(WithLead(details.localized.message(),
                                           LeadJapanese(before),
                                           LeadJapanese(after)));
  }
  if (details.info_any != nullptr) details.info_any->PackFrom(details.info);
  if (details.bad_request_any != nullptr) {
    details.bad_request_any->PackFrom(details.bad_request);
  }
  if (details.failure_any != nullptr) {
    details.failure_any->PackFrom(details.failure);
  }
  if (details.localized_any != nullptr) {
    details.localized_any->PackFrom(details.localized);
  }
  if (status.ByteSizeLong() <= max_bytes) return;
  google::rpc::ErrorInfo bare;
  bare.set_reason(details.info.reason());
  bare.set_domain(details.info.domain());
  status.clear_details();
  status.add_details()->PackFrom(bare);
}

}  // namespace welfare::platform
