// Files in requests over HTTP, and streams of messages with one answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "test/v1/library.pb.h"
#include "tests/gateway/h2_client.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/gateway/test_schema.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Answers a stream of messages, when it has ended, with how many there were.
class CountingLibrary final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    ++begun_;
    return new Reactor(*this, *context);
  }

  // Those of the stream that ended last as it should, when none is under way.
  std::vector<std::string> messages() {
    EXPECT_TRUE(support::WaitFor([this] { return begun_ == ended_; }));
    const std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(CountingLibrary& library,
            const grpc::GenericCallbackServerContext& context)
        : library_(library), context_(context) {
      StartRead(&in_);
    }
    void OnReadDone(bool ok) override {
      if (ok) {
        std::vector<grpc::Slice> slices;
        EXPECT_TRUE(in_.Dump(&slices).ok());
        std::string bytes;
        for (const grpc::Slice& slice : slices) {
          bytes.append(reinterpret_cast<const char*>(slice.begin()),
                       slice.size());
        }
        messages_.push_back(std::move(bytes));
        return StartRead(&in_);
      }
      test::v1::Book answer;
      answer.set_pages(static_cast<int>(messages_.size()));
      const grpc::Slice slice(answer.SerializeAsString());
      out_ = grpc::ByteBuffer(&slice, 1);
      StartWriteAndFinish(&out_, {}, grpc::Status::OK);
    }
    void OnDone() override {
      if (!context_.IsCancelled()) {
        const std::lock_guard lock(library_.mutex_);
        library_.messages_ = messages_;
      }
      ++library_.ended_;
      delete this;
    }

   private:
    CountingLibrary& library_;
    const grpc::GenericCallbackServerContext& context_;
    grpc::ByteBuffer in_;
    grpc::ByteBuffer out_;
    std::vector<std::string> messages_;
  };

  std::atomic<int> begun_{0};
  std::atomic<int> ended_{0};
  std::mutex mutex_;
  std::vector<std::string> messages_;
};

class Upload : public ::testing::Test {
 protected:
  // What the pool must know before the gateway reads it.
  static const google::protobuf::DescriptorPool& Linked() { return TestPool(); }

  const google::protobuf::DescriptorPool& pool_ = Linked();
  CountingLibrary library_;
  RunningGateway gateway_{
      {}, {}, false, nullptr, nullptr, SharedLoopback(), {}, &library_};
};

const std::string kBatchImport = "/v1/municipalities:batchImport";

TEST_F(Upload, IsTheFieldOfAUnaryRequest) {
  H2Client client(gateway_);
  for (const std::size_t size : {0u, 10u, 100'000u}) {
    const std::string csv(size, 'x');
    const std::string one =
        Http(gateway_,
             "POST " + kBatchImport + "?requestId=r&batch.sourceFile=a.csv",
             "Content-Type: text/csv; charset=UTF-8\r\n", csv);
    EXPECT_THAT(one, StartsWith("HTTP/1.1 200 OK\r\n"));
    const auto json = nlohmann::json::parse(BodyOf(one), nullptr, false);
    EXPECT_EQ(json["requestId"], "r") << one;
    EXPECT_EQ(json["version"], std::to_string(size));
    if (size == 0) continue;
    EXPECT_EQ(client
                  .Fetch("POST", kBatchImport + "?requestId=r",
                         {{"content-type", "text/csv"}}, csv)
                  .body,
              BodyOf(one));
  }
  // JSON goes on to be JSON, whose fields stand in the body alone.
  EXPECT_THAT(
      Http(gateway_, "POST " + kBatchImport + "?requestId=r",
           "Content-Type: application/json\r\n", "{}"),
      AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("PARAMETER_MISPLACED")));
}

TEST_F(Upload, IsRefusedAsItsFieldIs) {
  struct Case {
    std::string query;
    std::string type;
    std::string body;
    int status;
    std::string told;
  };
  const Case cases[] = {
      {"", "text/csv", "\x93\x8C\x8B\x9E", 400, "TEXT_ENCODING"},
      {"", "text/csv", std::string("a\0b", 3), 400, "NUL_CHARACTER"},
      {"?batch.csv=x", "text/csv", "a", 400, "FIELD_REPEATED"},
      {"?nope=x", "text/csv", "a", 400, "PARAMETER_UNKNOWN"},
      {"", "text/csv; charset=shift_jis", "a", 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"", "text/plain", "a", 415,
       "application/json; charset=utf-8, text/csv."},
      {"", "text/csv", std::string(5 * 1024 * 1024, 'x'), 413,
       "MESSAGE_TOO_LARGE"},
  };
  for (const Case& c : cases) {
    const std::string answer = Http(gateway_, "POST " + kBatchImport + c.query,
                                    "Content-Type: " + c.type + "\r\n", c.body);
    EXPECT_THAT(answer,
                AllOf(StartsWith("HTTP/1.1 " + std::to_string(c.status) + " "),
                      HasSubstr(c.told)))
        << c.type << c.query;
  }
}

