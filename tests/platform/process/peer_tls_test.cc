// Processes that prove to each other who they are: real listeners, real
// channels, certificates made on the spot.
#include "services/platform/process/peer_tls.h"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/observe/log.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/grpc_lifetime.h"
#include "services/platform/rpc/rpc_server.h"
#include "services/platform/tls/process_name.h"
#include "services/platform/work/system_clock.h"
#include "tests/support/certificates.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::Issued;
using support::TestAuthority;
using support::WaitFor;
using support::WritePrivately;
using ::testing::HasSubstr;

// Whether both sides take each other: READY comes after the other side's first
// frame, which a server sends nobody whom it refuses.
bool Connects(grpc::Channel& channel) {
  const auto deadline = std::chrono::system_clock::now() + support::kPatience;
  while (true) {
    const grpc_connectivity_state state = channel.GetState(true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) return false;
    if (!channel.WaitForStateChange(state, deadline)) return false;
  }
}

Issued IssueFor(const std::string& module, const TestAuthority& authority) {
  return authority.Issue(
      {.common_name = module,
       .alternatives = "DNS:" + ProcessName(module) + ",DNS:host.example",
       .extended_usage = "serverAuth,clientAuth"});
}

class PeerTlsTest : public ::testing::Test {
 protected:
  PeerTlsTest() { KeepGrpcForTheProcess(); }

  // One process with files of its own.
  struct Process {
    MetricsRegistry metrics;
    TlsFiles files;
    std::unique_ptr<PeerTls> tls;

    double refused() {
      return metrics
          .AddGauge("welfare_tls_files_refused", "", {{"toward", "processes"}})
          .Value();
    }
  };

  std::unique_ptr<Process> Make(const std::string& module,
                                const TestAuthority& authority) {
    auto process = std::make_unique<Process>();
    process->files = {.certificate = folder_.File(module + ".pem"),
                      .key = folder_.File(module + ".key"),
                      .client_ca = folder_.File(module + "-ca.pem"),
                      .crl = {},
                      .module = module};
    Write(*process, IssueFor(module, authority));
    Believe(*process, authority.certificate());
    auto made = PeerTls::Make(
        {.files = process->files, .look_every = std::chrono::milliseconds(10)},
        process->metrics, clock_);
    EXPECT_TRUE(made.ok()) << made.status();
    process->tls = *std::move(made);
    return process;
  }

  static void Write(const Process& process, const Issued& issued) {
    WritePrivately(process.files.key, issued.key);
    WritePrivately(process.files.certificate, issued.certificate);
  }
  static void Believe(const Process& process, const std::string& authorities) {
    WritePrivately(process.files.client_ca, authorities);
  }

  // A server of `process` that survey and gateway may call.
  std::unique_ptr<RpcServer> Serve(const Process& process,
                                   const std::string& address) {
    auto server = RpcServer::Start(
        {.addresses = {address},
         .credentials = process.tls->ForListener({"survey", "gateway"}),
         .services = {},
         .ready = {}});
    EXPECT_TRUE(server.ok()) << server.status();
    return *std::move(server);
  }

  std::string Socket() const { return "unix:" + folder_.File("registry.sock"); }

  static std::shared_ptr<grpc::Channel> Call(const Process& process,
                                             const std::string& address,
                                             const std::string& module) {
    return MakeChannel({address, process.tls->ForChannelTo(module)});
  }

  // A caller that asks nobody who it may be.
  std::shared_ptr<grpc::Channel> Stranger(const std::string& authorities,
                                          const Issued& shows) const {
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride(ProcessName("registry"));
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        Socket(),
        grpc::SslCredentials({.pem_root_certs = authorities,
                              .pem_private_key = shows.key,
                              .pem_cert_chain = shows.certificate}),
        arguments);
  }

  support::TempDir folder_;
  SystemClock clock_;
  TestAuthority authority_{"Processes"};
};

TEST_F(PeerTlsTest, ProcessesThatMayCallEachOtherDo) {
  const auto registry = Make("registry", authority_);
  const auto survey = Make("survey", authority_);
  const auto over_socket = Serve(*registry, Socket());
  const auto over_tcp = Serve(*registry, "127.0.0.1:0");
  EXPECT_TRUE(Connects(*Call(*survey, Socket(), "registry")));
  EXPECT_TRUE(Connects(*Call(
      *survey, "127.0.0.1:" + std::to_string(over_tcp->port()), "registry")));
}

