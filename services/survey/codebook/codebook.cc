#include "services/survey/codebook/codebook.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "services/base/error.h"

namespace welfare::survey {
namespace {

using base::CheckedExpression;
using base::Truth;
using base::Value;

constexpr std::size_t kMaxIdLength = 63;

bool IsItemId(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength) return false;
  if (id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::optional<base::ItemType> ExpressionType(const Item& item) {
  base::ItemType type;
  switch (item.type) {
    case AnswerType::kSingle:
      type.kind = base::ItemKind::kSingle;
      break;
    case AnswerType::kMultiple:
      type.kind = base::ItemKind::kMultiple;
      break;
    case AnswerType::kInteger:
      type.kind = base::ItemKind::kInteger;
      return type;
    case AnswerType::kText:
      type.kind = base::ItemKind::kText;
      return type;
    case AnswerType::kTable:
      return std::nullopt;
  }
  for (const Option& option : item.options) type.options.push_back(option.code);
  return type;
}

// Every value worth trying when asking whether a condition can be true; empty
// when there are too many kinds of value to try.
std::vector<Value> ProbeValues(const Item& item, bool reachable) {
  if (!reachable) return {Value::Missing()};
  std::vector<Value> values = {Value::Missing()};
  const std::size_t n = item.options.size();
  if (item.type == AnswerType::kSingle) {
    for (std::size_t i = 0; i < n; ++i) values.push_back(Value::OfOption(i));
    return values;
  }
  if (item.type == AnswerType::kMultiple && n <= 12) {
    for (std::uint64_t bits = 1; bits < (std::uint64_t{1} << n); ++bits) {
      values.push_back(Value::OfOptions(base::OptionSet(bits)));
    }
    return values;
  }
  return {};
}

// A row made up to probe a condition.
class ProbeRow final : public base::ExpressionRow {
 public:
  const Value& item(std::size_t index) const override {
    const auto it = items.find(index);
    return it == items.end() ? missing_ : it->second;
  }
  Truth registry(base::RegistryFact fact, int offset) const override {
    const auto it = facts.find({fact, offset});
    return it == facts.end() ? Truth::kUnknown : it->second;
  }
  int fiscal_year() const override { return 2000; }

  std::map<std::size_t, Value> items;
  std::map<std::pair<base::RegistryFact, int>, Truth> facts;

 private:
  Value missing_;
};

}  // namespace

bool Item::AskedOf(base::RespondentKind kind) const {
  return std::find(respondents.begin(), respondents.end(), kind) !=
         respondents.end();
}

bool Item::Allows(base::Absence absence) const {
  return std::find(absences.begin(), absences.end(), absence) != absences.end();
}

namespace {
std::optional<std::size_t> FindCode(const std::vector<Option>& options,
                                    std::string_view code) {
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].code == code) return i;
  }
  return std::nullopt;
}
}  // namespace

std::optional<std::size_t> Item::FindOption(std::string_view code) const {
  return FindCode(options, code);
}

std::optional<std::size_t> Item::FindRow(std::string_view row) const {
  return FindCode(rows, row);
}

// Builds one codebook and collects what is wrong with it.
class Codebook::Builder {
 public:
  Builder(std::string title, std::vector<Item> items) {
    book_->title_ = std::move(title);
    book_->items_ = std::move(items);
  }

  CodebookCheck Build() {
    CheckNames();
    for (const Item& item : book_->items_) CheckItem(item);
    Compile();
    CheckConditions();
    CheckPopulations();
    CheckReachable();
    if (!problems_.empty()) {
      std::stable_sort(problems_.begin(), problems_.end(),
                       [](const CodebookProblem& a, const CodebookProblem& b) {
                         return a.line < b.line;
                       });
      return {.codebook = nullptr, .problems = std::move(problems_)};
    }
    return {.codebook = std::move(book_), .problems = {}};
  }

 private:
  // Looks items up by id; `.` is the item whose constraint is compiled.
  class Schema final : public base::ExpressionSchema {
   public:
    Schema(const Codebook& book,
           const std::vector<std::optional<base::ItemType>>& types,
           std::optional<std::size_t> current)
        : book_(book), types_(types), current_(current) {}

    std::optional<Item> Find(std::string_view id) const override {
      const auto index = book_.Find(id);
      if (!index) return std::nullopt;
      return At(*index);
    }
    std::optional<Item> Current() const override {
      return current_ ? At(*current_) : std::nullopt;
    }

