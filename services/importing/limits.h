// How much one import may hold.
#pragma once

#include <cstddef>

namespace welfare::importing {

// Most records of one file. A nation's municipalities over a century have
// 180,000 status records; what a file has said is remembered until its end.
inline constexpr int kMostRecords = 200'000;

// Most bytes of one transaction, which is held until it is written: as many
// as kMostRecords records of a lawful length have.
inline constexpr std::size_t kMostTransactionBytes = std::size_t{32} << 20;

// Longest name of a file, which may be a path; every reject repeats it.
inline constexpr std::size_t kMostFileNameBytes = 1'000;

// Faults shown at once, and the bytes of their texts: a reply stays far below
// the 4 MiB of a message, in JSON too.
inline constexpr std::size_t kRejectsShown = 1'000;
inline constexpr std::size_t kRejectBytesShown = std::size_t{1} << 20;
// Bytes of a record, a value and a message that a fault repeats: lawful records
// are shorter than the first, but for a note of the greatest length.
inline constexpr std::size_t kRawBytesShown = 2'000;
inline constexpr std::size_t kValueBytesShown = 200;
inline constexpr std::size_t kMessageBytesShown = 800;

}  // namespace welfare::importing
