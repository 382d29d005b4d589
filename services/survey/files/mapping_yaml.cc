#include "services/survey/files/mapping_yaml.h"

#include <string>
#include <utility>

#include "services/survey/mapping/mapping_faults.h"
#include "services/text/value_readers.h"
#include "services/yaml/mapping.h"
#include "services/yaml/node.h"

namespace welfare::survey {
namespace {

// A decimal, or a quotient of two.
std::optional<base::Rational> ReadScale(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto above = base::Rational::ParseDecimal(text.substr(0, slash));
  if (!above.ok()) return std::nullopt;
  if (slash == std::string::npos) {
    return above->numerator() == 0 ? std::nullopt : std::optional(*above);
  }
  const auto below = base::Rational::ParseDecimal(text.substr(slash + 1));
  if (!below.ok() || above->numerator() == 0) return std::nullopt;
  return base::Rational::Divide(*above, *below);
}

class MappingTextReader {
 public:
  explicit MappingTextReader(std::vector<base::Violation>& faults)
      : faults_(faults) {}

  MappingDraft Read(const yaml::Node& node) {
    MappingDraft draft;
    yaml::Mapping file(node, faults_);
    if (node.kind != yaml::Node::Kind::kMapping) return draft;
    draft.survey = Text(file, "survey", /*required=*/true, node.place);
    draft.codebook = Text(file, "codebook", true, node.place);
    draft.from_codebook = Text(file, "from_codebook", false, node.place);
    draft.concepts = file.Boolean("concepts", false);
    draft.concepts_place = PlaceOf(file, "concepts", node.place);
    if (draft.concepts && draft.from_codebook.text.empty()) {
      Refuse(draft.concepts_place, MappingFault("MAPPING_CONCEPTS"));
    }
    file.Each("items", [&](const yaml::Node& item) {
      draft.entries.push_back(ReadEntry(item));
    });
    return draft;
  }

 private:
  void Refuse(const std::string& place, const base::ViolationRow& fault) {
    faults_.push_back(base::MakeViolation(fault, place));
  }

  static std::string PlaceOf(yaml::Mapping& mapping, std::string_view field,
                             const std::string& otherwise) {
    const yaml::Node* const value = mapping.Find(field);
    return value == nullptr ? otherwise : value->place;
  }

  static PlacedText Text(yaml::Mapping& mapping, std::string_view field,
                         bool required, const std::string& otherwise) {
    std::string text =
        required ? mapping.RequiredText(field) : mapping.Text(field);
    return {std::move(text), PlaceOf(mapping, field, otherwise)};
  }

  std::vector<MappedWord> ReadWords(const yaml::Node& node) {
    std::vector<MappedWord> words;
    yaml::Mapping mapping(node, faults_);
    for (const yaml::Field& field : mapping.All()) {
      if (field.value.kind != yaml::Node::Kind::kScalar) {
        mapping.RefuseKind(field.key, "one value");
        continue;
      }
      words.push_back({.word = {field.key, field.place},
                       .meaning = {field.value.scalar, field.value.place}});
    }
    return words;
  }

  MappingEntry ReadEntry(const yaml::Node& node) {
    MappingEntry entry;
    entry.place = node.place;
    yaml::Mapping item(node, faults_);
    if (node.kind != yaml::Node::Kind::kMapping) return entry;
    entry.from = Text(item, "from", true, node.place);
    entry.to = Text(item, "to", false, node.place);
    entry.dropped = Text(item, "drop", false, node.place);
    if (entry.to.text.empty() == entry.dropped.text.empty()) {
      Refuse(node.place, MappingFault("MAPPING_TO_OR_DROP"));
    }
    if (const yaml::Node* const values = item.Find("values")) {
      entry.same_values =
          values->kind == yaml::Node::Kind::kScalar && values->scalar == "same";
      if (!entry.same_values) entry.values = ReadWords(*values);
    }
    if (const yaml::Node* const absences = item.Find("absences")) {
      entry.absences = ReadWords(*absences);
    }
    entry.separator = item.Text("separator");
    const PlacedText scale = Text(item, "scale", false, node.place);
    entry.scale_place = scale.place;
    if (!scale.text.empty()) {
      entry.scale = ReadScale(scale.text);
      if (!entry.scale) Refuse(scale.place, MappingFault("MAPPING_SCALE"));
    }
    const PlacedText round = Text(item, "round", false, node.place);
    entry.rounds = round.text == "half_up";
    if (!round.text.empty() && !entry.rounds) {
      Refuse(round.place, MappingFault("MAPPING_ROUND"));
    }
    entry.unit = Text(item, "unit", false, node.place);
    return entry;
  }

  std::vector<base::Violation>& faults_;
};

}  // namespace

MappingDraft ReadMapping(std::string_view text,
                         std::vector<base::Violation>& faults) {
  if (text.size() > kMostMappingBytes) {
    faults.push_back(base::MakeViolation(
        MappingFault("MAPPING_TOO_LONG"), "line 1, column 1",
        {{"most", std::to_string(kMostMappingBytes)}}));
    return {};
  }
  const auto node = yaml::ReadYaml("", text, faults);
  if (!node) return {};
  return MappingTextReader(faults).Read(*node);
}

}  // namespace welfare::survey