   private:
    std::optional<Item> At(std::size_t index) const {
      if (!types_[index]) return std::nullopt;
      return Item{.index = index, .type = &*types_[index]};
    }

    const Codebook& book_;
    const std::vector<std::optional<base::ItemType>>& types_;
    std::optional<std::size_t> current_;
  };

  void Add(const Item& item, std::string_view column, std::string_view reason,
           std::string message) {
    problems_.push_back({.sheet = "survey",
                         .line = item.line,
                         .column = std::string(column),
                         .reason = std::string(reason),
                         .message = item.id + ": " + std::move(message)});
  }

  void CheckNames() {
    if (book_->items_.empty()) {
      problems_.push_back({.sheet = "survey",
                           .line = 0,
                           .column = "",
                           .reason = "SHEET_EMPTY",
                           .message = "The sheet holds no item."});
    }
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      const Item& item = book_->items_[i];
      if (!IsItemId(item.id)) {
        Add(item, "name", "NAME_INVALID",
            "an id is a-z, 0-9 and _, begins with a letter and has at most 63 "
            "characters.");
      }
      if (!book_->index_.emplace(item.id, i).second) {
        Add(item, "name", "NAME_DUPLICATE", "the id is used twice.");
      }
    }
  }

  void CheckItem(const Item& item) {
    if (item.respondents.empty()) {
      Add(item, "respondent", "RESPONDENT_MISSING",
          "say who is asked: municipality, council or both.");
    }
    if (item.label.empty()) {
      Add(item, "label", "LABEL_MISSING", "the question has no text.");
    }
    CheckPlaceholders(item);
    if (item.reference_year_offset != 0 && item.reference_year_offset != -1) {
      Add(item, "reference_year_offset", "REFERENCE_YEAR_OFFSET",
          "the offset is 0 or -1.");
    }
    for (const base::Absence absence : item.absences) {
      if (!base::MayBeSent(absence)) {
        Add(item, "absences", "ABSENCE_NOT_SENDABLE",
            std::string(base::ToString(absence)) +
                " is computed and cannot be offered.");
      }
    }
    const bool coded =
        item.type == AnswerType::kSingle || item.type == AnswerType::kMultiple;
    if (coded) CheckOptions(item, item.options);
    if (item.type == AnswerType::kTable) CheckOptions(item, item.rows);
    CheckPairConcept(item);
  }

  void CheckPlaceholders(const Item& item) {
    std::string_view rest = item.label;
    while (true) {
      const std::size_t open = rest.find('{');
      if (open == std::string_view::npos) return;
      const std::size_t close = rest.find('}', open);
      const std::string_view name = close == std::string_view::npos
                                        ? rest.substr(open)
                                        : rest.substr(open, close - open + 1);
      if (name != "{ref_fy_ja}") {
        Add(item, "label", "LABEL_PLACEHOLDER",
            "the only placeholder is {ref_fy_ja}, not " + std::string(name) +
                ".");
      }
      if (close == std::string_view::npos) return;
      rest.remove_prefix(close + 1);
    }
  }

  void CheckOptions(const Item& item, const std::vector<Option>& options) {
    if (options.empty()) {
      Add(item, "type", "LIST_EMPTY", "the list of choices is empty.");
    }
    if (options.size() > kMaxCodes) {
      Add(item, "type", "TOO_MANY_OPTIONS",
          "an item has at most 64 options; it has " +
              std::to_string(options.size()) + ".");
    }
    std::set<std::string_view> seen;
    for (const Option& option : options) {
      if (!IsItemId(option.code)) {
        Add(item, "type", "OPTION_INVALID",
            "the code '" + option.code + "' is not an id.");
      }
      if (!seen.insert(option.code).second) {
        Add(item, "type", "OPTION_DUPLICATE",
            "the code '" + option.code + "' stands twice in the list.");
      }
    }
  }

  // `concept(code|code); concept(code)`: the codes must be offered.
  void CheckPairConcept(const Item& item) {
    std::string_view rest = item.pair_concept;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view part = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (part.starts_with(' ')) part.remove_prefix(1);
      const std::size_t open = part.find('(');
      if (open == std::string_view::npos || !part.ends_with(')') ||
          !IsItemId(part.substr(0, open))) {
        Add(item, "pair_concept", "PAIR_CONCEPT_INVALID",
            "write concept(code|code), several separated by `; `.");
        continue;
      }
      std::string_view codes = part.substr(open + 1);
      codes.remove_suffix(1);
      while (true) {
        const std::size_t bar = std::min(codes.find('|'), codes.size());
        if (!item.FindOption(codes.substr(0, bar))) {
          Add(item, "pair_concept", "PAIR_CONCEPT_INVALID",
              "the item does not offer '" + std::string(codes.substr(0, bar)) +
                  "'.");
        }
        if (bar == codes.size()) break;
        codes.remove_prefix(bar + 1);
      }
    }
  }

  std::optional<CheckedExpression> CompileOne(
      const Item& item, std::string_view column, const std::string& text,
      std::optional<std::size_t> current) {
    if (text.empty()) return std::nullopt;
    const auto parsed = base::Expression::Parse(text);
    if (!parsed.ok()) {
      AddExpression(item, column, "EXPRESSION_SYNTAX", parsed.status());
      return std::nullopt;
    }
    const Schema schema(*book_, types_, current);
    auto checked = base::Check(*parsed, schema, base::ExpectedResult::kTruth);
    if (!checked.ok()) {
      AddExpression(item, column, "EXPRESSION_TYPE", checked.status());
      return std::nullopt;
    }
    return *std::move(checked);
  }

  void AddExpression(const Item& item, std::string_view column,
                     std::string_view reason, const absl::Status& status) {
    const auto details = base::GetErrorDetails(status);
    if (!details || details->violations.empty()) {
      Add(item, column, reason, std::string(base::MessageOf(status)));
      return;
    }
    for (const base::Violation& violation : details->violations) {
      Add(item, column, reason,
          violation.field + ": " + violation.reason + ": " +
              violation.description);
    }
  }

  void Compile() {
    for (const Item& item : book_->items_) {
      types_.push_back(ExpressionType(item));
    }
    std::set<int> offsets;
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      const Item& item = book_->items_[i];
      book_->relevant_.push_back(
          CompileOne(item, "relevant", item.relevant, std::nullopt));
      if (item.type == AnswerType::kTable && !item.constraint.empty()) {
        Add(item, "constraint", "EXPRESSION_TYPE",
            "a table has no value, so it has no constraint.");
        book_->constraint_.push_back(std::nullopt);
      } else {
        book_->constraint_.push_back(
            CompileOne(item, "constraint", item.constraint, i));
      }
      for (const auto* expression :
           {&book_->relevant_.back(), &book_->constraint_.back()}) {
        if (!expression->has_value()) continue;
        for (const base::RegistryReference& term : (*expression)->registry()) {
          offsets.insert(term.offset);
        }
      }
    }
    book_->offsets_.assign(offsets.begin(), offsets.end());
  }

  // True when following `relevant` from `start` leads back to it.
  bool InCycle(std::size_t start) const {
    std::vector<bool> seen(book_->items_.size(), false);
    std::vector<std::size_t> stack = {start};
    while (!stack.empty()) {
      const std::size_t at = stack.back();
      stack.pop_back();
      if (!book_->relevant_[at]) continue;
      for (const std::size_t next : book_->relevant_[at]->items()) {
        if (next == start) return true;
        if (!seen[next]) {
          seen[next] = true;
          stack.push_back(next);
        }
      }
    }
    return false;
  }

  void CheckConditions() {
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      const Item& item = book_->items_[i];
      if (book_->relevant_[i]) {
        if (InCycle(i)) {
          Add(item, "relevant", "CONDITION_CYCLE",
              "whether it is asked depends on itself.");
        }
        for (const std::size_t gate : book_->relevant_[i]->items()) {
          if (gate > i) {
            Add(item, "relevant", "CONDITION_LATER",
                "the condition reads " + book_->items_[gate].id +
                    ", which is asked later.");
          }
          CheckShared(item, "relevant", book_->items_[gate]);
        }
      }
      if (book_->constraint_[i]) {
        for (const std::size_t other : book_->constraint_[i]->items()) {
          CheckShared(item, "constraint", book_->items_[other]);
        }
      }
    }
  }

  void CheckShared(const Item& item, std::string_view column,
                   const Item& other) {
    for (const base::RespondentKind kind : item.respondents) {
      if (!other.AskedOf(kind)) {
        Add(item, column, "CONDITION_OTHER_RESPONDENT",
            other.id + " is not asked of a " +
                std::string(base::ToString(kind)) + ".");
      }
    }
  }

  // A population id stands for one set: the same respondent kind under the
  // same condition. Sizes and years have no place in it.
  void CheckPopulations() {
    std::map<std::string, std::pair<std::string, const Item*>> sets;
    for (const Item& item : book_->items_) {
      if (item.population.empty()) continue;
      const std::vector<std::string> ids = SplitWords(item.population);
      if (ids.size() != item.respondents.size()) {
        Add(item, "population", "POPULATION_INVALID",
            "name one population for each kind of respondent.");
        continue;
      }
      for (std::size_t k = 0; k < ids.size(); ++k) {
        if (!IsItemId(ids[k]) || HasYear(ids[k])) {
          Add(item, "population", "POPULATION_INVALID",
              "'" + ids[k] + "' is not an id without a year.");
          continue;
        }
        std::string set = std::string(base::ToString(item.respondents[k])) +
                          ": " + item.relevant;
        const auto [it, fresh] =
            sets.emplace(ids[k], std::pair(std::move(set), &item));
        const std::string again =
            std::string(base::ToString(item.respondents[k])) + ": " +
            item.relevant;
        if (!fresh && it->second.first != again) {
          Add(item, "population", "POPULATION_CONTRADICTS",
              "'" + ids[k] + "' is another set at " + it->second.second->id +
                  ".");
        }
      }
    }
  }

  static bool HasYear(std::string_view id) {
    int digits = 0;
    for (const char c : id) {
      digits = (c >= '0' && c <= '9') ? digits + 1 : 0;
      if (digits == 4) return true;
    }
    return false;
  }

  // An item that no answers lead to is a mistake. Conditions over options and
  // registry facts are tried out; others are believed.
  void CheckReachable() {
    std::vector<bool> reachable(book_->items_.size(), true);
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      if (!book_->relevant_[i]) continue;
      if (!CanBeTrue(*book_->relevant_[i], reachable)) {
        reachable[i] = false;
        Add(book_->items_[i], "relevant", "UNREACHABLE",
            "no answers make the condition true, so it is never asked.");
      }
    }
  }

  bool CanBeTrue(const CheckedExpression& condition,
                 const std::vector<bool>& reachable) const {
    constexpr std::size_t kMaxProbes = 65536;
    ProbeRow row;
    std::vector<std::pair<std::size_t, std::vector<Value>>> gates;
    std::size_t probes = 1;
    for (const std::size_t gate : condition.items()) {
      std::vector<Value> values =
          ProbeValues(book_->items_[gate], reachable[gate]);
      if (values.empty()) return true;
      probes *= values.size();
      if (probes > kMaxProbes) return true;
      gates.emplace_back(gate, std::move(values));
    }
    const auto& facts = condition.registry();
    for (std::size_t i = 0; i < facts.size(); ++i) {
      probes *= 2;
      if (probes > kMaxProbes) return true;
    }
    for (std::size_t probe = 0; probe < probes; ++probe) {
      std::size_t rest = probe;
      for (const auto& [gate, values] : gates) {
        row.items[gate] = values[rest % values.size()];
        rest /= values.size();
      }
      for (const base::RegistryReference& term : facts) {
        row.facts[{term.fact, term.offset}] = base::ToTruth(rest % 2 == 1);
        rest /= 2;
      }
      if (condition.EvaluateTruth(row) == Truth::kTrue) return true;
    }
    return false;
  }

  std::shared_ptr<Codebook> book_{new Codebook};
  std::vector<std::optional<base::ItemType>> types_;
  std::vector<CodebookProblem> problems_;
};

CodebookCheck Codebook::Check(std::string title, std::vector<Item> items) {
  return Builder(std::move(title), std::move(items)).Build();
}

std::optional<std::size_t> Codebook::Find(std::string_view id) const {
  const auto it = index_.find(std::string(id));
  if (it == index_.end()) return std::nullopt;
  return it->second;
}

std::size_t Codebook::pairs() const {
  std::size_t pairs = 0;
  for (const Item& item : items_) pairs += item.respondents.size();
  return pairs;
}

const base::CheckedExpression* Codebook::relevant(std::size_t index) const {
  return relevant_[index] ? &*relevant_[index] : nullptr;
}

const base::CheckedExpression* Codebook::constraint(std::size_t index) const {
  return constraint_[index] ? &*constraint_[index] : nullptr;
}

}  // namespace welfare::survey
