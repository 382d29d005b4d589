#include "services/indicator/files/mapping.h"

#include <utility>

#include "services/indicator/files/numbers.h"

namespace welfare::indicator {

Mapping::Mapping(const YAML::Node& node, std::string where,
                 std::vector<base::Violation>& violations)
    : node_(node), where_(std::move(where)), violations_(violations) {
  if (!node_.IsMap()) Add("NOT_A_MAPPING", "Fields with values are needed.");
}

Mapping::~Mapping() {
  if (!node_.IsMap()) return;
  for (const auto& field : node_) {
    const std::string name = field.first.Scalar();
    if (!seen_.contains(name)) {
      Add("FIELD_UNKNOWN", "There is no field `" + name + "`.");
    }
  }
}

std::optional<YAML::Node> Mapping::Find(const std::string& field) {
  seen_.insert(field);
  if (!node_.IsMap()) return std::nullopt;
  const YAML::Node value = node_[field];
  if (!value.IsDefined()) return std::nullopt;
  return value;
}

std::string Mapping::Text(const std::string& field, bool required) {
  const auto value = Find(field);
  if (!value.has_value()) {
    if (required) Add("FIELD_MISSING", "`" + field + "` is needed.");
    return {};
  }
  if (!value->IsScalar()) {
    Add("FIELD_TYPE", "`" + field + "` is one value.");
    return {};
  }
  return value->Scalar();
}

std::optional<std::int64_t> Mapping::Integer(const std::string& field,
                                             bool required) {
  const std::string text = Text(field, required);
  if (text.empty()) return std::nullopt;
  const auto number = ParseInteger(text);
  if (!number.has_value()) Add("FIELD_TYPE", "`" + field + "` is a number.");
  return number;
}

bool Mapping::Boolean(const std::string& field, bool fallback) {
  const std::string text = Text(field);
  if (text.empty()) return fallback;
  if (text != "true" && text != "false") {
    Add("FIELD_TYPE", "`" + field + "` is true or false.");
  }
  return text == "true";
}

std::optional<base::Rational> Mapping::Fraction(const std::string& field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const auto number = ParseFraction(text);
  if (!number.has_value()) {
    Add("FIELD_TYPE", "`" + field + "` is a fraction such as 1/20.");
  }
  return number;
}

std::vector<std::string> Mapping::Texts(const std::string& field) {
  std::vector<std::string> texts;
  Each(field, [&](const YAML::Node& value) {
    if (!value.IsScalar()) {
      Add("FIELD_TYPE", "`" + field + "` is a list of values.");
      return;
    }
    texts.push_back(value.Scalar());
  });
  return texts;
}

void Mapping::Each(const std::string& field,
                   const std::function<void(const YAML::Node&)>& read) {
  const auto value = Find(field);
  if (!value.has_value()) return;
  if (!value->IsSequence()) {
    Add("FIELD_TYPE", "`" + field + "` is a list.");
    return;
  }
  for (const YAML::Node& element : *value) read(element);
}

void Mapping::Add(std::string_view reason, std::string description) {
  violations_.push_back({where_, std::string(reason), std::move(description)});
}

}  // namespace welfare::indicator
