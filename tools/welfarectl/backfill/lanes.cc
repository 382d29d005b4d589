#include "tools/welfarectl/backfill/lanes.h"

#include <google/protobuf/message.h>

#include <utility>

namespace welfare::ctl {

Lanes::Lanes(std::size_t count, Send send)
    : send_(std::move(send)), waiting_(count) {
  for (std::size_t lane = 0; lane < count; ++lane) {
    threads_.emplace_back([this, lane] { Run(lane); });
  }
}

Lanes::~Lanes() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void Lanes::Put(SentBatch batch, std::size_t lane) {
  auto slot = std::make_shared<Slot>();
  slot->batch = std::move(batch);
  order_.push_back(slot);
  {
    const std::lock_guard lock(mutex_);
    waiting_[lane].push_back(std::move(slot));
  }
  changed_.notify_all();
}

bool Lanes::ready() {
  if (order_.empty()) return false;
  const std::lock_guard lock(mutex_);
  return order_.front()->done;
}

SentBatch Lanes::Take() {
  const SlotPtr slot = std::move(order_.front());
  order_.pop_front();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return slot->done; });
  return std::move(slot->batch);
}

void Lanes::Run(std::size_t lane) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_[lane].empty(); });
    if (stopping_) return;
    const SlotPtr slot = std::move(waiting_[lane].front());
    waiting_[lane].pop_front();
    lock.unlock();
    send_(slot->batch, lane);
    lock.lock();
    slot->done = true;
    changed_.notify_all();
  }
}

}  // namespace welfare::ctl
