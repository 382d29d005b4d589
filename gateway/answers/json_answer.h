#pragma once

#include <string>
#include <string_view>

#include "gateway/answers/answer_form.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/http_route.h"

namespace welfare::gateway {

// What becomes of the answer of a service.
struct JsonAnswer {
  enum class Outcome {
    kWhole,
    kHeld,        // the caller has it: 304
    kOther,       // If-Match names another one: 412
    kUnreadable,  // the bytes are no message of the method
  };

  Outcome outcome = Outcome::kUnreadable;
  std::string body;
  bool gzip = false;
  // Of kWhole and kHeld: what stands between the quotes of the `etag`; empty
  // where there is no form.
  std::string tag;
};

// Makes JSON of `bytes`, a message of the route's output type, in the form that
// the caller takes. `form` null: the request was no GET, and there is one form.
// `state`: the service's tag of the answer; where it is empty, the digest of
// `bytes` stands for it. What the caller has is not made. Any thread.
JsonAnswer MakeJsonAnswer(const HttpRoute& route,
                          const JsonWriterOptions& options,
                          const AnswerForm* form, std::string_view state,
                          const std::string& bytes);

}  // namespace welfare::gateway
