// The bare JSON server: the limit of the gateway's HTTP/JSON. Boost.Asio on two
// threads with Beast's parser; every request goes as one fixed call to a gRPC
// backend, and the reply comes back through MessageToJsonString. Beast's own
// reading and writing would make this the dearest file of the tree, and no
// faster.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/flags.h"
#include "tests/bench/yardstick.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

// The one call that every request makes.
struct Backend {
  grpc::GenericStub stub;
  std::string method;
  grpc::ByteBuffer request;
  const google::protobuf::Message* reply_type;
};

// One connection. Kept alive by its pending operation.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Backend& backend)
      : socket_(std::move(socket)), backend_(backend) {
    socket_.set_option(tcp::no_delay(true));
  }

  // Takes what was read beyond the last request first.
  void Read() {
    parser_.emplace();
    parser_->eager(true);
    Parse();
  }

 private:
  void Parse() {
    boost::system::error_code error;
    buffer_.consume(parser_->put(buffer_.data(), error));
    if (parser_->is_done()) return Call();
    if (error && error != http::error::need_more) return;
    socket_.async_read_some(
        buffer_.prepare(4096),
        [self = shared_from_this()](boost::system::error_code failed,
                                    std::size_t bytes) {
          if (failed) return;
          self->buffer_.commit(bytes);
          self->Parse();
        });
  }

  void Call() {
    context_ = std::make_unique<grpc::ClientContext>();
    reply_.Clear();
    backend_.stub.UnaryCall(
        context_.get(), backend_.method, grpc::StubOptions(), &backend_.request,
        &reply_, [self = shared_from_this()](const grpc::Status& status) {
          std::string body = status.ok() ? self->ToJson() : std::string();
          asio::post(
              self->socket_.get_executor(),
              [self, ok = status.ok(), body = std::move(body)]() mutable {
                self->Write(ok, std::move(body));
              });
        });
  }

  std::string ToJson() {
    const std::unique_ptr<google::protobuf::Message> message(
        backend_.reply_type->New());
    grpc::ProtoBufferReader reader(&reply_);
    std::string json;
    if (!message->ParseFromZeroCopyStream(&reader) ||
        !google::protobuf::util::MessageToJsonString(*message, &json).ok()) {
      json.clear();
    }
    return json;
  }

  void Write(bool ok, std::string body) {
    body_ = std::move(body);
    head_ = std::string(ok ? "HTTP/1.1 200 OK" : "HTTP/1.1 502 Bad Gateway") +
            "\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(body_.size()) + "\r\n\r\n";
    const std::array<asio::const_buffer, 2> reply = {asio::buffer(head_),
                                                     asio::buffer(body_)};
    asio::async_write(socket_, reply,
                      [self = shared_from_this()](
                          boost::system::error_code error, std::size_t) {
                        if (!error && self->parser_->get().keep_alive()) {
                          self->Read();
                        }
                      });
  }

  tcp::socket socket_;
  Backend& backend_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  std::string head_;
  std::string body_;
  std::unique_ptr<grpc::ClientContext> context_;
  grpc::ByteBuffer reply_;
};

void Accept(tcp::acceptor& acceptor, asio::io_context& io, Backend& backend) {
  acceptor.async_accept(
      asio::make_strand(io),
      [&](boost::system::error_code error, tcp::socket socket) {
        if (!error) {
          std::make_shared<Session>(std::move(socket), backend)->Read();
        }
        Accept(acceptor, io, backend);
      });
}

int Main(int argc, char** argv) {
  std::string address;
  std::string method;
  std::string name;
  std::string reply_type;
  if (const auto end = ReadFlags(
          "Bare JSON server in front of one gRPC method.",
          {{"--backend", "Address of the backend", &address, true},
           {"--method", "/package.Service/Method", &method, true},
           {"--name", "String in field 1 of the request", &name, true},
           {"--reply-type", "Full name of the reply message", &reply_type,
            true}},
          argc, argv)) {
    return *end;
  }
  // Every request with one string in field 1 serialises alike; this one also
  // links the messages in that --reply-type may name.
  const std::string request = [&] {
    registry::v1::GetMunicipalityRequest message;
    message.set_name(name);
    return message.SerializeAsString();
  }();
  const google::protobuf::Descriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          reply_type);
  if (descriptor == nullptr) return 2;
  BlockSignals();
  const grpc::Slice slice(request);
  Backend backend{
      .stub = grpc::GenericStub(
          grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
      .method = method,
      .request = grpc::ByteBuffer(&slice, 1),
      .reply_type =
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(
              descriptor)};
  constexpr int kThreads = 2;
  asio::io_context io(kThreads);
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  Accept(acceptor, io, backend);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { io.run(); });
  ServeUntilSignal(acceptor.local_endpoint().port());
  io.stop();
  return 0;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
