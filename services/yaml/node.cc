#include "services/yaml/node.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

#include "services/yaml/error_table.h"

namespace welfare::yaml {
namespace {

// Takes the library's tree over, and its word for where things stand.
class Builder {
 public:
  Builder(std::string_view file, std::vector<base::Violation>& faults)
      : file_(file), faults_(faults) {}

  Node Build(const YAML::Node& from, int depth = 0) {
    Node node;
    node.place = PlaceOf(from.Mark());
    // A part that is referred to stands once in the library's tree and as often
    // as it is referred to in ours, without end where it refers to itself.
    if (depth > kDeepest || nodes_ == kMostNodes) {
      if (!too_large_) {
        faults_.push_back(base::MakeViolation(Fault("TOO_LARGE"), node.place));
      }
      too_large_ = true;
      return node;
    }
    ++nodes_;
    if (from.IsScalar()) {
      node.kind = Node::Kind::kScalar;
      node.scalar = from.Scalar();
    } else if (from.IsSequence()) {
      node.kind = Node::Kind::kList;
      for (const YAML::Node& element : from) {
        node.elements.push_back(Build(element, depth + 1));
      }
    } else if (from.IsMap()) {
      node.kind = Node::Kind::kMapping;
      for (const auto& entry : from) {
        // A key of several parts is one that nobody asks for.
        const std::string key =
            entry.first.IsScalar() ? entry.first.Scalar() : std::string();
        const std::string place = PlaceOf(entry.first.Mark());
        if (std::ranges::find(node.fields, key, &Field::key) !=
            node.fields.end()) {
          faults_.push_back(base::MakeViolation(Fault("FIELD_REPEATED"), place,
                                                {{"field", key}}));
          continue;
        }
        Node value = Build(entry.second, depth + 1);
        // Nothing stands nowhere: the library names what follows it.
        if (value.kind == Node::Kind::kEmpty) value.place = place;
        node.fields.push_back({key, place, std::move(value)});
      }
    }
    return node;
  }

  std::string PlaceOf(const YAML::Mark& mark) const {
    std::string place = file_;
    if (!place.empty()) place += ' ';
    return place + "line " + std::to_string(mark.line + 1) + ", column " +
           std::to_string(mark.column + 1);
  }

 private:
  // No file of ours comes near.
  static constexpr int kDeepest = 50;
  static constexpr int kMostNodes = 200'000;

  const std::string file_;
  std::vector<base::Violation>& faults_;
  int nodes_ = 0;
  bool too_large_ = false;
};

}  // namespace

std::optional<Node> ReadYaml(std::string_view file, std::string_view text,
                             std::vector<base::Violation>& faults) {
  Builder builder(file, faults);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) {
      Node nothing;
      nothing.place = builder.PlaceOf({});
      return nothing;
    }
    if (documents.size() > 1) {
      faults.push_back(base::MakeViolation(
          Fault("DOCUMENTS"), builder.PlaceOf(documents[1].Mark())));
    }
    return builder.Build(documents.front());
  } catch (const YAML::Exception& exception) {
    faults.push_back(base::MakeViolation(Fault("YAML"),
                                         builder.PlaceOf(exception.mark),
                                         {{"why", exception.msg}}));
    return std::nullopt;
  }
}

}  // namespace welfare::yaml
