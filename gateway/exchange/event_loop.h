#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace welfare::gateway {

// One thread that runs sockets, timers and posted work. Everything that
// belongs to one connection runs on one loop, so it needs no locks.
//
// Post may be called from any thread, also after Stop (the work is then
// dropped); everything else from the thread that owns the loop.
class EventLoop {
 public:
  EventLoop();
  // REQUIRES: stopped, or never started.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void Start();
  // Ends the thread after the work that is running, and lets go of what is
  // kept.
  void Stop();

  void Post(std::function<void()> work);
  // Posts what takes long, tens of microseconds and more: it is done a little
  // at a time, and what else there is goes before it, for half of the time at
  // most. So a head, or a word to who is refused, does not wait for the answers
  // of a hundred others. On the loop only.
  void PostLong(std::function<void()> work);
  // Runs `work` on the loop and waits for its end.
  // REQUIRES: started; not called from the loop.
  void Run(const std::function<void()>& work);

  boost::asio::io_context& context();

  // Where `owner` keeps what it needs once for each loop, a connection perhaps.
  // Empty at first, and goes when the loop stops. On the loop only.
  std::shared_ptr<void>& Kept(const void* owner);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Calls back once, later, on its loop. Used on the loop only. Destroying it
// cancels.
class LoopTimer {
 public:
  explicit LoopTimer(EventLoop& loop);
  ~LoopTimer();
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

  // Replaces what was set before.
  void Start(std::chrono::milliseconds after, std::function<void()> then);
  void Cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace welfare::gateway
