#include "tools/welfarectl/session/channel.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

namespace welfare::ctl {
namespace {

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(
    const std::optional<TlsIdentity>& tls) {
  if (!tls.has_value()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls->authorities;
  options.pem_cert_chain = tls->certificate;
  options.pem_private_key = tls->key;
  return grpc::SslCredentials(options);
}

}  // namespace

std::shared_ptr<grpc::Channel> NewChannel(
    const std::string& server, const std::optional<TlsIdentity>& tls) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("welfarectl");
  // The answer to a large file may name a fault of each of its records.
  arguments.SetMaxReceiveMessageSize(-1);
  // A service that is asked directly tells 64 KiB of faults with a refusal,
  // and text that is not ASCII takes three times as much on the way.
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 256 * 1024);
  arguments.SetServiceConfigJSON(
      R"({"methodConfig": [{"name": [{}], "retryPolicy": {
            "maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "2s",
            "backoffMultiplier": 3,
            "retryableStatusCodes": ["UNAVAILABLE"]}}]})");
  return grpc::CreateCustomChannel(server, CredentialsOf(tls), arguments);
}

}  // namespace welfare::ctl
