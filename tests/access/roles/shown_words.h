// What of the sample is not for everybody tells where it is from, in words that
// are found wherever an answer shows them: "story:pets:131016-municipality".
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "services/access/identity.h"

namespace welfare::access {

// The answer of every respondent to what is withheld from others.
inline constexpr std::int64_t kSecretNumber = 70'001;

// The word for `what` of a survey, or of one respondent to it. `what` is
// department, contact, story, wish; or draft, report, which are of nobody.
std::string WordOf(std::string_view what, std::string_view survey,
                   std::string_view respondent = "-");

// Every such word in the bytes.
std::set<std::string> WordsIn(std::string_view bytes);

// Every such word in the texts of the message.
std::set<std::string> WordsIn(const google::protobuf::Message& message);

// Whether an answer to `who` may show the word; of others only where the method
// is there to show it (`shows_others`).
bool MayBeShown(const Identity& who, const std::string& word,
                bool shows_others);

}  // namespace welfare::access
