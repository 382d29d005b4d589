#include "services/survey/mapping/answer_mapping.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>
#include <utility>

#include "services/survey/mapping/mapping_faults.h"
#include "services/survey/mapping/nearest.h"
#include "services/text/characters.h"
#include "services/text/value_readers.h"

namespace welfare::survey {
namespace {

constexpr std::size_t kIdDigits = 16;

// A number as old files have it: whole ones in the many ways of people, and
// plain decimals.
std::optional<base::Rational> ReadOldNumber(std::string_view text) {
  if (const auto whole = text::ReadInteger(text); whole.ok()) return *whole;
  std::string digits = text::FoldWord(text);
  const std::size_t point = digits.find('.');
  if (digits.find(',') < point) {
    // Groups of three, or it is no number.
    if (!text::ReadInteger(digits.substr(0, point)).ok()) return std::nullopt;
    std::erase(digits, ',');
  }
  const auto decimal = base::Rational::ParseDecimal(digits);
  return decimal.ok() ? std::optional(*decimal) : std::nullopt;
}

std::vector<std::string> WordsOfCell(std::string_view text,
                                    std::string_view separator) {
  std::vector<std::string> words;
  const std::string_view between = separator.empty() ? " " : separator;
  while (true) {
    const std::size_t end = text.find(between);
    std::string word = text::FoldWord(text.substr(0, end));
    if (!word.empty()) words.push_back(std::move(word));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + between.size());
  }
}

}  // namespace

MappingId MappingIdOf(std::string_view digest) {
  return ParseMappingId(digest.substr(0, kIdDigits)).value_or(0);
}

std::string FormatMappingId(MappingId id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(kIdDigits, '0');
  for (std::size_t i = kIdDigits; i-- > 0; id >>= 4) text[i] = kDigits[id & 15];
  return text;
}

std::optional<MappingId> ParseMappingId(std::string_view text) {
  MappingId id = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (text.size() != kIdDigits || error != std::errc() ||
      end != text.data() + text.size() || id == 0 ||
      text.find_first_of("ABCDEF") != std::string_view::npos) {
    return std::nullopt;
  }
  return id;
}

const AnswerMapping::Target* AnswerMapping::Find(std::string_view item) const {
  const std::string folded = text::FoldWord(item);
  if (const auto found = targets_.find(folded); found != targets_.end()) {
    return &found->second;
  }
  return nullptr;
}

AnswerMapping::Cell AnswerMapping::Read(const Target& target,
                                        std::string_view value) const {
  const std::string folded = text::FoldWord(value);
  if (const auto absence = target.absences.find(folded);
      absence != target.absences.end()) {
    return {.absence = absence->second};
  }
  switch (target.type) {
    case AnswerType::kSingle:
    case AnswerType::kMultiple: {
      // A label may hold the separator: the whole cell is looked up first.
      if (const auto code = target.codes.find(folded);
          code != target.codes.end()) {
        return {.value = code->second};
      }
      Cell cell;
      for (std::string& word : WordsOfCell(value, target.separator)) {
        const auto code = target.codes.find(word);
        if (code == target.codes.end()) {
          // Of a question with one answer, all of the cell is one word.
          const bool one = target.type == AnswerType::kSingle;
          return {.fault = "WORD_UNMAPPED",
                  .word = one ? folded : std::move(word)};
        }
        if (!cell.value.empty()) cell.value += ' ';
        cell.value += code->second;
      }
      return cell;
    }
    case AnswerType::kInteger: {
      // What is not scaled is judged as it stands.
      if (!target.scale) return {.value = std::string(value)};
      const auto number = ReadOldNumber(value);
      if (!number) return {.fault = "NUMBER_UNREADABLE", .word = folded};
      const auto product = base::Rational::Multiply(*number, *target.scale);
      if (!product) return {.fault = "NUMBER_UNREADABLE", .word = folded};
      if (!product->is_integer() && !target.rounds) {
        return {.fault = "NUMBER_NOT_WHOLE", .word = product->ToString()};
      }
      return {.value = product->ToDecimal(0)};
    }
    case AnswerType::kText:
    case AnswerType::kTable:
      break;
  }
  return {.value = std::string(value)};
}