TEST_F(Upload, IsCutIntoTheMessagesOfAStream) {
  H2Client client(gateway_);
  for (const std::size_t size : {0u, 1u, 65'536u, 65'537u, 900'000u}) {
    std::string file;
    for (std::size_t i = 0; i < size; ++i) {
      file.push_back(static_cast<char>(i * 7 + i / 256));
    }
    const std::string path = "/v1/sheets/a:store?title=%E6%9D%B1";
    const auto check = [&](const std::string& body) {
      const auto messages = library_.messages();
      EXPECT_EQ(nlohmann::json::parse(body, nullptr, false)["pages"],
                messages.size());
      EXPECT_EQ(messages.size(), size == 0 ? 1 : (size + 65'535) / 65'536);
      std::string joined;
      for (std::size_t i = 0; i < messages.size(); ++i) {
        test::v1::Sheet sheet;
        ASSERT_TRUE(sheet.ParseFromString(messages[i]));
        joined += sheet.data();
        // What path and query say stands in the first.
        EXPECT_EQ(sheet.name(), i == 0 ? "sheets/a" : "");
        EXPECT_EQ(sheet.title(), i == 0 ? "東" : "");
      }
      EXPECT_TRUE(joined == file) << size;
    };
    if (size == 0) {
      check(BodyOf(Http(gateway_, "POST " + path,
                        "Content-Type: image/png\r\nContent-Length: 0\r\n")));
      continue;
    }
    check(BodyOf(
        Http(gateway_, "POST " + path, "Content-Type: image/png\r\n", file)));
    const auto two =
        client.Fetch("POST", path, {{"content-type", "image/png"}}, file);
    EXPECT_EQ(two.status(), 200) << two.body;
    EXPECT_EQ(two.headers.at("content-type"), "application/json");
    check(two.body);
  }
}

TEST_F(Upload, IsRefusedBeforeItComesWhole) {
  const std::string head =
      "POST /v1/sheets/a:store HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: image/png\r\n";
  Raw said(gateway_);
  said.Send(head + "Content-Length: 1000001\r\n\r\n");
  EXPECT_THAT(said.ReadAll(), AllOf(StartsWith("HTTP/1.1 413 "),
                                    HasSubstr("\"limit_bytes\":\"1000000\"")));
  H2Client client(gateway_);
  const std::int32_t id = client.Request("POST", "/v1/sheets/a:store",
                                         {{"content-type", "image/png"}}, true);
  client.SendBody(id, std::string(1'000'001, 'x'));
  ASSERT_TRUE(client.Run([&] { return client.at(id).status() == 413; }));
  EXPECT_THAT(library_.messages(), IsEmpty());
  EXPECT_THAT(Http(gateway_, "POST /v1/sheets/a:store",
                   "Content-Type: text/csv\r\n", "x"),
              AllOf(StartsWith("HTTP/1.1 415 "),
                    HasSubstr("application/x-ndjson, application/octet-stream, "
                              "image/png")));
}

TEST_F(Upload, OfLinesToAMethodOfOneAnswerIsAnsweredAsAUnaryCall) {
  H2Client client(gateway_);
  const std::string lines = "{\"title\":\"a\"}\n{\"title\":\"b\"}\n";
  const auto two =
      client.Fetch("POST", "/v1/books:count",
                   {{"content-type", "application/x-ndjson"}}, lines);
  EXPECT_EQ(two.status(), 200);
  EXPECT_EQ(two.headers.at("content-type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(two.body, nullptr, false)["pages"], 2);
  EXPECT_EQ(BodyOf(Http(gateway_, "POST /v1/books:count",
                        "Content-Type: application/x-ndjson\r\n", lines)),
            two.body);
  const auto wrong = client.Fetch("POST", "/v1/books:count",
                                  {{"content-type", "application/x-ndjson"}},
                                  lines + "{}\n{\n");
  EXPECT_EQ(wrong.status(), 400);
  EXPECT_THAT(wrong.body, HasSubstr("Line 4: "));
  // Nothing of it was told to be whole.
  EXPECT_EQ(library_.messages().size(), 2u);
  EXPECT_EQ(client
                .Fetch("POST", "/v1/sheets/a:store",
                       {{"content-type", "application/x-ndjson"}},
                       "{\"data\":\"AAE=\"}\n")
                .status(),
            200);
  test::v1::Sheet sheet;
  ASSERT_TRUE(sheet.ParseFromString(library_.messages().at(0)));
  EXPECT_EQ(sheet.data(), std::string("\0\1", 2));
  EXPECT_EQ(sheet.name(), "sheets/a");
  EXPECT_THAT(sheet.request_id(), Not(IsEmpty()));
}

}  // namespace
}  // namespace welfare::gateway
