#include "services/survey/submission/submission.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "services/base/coding/sha256.h"

namespace welfare::survey {
namespace {

// Appends `text` with its length, so that no two lists of texts look alike.
void AppendText(std::string& out, std::string_view text) {
  std::array<char, 24> digits{};
  const auto [end, fault] =
      std::to_chars(digits.data(), digits.data() + digits.size(), text.size());
  static_cast<void>(fault);
  out.append(digits.data(), end);
  out += ':';
  out += text;
}

void AppendContent(std::string& out, const Content& content) {
  if (const auto* codes = std::get_if<Codes>(&content)) {
    std::vector<std::string_view> sorted(codes->begin(), codes->end());
    std::sort(sorted.begin(), sorted.end());
    out += 'c';
    for (const std::string_view code : sorted) AppendText(out, code);
  } else if (const auto* integer = std::get_if<std::int64_t>(&content)) {
    out += 'i';
    AppendText(out, std::to_string(*integer));
  } else if (const auto* text = std::get_if<std::string>(&content)) {
    out += 't';
    AppendText(out, *text);
  } else {
    out += 'a';
    AppendText(out, base::ToString(std::get<base::Absence>(content)));
  }
}

void AppendDigestText(std::string& out, const Answer& answer) {
  AppendText(out, answer.item);
  AppendText(out, answer.row);
  AppendContent(out, answer.content);
  AppendText(out, answer.other_text);
  out += '\n';
}

}  // namespace

std::string DigestText(const Answer& answer) {
  std::string line;
  AppendDigestText(line, answer);
  return line;
}

std::string AnswersDigest(std::span<const Answer> answers) {
  // All in one text, for there are many and each is short.
  std::string text;
  std::vector<std::size_t> ends;
  ends.reserve(answers.size());
  for (const Answer& answer : answers) {
    AppendDigestText(text, answer);
    ends.push_back(text.size());
  }
  std::vector<std::string_view> lines;
  lines.reserve(ends.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    lines.push_back(std::string_view(text).substr(begin, end - begin));
    begin = end;
  }
  std::sort(lines.begin(), lines.end());
  std::string sorted;
  sorted.reserve(text.size());
  for (const std::string_view line : lines) sorted += line;
  return base::Sha256Hex(sorted);
}

}  // namespace welfare::survey
