#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/exchange/exchange.h"

namespace google::protobuf {
class Message;
}

namespace welfare::gateway {

// A message of a stream whose type has the option welfare.options.v1.download:
// a part of a file, and of the first one what stands before it.

// `content-type` and `content-disposition`, with a name for everybody and the
// real one (RFC 6266).
std::vector<Header> FileHeaders(const google::protobuf::Message& first);
// Of the whole file; nothing where it does not say.
std::optional<std::uint64_t> FileSize(const google::protobuf::Message& first);
std::string FileData(const google::protobuf::Message& part);

}  // namespace welfare::gateway
