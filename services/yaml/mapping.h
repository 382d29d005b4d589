// A mapping of a YAML file, read field by field.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/yaml/node.h"

namespace welfare::yaml {

// What is wrong becomes a fault at its line and column. Fields that nobody
// asked for are refused at the end: a misspelt one is never ignored. Used by
// one thread.
class Mapping {
 public:
  // Both outlive the mapping. A `node` of another kind is a fault, and then the
  // mapping has no fields.
  Mapping(const Node& node, std::vector<base::Violation>& faults);
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  // Refuses the fields that nobody asked for.
  ~Mapping();

  // Returns the value of `field`, or null.
  const Node* Find(std::string_view field);
  // All of them, where the keys are names of their own.
  const std::vector<Field>& All();

  // These read a scalar; empty or nothing where it is absent.
  std::string Text(std::string_view field);
  std::optional<std::int64_t> Integer(std::string_view field);
  bool Boolean(std::string_view field, bool fallback);
  // The same, and it is a fault that there is none.
  std::string RequiredText(std::string_view field);
  std::optional<std::int64_t> RequiredInteger(std::string_view field);

  // These read a list; nothing where it is absent.
  std::vector<std::string> Texts(std::string_view field);
  void Each(std::string_view field,
            const std::function<void(const Node&)>& read);
  // One text, or a list of them.
  std::vector<std::string> TextOrTexts(std::string_view field);

  // Refuses what `field` says, or that there is none, in the words of `row`;
  // without a field, the mapping.
  void Refuse(std::string_view field, const base::ViolationRow& row,
              const base::ErrorWords& words = {});
  // The same in one language, of files that only operators read.
  void Refuse(std::string_view field, std::string_view reason,
              std::string description);
  // Refuses `field`, which must be `kind`: `a date`.
  void RefuseKind(std::string_view field, std::string_view kind);

 private:
  void Require(std::string_view field);

  const Node& node_;
  std::vector<base::Violation>& faults_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace welfare::yaml
