#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class FileDescriptorSet;
}

namespace welfare::gateway {

// One line of a method's list of errors:
//
//   - `NOT_FOUND` (`ROUND_NOT_FOUND`): no such round.
struct ListedError {
  std::string code;  // name of a google.rpc.Code
  std::vector<std::string> reasons;
  std::string when;  // "no such round."
};

// The comment of one element of a proto, as paragraphs of Markdown.
struct Comment {
  // Without the list of errors; empty where there is no comment.
  std::string text;
  // What stands below "Errors:", in its order.
  std::vector<ListedError> errors;
};

// Reads a comment as it stands in a proto: lines are joined to paragraphs and
// items of lists, references such as [Round][welfare.survey.v1.Round] become
// `Round`, remarks for buf are left out.
Comment ReadComment(std::string_view comment);

// The first sentence of `text`, without its full stop.
std::string FirstSentence(std::string_view text);

// The comments of a set of files by the full names of what they speak of. The
// linked descriptors have none: they come from protoc's --include_source_info.
// Immutable; any thread.
class Comments {
 public:
  Comments() = default;
  explicit Comments(const google::protobuf::FileDescriptorSet& files);

  // Empty for a name of which nothing is said. A value of an enum stands within
  // it: "welfare.type.v1.Absence.Kind.UNKNOWN".
  const Comment& Of(const std::string& full_name) const;

 private:
  std::map<std::string, Comment, std::less<>> comments_;
};

}  // namespace welfare::gateway
