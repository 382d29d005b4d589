#include "services/survey/codebook/codebook.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "services/base/error.h"
#include "services/survey/codebook/label.h"

namespace welfare::survey {
namespace {

using base::CheckedExpression;

constexpr std::size_t kMaxIdLength = 63;

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

}  // namespace

bool IsItemId(std::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength) return false;
  if (id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

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
  Builder(std::string title, std::vector<Item> items,
          std::vector<Section> sections, const Interruption& interruption)
      : sections_(std::move(sections)), interruption_(interruption) {
    book_->title_ = std::move(title);
    book_->items_ = std::move(items);
  }

  CodebookCheck Build() {
    CheckNames();
    for (const Item& item : book_->items_) CheckItem(item);
    absl::Status status = Compile();
    if (status.ok()) {
      CheckConditions();
      CheckPopulations();
      status = CheckReachable();
    }
    if (!status.ok()) {
      return {
          .codebook = nullptr, .problems = {}, .called_off = std::move(status)};
    }
    if (!problems_.empty()) {
      return {.codebook = nullptr,
              .problems = problems_.Kept(),
              .problems_total = problems_.total()};
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

  // `place` is an item or a section.
  template <typename Place>
  void Add(const Place& place, std::string_view column, std::string_view reason,
           std::string message) {
    problems_.Add({.sheet = "survey",
                   .line = place.line,
                   .column = std::string(column),
                   .reason = std::string(reason),
                   .message = place.id + ": " + std::move(message)});
  }

  absl::Status Look() const {
    return interruption_ ? interruption_() : absl::OkStatus();
  }

  void CheckNames() {
    if (book_->items_.empty()) {
      problems_.Add({.sheet = "survey",
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
    for (const std::string& unknown : UnknownPlaceholders(item.label)) {
      // Codebooks were published with `${ref_fy_ja}` once; new ones are refused
      // where they are read.
      if (unknown.substr(1) == kReferenceYear) continue;
      Add(item, "label", "LABEL_PLACEHOLDER",
          "the only placeholder is {ref_fy_ja}, not " + unknown + ".");
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

  // `place` is an item or a section.
  template <typename Place>
  std::optional<CheckedExpression> CompileOne(
      const Place& place, std::string_view column, const std::string& text,
      std::optional<std::size_t> current) {
    if (text.empty()) return std::nullopt;
    const auto parsed = base::Expression::Parse(text);
    if (!parsed.ok()) {
      AddExpression(place, column, "EXPRESSION_SYNTAX", parsed.status());
      return std::nullopt;
    }
    const Schema schema(*book_, types_, current);
    auto checked = base::Check(*parsed, schema, base::ExpectedResult::kTruth);
    if (!checked.ok()) {
      AddExpression(place, column, "EXPRESSION_TYPE", checked.status());
      return std::nullopt;
    }
    return *std::move(checked);
  }

  template <typename Place>
  void AddExpression(const Place& place, std::string_view column,
                     std::string_view reason, const absl::Status& status) {
    const auto details = base::GetErrorDetails(status);
    if (!details || details->violations.empty()) {
      Add(place, column, reason, std::string(base::MessageOf(status)));
      return;
    }
    for (const base::Violation& violation : details->violations) {
      Add(place, column, reason,
          violation.field + ": " + violation.reason + ": " +
              violation.description);
    }
  }

  // What is known of a section while its codebook is built.
  struct BuiltSection {
    std::optional<CheckedExpression> own;  // its own condition
    std::optional<CheckedExpression> all;  // and those of all around it
    std::string text;                      // of `all`; empty: none
    bool wrong = false;                    // a condition of it has a problem
    std::optional<std::size_t> first;      // item in it, direct or deeper
    bool asked[2] = {false, false};        // of municipalities, of councils
    bool probed = false;
    bool reachable = true;
  };

  static std::size_t Index(base::RespondentKind kind) {
    return kind == base::RespondentKind::kMunicipality ? 0 : 1;
  }

  static std::string Join(const std::string& outer, const std::string& inner) {
    if (outer.empty() || inner.empty()) return outer.empty() ? inner : outer;
    return '(' + outer + ") and (" + inner + ')';
  }

  absl::Status CompileSections() {
    for (std::size_t s = 0; s < sections_.size(); ++s) {
      WELFARE_RETURN_IF_ERROR(Look());
      const Section& section = sections_[s];
      const BuiltSection* parent =
          section.parent ? &built_[*section.parent] : nullptr;
      BuiltSection built;
      built.own =
          CompileOne(section, "relevant", section.relevant, std::nullopt);
      built.wrong = (parent != nullptr && parent->wrong) ||
                    (!section.relevant.empty() && !built.own);
      if (!built.wrong) {
        const std::string none;
        built.text =
            Join(parent != nullptr ? parent->text : none, section.relevant);
        if (built.own) {
          built.all = CompileOne(section, "relevant", built.text, std::nullopt);
          built.wrong = !built.all;
        }
      }
      built_.push_back(std::move(built));
    }
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      const Item& item = book_->items_[i];
      if (!item.group) continue;
      BuiltSection& built = built_[*item.group];
      if (!built.first) built.first = i;
      for (const base::RespondentKind kind : item.respondents) {
        built.asked[Index(kind)] = true;
      }
    }
    // A section stands after the one around it.
    for (std::size_t s = sections_.size(); s-- > 0;) {
      if (!sections_[s].parent) continue;
      BuiltSection& parent = built_[*sections_[s].parent];
      const BuiltSection& built = built_[s];
      if (built.first) {
        parent.first =
            std::min(parent.first.value_or(*built.first), *built.first);
      }
      parent.asked[0] = parent.asked[0] || built.asked[0];
      parent.asked[1] = parent.asked[1] || built.asked[1];
    }
    return absl::OkStatus();
  }

  absl::Status Compile() {
    for (const Item& item : book_->items_) {
      types_.push_back(ExpressionType(item));
    }
    WELFARE_RETURN_IF_ERROR(CompileSections());
    std::set<int> offsets;
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      WELFARE_RETURN_IF_ERROR(Look());
      Item& item = book_->items_[i];
      own_.push_back(CompileOne(item, "relevant", item.relevant, std::nullopt));
      const bool wrong = !item.relevant.empty() && !own_.back();
      const BuiltSection* section = item.group ? &built_[*item.group] : nullptr;
      if (section == nullptr || section->text.empty() || wrong) {
        book_->relevant_.push_back(own_.back());
      } else {
        item.relevant = Join(section->text, item.relevant);
        book_->relevant_.push_back(
            CompileOne(item, "relevant", item.relevant, std::nullopt));
      }
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
    return absl::OkStatus();
  }

  void CheckConditions() {
    for (std::size_t s = 0; s < sections_.size(); ++s) CheckSection(s);
    std::vector<std::vector<std::size_t>> edges(book_->items_.size());
    for (std::size_t i = 0; i < edges.size(); ++i) {
      // What a section's condition leads to is named at the section.
      if (own_[i]) edges[i] = own_[i]->items();
    }
    const std::vector<bool> in_cycle = FindCycles(edges);
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      const Item& item = book_->items_[i];
      if (in_cycle[i]) {
        Add(item, "relevant", "CONDITION_CYCLE",
            "whether it is asked depends on itself.");
      }
      for (const std::size_t gate : edges[i]) {
        if (gate > i) {
          Add(item, "relevant", "CONDITION_LATER",
              "the condition reads " + book_->items_[gate].id +
                  ", which is asked later.");
        }
        CheckShared(item, "relevant", book_->items_[gate]);
      }
      if (book_->constraint_[i]) {
        for (const std::size_t other : book_->constraint_[i]->items()) {
          CheckShared(item, "constraint", book_->items_[other]);
        }
      }
    }
  }

  // The condition of a section reads only what stands before it and is asked of
  // everybody whom the section asks.
  void CheckSection(std::size_t index) {
    const Section& section = sections_[index];
    const BuiltSection& built = built_[index];
    if (!built.own || !built.first) return;
    for (const std::size_t gate : built.own->items()) {
      const Item& other = book_->items_[gate];
      if (gate >= *built.first) {
        Add(section, "relevant", "CONDITION_LATER",
            "the condition reads " + other.id +
                ", which does not stand before the section.");
      }
      for (const base::RespondentKind kind :
           {base::RespondentKind::kMunicipality,
            base::RespondentKind::kCouncil}) {
        if (built.asked[Index(kind)] && !other.AskedOf(kind)) {
          Add(section, "relevant", "CONDITION_OTHER_RESPONDENT",
              other.id + " is not asked of a " +
                  std::string(base::ToString(kind)) +
                  ", whom the section asks.");
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

  // An item that no answers lead to is a mistake; where its section is never
  // asked, the mistake is the section's.
  absl::Status CheckReachable() {
    ConditionProbe probe(book_->items_, interruption_);
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      WELFARE_RETURN_IF_ERROR(Look());
      const Item& item = book_->items_[i];
      if (item.group) {
        WELFARE_ASSIGN_OR_RETURN(const bool reachable,
                                 ProbeSection(*item.group, probe));
        if (!reachable) {
          probe.SetUnreachable(i);
          continue;
        }
      }
      if (!book_->relevant_[i]) continue;
      WELFARE_ASSIGN_OR_RETURN(const bool reachable,
                               probe.CanBeTrue(*book_->relevant_[i]));
      if (!reachable) {
        probe.SetUnreachable(i);
        Add(item, "relevant", "UNREACHABLE",
            "no answers make the condition true, so it is never asked.");
      }
    }
    return absl::OkStatus();
  }

  // Sections around it first, and each once: their first item comes first.
  absl::StatusOr<bool> ProbeSection(std::size_t index, ConditionProbe& probe) {
    std::vector<std::size_t> chain;
    for (std::optional<std::size_t> at = index; at && !built_[*at].probed;
         at = sections_[*at].parent) {
      chain.push_back(*at);
    }
    while (!chain.empty()) {
      const std::size_t at = chain.back();
      chain.pop_back();
      BuiltSection& built = built_[at];
      built.probed = true;
      if (sections_[at].parent && !built_[*sections_[at].parent].reachable) {
        built.reachable = false;
      } else if (built.all) {
        WELFARE_ASSIGN_OR_RETURN(built.reachable, probe.CanBeTrue(*built.all));
        if (!built.reachable) {
          Add(sections_[at], "relevant", "UNREACHABLE",
              "no answers make the condition true, so the section is never "
              "asked.");
        }
      }
    }
    return built_[index].reachable;
  }

  std::shared_ptr<Codebook> book_{new Codebook};
  std::vector<Section> sections_;
  const Interruption& interruption_;
  std::vector<BuiltSection> built_;
  std::vector<std::optional<base::ItemType>> types_;
  // The conditions that stand at the items themselves.
  std::vector<std::optional<CheckedExpression>> own_;
  ProblemList problems_;
};

CodebookCheck Codebook::Check(std::string title, std::vector<Item> items,
                              std::vector<Section> sections,
                              const Interruption& interruption) {
  return Builder(std::move(title), std::move(items), std::move(sections),
                 interruption)
      .Build();
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
