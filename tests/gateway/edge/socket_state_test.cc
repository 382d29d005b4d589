#include "gateway/edge/socket_state.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Both ends of a connection over loopback.
struct Ends {
  Ends() {
    tcp::acceptor acceptor(context,
                           tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    caller.connect(acceptor.local_endpoint());
    acceptor.accept(taken);
  }

  void Say(const std::string& bytes) {
    asio::write(caller, asio::buffer(bytes));
  }

  asio::io_context context;
  tcp::socket caller{context};
  tcp::socket taken{context};
};

TEST(SocketState, WhoIsThereHasNotLeft) {
  Ends ends;
  EXPECT_FALSE(HasLeft(ends.taken));
  ends.Say("unread");
  EXPECT_FALSE(HasLeft(ends.taken));
}

TEST(SocketState, WhoEndsItsHalfHasLeftThoughBytesAreUnread) {
  Ends ends;
  ends.Say("unread");
  ends.caller.shutdown(tcp::socket::shutdown_send);
  EXPECT_TRUE(support::WaitFor([&] { return HasLeft(ends.taken); }));
  // They are still there.
  EXPECT_EQ(ends.taken.available(), 6U);
}

TEST(SocketState, WhoBreaksOffHasLeft) {
  Ends ends;
  ends.Say("unread");
  ends.caller.set_option(asio::socket_base::linger(true, 0));
  ends.caller.close();
  EXPECT_TRUE(support::WaitFor([&] { return HasLeft(ends.taken); }));
}

}  // namespace
}  // namespace welfare::gateway