std::vector<std::string> AnswerMapping::NearItems(std::string_view item) const {
  std::vector<Candidate> candidates;
  for (const auto& [old, key] : names_) candidates.push_back({key, old});
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < to_->places(); ++i) {
    const Codebook::Place& place = to_->place(i);
    const Item& of = to_->item(place.item);
    if (place.row >= 0) {
      const Option& row = of.rows[static_cast<std::size_t>(place.row)];
      rows.push_back(of.id + '/' + row.code);
    } else {
      candidates.push_back({of.id, of.id});
      candidates.push_back({of.id, of.label});
    }
  }
  for (const std::string& row : rows) candidates.push_back({row, row});
  return FindNearest(item, candidates);
}

std::vector<std::string> AnswerMapping::NearCodes(const Target& target,
                                                  std::string_view word) const {
  std::vector<Candidate> candidates;
  // The words that are known, in an order of their own.
  const std::map<std::string_view, std::string_view> known(
      target.codes.begin(), target.codes.end());
  for (const auto& [old, code] : known) candidates.push_back({code, old});
  for (const Option& option : target.of->options) {
    candidates.push_back({option.code, option.code});
    candidates.push_back({option.code, option.label});
  }
  return FindNearest(word, candidates);
}

// Holds one draft to codebooks.
class AnswerMapping::Maker {
 public:
  Maker(const MappingDraft& draft, std::shared_ptr<const Codebook> to,
        std::shared_ptr<const Codebook> from,
        std::vector<base::Violation>& faults)
      : draft_(draft),
        to_(std::move(to)),
        from_(std::move(from)),
        faults_(faults) {}

  std::shared_ptr<const AnswerMapping> Make(MappingId id) {
    const std::size_t before = faults_.size();
    for (const MappingEntry& entry : draft_.entries) Take(entry);
    if (draft_.concepts) JoinConcepts();
    if (faults_.size() > before) return nullptr;
    std::shared_ptr<AnswerMapping> made(new AnswerMapping());
    made->id_ = id;
    made->survey_ = draft_.survey.text;
    made->codebook_ = draft_.codebook.text;
    made->from_codebook_ = draft_.from_codebook.text;
    made->to_ = std::move(to_);
    made->targets_ = std::move(targets_);
    made->names_ = std::move(names_);
    return made;
  }

 private:
  // An item, or a row of one.
  struct Spot {
    const Item* item = nullptr;
    std::string row;
    bool of_table() const { return !row.empty(); }
  };

  void Refuse(const std::string& place, const base::ViolationRow& fault,
              const base::ErrorWords& words = {}) {
    faults_.push_back(base::MakeViolation(fault, place, words));
  }

  // Adds what is near to the words of a fault.
  static base::ErrorWords WithNearest(base::ErrorWords words,
                                      const std::vector<std::string>& nearest) {
    words["nearest"] = NearestWords(nearest);
    words["nearest_ja"] = NearestWordsJa(nearest);
    return words;
  }

  static std::vector<std::string> NearestItem(const Codebook& codebook,
                                              std::string_view item) {
    std::vector<Candidate> candidates;
    for (const Item& one : codebook.items()) {
      candidates.push_back({one.id, one.id});
      candidates.push_back({one.id, one.label});
    }
    return FindNearest(item, candidates);
  }

  static std::vector<std::string> NearestOption(
      const std::vector<Option>& options, std::string_view word) {
    std::vector<Candidate> candidates;
    for (const Option& option : options) {
      candidates.push_back({option.code, option.code});
      candidates.push_back({option.code, option.label});
    }
    return FindNearest(word, candidates);
  }

