// A YAML file as values that know where they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"

namespace welfare::yaml {

struct Field;

// One value of a file.
struct Node {
  enum class Kind { kEmpty, kScalar, kList, kMapping };

  Kind kind = Kind::kEmpty;
  std::string scalar;
  std::vector<Node> elements;  // of a list
  std::vector<Field> fields;   // of a mapping, as written, each key once
  std::string place;           // `jusou/populations.yaml line 3, column 7`
};

struct Field {
  std::string key;
  std::string place;  // of the key
  Node value;
};

// Reads the one document of a file; `file` is its name, or empty where whoever
// shows the faults names it himself. What is no YAML is one fault, and there is
// no value; a key that stands twice is another, and its first value counts.
std::optional<Node> ReadYaml(std::string_view file, std::string_view text,
                             std::vector<base::Violation>& faults);

}  // namespace welfare::yaml
