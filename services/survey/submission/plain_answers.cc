#include "services/survey/submission/plain_answers.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/importing/strategy.h"
#include "services/survey/submission/routing.h"
#include "services/survey/submission/validation.h"
#include "services/survey/text_limits.h"
#include "services/text/characters.h"
#include "services/text/normalize.h"

namespace welfare::survey {
namespace {

// Digits of a number that needs no look at its size.
constexpr std::size_t kMostDigits = 15;

// Of one width, and without blanks at its ends.
bool IsPlainWord(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

std::string_view RowOf(const Codebook& codebook, std::size_t place) {
  const Codebook::Place& at = codebook.place(place);
  if (at.row < 0) return {};
  return codebook.item(at.item).rows[static_cast<std::size_t>(at.row)].code;
}

// Whether a text that somebody wrote is stored as it stands.
bool IsKeptText(std::string_view text, std::size_t longest) {
  // Of everyday characters nothing more is asked.
  if (const auto plain = text::CountPlain(text)) return *plain <= longest;
  const auto characters = CountCharacters(text);
  return characters && *characters <= longest && !IsBlank(text) &&
         text::IsComposed(text);
}

}  // namespace

std::vector<std::string> PlainAnswers::Blanks(const Codebook& codebook) const {
  std::vector<std::string> blanks;
  for (const PlainAnswer& answer : answers) {
    if (!answer.said) blanks.push_back(codebook.place(answer.place).name);
  }
  return blanks;
}

Answer ToAnswer(const Codebook& codebook, const PlainAnswer& plain) {
  const Item& item = codebook.item(codebook.place(plain.place).item);
  Answer answer{.item = item.id,
                .row = std::string(RowOf(codebook, plain.place)),
                .content = base::Absence::kNoAnswer,
                .other_text = std::string(plain.other_text),
                .provenance = plain.provenance()};
  if (const auto* chosen = std::get_if<ChosenOptions>(&plain.content)) {
    Codes codes;
    for (std::size_t i = 0; i < item.options.size(); ++i) {
      if ((chosen->bits >> i & 1U) != 0) codes.push_back(item.options[i].code);
    }
    answer.content = std::move(codes);
  } else if (const auto* number = std::get_if<std::int64_t>(&plain.content)) {
    answer.content = *number;
  } else if (const auto* text = std::get_if<std::string_view>(&plain.content)) {
    answer.content = std::string(*text);
  } else {
    answer.content = std::get<base::Absence>(plain.content);
  }
  return answer;
}

PlainReader::PlainReader(const Codebook& codebook, int fiscal_year)
    : codebook_(codebook), fiscal_year_(fiscal_year) {
  for (std::size_t i = 0; i < codebook.size(); ++i) {
    conditions_ = conditions_ || codebook.relevant(i) != nullptr ||
                  codebook.constraint(i) != nullptr;
  }
  places_.resize(codebook.places());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    place.item = &codebook.item(codebook.place(i).item);
    const bool free_text = place.item->type == AnswerType::kText ||
                           place.item->type == AnswerType::kTable;
    place.blank = free_text && place.item->Allows(base::Absence::kNoAnswer);
    place.plain = IsPlainWord(codebook.place(i).name) &&
                  place.item->options.size() <= Codebook::kMaxCodes;
    digest_text::AddPlace(place.digest, place.item->id, RowOf(codebook, i));
  }
  // No place's text is the beginning of another's, so that it decides.
  by_digest_.resize(places_.size());
  std::iota(by_digest_.begin(), by_digest_.end(), std::size_t{0});
  std::ranges::sort(by_digest_, {}, [this](std::size_t at) {
    return std::string_view(places_[at].digest);
  });
}

std::optional<PlainAnswers> PlainReader::Read(const FrameRow& frame,
                                              std::span<const RowCells> rows) {
  at_.assign(places_.size(), kNone);
  answers_.clear();
  next_ = 0;
  text_bytes_ = 0;
  for (const RowCells& row : rows) {
    if (!Take(row, frame.respondent.kind)) return std::nullopt;
  }
  if (text_bytes_ > kMostTextBytes || !Route(frame)) return std::nullopt;
  PlainAnswers result;
  result.answers.reserve(places_.size());
  for (std::size_t place = 0; place < places_.size(); ++place) {
    if (at_[place] != kNone) {
      result.answers.push_back(answers_[at_[place]]);
    } else if (asked_[codebook_.place(place).item]) {
      if (!places_[place].blank) return std::nullopt;
      result.answers.push_back(
          {.place = place, .content = base::Absence::kNoAnswer, .said = false});
    } else {
      continue;
    }
    at_[place] = result.answers.size() - 1;
  }
  answers_ = result.answers;
  result.digest = Digest();
  return result;
}

bool PlainReader::Take(const RowCells& row, base::RespondentKind kind) {
  std::size_t at = next_;
  if (at >= places_.size() || codebook_.place(at).name != row.item) {
    const std::size_t slash = row.item.find('/');
    const auto found = codebook_.FindPlace(row.item.substr(0, slash),
                                           slash == std::string_view::npos
                                               ? std::string_view()
                                               : row.item.substr(slash + 1));
    if (!found || codebook_.place(*found).name != row.item) return false;
    at = *found;
  }
  next_ = at + 1;
  const Place& place = places_[at];
  if (!place.plain || at_[at] != kNone || !place.item->AskedOf(kind)) {
    return false;
  }
  PlainAnswer answer{.place = at, .content = std::int64_t{0}};
  if (row.absence.empty()) {
    answer.other_text = row.other_text;
    if (!TakeValue(place, row.value, answer)) return false;
    text_bytes_ += answer.other_text.size();
  } else {
    const auto absence = base::ParseAbsence(row.absence);
    if (!absence.ok() || !base::MayBeSent(*absence) ||
        !place.item->Allows(*absence) || !row.value.empty() ||
        !row.other_text.empty()) {
      return false;
    }
    answer.content = *absence;
  }
  at_[at] = answers_.size();
  answers_.push_back(answer);
  return true;
}

bool PlainReader::TakeValue(const Place& place, std::string_view value,
                            PlainAnswer& answer) const {
  if (value.empty() || importing::IsClear(value)) return false;
  const Item& item = *place.item;
  if (item.type == AnswerType::kText || item.type == AnswerType::kTable) {
    answer.content = value;
    return answer.other_text.empty() && IsKeptText(value, kLongestText);
  }
  if (item.type == AnswerType::kInteger) {
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const bool digits =
        value.size() <= kMostDigits &&
        std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || !answer.other_text.empty() ||
        std::from_chars(value.data(), end, number).ptr != end ||
        number > kLargestNumber) {
      return false;
    }
    answer.content = number;
    return true;
  }
  ChosenOptions chosen;
  bool exclusive = false;
  bool takes_text = false;
  int count = 0;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(' '), value.size());
    const std::string_view code = value.substr(0, end);
    value.remove_prefix(std::min(end + 1, value.size()));
    if (code.empty()) continue;
    const auto option = item.FindOption(code);
    if (!option || !IsPlainWord(code) || (chosen.bits >> *option & 1U) != 0) {
      return false;
    }
    chosen.bits |= std::uint64_t{1} << *option;
    exclusive = exclusive || item.options[*option].exclusive;
    takes_text = takes_text || item.options[*option].takes_text;
    ++count;
  }
  if (count == 0 || (count > 1 && exclusive) ||
      (count > 1 && item.type == AnswerType::kSingle)) {
    return false;
  }
  answer.content = chosen;
  return takes_text ? IsKeptText(answer.other_text, kLongestOtherText)
                    : answer.other_text.empty();
}

