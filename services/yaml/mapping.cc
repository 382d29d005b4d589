#include "services/yaml/mapping.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "services/yaml/error_table.h"

namespace welfare::yaml {
namespace {

const Node* FindField(const Node& node, std::string_view field) {
  const auto found = std::ranges::find(node.fields, field, &Field::key);
  return found == node.fields.end() ? nullptr : &found->value;
}

}  // namespace

Mapping::Mapping(const Node& node, std::vector<base::Violation>& faults)
    : node_(node), faults_(faults) {
  if (node_.kind != Node::Kind::kMapping) {
    faults_.push_back(base::MakeViolation(Fault("NOT_A_MAPPING"), node_.place));
  }
}

Mapping::~Mapping() {
  for (const Field& field : node_.fields) {
    if (asked_.contains(field.key)) continue;
    faults_.push_back(base::MakeViolation(Fault("FIELD_UNKNOWN"), field.place,
                                          {{"field", field.key}}));
  }
}

const Node* Mapping::Find(std::string_view field) {
  asked_.emplace(field);
  return FindField(node_, field);
}

const std::vector<Field>& Mapping::All() {
  for (const Field& field : node_.fields) asked_.insert(field.key);
  return node_.fields;
}

std::string Mapping::Text(std::string_view field) {
  const Node* const value = Find(field);
  if (value == nullptr) return {};
  if (value->kind != Node::Kind::kScalar) RefuseKind(field, "one value");
  return value->scalar;
}

std::optional<std::int64_t> Mapping::Integer(std::string_view field) {
  const Node* const value = Find(field);
  if (value == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const std::string& text = value->scalar;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() ||
      end != text.data() + text.size()) {
    RefuseKind(field, "a whole number");
    return std::nullopt;
  }
  return number;
}

bool Mapping::Boolean(std::string_view field, bool fallback) {
  const Node* const value = Find(field);
  if (value == nullptr) return fallback;
  if (value->scalar != "true" && value->scalar != "false") {
    RefuseKind(field, "true or false");
    return fallback;
  }
  return value->scalar == "true";
}

std::string Mapping::RequiredText(std::string_view field) {
  Require(field);
  return Text(field);
}

std::optional<std::int64_t> Mapping::RequiredInteger(std::string_view field) {
  Require(field);
  return Integer(field);
}

std::vector<std::string> Mapping::Texts(std::string_view field) {
  std::vector<std::string> texts;
  bool all = true;
  Each(field, [&](const Node& element) {
    all = all && element.kind == Node::Kind::kScalar;
    texts.push_back(element.scalar);
  });
  if (!all) RefuseKind(field, "a list of values");
  return texts;
}

void Mapping::Each(std::string_view field,
                   const std::function<void(const Node&)>& read) {
  const Node* const value = Find(field);
  if (value == nullptr) return;
  if (value->kind != Node::Kind::kList) RefuseKind(field, "a list");
  for (const Node& element : value->elements) read(element);
}

std::vector<std::string> Mapping::TextOrTexts(std::string_view field) {
  const Node* const value = Find(field);
  if (value == nullptr) return {};
  if (value->kind == Node::Kind::kScalar) return {value->scalar};
  if (value->kind == Node::Kind::kList) return Texts(field);
  RefuseKind(field, "one value or a list of them");
  return {};
}

void Mapping::Refuse(std::string_view field, const base::ViolationRow& row,
                     const base::ErrorWords& words) {
  const Node* const value = FindField(node_, field);
  faults_.push_back(base::MakeViolation(
      row, value == nullptr ? node_.place : value->place, words));
}

void Mapping::Refuse(std::string_view field, std::string_view reason,
                     std::string description) {
  const Node* const value = FindField(node_, field);
  faults_.push_back({value == nullptr ? node_.place : value->place,
                     std::string(reason), std::move(description)});
}

void Mapping::Require(std::string_view field) {
  if (Find(field) != nullptr) return;
  faults_.push_back(base::MakeViolation(Fault("FIELD_MISSING"), node_.place,
                                        {{"field", std::string(field)}}));
}

void Mapping::RefuseKind(std::string_view field, std::string_view kind) {
  Refuse(field, Fault("FIELD_TYPE"),
         {{"field", std::string(field)}, {"kind", std::string(kind)}});
}

}  // namespace welfare::yaml
