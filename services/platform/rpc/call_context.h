#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/access/identity.h"
#include "services/base/time/call_limits.h"
#include "services/base/wording/language.h"

namespace welfare::platform {

// What an answer is known by, so that a caller who has it already need not be
// sent it again (services/platform/README.md). One thread at a time.
class AnswerTag {
 public:
  // `held`: tags of what the caller has, with commas between them.
  explicit AnswerTag(std::string_view held) : held_(held) {}

  // As CallContext::CallerHas and CallerHasBytes.
  bool Name(std::string_view state, base::Language language);
  bool NameBytes(std::string_view digest);

  // Twenty characters of base64; empty: the answer was not named.
  const std::string& text() const { return text_; }
  // Whether the caller has the answer that was named last.
  bool held() const { return is_held_; }

 private:
  bool Take(std::string_view named);

  const std::string held_;
  std::string text_;
  bool is_held_ = false;
};

// Metadata by which the gateway asks for the tag of an answer and tells those
// of what its caller has (there may be none), and by which it is told: the tag,
// and that the caller has the answer, which is then sent as an empty message.
inline constexpr std::string_view kHeldTagsMetadata = "x-welfare-held";
inline constexpr std::string_view kAnswerTagMetadata = "x-welfare-answer";
inline constexpr std::string_view kAnswerHeldMetadata = "x-welfare-answer-held";

// What a handler knows of the call beside the request. Lives until the handler
// returns.
struct CallContext {
  // From the metadata `x-request-id`, or made here. Stands in the access log,
  // in the answer's metadata, in INTERNAL errors, and goes to peers.
  std::string request_id;
  // The caller's W3C `traceparent` and `tracestate`, which go to peers as they
  // are; empty where it sent none that is valid.
  std::string trace_parent = {};
  std::string trace_state = {};
  // Where nobody is asked, the operator of this machine.
  access::Identity identity = access::Identity::Local();
  // The method as the contract calls it, "CreateSubmission"; its table's.
  std::string_view method = {};
  // In which descriptions of faults are read.
  base::Language language = base::Language::kEnglish;
  // Deadline and cancellation; hand them to Database, Cache and peers.
  base::CallLimits limits;
  // Null: nobody asks what the answer is known by.
  AnswerTag* answer = nullptr;

  // Names the answer by `state`: all that it is made of beside the request, so
  // the versions with their incarnation, digests of data files, a year that the
  // request leaves open. The build and the language stand in the tag anyway.
  // Returns whether the caller has this answer; the handler may then return OK
  // without making it. What refuses the call is judged by then.
  bool CallerHas(std::string_view state) const {
    return answer != nullptr && answer->Name(state, language);
  }
  // The same for bytes that no build and no language makes others of: a stored
  // file, named by its digest.
  bool CallerHasBytes(std::string_view digest) const {
    return answer != nullptr && answer->NameBytes(digest);
  }

  bool cancelled() const { return limits.cancelled(); }
};

// Reads one metadata value of a call; nullopt when it was not sent.
using MetadataLookup =
    std::function<std::optional<std::string_view>(std::string_view key)>;

// Finds out the name that the process at the other end of a call has proved,
// `gateway.welfare.internal`; empty where it has proved none. Not for nothing:
// it is asked only by whoever goes by it.
using PeerLookup = std::function<std::string()>;

// Finds out who calls; an error refuses the call before the handler runs.
using IdentityHook = std::function<absl::StatusOr<access::Identity>(
    const MetadataLookup& metadata, const PeerLookup& peer)>;

// A fresh request id: 32 random hex digits.
std::string MakeRequestId();

}  // namespace welfare::platform
