// Calls to the gateway as commands see them: messages in, messages out, and
// how it ended. gRPC itself stays behind this header, for it costs every file
// that includes it half a minute of compilation.
//
// A method is found by its request: a request that stands beside its service
// belongs to one method of each kind, which a test walks through. Of requests
// that several services take the service is said as well.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/welfarectl/session/session.h"

namespace google::protobuf {
class Descriptor;
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace welfare::ctl {

// How a call ended: what the server or the channel said.
struct CallStatus {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message = {};
  std::string details = {};  // a serialized google.rpc.Status, or nothing

  bool ok() const { return code == absl::StatusCode::kOk; }
};

// One message each way; one request and many answers; many each way.
enum class CallKind { kUnary, kAnswerStream, kExchange };

// The method of this kind that takes messages of type `request`; null: there
// is none, or more than one.
const google::protobuf::MethodDescriptor* MethodOf(
    const google::protobuf::Descriptor& request, CallKind kind);

// The method of the service with this full name that takes one message of type
// `request` and answers once; null as above.
const google::protobuf::MethodDescriptor* MethodOf(
    const std::string& service, const google::protobuf::Descriptor& request);

// Makes one call with the deadline of --timeout. The channel may repeat it, so
// that a write without `request_id` is given one; the server answers a repeat
// with the first answer. The caller decides what its
// failure means. INTERNAL where `reply` is not what the method answers.
CallStatus TryCall(Session& session, const google::protobuf::Message& request,
                   google::protobuf::Message& reply);

// The same for a request that several services take.
CallStatus TryCall(Session& session, const std::string& service,
                   const google::protobuf::Message& request,
                   google::protobuf::Message& reply);

// As the first; returns kOk or, with the error printed, an exit code.
int Call(Session& session, const google::protobuf::Message& request,
         google::protobuf::Message& reply);

// Prints message, reason, violations and what to do on stderr; returns the
// exit code of the status.
int Fail(const CallStatus& status);

// The reason in the details, UPPER_SNAKE; empty: none.
std::string ReasonOf(const CallStatus& status);

// What the details say of `key`; empty: nothing.
std::string MetadataOf(const CallStatus& status, const std::string& key);

// One fault of a request.
struct FieldViolation {
  std::string field;
  std::string description;  // in the language of the run
};

// The faults in the details.
std::vector<FieldViolation> ViolationsOf(const CallStatus& status);

// The many answers to one request. --timeout is the deadline of all.
class AnswerStream {
 public:
  // REQUIRES: the method of `request` answers with a stream.
  AnswerStream(Session& session, const google::protobuf::Message& request);
  ~AnswerStream();
  AnswerStream(const AnswerStream&) = delete;
  AnswerStream& operator=(const AnswerStream&) = delete;

  // False: that was all; Finish says why.
  bool Read(google::protobuf::Message& reply);
  CallStatus Finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Requests and answers in turn. --timeout is how long an answer may take.
class Exchange {
 public:
  // REQUIRES: the method of `request` has a stream in both directions.
  Exchange(Session& session, const google::protobuf::Descriptor& request);
  // Cancels what was not finished.
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Sends one request, with a `request_id` as above, and waits for its answer.
  // False: the call is over;
  // Finish says why.
  bool Ask(const google::protobuf::Message& request,
           google::protobuf::Message& answer);
  // Says that no request follows, and waits for the end.
  CallStatus Finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

inline constexpr int kPageSize = 1000;

// Reads every page of a list. `take` gets each response; later pages speak for
// the version of the first. Returns kOk or, with the error printed, an exit
// code.
template <typename Response, typename Request, typename Take>
int ReadPages(Session& session, Request request, const Take& take,
              int page_size = kPageSize) {
  request.set_page_size(page_size);
  do {
    Response response;
    if (const int code = Call(session, request, response); code != kOk) {
      return code;
    }
    take(std::as_const(response));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return kOk;
}

}  // namespace welfare::ctl
