#pragma once

#include <stop_token>
#include <thread>

namespace welfare::platform {

// Sets the allocator up for a server that answers large requests now and then.
// Called once, before the first thread: few heaps, so that what one thread
// freed serves another, and large blocks straight from the system and back.
void ConfigureAllocator();

// Gives the system back, while it lives, what a burst of large requests has
// left behind: glibc keeps freed memory below the top of each heap for ever.
// Looks every few seconds and does nothing unless the process has grown.
class MemoryReturn {
 public:
  MemoryReturn();
  ~MemoryReturn();
  MemoryReturn(const MemoryReturn&) = delete;
  MemoryReturn& operator=(const MemoryReturn&) = delete;

 private:
  static void Run(const std::stop_token& stop);
  std::jthread thread_;
};

}  // namespace welfare::platform
