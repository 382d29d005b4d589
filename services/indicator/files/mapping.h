// A YAML mapping, read field by field.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/base/numbers/rational.h"

namespace welfare::indicator {

// What is wrong becomes a violation of `where`, and fields nobody asked for are
// refused at the end. Used by one thread.
class Mapping {
 public:
  // `violations` outlives the mapping.
  Mapping(const YAML::Node& node, std::string where,
          std::vector<base::Violation>& violations);
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  // Refuses the fields that nobody asked for.
  ~Mapping();

  std::optional<YAML::Node> Find(const std::string& field);

  // These read the scalar of `field`; empty or nothing when it is absent.
  std::string Text(const std::string& field, bool required = false);
  std::optional<std::int64_t> Integer(const std::string& field,
                                      bool required = false);
  bool Boolean(const std::string& field, bool fallback);
  std::optional<base::Rational> Fraction(const std::string& field);

  // These read a list; nothing when it is absent.
  std::vector<std::string> Texts(const std::string& field);
  void Each(const std::string& field,
            const std::function<void(const YAML::Node&)>& read);

  void Add(std::string_view reason, std::string description);
  const std::string& where() const { return where_; }
  std::vector<base::Violation>& violations() { return violations_; }

 private:
  YAML::Node node_;
  std::string where_;
  std::vector<base::Violation>& violations_;
  std::set<std::string> seen_;
};

}  // namespace welfare::indicator
