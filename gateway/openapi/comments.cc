#include "gateway/openapi/comments.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <cstddef>

#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptorProto;
using google::protobuf::SourceCodeInfo;

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "[Round][welfare.survey.v1.Round]" as "`Round`".
std::string WithoutReferences(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t middle = text.find("][");
    const std::size_t begin =
        middle == text.npos ? text.npos : text.substr(0, middle).rfind('[');
    const std::size_t end =
        middle == text.npos ? text.npos : text.find(']', middle + 2);
    if (begin == text.npos || end == text.npos) break;
    out.append(text.substr(0, begin));
    out.push_back('`');
    out.append(text.substr(begin + 1, middle - begin - 1));
    out.push_back('`');
    text.remove_prefix(end + 1);
  }
  out.append(text);
  return out;
}

// The texts between backticks.
std::vector<std::string> Quotations(std::string_view text) {
  std::vector<std::string> found;
  while (true) {
    const std::size_t begin = text.find('`');
    if (begin == text.npos) return found;
    const std::size_t end = text.find('`', begin + 1);
    if (end == text.npos) return found;
    found.emplace_back(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

// "- `CODE` (`REASON`, `REASON`): when", already one line.
ListedError ReadListedError(std::string_view item) {
  ListedError error;
  const std::size_t open = std::min(item.find('('), item.size());
  const std::size_t close = std::min(item.find("):", open), item.size());
  for (std::string& code : Quotations(item.substr(0, open))) {
    error.code = std::move(code);
    break;
  }
  error.reasons = Quotations(item.substr(open, close - open));
  error.when =
      std::string(TrimSpace(item.substr(std::min(close + 2, item.size()))));
  return error;
}

// Walks a file and keeps the comment of whatever has a name.
class CommentWalk {
 public:
  CommentWalk(const FileDescriptorProto& file,
              std::map<std::string, Comment, std::less<>>& out)
      : out_(out) {
    for (const SourceCodeInfo::Location& location :
         file.source_code_info().location()) {
      if (location.leading_comments().empty()) continue;
      by_path_[{location.path().begin(), location.path().end()}] =
          &location.leading_comments();
    }
    const std::string& package = file.package();
    for (int i = 0; i < file.message_type_size(); ++i) {
      Message(file.message_type(i), {kMessages, i}, package);
    }
    for (int i = 0; i < file.enum_type_size(); ++i) {
      Enum(file.enum_type(i), {kEnums, i}, package);
    }
    for (int i = 0; i < file.service_size(); ++i) {
      Service(file.service(i), {kServices, i}, package);
    }
  }

 private:
  using Path = std::vector<int>;
  // Numbers of the lists within descriptor.proto.
  static constexpr int kMessages = FileDescriptorProto::kMessageTypeFieldNumber;
  static constexpr int kEnums = FileDescriptorProto::kEnumTypeFieldNumber;
  static constexpr int kServices = FileDescriptorProto::kServiceFieldNumber;

  static Path Below(const Path& path, int list, int index) {
    Path below = path;
    below.push_back(list);
    below.push_back(index);
    return below;
  }

  void Keep(const Path& path, const std::string& full_name) {
    const auto found = by_path_.find(path);
    if (found != by_path_.end()) out_[full_name] = ReadComment(*found->second);
  }

  void Message(const DescriptorProto& message, const Path& path,
               const std::string& scope) {
    const std::string name = scope + "." + message.name();
    Keep(path, name);
    for (int i = 0; i < message.field_size(); ++i) {
      Keep(Below(path, DescriptorProto::kFieldFieldNumber, i),
           name + "." + message.field(i).name());
    }
    for (int i = 0; i < message.nested_type_size(); ++i) {
      Message(message.nested_type(i),
              Below(path, DescriptorProto::kNestedTypeFieldNumber, i), name);
    }
    for (int i = 0; i < message.enum_type_size(); ++i) {
      Enum(message.enum_type(i),
           Below(path, DescriptorProto::kEnumTypeFieldNumber, i), name);
    }
  }

  void Enum(const EnumDescriptorProto& type, const Path& path,
            const std::string& scope) {
    const std::string name = scope + "." + type.name();
    Keep(path, name);
    for (int i = 0; i < type.value_size(); ++i) {
      Keep(Below(path, EnumDescriptorProto::kValueFieldNumber, i),
           name + "." + type.value(i).name());
    }
  }

  void Service(const ServiceDescriptorProto& service, const Path& path,
               const std::string& scope) {
    const std::string name = scope + "." + service.name();
    Keep(path, name);
    for (int i = 0; i < service.method_size(); ++i) {
      Keep(Below(path, ServiceDescriptorProto::kMethodFieldNumber, i),
           name + "." + service.method(i).name());
    }
  }

  std::map<Path, const std::string*> by_path_;
  std::map<std::string, Comment, std::less<>>& out_;
};

}  // namespace

Comment ReadComment(std::string_view comment) {
  Comment read;
  // Paragraphs and items, each on one line.
  std::vector<std::string> blocks;
  bool fresh = true;
  bool errors = false;
  for (const std::string_view raw : LinesOf(comment)) {
    const std::string_view line = TrimSpace(raw);
    if (line.starts_with("buf:lint:ignore")) continue;
    const bool item = line.starts_with("- ");
    if (line.empty()) {
      fresh = true;
    } else if (line == "Errors:") {
      errors = true;
    } else if (errors) {
      if (item) {
        read.errors.emplace_back().when = line;
      } else if (!read.errors.empty()) {
        read.errors.back().when.append(" ").append(line);
      }
    } else if (fresh || item) {
      blocks.emplace_back(line);
      fresh = false;
    } else {
      blocks.back().append(" ").append(line);
    }
  }
  for (ListedError& error : read.errors) {
    error = ReadListedError(WithoutReferences(error.when));
  }
  for (const std::string& block : blocks) {
    if (!read.text.empty()) {
      read.text += block.starts_with("- ") ? "\n" : "\n\n";
    }
    read.text += WithoutReferences(block);
  }
  return read;
}

std::string FirstSentence(std::string_view text) {
  std::size_t end = text.find('\n');
  for (const std::string_view stop : {". ", ": ", "; "}) {
    end = std::min(end, text.find(stop));
  }
  std::string_view sentence = text.substr(0, end);
  if (sentence.ends_with('.')) sentence.remove_suffix(1);
  return std::string(sentence);
}

Comments::Comments(const FileDescriptorSet& files) {
  for (const FileDescriptorProto& file : files.file())
    CommentWalk(file, comments_);
}

const Comment& Comments::Of(const std::string& full_name) const {
  static const Comment none;
  const auto found = comments_.find(full_name);
  return found != comments_.end() ? found->second : none;
}

}  // namespace welfare::gateway