  std::optional<Spot> FindSpot(const Codebook& codebook,
                               const std::string& version,
                               const PlacedText& name,
                               const base::ViolationRow& fault) {
    const std::size_t slash = name.text.find('/');
    Spot spot;
    const std::string id = name.text.substr(0, slash);
    if (slash != std::string::npos) spot.row = name.text.substr(slash + 1);
    if (const auto at = codebook.Find(id)) spot.item = &codebook.item(*at);
    if (spot.item == nullptr ||
        (spot.of_table() && !spot.item->FindRow(spot.row))) {
      Refuse(name.place, fault,
             WithNearest({{"version", version}, {"item", name.text}},
                         spot.item == nullptr
                             ? NearestItem(codebook, id)
                             : NearestOption(spot.item->rows, spot.row)));
      return std::nullopt;
    }
    return spot;
  }

  void Take(const MappingEntry& entry) {
    const std::string from = text::FoldWord(entry.from.text);
    if (from.empty()) return;  // refused where it was read
    if (!listed_.insert(from).second) {
      Refuse(entry.from.place, MappingFault("MAPPING_ITEM_TWICE"),
             {{"item", entry.from.text}});
      return;
    }
    std::optional<Spot> old;
    if (from_ != nullptr) {
      old = FindSpot(*from_, draft_.from_codebook.text,
                     {from, entry.from.place},
                     MappingFault("MAPPING_OLD_ITEM_UNKNOWN"));
      if (!old) return;
      const std::size_t slash = from.find('/');
      listed_.insert(from.substr(0, slash));
    }
    if (!entry.dropped.text.empty()) {
      targets_.emplace(from, Target{});
      return;
    }
    if (entry.to.text.empty()) return;  // refused where it was read
    const auto spot = FindSpot(*to_, draft_.codebook.text, entry.to,
                               MappingFault("MAPPING_ITEM_UNKNOWN"));
    if (!spot) return;
    Target target{.item = spot->item->id,
                  .row = spot->row,
                  .type = spot->item->type,
                  .of = spot->item};
    const bool both_rows = spot->of_table() == (from.find('/') !=
                                                std::string::npos);
    if (spot->item->type == AnswerType::kTable &&
        (!both_rows || !spot->of_table())) {
      Refuse(entry.to.place, MappingFault("MAPPING_TABLE_ROW"),
             {{"item", entry.to.text}});
      return;
    }
    if (old && !Fits(entry, *old->item, *spot->item)) return;
    TakeValues(entry, old ? old->item : nullptr, target);
    TakeAbsences(entry, target);
    TakeNumbers(entry, old ? old->item : nullptr, target);
    Add(from, std::move(target), entry.to.place);
  }

  void Add(const std::string& from, Target target, const std::string& place) {
    const std::string key = target.key();
    if (!taken_.insert(key).second) {
      Refuse(place, MappingFault("MAPPING_TARGET_TWICE"), {{"item", key}});
      return;
    }
    names_.emplace_back(from, key);
    targets_.emplace(from, std::move(target));
  }

  bool Fits(const MappingEntry& entry, const Item& old, const Item& item) {
    const auto coded = [](const Item& one) {
      return one.type == AnswerType::kSingle ||
             one.type == AnswerType::kMultiple;
    };
    std::string_view why;
    std::string_view why_ja;
    if (old.type == AnswerType::kMultiple && item.type == AnswerType::kSingle) {
      why = "it takes several options, and this one";
      why_ja = "複数回答と単一回答";
    } else if (item.type == AnswerType::kInteger &&
               old.type != AnswerType::kInteger) {
      why = "only numbers are numbers";
      why_ja = "数は数の設問からだけ読めます";
    } else if (coded(item) && old.type == AnswerType::kInteger) {
      why = "a number is no option";
      why_ja = "数は選択肢になりません";
    } else if ((old.type == AnswerType::kTable) !=
                   (item.type == AnswerType::kTable) &&
               entry.from.text.find('/') == std::string::npos) {
      why = "one of them is a table";
      why_ja = "片方が表です";
    }
    if (why.empty()) return true;
    Refuse(entry.to.place, MappingFault("MAPPING_TYPE"),
           {{"from", old.id},
            {"item", item.id},
            {"why", std::string(why)},
            {"why_ja", std::string(why_ja)}});
    return false;
  }

