// Direct lines to a real gRPC server, and to sockets that answer what they
// should not.
#include "gateway/inward/direct_line.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/budgets/repeat_budget.h"
#include "gateway/exchange/event_loop.h"
#include "google/rpc/status.pb.h"
#include "tests/gateway/http2/frames.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;
using support::WaitFor;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

const std::string kGet = "/welfare.registry.v1.RegistryService/GetMunicipality";

std::string Get(const std::string& name) {
  registry::v1::GetMunicipalityRequest request;
  request.set_name(name);
  return request.SerializeAsString();
}

// A loop with a line to `socket` in a folder of its own.
class DirectLines : public ::testing::Test {
 protected:
  DirectLines() {
    loop_.Kept(this) =
        std::make_shared<DirectLine>(loop_, address(), "welfare/gateway");
    line_ = static_cast<DirectLine*>(loop_.Kept(this).get());
    loop_.Start();
  }
  ~DirectLines() override { loop_.Stop(); }

  std::string path() const { return folder_.File("socket"); }
  std::string address() const { return "unix:" + path(); }

  std::unique_ptr<grpc::Server> Serve() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
    builder.RegisterService(&registry_);
    return builder.BuildAndStart();
  }

  // A call that has begun, once the line is there.
  struct Begun {
    std::int32_t number = 0;
    std::future<std::optional<DirectAnswer>> answer;
  };
  Begun Begin(const std::string& message, const Metadata& metadata = {},
              std::optional<milliseconds> timeout = std::nullopt) {
    Begun begun;
    const auto told =
        std::make_shared<std::promise<std::optional<DirectAnswer>>>();
    begun.answer = told->get_future();
    EXPECT_TRUE(WaitFor([&] {
      std::optional<std::int32_t> number;
      loop_.Run([&] {
        std::optional<system_clock::time_point> deadline;
        if (timeout.has_value()) deadline = system_clock::now() + *timeout;
        number = line_->Call({.method = kGet,
                              .metadata = metadata,
                              .deadline = deadline,
                              .message = message},
                             [told](std::optional<DirectAnswer> answer) {
                               told->set_value(std::move(answer));
                             });
      });
      begun.number = number.value_or(0);
      return number.has_value();
    }));
    return begun;
  }
  std::optional<DirectAnswer> Call(const std::string& message,
                                   const Metadata& metadata = {}) {
    return Begin(message, metadata).answer.get();
  }

  support::TempDir folder_;
  FakeRegistry registry_;
  EventLoop loop_;
  DirectLine* line_ = nullptr;
};

TEST(DirectLine, ReachesThisMachineAlone) {
  for (const char* address :
       {"unix:/run/welfare/registry.sock", "unix:///run/registry.sock",
        "unix-abstract:welfare-registry", "127.0.0.1:7101", "[::1]:7101"}) {
    EXPECT_TRUE(DirectLine::Reaches(address)) << address;
  }
  for (const std::string& address :
       {std::string("dns:///registry:7101"), std::string("registry:7101"),
        std::string("localhost:7101"), std::string("192.0.2.1:7101"),
        std::string("127.0.0.1"), std::string("127.0.0.1:99999"),
        std::string("unix:"), std::string(),
        "unix:/" + std::string(200, 'x')}) {
    EXPECT_FALSE(DirectLine::Reaches(address)) << address;
  }
}

TEST_F(DirectLines, CarryCallsAndAnswers) {
  const auto server = Serve();
  const auto answer =
      Call(Get("municipalities/131016"),
           {{"x-request-id", "id-1"},
            {"x-welfare-identity-bin", std::string("\0\xff", 2)}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, 0);
  registry::v1::Municipality response;
  ASSERT_TRUE(response.ParseFromString(answer->message));
  EXPECT_EQ(response.name(), "municipalities/131016");
  const auto metadata = registry_.metadata();
  EXPECT_THAT(metadata, Contains(Pair("x-request-id", "id-1")));
  EXPECT_THAT(metadata, Contains(Pair("x-welfare-identity-bin",
                                      std::string("\0\xff", 2))));
  EXPECT_THAT(metadata, Contains(Pair("user-agent", "welfare/gateway")));

  const auto refused = Call(Get("municipalities/missing"));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->code, 5);
  EXPECT_EQ(refused->status_message, "There is no 'x' 東.");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(refused->details));
  EXPECT_EQ(details.details_size(), 1);
  // UNAVAILABLE is an answer like others; who asked decides what follows.
  EXPECT_EQ(Call(Get("municipalities/away"))->code, 14);
}

