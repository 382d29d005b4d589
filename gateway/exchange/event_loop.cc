#include "gateway/exchange/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <future>
#include <map>
#include <thread>
#include <utility>

namespace welfare::gateway {

struct EventLoop::State {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::map<const void*, std::shared_ptr<void>> kept;  // goes before the context
  std::jthread thread;
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Start() {
  state_->thread = std::jthread([this] { state_->context.run(); });
}

void EventLoop::Stop() {
  state_->context.stop();
  if (state_->thread.joinable()) state_->thread.join();
  // Not only with the loop: a connection that nobody reads any more would hold
  // up whoever waits at its other end for it to be closed.
  state_->kept.clear();
}

void EventLoop::Post(std::function<void()> work) {
  boost::asio::post(state_->context, std::move(work));
}

void EventLoop::Run(const std::function<void()>& work) {
  std::promise<void> done;
  Post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

boost::asio::io_context& EventLoop::context() { return state_->context; }

std::shared_ptr<void>& EventLoop::Kept(const void* owner) {
  return state_->kept[owner];
}

struct LoopTimer::State {
  explicit State(boost::asio::io_context& context) : timer(context) {}
  boost::asio::steady_timer timer;
  std::function<void()> then;
  // Tells a wait that was cancelled too late from the current one.
  std::uint64_t generation = 0;
};

LoopTimer::LoopTimer(EventLoop& loop)
    : state_(std::make_shared<State>(loop.context())) {}

LoopTimer::~LoopTimer() { Cancel(); }

void LoopTimer::Start(std::chrono::milliseconds after,
                      std::function<void()> then) {
  const std::uint64_t generation = ++state_->generation;
  state_->then = std::move(then);
  state_->timer.expires_after(after);
  state_->timer.async_wait(
      [state = state_, generation](const boost::system::error_code& error) {
        if (error || state->generation != generation) return;
        const std::function<void()> work = std::exchange(state->then, nullptr);
        if (work) work();
      });
}

void LoopTimer::Cancel() {
  ++state_->generation;
  state_->then = nullptr;
  state_->timer.cancel();
}

}  // namespace welfare::gateway
