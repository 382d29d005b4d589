#pragma once

#include <cstddef>
#include <map>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace welfare::gateway {

// Which fields of a message are written: a tree of them. What it names is
// written as a whole or in the parts that it names within. Not changed while it
// is read; then any thread.
class FieldSelection {
 public:
  // More paths are refused, and deeper ones.
  static constexpr std::size_t kMaxPaths = 100;

  // Selects what `path` leads to from a message of `type`, "entries.area", each
  // part in either spelling; of a list it is the part of each element. False
  // where there is no such field, or a part leads into what is written as one
  // value (a map, a time), and nothing is selected then.
  bool Add(const google::protobuf::Descriptor& type, std::string_view path);

  // What is selected within `field`; null: it is not written at all.
  const FieldSelection* Find(
      const google::protobuf::FieldDescriptor& field) const;
  // All of it.
  bool whole() const { return parts_.empty(); }

 private:
  // Empty beneath a selected field: all of it.
  std::map<const google::protobuf::FieldDescriptor*, FieldSelection> parts_;
};

}  // namespace welfare::gateway
