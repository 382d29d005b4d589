#include "tests/gateway/test_schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "google/api/annotations.pb.h"
#include "test/v1/library.pb.h"

namespace welfare::gateway {

using google::protobuf::DescriptorPool;

const DescriptorPool& TestPool() {
  google::protobuf::LinkMessageReflection<test::v1::Everything>();
  return *DescriptorPool::generated_pool();
}

std::unique_ptr<google::protobuf::Message> NewTestMessage(
    std::string_view name) {
  const google::protobuf::Descriptor* type =
      TestPool().FindMessageTypeByName("test.v1." + std::string(name));
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
}

std::unique_ptr<DescriptorPool> PoolWithRule(std::string_view rule) {
  google::protobuf::FileDescriptorProto file;
  if (!google::protobuf::TextFormat::ParseFromString(
          R"pb(
            name: "bad.proto"
            package: "bad.v1"
            syntax: "proto3"
            dependency: "google/api/annotations.proto"
            message_type {
              name: "M"
              field { name: "text" number: 1 type: TYPE_STRING }
              field { name: "number" number: 2 type: TYPE_INT32 }
              field {
                name: "child"
                number: 3
                type: TYPE_MESSAGE
                type_name: ".bad.v1.M"
              }
              field {
                name: "list"
                number: 4
                type: TYPE_STRING
                label: LABEL_REPEATED
              }
            }
            service {
              name: "S"
              method {
                name: "Call"
                input_type: ".bad.v1.M"
                output_type: ".bad.v1.M"
              }
            })pb",
          &file) ||
      !google::protobuf::TextFormat::ParseFromString(
          std::string(rule), file.mutable_service(0)
                                 ->mutable_method(0)
                                 ->mutable_options()
                                 ->MutableExtension(google::api::http))) {
    std::cerr << "the rule does not parse: " << rule << "\n";
    std::abort();
  }
  auto pool =
      std::make_unique<DescriptorPool>(DescriptorPool::generated_pool());
  if (pool->BuildFile(file) == nullptr) return nullptr;
  return pool;
}

}  // namespace welfare::gateway
