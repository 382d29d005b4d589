#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/answers/content_coding.h"
#include "gateway/answers/entity_tag.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// In which form a caller of GET or HEAD takes the answer, and which forms of it
// the caller has already: If-None-Match (compared weakly), If-Match (strongly)
// and Accept-Encoding. Immutable.
class AnswerForm {
 public:
  // `shape` tells the build's form of this answer from other builds', `target`
  // is the path and the query as sent. Where a header is malformed, its name.
  static std::variant<AnswerForm, std::string_view> Read(
      const std::vector<Header>& headers, std::string_view shape,
      std::string_view target);

  const TakenCodings& codings() const { return codings_; }

  // The states that the caller has in a form it takes, with commas between
  // them, for the service that makes the answer; `-`: none. At most
  // kMaxAsked of them, the first.
  std::string HeldStates() const;
  // The opaque tag by which the caller has the answer of `state`; null: it
  // does not.
  const std::string* Held(std::string_view state) const;
  // If-None-Match: `*`; the caller wants none that there is.
  bool refuses_any() const { return refuses_any_; }
  // Whether If-Match asks for another answer than that of `state`.
  bool IsOther(std::string_view state) const;

  // The opaque tag of the answer of `state`.
  std::string Opaque(std::string_view state, bool gzip,
                     std::string_view resource) const;

  static constexpr std::size_t kMaxAsked = 16;

 private:
  TakenCodings codings_;
  std::string form_;
  std::vector<std::pair<std::string, std::string>> held_;  // state, opaque
  bool refuses_any_ = false;
  // Of If-Match; nothing: any will do.
  std::optional<std::vector<std::string>> wanted_;
};

}  // namespace welfare::gateway
