// Moments as people and files read them.
#pragma once

#include <string>

#include <google/protobuf/timestamp.pb.h>

#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {

// A moment in Asia/Tokyo: `2025-06-01 09:00:00+09:00`; empty where not set.
std::string TimeText(const google::protobuf::Timestamp& time);
// The same to the microsecond, as RFC 3339, for files.
std::string ExactTime(const google::protobuf::Timestamp& time);
// The form an output wants.
std::string TimeFor(const Session& session,
                    const google::protobuf::Timestamp& time);

}  // namespace welfare::ctl
