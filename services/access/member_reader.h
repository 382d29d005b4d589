// Members of the operator's files, read with everything that is wrong in them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/access/identity.h"
#include "services/access/strict_json.h"
#include "services/base/error.h"
#include "services/base/time/clock.h"

namespace welfare::access {

// Reads one object at `place` of a file, and collects what is wrong with it.
class MemberReader {
 public:
  // Both outlive it.
  MemberReader(const JsonValue& object, std::string place,
               std::vector<base::Violation>& violations);

  // Whether it is an object. Members that are not among `known` are refused:
  // they may be bounds.
  bool IsObjectOf(std::span<const std::string_view> known);
  // Whether nothing was wrong since it was made.
  bool faultless() const { return violations_.size() == before_; }

  // Empty where there is none; an empty one is refused.
  std::string_view OptionalText(std::string_view member);
  std::string_view RequiredText(std::string_view member);
  // Nothing where there is none.
  std::optional<base::Timestamp> OptionalTime(std::string_view member);
  std::optional<base::Timestamp> RequiredTime(std::string_view member);
  // What the members `grants`, `municipality_code` and `respondent_kind` say of
  // the caller whom the member `naming` names.
  std::optional<Identity> ReadIdentity(std::string_view naming,
                                       Authentication authentication);

  // An empty member is the object itself.
  void Refuse(const base::ViolationRow& row, std::string_view member,
              const base::ErrorWords& words = {});
  void RefuseType(std::string_view member, std::string_view kind,
                  std::string_view kind_ja);

 private:
  std::string At(std::string_view member) const;
  std::optional<base::Timestamp> Time(std::string_view member,
                                      std::string_view text);

  const JsonValue& object_;
  const std::string place_;
  std::vector<base::Violation>& violations_;
  const std::size_t before_;
};

// The list `name` of a file {"version":1,"keys":[...]} that has nothing else,
// or what is wrong with what stands around it. Points into `root`.
std::variant<const std::vector<JsonValue>*, base::Violation> ListOf(
    const JsonValue& root, std::string_view name, std::size_t most);

}  // namespace welfare::access