  // Options of the old item that the new one has too, by code and label.
  static void TakeEqualOptions(const Item& old, const Item& item,
                               Target& target) {
    for (const Option& option : item.options) {
      const auto at = old.FindOption(option.code);
      if (!at || old.options[*at].label != option.label) continue;
      target.codes.emplace(option.code, option.code);
      target.codes.emplace(text::FoldWord(option.label), option.code);
    }
  }

  void TakeValues(const MappingEntry& entry, const Item* old, Target& target) {
    const Item& item = *target.of;
    const bool coded = target.type == AnswerType::kSingle ||
                       target.type == AnswerType::kMultiple;
    if (!coded) {
      if (!entry.values.empty() || entry.same_values) {
        Refuse(entry.place, MappingFault("MAPPING_VALUES_UNEXPECTED"),
               {{"item", item.id}});
      }
      return;
    }
    target.separator = entry.separator;
    if (entry.same_values) {
      for (const Option& option : item.options) {
        target.codes.emplace(option.code, option.code);
      }
    }
    for (const MappedWord& one : entry.values) {
      const std::string word = text::FoldWord(one.word.text);
      if (old != nullptr && !IsOption(*old, word)) {
        Refuse(one.word.place, MappingFault("MAPPING_WORD_UNKNOWN"),
               WithNearest({{"item", old->id}, {"word", one.word.text}},
                           NearestOption(old->options, word)));
      }
      if (!item.FindOption(one.meaning.text)) {
        Refuse(one.meaning.place, MappingFault("MAPPING_CODE_UNKNOWN"),
               WithNearest({{"item", item.id}, {"code", one.meaning.text}},
                           NearestOption(item.options, one.meaning.text)));
        continue;
      }
      const auto [known, fresh] =
          target.codes.try_emplace(word, one.meaning.text);
      if (!fresh && known->second != one.meaning.text) {
        Refuse(one.word.place, MappingFault("MAPPING_WORD_TWICE"),
               {{"word", one.word.text}});
      }
    }
    if (old != nullptr) TakeEqualOptions(*old, item, target);
    if (target.codes.empty() && entry.values.empty()) {
      Refuse(entry.place, MappingFault("MAPPING_VALUES_MISSING"),
             {{"item", item.id}});
    }
  }

  static bool IsOption(const Item& old, const std::string& word) {
    return std::any_of(old.options.begin(), old.options.end(),
                       [&](const Option& option) {
                         return option.code == word ||
                                text::FoldWord(option.label) == word;
                       });
  }

  void TakeAbsences(const MappingEntry& entry, Target& target) {
    for (const MappedWord& one : entry.absences) {
      const auto absence = base::ParseAbsence(one.meaning.text);
      if (!absence.ok() || !target.of->Allows(*absence)) {
        std::string known;
        for (const base::Absence allowed : target.of->absences) {
          if (!known.empty()) known += ", ";
          known += base::ToString(allowed);
        }
        Refuse(one.meaning.place, MappingFault("MAPPING_ABSENCE"),
               {{"item", target.of->id},
                {"absence", one.meaning.text},
                {"known", known}});
        continue;
      }
      const std::string word = text::FoldWord(one.word.text);
      if (target.codes.contains(word) ||
          !target.absences.try_emplace(word, *absence).second) {
        Refuse(one.word.place, MappingFault("MAPPING_WORD_TWICE"),
               {{"word", one.word.text}});
      }
    }
  }