TEST_F(PeerTlsTest, AListenerSpeaksToNobodyElse) {
  const auto registry = Make("registry", authority_);
  const auto server = Serve(*registry, Socket());
  const auto with = [&](const std::string& alternatives) {
    return authority_.Issue({.common_name = "survey",
                             .alternatives = alternatives,
                             .extended_usage = "serverAuth,clientAuth"});
  };
  const std::string& trusts = authority_.certificate();
  const std::string own = "DNS:" + ProcessName("survey");
  EXPECT_TRUE(Connects(*Stranger(trusts, with(own))));
  ::testing::internal::CaptureStderr();
  for (const std::string& other :
       {std::string("DNS:survey"), "DNS:" + ProcessName("report"),
        "DNS:" + ProcessName("anything"), "DNS:" + ProcessName("*"),
        "URI:https://" + ProcessName("survey"),
        "DNS:a." + ProcessName("survey"),
        own + ",DNS:" + ProcessName("gateway")}) {
    EXPECT_FALSE(Connects(*Stranger(trusts, with(other)))) << other;
  }
  // Signed by somebody else, made for servers alone, over, none, and plain.
  const TestAuthority others("Processes");
  EXPECT_FALSE(Connects(*Stranger(trusts, IssueFor("survey", others))));
  EXPECT_FALSE(
      Connects(*Stranger(trusts, authority_.Issue({.alternatives = own}))));
  EXPECT_FALSE(Connects(*Stranger(
      trusts, authority_.Issue({.alternatives = own,
                                .extended_usage = "serverAuth,clientAuth",
                                .until = -60}))));
  EXPECT_FALSE(Connects(*Stranger(trusts, {})));
  EXPECT_FALSE(Connects(*MakeChannel({Socket()})));
  FlushLog();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr(ProcessName("report")));
}

TEST_F(PeerTlsTest, AnImpostorHearsNothing) {
  // In the place of the registry: another process of the platform, one of a
  // foreign authority, and a plain one.
  const auto survey = Make("survey", authority_);
  {
    const auto indicator = Make("indicator", authority_);
    const auto server = Serve(*indicator, Socket());
    EXPECT_TRUE(Connects(*Call(*survey, Socket(), "indicator")));
    EXPECT_FALSE(Connects(*Call(*survey, Socket(), "registry")));
  }
  {
    const TestAuthority others("Processes");
    const auto registry = Make("registry", others);
    const auto server = Serve(*registry, Socket());
    EXPECT_FALSE(Connects(*Call(*survey, Socket(), "registry")));
  }
  const auto plain =
      RpcServer::Start({.addresses = {Socket()}, .services = {}, .ready = {}});
  ASSERT_OK(plain);
  EXPECT_FALSE(Connects(*Call(*survey, Socket(), "registry")));
}

TEST_F(PeerTlsTest, NewFilesAreShownAndBelievedWithoutARestart) {
  const auto registry = Make("registry", authority_);
  const auto survey = Make("survey", authority_);
  auto server = Serve(*registry, Socket());
  const auto channel = Call(*survey, Socket(), "registry");
  ASSERT_TRUE(Connects(*channel));

  // To another authority: both are believed, then the new one's certificates
  // are shown, then the old one is not believed any more.
  const TestAuthority next("Processes of next year");
  const std::string both = authority_.certificate() + next.certificate();
  Believe(*registry, both);
  Believe(*survey, both);
  EXPECT_TRUE(WaitFor(
      [&] { return Connects(*Stranger(both, IssueFor("survey", next))); }));
  Write(*registry, IssueFor("registry", next));
  Write(*survey, IssueFor("survey", next));
  EXPECT_TRUE(WaitFor([&] {
    return Connects(
        *Stranger(next.certificate(), IssueFor("survey", authority_)));
  }));
  Believe(*registry, next.certificate());
  Believe(*survey, next.certificate());
  EXPECT_TRUE(WaitFor([&] {
    return !Connects(*Stranger(both, IssueFor("survey", authority_)));
  }));
  // The connection has gone through all of it.
  EXPECT_EQ(channel->GetState(false), GRPC_CHANNEL_READY);

  // The next one of the same channel shows and believes what is new.
  server.reset();
  EXPECT_TRUE(
      WaitFor([&] { return channel->GetState(false) != GRPC_CHANNEL_READY; }));
  server = Serve(*registry, Socket());
  EXPECT_TRUE(WaitFor([&] { return Connects(*channel); }));
}

TEST_F(PeerTlsTest, FilesThatCannotBeUsedChangeNothing) {
  const auto registry = Make("registry", authority_);
  const auto survey = Make("survey", authority_);
  const auto server = Serve(*registry, Socket());
  // Half of a renewal, a certificate of another process, and one of another
  // authority than the one that is believed.
  const TestAuthority others("Others");
  for (const Issued& issued :
       {Issued{.certificate = IssueFor("registry", authority_).certificate,
       .key = IssueFor("registry", authority_).key},
        IssueFor("report", authority_), IssueFor("registry", others)}) {
    Write(*registry, issued);
    EXPECT_TRUE(WaitFor([&] { return registry->refused() == 1; }));
    EXPECT_TRUE(Connects(*Call(*survey, Socket(), "registry")));
    Write(*registry, IssueFor("registry", authority_));
    EXPECT_TRUE(WaitFor([&] { return registry->refused() == 0; }));
  }
}

}  // namespace
}  // namespace welfare::platform
