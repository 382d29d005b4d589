#include "services/survey/submission/submission.h"

#include <algorithm>

#include "services/base/coding/sha256.h"

namespace welfare::survey {
namespace {

// Appends `text` with its length, so that no two lists of texts look alike.
void AppendText(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
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

}  // namespace

std::string DigestText(const Answer& answer) {
  std::string line;
  AppendText(line, answer.item);
  AppendText(line, answer.row);
  AppendContent(line, answer.content);
  AppendText(line, answer.other_text);
  line += '\n';
  return line;
}

std::string AnswersDigest(std::span<const Answer> answers) {
  std::vector<std::string> lines;
  lines.reserve(answers.size());
  for (const Answer& answer : answers) lines.push_back(DigestText(answer));
  std::sort(lines.begin(), lines.end());
  base::Sha256 sha;
  for (const std::string& line : lines) sha.Update(line);
  return sha.FinishHex();
}

}  // namespace welfare::survey
