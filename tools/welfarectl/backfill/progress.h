// How far a backfill has come, for a person, a log or a program.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace welfare::ctl {

// Written on stderr. Used by one thread.
class Progress {
 public:
  // kAuto: a bar on a terminal, else lines.
  enum class Kind { kAuto, kBar, kLines, kJson, kNone };
  // REQUIRES: `word` is auto, bar, lines, json or none.
  static Kind Parse(const std::string& word);

  // `what`: the verb. `bytes`: to be read in all.
  Progress(Kind kind, std::string what, std::int64_t bytes);
  // Ends the line of a bar.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Bytes and records done, of a file.
  void Update(const std::string& path, std::int64_t bytes,
              std::int64_t records);

 private:
  using Clock = std::chrono::steady_clock;

  void Bar(int percent, double seconds, std::int64_t records);

  Kind kind_;
  const std::string what_;
  const std::int64_t bytes_;
  const Clock::time_point began_;
  Clock::time_point told_;
  int told_percent_ = 0;
  bool open_ = false;  // a bar stands in the line
};

}  // namespace welfare::ctl
