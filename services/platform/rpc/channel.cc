#include "services/platform/rpc/channel.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

namespace welfare::platform {
namespace {

// A product of RFC 9110, section 10.1.5, and its name is its version.
constexpr std::string_view kProduct = "welfare/";

// What is repeated, as a JSON object of gRPC's service config. The methods of
// `once` (a list of names in its words) are not. CANCELLED is what a call hears
// that reaches a server in the moment it closes; who cancels his call himself
// is past hearing it.
std::string ServiceConfig(const std::string& once) {
  std::string config = R"json({
  "loadBalancingConfig": [{"round_robin": {}}],
  "methodConfig": [)json";
  // The most particular name counts: an entry without a policy is no repeat.
  if (!once.empty()) config += R"json({"name": [)json" + once + "]}, ";
  config += R"json({
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 4,
      "initialBackoff": "0.05s",
      "maxBackoff": "1s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"]
    }
  }],
  "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1}
})json";
  return config;
}

// The writes of a service, in the words of a service config.
std::string WritesOf(const std::string& service) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          service);
  // Without a method the name stands for all of them.
  if (descriptor == nullptr) return R"({"service": ")" + service + R"("})";
  std::string names;
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const auto* method = descriptor->method(i);
    if (method->input_type()->FindFieldByName("request_id") == nullptr) {
      continue;
    }
    if (!names.empty()) names += ", ";
    names += R"({"service": ")" + service + R"(", "method": ")" +
             method->name() + R"("})";
  }
  return names;
}

std::shared_ptr<grpc::Channel> Make(const PeerEndpoint& peer,
                                    const std::string& service_config) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(service_config);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 256 * 1024);
  arguments.SetMaxReceiveMessageSize(64 * 1024 * 1024);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  // Two modules of one process that call the same peer do not share a
  // connection by accident.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!peer.caller.empty()) {
    arguments.SetUserAgentPrefix(ProductOf(peer.caller));
  }
  return grpc::CreateCustomChannel(peer.address,
                                   peer.credentials != nullptr
                                       ? peer.credentials
                                       : grpc::InsecureChannelCredentials(),
                                   arguments);
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const PeerEndpoint& peer) {
  return Make(peer, ServiceConfig(""));
}

std::shared_ptr<grpc::Channel> MakeReadChannel(const PeerEndpoint& peer,
                                               const std::string& service) {
  return Make(peer, ServiceConfig(WritesOf(service)));
}

std::string ProductOf(std::string_view caller) {
  return std::string(kProduct).append(caller);
}

std::string_view CallerIn(std::string_view user_agent) {
  if (!user_agent.starts_with(kProduct)) return "";
  user_agent.remove_prefix(kProduct.size());
  return user_agent.substr(0, user_agent.find(' '));
}

}  // namespace welfare::platform