TEST_F(DirectLines, CarryMoreThanAWindowInBothDirections) {
  const auto server = Serve();
  const std::string name(4'000'000, 'n');
  std::vector<Begun> calls;
  for (int i = 0; i < 30; ++i) calls.push_back(Begin(Get(name)));
  for (Begun& call : calls) {
    const auto answer = call.answer.get();
    ASSERT_TRUE(answer.has_value());
    registry::v1::Municipality response;
    ASSERT_TRUE(response.ParseFromString(answer->message));
    EXPECT_EQ(response.name(), name);
  }
}

TEST_F(DirectLines, TellTheServiceThatNobodyWaits) {
  const auto server = Serve();
  Begun call = Begin(Get("municipalities/slow"));
  ASSERT_TRUE(WaitFor([&] { return registry_.slow() == 1; }));
  loop_.Run([&] { line_->Cancel(call.number); });
  EXPECT_TRUE(WaitFor([&] { return registry_.cancelled() == 1; }));
  ASSERT_TRUE(Call(Get("municipalities/131016")).has_value());
  EXPECT_THROW(call.answer.get(), std::future_error);  // never told
  // Cancelled before it was sent, it never comes there.
  loop_.Run([&] {
    const auto number = line_->Call({.method = kGet,
                                     .metadata = {},
                                     .deadline = std::nullopt,
                                     .message = Get("municipalities/slow")},
                                    [](const auto&) { FAIL(); });
    line_->Cancel(number.value());
  });
  ASSERT_TRUE(Call(Get("municipalities/131016")).has_value());
  EXPECT_EQ(registry_.slow(), 1);
}

TEST_F(DirectLines, SayThatAServiceHasLeftAndFindItAgain) {
  auto server = Serve();
  Begun call = Begin(Get("municipalities/slow"));
  ASSERT_TRUE(WaitFor([&] { return registry_.slow() == 1; }));
  server->Shutdown(system_clock::now());
  const auto answer = call.answer.get();
  // Cut off, or told by the service that its call was.
  EXPECT_TRUE(!answer.has_value() || answer->code != 0);
  server = Serve();
  EXPECT_TRUE(Call(Get("municipalities/131016")).has_value());
}

TEST_F(DirectLines, KeepDeadlinesOfAServiceThatDoes) {
  const auto server = Serve();
  const auto answer =
      Begin(Get("municipalities/slow"), {}, milliseconds(100)).answer.get();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, 4);
  EXPECT_TRUE(WaitFor([&] { return registry_.cancelled() == 1; }));
}

int ListenAt(const std::string& path) {
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address)),
            0);
  EXPECT_EQ(listen(listener, 10), 0);
  return listener;
}

// A service of the same process ends only when its connections are closed.
TEST_F(DirectLines, AreClosedWhenTheirLoopStops) {
  const int listener = ListenAt(path());
  const Begun call = Begin(Get("municipalities/131016"));
  const int caller = accept(listener, nullptr, nullptr);
  loop_.Stop();
  ssize_t size = 1;
  EXPECT_TRUE(WaitFor([&] {
    char buffer[4096];
    size = recv(caller, buffer, sizeof(buffer), MSG_DONTWAIT);
    return size == 0;
  }));
  close(caller);
  close(listener);
}

// Who accepts connections and answers each with the same bytes.
class Canned {
 public:
  Canned(const std::string& path, std::string bytes, bool hangs_up)
      : bytes_(std::move(bytes)), hangs_up_(hangs_up) {
    listener_ = ListenAt(path);
    thread_ = std::thread([this] {
      while (true) {
        const int caller = accept(listener_, nullptr, nullptr);
        if (caller < 0) return;
        // Until the message of the call has come.
        std::string got;
        char buffer[4096];
        while (got.find("131016") == got.npos) {
          const ssize_t size = read(caller, buffer, sizeof(buffer));
          if (size <= 0) break;
          got.append(buffer, static_cast<std::size_t>(size));
        }
        EXPECT_EQ(write(caller, bytes_.data(), bytes_.size()),
                  static_cast<ssize_t>(bytes_.size()));
        if (hangs_up_) {
          close(caller);
        } else {
          callers_.push_back(caller);
        }
      }
    });
  }
  ~Canned() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    for (const int caller : callers_) close(caller);
  }

 private:
  const std::string bytes_;
  const bool hangs_up_;
  int listener_ = -1;
  std::vector<int> callers_;
  std::thread thread_;
};

std::string Literal(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name +
         static_cast<char>(value.size()) + value;
}

const std::string kSettingsFrame = Frame(kSettings, 0, 0, "");
const std::string kHead = Frame(
    kHeaders, 4, 1, "\x88" + Literal("content-type", "application/grpc+proto"));
const std::string kEmptyMessage = Frame(kData, 0, 1, std::string(5, '\0'));
const std::string kTrailers =
    Frame(kHeaders, 5, 1, Literal("grpc-status", "0"));

