#include "services/platform/process/peer_identity.h"

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/access/metadata/identity_metadata.h"
#include "services/platform/calls/call_environment.h"
#include "services/platform/process/module.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/tls/process_name.h"
#include "services/platform/work/worker_pool.h"
#include "tests/platform/fake_registry.h"
#include "tests/support/callers.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::platform {
namespace {

using access::Identity;

// A call that says `identity` of its caller, made by the process `peer`.
absl::StatusOr<Identity> Identify(std::optional<std::string> identity,
                                  std::string_view peer) {
  return IdentifyByPeer(
      [&](std::string_view key) -> std::optional<std::string_view> {
        if (key != access::kIdentityMetadata) return std::nullopt;
        return identity;
      },
      [&] { return std::string(peer); });
}

TEST(IdentifyByPeer, BelievesTheGatewayAlone) {
  const Identity manager = support::Granted({"manager@jusou"});
  const std::string text = access::ToMetadata(manager);
  EXPECT_EQ(*Identify(text, "gateway.welfare.internal"), manager);
  EXPECT_EQ(*Identify(std::nullopt, "gateway.welfare.internal"),
            Identity::Anonymous());
  for (const char* stranger :
       {"", "gateway", "gateway.example", "evil.welfare.internal",
        "gateway.welfare.internal.example", "x.gateway.welfare.internal",
        ".welfare.internal", "GATEWAY.welfare.internal"}) {
    EXPECT_EQ(*Identify(text, stranger), Identity::Anonymous()) << stranger;
  }
}

TEST(IdentifyByPeer, KeepsCallersApartWhoComeAgain) {
  for (int again = 0; again < 3; ++again) {
    for (int i = 0; i < 200; ++i) {
      const Identity caller =
          support::Granted({"manager@survey-" + std::to_string(i)});
      EXPECT_EQ(
          *Identify(access::ToMetadata(caller), "gateway.welfare.internal"),
          caller);
    }
    EXPECT_STATUS(Identify("nonsense", "gateway.welfare.internal"),
                  absl::StatusCode::kInternal, "IDENTITY_UNREADABLE");
  }
}

TEST(IdentifyByPeer, AServiceCallsOnItsOwnAccountWhateverItSays) {
  const std::string text =
      access::ToMetadata(support::Granted({"manager@jusou"}));
  for (const ModuleSpec& module : ModuleSpecs()) {
    if (module.name == "gateway") continue;
    EXPECT_EQ(*Identify(text, ProcessName(module.name)),
              Identity::Service(module.name));
  }
}

TEST(IdentifyByPeer, WhatTheGatewayCannotHaveSaidIsRefused) {
  EXPECT_STATUS(Identify("nonsense", "gateway.welfare.internal"),
                absl::StatusCode::kInternal, "IDENTITY_UNREADABLE");
  EXPECT_STATUS(Identify("", "gateway.welfare.internal"),
                absl::StatusCode::kInternal, "IDENTITY_UNREADABLE");
}

// A call within one process, by a channel that says `user_agent`.
absl::StatusOr<Identity> IdentifyWithin(std::string_view user_agent) {
  const std::string text =
      access::ToMetadata(support::Granted({"manager@jusou"}));
  return IdentifyWithinProcess(
      [&](std::string_view key) -> std::optional<std::string_view> {
        if (key == access::kIdentityMetadata) return text;
        if (key == "user-agent") return user_agent;
        return std::nullopt;
      },
      [] { return std::string(); });
}

TEST(IdentifyWithinProcess, BelievesWhatTheChannelSays) {
  const std::string grpc = " grpc-c++/1.51.1 grpc-c/29.0.0 (linux; chttp2)";
  EXPECT_EQ(*IdentifyWithin("welfare/gateway" + grpc),
            support::Granted({"manager@jusou"}));
  EXPECT_EQ(*IdentifyWithin("welfare/indicator" + grpc),
            Identity::Service("indicator"));
  for (const std::string& other :
       {std::string(), grpc.substr(1), "welfare/" + grpc,
        "welfare/nobody" + grpc, "x welfare/gateway" + grpc,
        "welfare/gateway.welfare.internal" + grpc}) {
    EXPECT_EQ(*IdentifyWithin(other), Identity::Anonymous()) << other;
  }
}

TEST(IdentifyWithinProcess, HearsTheChannelsOfThePlatform) {
  MetricsRegistry metrics;
  CallEnvironment calls;
  WorkerPool pool({});
  calls.metrics = &metrics;
  calls.domain = "registry.welfare";
  calls.pool = &pool;
  std::optional<Identity> heard;
  calls.identify = [&heard](const MetadataLookup& metadata,
                            const PeerLookup& peer) {
    auto who = IdentifyWithinProcess(metadata, peer);
    if (who.ok()) heard = *who;
    return who;
  };
  FakeRegistryState state;
  const std::unique_ptr<grpc::Service> service = MakeFakeRegistry(calls, state);
  support::ServiceRunner runner(*service);
  for (const PeerEndpoint& peer :
       {PeerEndpoint{.address = runner.address(), .caller = "survey"},
        PeerEndpoint{.address = runner.address()}}) {
    auto stub =
        ::welfare::registry::v1::RegistryService::NewStub(MakeChannel(peer));
    grpc::ClientContext context;
    ::welfare::registry::v1::GetMunicipalityRequest request;
    request.set_name("a");
    ::welfare::registry::v1::Municipality reply;
    heard.reset();
    // GetMunicipality has no peer called survey.
    EXPECT_EQ(stub->GetMunicipality(&context, request, &reply).ok(),
              peer.caller.empty());
    EXPECT_EQ(heard, peer.caller.empty() ? Identity::Anonymous()
                                         : Identity::Service("survey"));
  }
}

// Through a server: who has proved no name is nobody, whatever it sends.
TEST(IdentifyByPeer, IdentitiesFromStrangersAreDropped) {
  MetricsRegistry metrics;
  WorkerPool pool({});
  CallEnvironment calls;
  calls.metrics = &metrics;
  calls.domain = "registry.welfare";
  calls.bulk_pool = &pool;
  calls.identify = IdentifyByPeer;
  FakeRegistryState state;
  const std::unique_ptr<grpc::Service> service = MakeFakeRegistry(calls, state);
  support::ServiceRunner runner(*service);
  auto stub =
      ::welfare::registry::v1::RegistryService::NewStub(runner.channel());
  grpc::ClientContext context;
  context.AddMetadata(std::string(access::kIdentityMetadata),
                      access::ToMetadata(support::Granted({"registrar@*"})));
  type::v1::ImportResult reply;
  EXPECT_STATUS(
      FromGrpcStatus(stub->BatchImportMunicipalities(
          &context, ::welfare::registry::v1::ImportMunicipalitiesRequest(),
          &reply)),
      absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING");
  EXPECT_EQ(state.imported.load(), 0);
}

}  // namespace
}  // namespace welfare::platform
