#include "gateway/exchange/event_loop.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <thread>
#include <utility>

namespace welfare::gateway {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

// Work that takes long is done for as long as all else took since it was last
// its turn, within these.
constexpr microseconds kShortestTurn{200};
constexpr microseconds kLongestTurn{2000};

}  // namespace

struct EventLoop::State {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::map<const void*, std::shared_ptr<void>> kept;  // goes before the context
  std::deque<std::function<void()>> long_work;        // goes before that
  steady_clock::time_point long_since;  // nothing of it has been done
  std::jthread thread;

  // What is ready by now goes first.
  void PostTurn() {
    long_since = steady_clock::now();
    boost::asio::post(context, [this] { TakeTurn(); });
  }

  void TakeTurn() {
    const auto began = steady_clock::now();
    const auto turn = std::clamp<steady_clock::duration>(
        began - long_since, kShortestTurn, kLongestTurn);
    do {
      const std::function<void()> next = std::move(long_work.front());
      next();
      long_work.pop_front();
    } while (!long_work.empty() && steady_clock::now() - began < turn);
    if (!long_work.empty()) PostTurn();
  }
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

void EventLoop::PostLong(std::function<void()> work) {
  state_->long_work.push_back(std::move(work));
  if (state_->long_work.size() == 1) state_->PostTurn();
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