TEST_F(DirectLines, UnderstandWhatAServiceMaySay) {
  Canned service(path(),
                 kSettingsFrame + Frame(kPing, 0, 0, "12345678") + kHead +
                     kEmptyMessage + kTrailers,
                 false);
  const auto answer = Call(Get("municipalities/131016"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, 0);
  EXPECT_EQ(answer->message, "");
}

TEST_F(DirectLines, TakeAHeadThatIsTheEnd) {
  Canned service(
      path(),
      kSettingsFrame +
          Frame(kHeaders, 5, 1,
                "\x88" + Literal("content-type", "application/grpc") +
                    Literal("grpc-status", "7") +
                    Literal("grpc-message", "No%2C not %E6%9D%B1.") +
                    Literal("x-more", "yes")),
      false);
  const auto answer = Call(Get("municipalities/131016"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, 7);
  EXPECT_EQ(answer->status_message, "No, not 東.");
  EXPECT_THAT(answer->trailing_metadata, Contains(Pair("x-more", "yes")));
}

struct Broken {
  const char* what;
  std::string bytes;
  bool hangs_up = false;
};

class BrokenServices : public DirectLines,
                       public ::testing::WithParamInterface<Broken> {};

TEST_P(BrokenServices, AreNoAnswer) {
  Canned service(path(), GetParam().bytes, GetParam().hangs_up);
  EXPECT_FALSE(Call(Get("municipalities/131016")).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenServices,
    ::testing::Values(
        Broken{"hangs_up", "", true},
        Broken{"hangs_up_within", kSettingsFrame + kHead + kEmptyMessage, true},
        Broken{"no_http2", "HTTP/1.1 400 Bad Request\r\n\r\n"},
        Broken{"goes_away",
               kSettingsFrame + Frame(kGoaway, 0, 0, std::string(8, '\0'))},
        Broken{"resets", kSettingsFrame +
                             Frame(kReset, 0, 1, std::string("\0\0\0\x7", 4))},
        Broken{"other_status",
               kSettingsFrame +
                   Frame(kHeaders, 5, 1,
                         "\x8d" +  // 404
                             Literal("content-type", "application/grpc") +
                             Literal("grpc-status", "0"))},
        Broken{"no_grpc",
               kSettingsFrame +
                   Frame(kHeaders, 4, 1,
                         "\x88" + Literal("content-type", "text/html")) +
                   kEmptyMessage + kTrailers},
        Broken{"no_status",
               kSettingsFrame + kHead + kEmptyMessage +
                   Frame(kHeaders, 5, 1, Literal("x-more", "yes"))},
        Broken{"status_is_no_number",
               kSettingsFrame + kHead + kEmptyMessage +
                   Frame(kHeaders, 5, 1, Literal("grpc-status", "ok"))},
        Broken{"no_message", kSettingsFrame + kHead + kTrailers},
        Broken{"cut_message",
               kSettingsFrame + kHead +
                   Frame(kData, 0, 1, std::string("\0\0\0\0\x9x", 6)) +
                   kTrailers},
        Broken{"two_messages", kSettingsFrame + kHead + kEmptyMessage +
                                   kEmptyMessage + kTrailers},
        Broken{"compressed",
               kSettingsFrame + kHead +
                   Frame(kData, 0, 1, std::string("\x1\0\0\0\0", 5)) +
                   kTrailers}),
    [](const auto& tested) { return tested.param.what; });

TEST_F(DirectLines, EndAtTheDeadlineWhereAServiceHangs) {
  Canned service(path(), "", false);
  const auto answer =
      Begin(Get("municipalities/131016"), {}, milliseconds(50)).answer.get();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, 4);
  EXPECT_EQ(answer->details, "");
}

TEST_F(DirectLines, HaveNothingToOfferWhereNobodyIs) {
  bool called = false;
  for (int i = 0; i < 3; ++i) {
    loop_.Run([&] {
      EXPECT_FALSE(line_
                       ->Call({.method = kGet,
                               .metadata = {},
                               .deadline = std::nullopt,
                               .message = ""},
                              [&](const auto&) { called = true; })
                       .has_value());
    });
  }
  EXPECT_FALSE(called);
}

TEST(RepeatBudget, RepeatsWhatFailsNowAndThenAndNotWhatFailsAlways) {
  RepeatBudget budget;
  int repeated = 0;
  for (int i = 0; i < 1000; ++i) repeated += budget.Failed() ? 1 : 0;
  EXPECT_EQ(repeated, 19);
  for (int i = 0; i < 199; ++i) budget.Succeeded();
  EXPECT_FALSE(budget.Failed());
  for (int i = 0; i < 400; ++i) budget.Succeeded();
  // One in eleven may fail for ever.
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(budget.Failed());
    for (int n = 0; n < 10; ++n) budget.Succeeded();
  }
}

}  // namespace
}  // namespace welfare::gateway
