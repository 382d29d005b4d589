// Batches on their way, several at once, and their answers in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tools/welfarectl/backfill/record_cutter.h"
#include "tools/welfarectl/session/call.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace welfare::ctl {

// A batch that was sent, and what was answered.
struct SentBatch {
  std::size_t file = 0;  // its index
  RecordBatch batch;
  std::unique_ptr<google::protobuf::Message> request = nullptr;
  type::v1::ImportResult result = {};
  CallStatus status = {};
};

// Threads that each send batches one after the other. What is put into one lane
// is sent in order; what is taken comes in the order in which it was put,
// whatever lane it went. Used by one thread.
class Lanes {
 public:
  // Sends a batch and fills in the answer; called by the thread of `lane`.
  using Send = std::function<void(SentBatch& sent, std::size_t lane)>;

  Lanes(std::size_t count, Send send);
  // Waits for what is under way; what was not begun is not sent.
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  std::size_t count() const { return threads_.size(); }
  // Whether so many are under way that one has to be taken first: two for each
  // lane, so that one is ready when another is answered.
  bool full() const { return order_.size() >= 2 * threads_.size(); }
  bool empty() const { return order_.empty(); }
  // Whether the first that was put is answered.
  bool ready();
  void Put(SentBatch batch, std::size_t lane);
  // The first that was put, once it is answered. REQUIRES: !empty().
  SentBatch Take();

 private:
  struct Slot {
    SentBatch batch;
    bool done = false;
  };
  using SlotPtr = std::shared_ptr<Slot>;

  void Run(std::size_t lane);

  const Send send_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<SlotPtr>> waiting_;  // guarded by mutex_
  bool stopping_ = false;                     // the same
  std::deque<SlotPtr> order_;                 // of the thread that puts
  std::vector<std::jthread> threads_;         // last: they use the others
};

}  // namespace welfare::ctl