  void TakeNumbers(const MappingEntry& entry, const Item* old, Target& target) {
    const Item& item = *target.of;
    if (target.type != AnswerType::kInteger) {
      if (entry.scale || entry.rounds) {
        Refuse(entry.scale_place, MappingFault("MAPPING_SCALE_UNEXPECTED"),
               {{"item", item.id}});
      }
      return;
    }
    target.scale = entry.scale;
    target.rounds = entry.rounds;
    std::string unit = text::FoldWord(entry.unit.text);
    if (old != nullptr) {
      if (!unit.empty() && unit != text::FoldWord(old->unit)) {
        Refuse(entry.unit.place, MappingFault("MAPPING_UNIT_DIFFERS"),
               {{"old", old->unit}});
      }
      unit = text::FoldWord(old->unit);
    }
    if (unit.empty() || unit == text::FoldWord(item.unit) || entry.scale) {
      return;
    }
    Refuse(entry.place, MappingFault("MAPPING_UNIT"),
           {{"from", entry.from.text},
            {"old", unit},
            {"item", item.id},
            {"new", item.unit}});
  }

  // Adds the items that are not listed and whose concept the codebook has too.
  void JoinConcepts() {
    if (from_ == nullptr) return;  // refused where it was read
    std::map<std::string_view, std::vector<const Item*>> items;
    for (const Item& item : to_->items()) {
      if (!item.concept_id.empty()) items[item.concept_id].push_back(&item);
    }
    std::map<std::string_view, int> olds;
    for (const Item& old : from_->items()) {
      if (!old.concept_id.empty() && !listed_.contains(old.id)) {
        ++olds[old.concept_id];
      }
    }
    for (const Item& old : from_->items()) {
      const auto found = items.find(old.concept_id);
      if (found == items.end() || listed_.contains(old.id)) continue;
      // What is listed for another is that of another.
      std::erase_if(found->second, [&](const Item* item) {
        return taken_.contains(item->id);
      });
      if (found->second.empty()) continue;
      if (found->second.size() > 1 || olds[old.concept_id] > 1) {
        Refuse(draft_.concepts_place, MappingFault("MAPPING_CONCEPT_TWICE"),
               {{"concept", old.concept_id}, {"item", old.id}});
        continue;
      }
      Join(old, *found->second.front());
    }
  }

  void Join(const Item& old, const Item& item) {
    MappingEntry entry{.place = draft_.concepts_place,
                       .from = {old.id, draft_.concepts_place},
                       .to = {item.id, draft_.concepts_place}};
    if (!Fits(entry, old, item)) return;
    if (item.type == AnswerType::kTable) {
      for (const Option& row : item.rows) {
        const auto at = old.FindRow(row.code);
        if (!at || old.rows[*at].label != row.label) continue;
        Add(old.id + '/' + row.code,
            {.item = item.id, .row = row.code, .type = item.type, .of = &item},
            entry.place);
      }
      return;
    }
    Target target{.item = item.id, .row = {}, .type = item.type, .of = &item};
    // Words that are not equal on both sides stay unmapped.
    if (item.type == AnswerType::kSingle ||
        item.type == AnswerType::kMultiple) {
      TakeEqualOptions(old, item, target);
    }
    TakeNumbers(entry, &old, target);
    Add(old.id, std::move(target), entry.place);
  }

  const MappingDraft& draft_;
  std::shared_ptr<const Codebook> to_;
  std::shared_ptr<const Codebook> from_;
  std::vector<base::Violation>& faults_;
  std::set<std::string> listed_;  // old items that are listed
  std::set<std::string> taken_;   // places of the codebook
  std::unordered_map<std::string, Target> targets_;
  std::vector<std::pair<std::string, std::string>> names_;
};

std::shared_ptr<const AnswerMapping> AnswerMapping::Make(
    const MappingDraft& draft, MappingId id, std::shared_ptr<const Codebook> to,
    std::shared_ptr<const Codebook> from,
    std::vector<base::Violation>& faults) {
  return Maker(draft, std::move(to), std::move(from), faults).Make(id);
}

}  // namespace welfare::survey