bool PlainReader::Route(const FrameRow& frame) {
  asked_.assign(codebook_.size(), false);
  if (!conditions_) {
    for (std::size_t i = 0; i < codebook_.size(); ++i) {
      asked_[i] = codebook_.item(i).AskedOf(frame.respondent.kind);
    }
    return true;
  }
  std::vector<base::Value> values(codebook_.size());
  for (const PlainAnswer& answer : answers_) {
    const std::size_t item = codebook_.place(answer.place).item;
    if (!codebook_.is_read(item)) continue;
    values[item] =
        ToValue(codebook_.item(item), ToAnswer(codebook_, answer).content);
  }
  AnswerRow row(codebook_, frame, fiscal_year_);
  const std::vector<survey::Route> routes =
      EvaluateRouting(codebook_, frame.respondent.kind, std::move(values), row);
  for (std::size_t i = 0; i < codebook_.size(); ++i) {
    asked_[i] = routes[i] == survey::Route::kAsked;
  }
  return std::ranges::all_of(answers_, [&](const PlainAnswer& answer) {
    const std::size_t item = codebook_.place(answer.place).item;
    if (!asked_[item]) return false;
    const base::CheckedExpression* constraint = codebook_.constraint(item);
    return constraint == nullptr ||
           std::holds_alternative<base::Absence>(answer.content) ||
           constraint->EvaluateTruth(row) != base::Truth::kFalse;
  });
}

std::string PlainReader::Digest() {
  text_.clear();
  std::vector<std::string_view> codes;
  for (const std::size_t place : by_digest_) {
    if (at_[place] == kNone) continue;
    const PlainAnswer& answer = answers_[at_[place]];
    text_ += places_[place].digest;
    if (const auto* text = std::get_if<std::string_view>(&answer.content)) {
      digest_text::AddWords(text_, *text);
    } else if (const auto* number =
                   std::get_if<std::int64_t>(&answer.content)) {
      digest_text::AddInteger(text_, *number);
    } else if (const auto* absence =
                   std::get_if<base::Absence>(&answer.content)) {
      digest_text::AddAbsence(text_, *absence);
    } else {
      const auto chosen = std::get<ChosenOptions>(answer.content);
      const std::vector<Option>& options = places_[place].item->options;
      codes.clear();
      for (std::size_t i = 0; i < options.size(); ++i) {
        if ((chosen.bits >> i & 1U) != 0) codes.push_back(options[i].code);
      }
      digest_text::AddCodes(text_, codes);
    }
    digest_text::End(text_, answer.other_text);
  }
  return base::Sha256Hex(text_);
}

}  // namespace welfare::survey
