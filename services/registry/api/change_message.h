// One message of the stream of changes, written as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "services/registry/history/history.h"

namespace welfare::registry {

// Collects changes into the wire form of a StreamChangesResponse. Whoever
// builds a mirror reads every status record there ever was, so these are
// written field by field without a message in between (about 15 times faster);
// what is read back equals the message of convert.h, by test. Used by one
// thread.
class ChangeMessage {
 public:
  // Takes room for a message of `expected` bytes.
  explicit ChangeMessage(std::size_t expected = 0) { bytes_.reserve(expected); }

  // Adds the records of `commit` from `first` on until the message holds
  // `limit` changes. Returns how many records were taken; several of one
  // municipality are one change: the municipality as it is after them.
  std::size_t Add(const History& history, const Commit& commit,
                  std::size_t first, std::size_t limit);

  // Returns the bytes of the message, with the version up to which everything
  // has been sent, and begins the next one.
  std::string Take(std::int64_t version);

  // Number of changes in it.
  std::size_t size() const { return size_; }
  // Whether it has `limit` changes, or as many bytes as leave room for the
  // longest one below the 4 MiB of a message.
  bool Full(std::size_t limit) const {
    return size_ >= limit || bytes_.size() >= kFullBytes;
  }

 private:
  static constexpr std::size_t kFullBytes = std::size_t{1} << 20;

  void AddStatus(const StatusRecord& record);

  std::string bytes_;
  std::string record_;  // of one status; kept for its memory
  std::size_t size_ = 0;
  // What all changes of one commit share, ready to be copied.
  struct {
    std::int64_t version = 0;
    std::string change;     // Change.version
    std::string record;     // StatusRecord.version and record_time
    std::string etag;       // StatusRecord.etag
    std::string retracted;  // StatusRecord.retracted and its etag
  } commit_;
};

}  // namespace welfare::registry
