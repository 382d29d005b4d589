// The libFuzzer entry point for fields, values and encodings, and an ordinary
// test that feeds it a corpus and seeded random bytes.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "services/base/error.h"
#include "services/text/characters.h"
#include "services/text/encoding.h"
#include "services/text/field_rules.h"
#include "services/text/normalize.h"
#include "services/text/value_readers.h"
#include "services/text/visible.h"

namespace welfare::text {
namespace {

void Demand(bool holds) {
  if (!holds) std::abort();
}

constexpr FieldRule kRules[] = {
    kIdField,    kNumberField,   kWordField,    kNameField,   kKanaField,
    kLabelField, kFreeTextField, kContactField, kReasonField, kFileNameField};

void CheckRule(const FieldRule& rule, std::string_view text) {
  const auto kept = Keep(rule, text);
  if (!kept.ok()) {
    const auto details = base::GetErrorDetails(kept.status());
    Demand(details && !details->message_ja.empty());
    return;
  }
  // Blank texts are no text, and texts are not blank.
  Demand(kept->empty() == IsBlank(text));
  Demand(kept->empty() || !IsBlank(*kept));
  const auto again = Keep(rule, *kept);
  Demand(again.ok() && *again == *kept);
  // What people wrote changes only where kana are composed.
  if (!rule.folds_width && !kept->empty()) Demand(*kept == ComposeKana(text));
}

template <typename T>
void CheckReading(const absl::StatusOr<T>& read) {
  if (read.ok()) return;
  const auto details = base::GetErrorDetails(read.status());
  Demand(details && !details->reason.empty() && !details->message_ja.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  for (const FieldRule& rule : kRules) CheckRule(rule, text);
  Demand(FoldWidth(FoldWidth(text)) == FoldWidth(text));
  Demand(ComposeKana(ComposeKana(text)) == ComposeKana(text));
  Demand(Trim(Trim(text)) == Trim(text));
  const auto key = NameKey(text);
  Demand(key.ok() == IsValidUtf8(text));
  const std::string shown = ShowInvisible(text);
  Demand(IsValidUtf8(shown));
  Demand(ShowInvisible(shown, shown.size()) == shown);
  CheckReading(ReadInteger(text));
  CheckReading(ReadFiscalYear(text));
  CheckReading(ReadDate(text));
  CheckReading(ReadMunicipalityCode(text));
  CheckReading(ReadYesNo(text));
  // A value that is read is read the same from its plain form.
  if (const auto read = ReadInteger(text); read.ok()) {
    Demand(*ReadInteger(std::to_string(*read)) == *read);
  }
  if (const auto read = ReadDate(text); read.ok()) {
    Demand(*ReadDate(read->ToString()) == *read);
  }
  for (const EncodingChoice choice :
       {EncodingChoice::kAuto, EncodingChoice::kUtf8, EncodingChoice::kUtf16,
        EncodingChoice::kCp932}) {
    const auto decoded = DecodeText(text, choice);
    if (decoded.ok()) {
      Demand(IsValidUtf8(decoded->utf8));
    } else {
      CheckReading(decoded);
    }
  }
  return 0;
}

namespace {

constexpr std::string_view kPieces[] = {
    "1",    "２",       ",",        "，",         "-",      "/",
    "年",   "年度",     "令和",     "R",          "月",     "日",
    " ",    "　",       "\u200B",   "\uFEFF",     "\u3099", "か",
    "ﾊ",    "ﾞ",        "\u202E",   "\n",         "\t",     "\x1B",
    "\xE3", "\xFF",     "\uFA19",   "\U000E0100", "a",      "Ａ",
    "\x83", "\xC5\xBC", "\xA4\xCA", "😀",          "\u0085"};

void Feed(const std::string& text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(TextFuzz, SurvivesPiecesOfText) {
  std::mt19937 random(7);
  Feed("");
  for (int i = 0; i < 4'000; ++i) {
    std::string text;
    for (std::size_t count = random() % 8; count > 0; --count) {
      text += kPieces[random() % std::size(kPieces)];
    }
    Feed(text);
  }
}

TEST(TextFuzz, SurvivesRandomBytes) {
  std::mt19937 random(8);
  for (int i = 0; i < 1'500; ++i) {
    std::string text;
    for (std::size_t count = random() % 40; count > 0; --count) {
      text += static_cast<char>(random() % 256);
    }
    Feed(text);
  }
  Feed(std::string(100'000, '\xE3'));
  Feed(std::string(100'000, '1'));
}

}  // namespace
}  // namespace welfare::text
