#include "services/yaml/node.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <sstream>
#include <utility>

#include "services/yaml/error_table.h"

namespace welfare::yaml {
namespace {

// Thrown through the library where no more of a text is wanted.
struct Enough {};

// Makes the tree of what the library reads, and takes its word for where things
// stand. Its own tree would be made of all documents, and there are texts of
// which it reads documents without an end.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view file, std::string_view text,
          std::vector<base::Violation>& faults)
      : file_(file), text_(text), faults_(faults) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') lines_.push_back(at + 1);
    }
  }

  // The first document; nothing: there is none.
  std::optional<Node> TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override { ++documents_; }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Put(Begin(mark, Node::Kind::kEmpty));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    // What it stands for may stand for more of the same, and for itself.
    RefuseSize(PlaceOf(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    Node node = Begin(mark, Node::Kind::kScalar);
    node.scalar = value;
    Put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&,
                       YAML::anchor_t, YAML::EmitterStyle::value) override {
    Open(mark, Node::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(mark, Node::Kind::kMapping);
  }
  void OnMapEnd() override { Close(); }

  std::string PlaceOf(const YAML::Mark& mark) {
    std::string place = file_;
    if (!place.empty()) place += ' ';
    return place + "line " + std::to_string(mark.line + 1) + ", column " +
           std::to_string(ColumnOf(mark) + 1);
  }

 private:
  // The library counts bytes, and people count characters. Places come one
  // after the other, and a line may be long.
  int ColumnOf(const YAML::Mark& mark) {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    if (line >= lines_.size()) return mark.column;
    if (line != counted_line_ || column < counted_bytes_) {
      counted_line_ = line;
      counted_bytes_ = 0;
      counted_ = 0;
    }
    const std::string_view more = text_.substr(
        std::min(lines_[line] + counted_bytes_, text_.size()),
        column - counted_bytes_);
    counted_ += static_cast<int>(
        std::count_if(more.begin(), more.end(),
                      [](char c) { return (c & '\xC0') != '\x80'; }));
    counted_bytes_ = column;
    return counted_;
  }

  // A list or mapping that is not at its end.
  struct Unfinished {
    Node node;
    // Of a mapping: the key whose value comes next, and where it stands.
    std::optional<std::string> key = {};
    std::string key_place = {};
    bool repeated = false;  // it stood there before
    std::set<std::string> keys = {};
  };

  // No file of ours comes near.
  static constexpr std::size_t kMostNodes = 200'000;
  static constexpr std::size_t kMostDepth = 50;

  Node Begin(const YAML::Mark& mark, Node::Kind kind) {
    Node node;
    node.kind = kind;
    node.place = PlaceOf(mark);
    if (documents_ > 1) {
      faults_.push_back(base::MakeViolation(Fault("DOCUMENTS"), node.place));
      throw Enough();
    }
    if (++built_ > kMostNodes || open_.size() > kMostDepth) {
      RefuseSize(node.place);
    }
    return node;
  }

  [[noreturn]] void RefuseSize(const std::string& place) {
    faults_.push_back(base::MakeViolation(Fault("TOO_LARGE"), place));
    throw Enough();
  }

  void Open(const YAML::Mark& mark, Node::Kind kind) {
    open_.push_back({.node = Begin(mark, kind)});
  }

  void Close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    Put(std::move(node));
  }

  // Puts a value where it belongs.
  void Put(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Unfinished& around = open_.back();
    if (around.node.kind == Node::Kind::kList) {
      around.node.elements.push_back(std::move(node));
      return;
    }
    if (!around.key) {
      // A key of several parts is one that nobody asks for.
      around.key = node.kind == Node::Kind::kScalar ? std::move(node.scalar)
                                                    : std::string();
      around.key_place = std::move(node.place);
      around.repeated = !around.keys.insert(*around.key).second;
      if (around.repeated) {
        faults_.push_back(base::MakeViolation(Fault("FIELD_REPEATED"),
                                              around.key_place,
                                              {{"field", *around.key}}));
      }
      return;
    }
    // Nothing stands nowhere: the library names what follows it.
    if (node.kind == Node::Kind::kEmpty) node.place = around.key_place;
    if (!around.repeated) {
      around.node.fields.push_back(
          {*std::move(around.key), around.key_place, std::move(node)});
    }
    around.key.reset();
  }

  const std::string file_;
  const std::string_view text_;
  std::vector<std::size_t> lines_ = {0};  // where each begins
  std::vector<base::Violation>& faults_;
  // Characters of the line up to this byte of it.
  std::size_t counted_line_ = 0;
  std::size_t counted_bytes_ = 0;
  int counted_ = 0;
  int documents_ = 0;
  std::optional<Node> root_;
  std::vector<Unfinished> open_;  // each in the one before it
  std::size_t built_ = 0;
};

}  // namespace

std::optional<Node> ReadYaml(std::string_view file, std::string_view text,
                             std::vector<base::Violation>& faults) {
  Builder builder(file, text, faults);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // A second one is a fault, and no more is read.
    if (parser.HandleNextDocument(builder)) {
      parser.HandleNextDocument(builder);
    }
  } catch (const Enough&) {
    // The fault is told; what was read before it may be there.
    return builder.TakeRoot();
  } catch (const YAML::Exception& exception) {
    faults.push_back(base::MakeViolation(Fault("YAML"),
                                         builder.PlaceOf(exception.mark),
                                         {{"why", exception.msg}}));
    return std::nullopt;
  }
  if (std::optional<Node> root = builder.TakeRoot()) return root;
  Node nothing;
  nothing.place = builder.PlaceOf({});
  return nothing;
}

}  // namespace welfare::yaml
