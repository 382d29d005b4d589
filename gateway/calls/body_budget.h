#pragma once

#include <atomic>
#include <cstddef>

namespace welfare::gateway {

// How many bytes of unfinished requests the gateway holds, over all callers:
// streams are cheap to open, and each may bring a whole message before anything
// can be done with it. Any thread.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit) : limit_(limit) {}

  // What one request holds; gives it back when it ends.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { Hold(0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // Says that the request holds so much now. False, and nothing changed,
    // when there is no room for more.
    bool Hold(std::size_t bytes) {
      if (bytes > held_) {
        const std::size_t more = bytes - held_;
        if (budget_.taken_.fetch_add(more) + more > budget_.limit_) {
          budget_.taken_.fetch_sub(more);
          return false;
        }
      } else {
        budget_.taken_.fetch_sub(held_ - bytes);
      }
      held_ = bytes;
      return true;
    }

   private:
    BodyBudget& budget_;
    std::size_t held_ = 0;
  };

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace welfare::gateway
