#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace welfare::gateway {

// Cuts a body of newline-delimited JSON, as it comes, into its lines. A line
// ends with LF or CR LF, the last one with the body; what is empty or blank is
// no line, but counted. Holds what has been given and not been taken: a line
// and what came with its end. Costs time linear in the body.
class LineReader {
 public:
  // A line may hold at most `limit` bytes, its end not counted.
  explicit LineReader(std::size_t limit) : limit_(limit) {}

  void Append(std::string_view bytes);
  // The body has ended.
  void End() { ended_ = true; }

  // Takes the next line; nothing where more has to come first, or where one is
  // too long.
  std::optional<std::string> Next();

  // The number in the body, from 1, of the line taken last or, where that is
  // too long, of the next one.
  std::size_t line() const { return line_; }
  // The next line is longer than the limit. No more are taken.
  bool too_long() const { return too_long_; }
  // Every line has been taken.
  bool done() const { return ended_ && at_ == text_.size(); }
  // Bytes held.
  std::size_t size() const { return text_.size(); }

 private:
  const std::size_t limit_;
  std::string text_;
  std::size_t at_ = 0;    // where the next line begins
  std::size_t seen_ = 0;  // there is no end of a line between it and here
  std::size_t line_ = 0;
  bool ended_ = false;
  bool too_long_ = false;
};

}  // namespace welfare::gateway
