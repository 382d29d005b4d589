// What is asked for a cell of the table of roles.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

namespace welfare::access {

// Whom the table's "own" speaks of: this survey, and this respondent of it.
inline constexpr char kSurvey[] = "pets";
inline constexpr char kSelf[] = "131016-municipality";

// A mapping of the survey, and its name.
std::string MappingTextOf(const std::string& survey);
std::string MappingNameOf(const std::string& survey);

// Whether the method's request names one submission.
bool NamesASubmission(const std::string& method);

// A request of the method for what `relation` says of the survey; of the
// respondent `who` where it names a submission. Of those that write none can:
// they name a revision that is gone or what is there already, are dry runs, or
// have a request id that is none.
std::unique_ptr<google::protobuf::Message> MakeRequest(
    const std::string& method, const std::string& relation,
    const std::string& who = kSelf);

// The ways to ask for the same.
struct Way {
  std::string name;  // "plain", "one a page", "dry"
  std::unique_ptr<google::protobuf::Message> request;
};
std::vector<Way> WaysToAsk(const std::string& method,
                           const std::string& relation,
                           const std::string& who = kSelf);

// Sets a field of the message itself, by how its value is written, and returns
// whether there is one of the name.
bool SetField(google::protobuf::Message& message, const std::string& field,
              const std::string& value);

}  // namespace welfare::access
