#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// Whose pages may call from a browser (the Fetch standard's CORS protocol).
// Immutable; any thread.
//
// Nobody is allowed credentials that a browser adds by itself, cookies and
// client certificates: whoever calls says who it is in a header, which no page
// of somebody else can.
class CrossOrigin {
 public:
  // Nobody's.
  CrossOrigin() = default;
  // Origins with commas between them, as browsers send them:
  // "https://app.example,http://localhost:5173". Empty: nobody's.
  //
  // Errors: INVALID_ARGUMENT; the message is a sentence on the first that is no
  // origin: `*`, `null`, one with a path, capitals or its scheme's own port.
  static absl::StatusOr<CrossOrigin> Parse(std::string_view list);

  bool any() const { return !origins_.empty(); }

  // Adds to the head of an answer what lets the page see it, where it may; of
  // the answer to a preflight also what it may ask.
  void Annotate(const RequestHead& request, ResponseHead& head) const;

 private:
  std::set<std::string, std::less<>> origins_;
};

}  // namespace welfare::gateway
