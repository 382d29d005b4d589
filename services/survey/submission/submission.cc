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

void AppendDigestText(std::string& out, const Answer& answer) {
  digest_text::AddPlace(out, answer.item, answer.row);
  if (const auto* codes = std::get_if<Codes>(&answer.content)) {
    digest_text::AddCodes(out, {codes->begin(), codes->end()});
  } else if (const auto* integer = std::get_if<std::int64_t>(&answer.content)) {
    digest_text::AddInteger(out, *integer);
  } else if (const auto* text = std::get_if<std::string>(&answer.content)) {
    digest_text::AddWords(out, *text);
  } else {
    digest_text::AddAbsence(out, std::get<base::Absence>(answer.content));
  }
  digest_text::End(out, answer.other_text);
}

}  // namespace

namespace digest_text {

void AddPlace(std::string& out, std::string_view item, std::string_view row) {
  AppendText(out, item);
  AppendText(out, row);
}

void AddCodes(std::string& out, std::vector<std::string_view> codes) {
  std::sort(codes.begin(), codes.end());
  out += 'c';
  for (const std::string_view code : codes) AppendText(out, code);
}

void AddInteger(std::string& out, std::int64_t integer) {
  out += 'i';
  AppendText(out, std::to_string(integer));
}

void AddWords(std::string& out, std::string_view text) {
  out += 't';
  AppendText(out, text);
}

void AddAbsence(std::string& out, base::Absence absence) {
  out += 'a';
  AppendText(out, base::ToString(absence));
}

void End(std::string& out, std::string_view other_text) {
  AppendText(out, other_text);
  out += '\n';
}

}  // namespace digest_text

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
