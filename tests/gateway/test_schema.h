#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string_view>

namespace welfare::gateway {

// The pool of test/v1/library.proto: a field of every kind, and a
// service with a binding of every form.
const google::protobuf::DescriptorPool& TestPool();

// A new, empty message of `test.v1.<name>`.
std::unique_ptr<google::protobuf::Message> NewTestMessage(
    std::string_view name);

// A pool over the generated one that holds bad.v1.S, whose one method
// `Call(M) returns (M)` has the google.api.http option `rule` (text format).
// M has the fields `text`, `number`, `child` (M) and `list` (texts).
std::unique_ptr<google::protobuf::DescriptorPool> PoolWithRule(
    std::string_view rule);

}  // namespace welfare::gateway
