#include "services/survey/codebook/codebook.h"

#include <set>
#include <utility>

#include "services/base/error.h"
#include "services/survey/codebook/condition_compiler.h"
#include "services/survey/codebook/item_checks.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/codebook/section_conditions.h"
#include "services/survey/errors.h"

namespace welfare::survey {

// Builds one codebook and collects what is wrong with it.
class Codebook::Builder {
 public:
  Builder(std::string title, std::vector<Item> items,
          std::vector<Section> sections, const Interruption& interruption,
          ConditionProbe::Answers tried)
      : book_(new Codebook(std::move(title), std::move(items))),
        interruption_(interruption),
        tried_(tried),
        sections_(std::move(sections), *book_, interruption, problems_) {}

  CodebookCheck Build() {
    CheckItems(book_->items_, problems_);
    absl::Status status = Compile();
    if (status.ok()) {
      sections_.Check();
      CheckConditions();
      CheckPopulations(book_->items_, problems_);
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
  static consteval const base::ViolationRow& Fault(std::string_view reason) {
    return base::FindRow(kItemTable, reason);
  }

  absl::Status Look() const {
    return interruption_ ? interruption_() : absl::OkStatus();
  }

  absl::Status Compile() {
    ConditionCompiler compiler(*book_, problems_);
    WELFARE_RETURN_IF_ERROR(sections_.Compile(compiler));
    std::set<int> offsets;
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      WELFARE_RETURN_IF_ERROR(Look());
      Item& item = book_->items_[i];
      own_.push_back(compiler.Compile(item.place(), "relevant", item.relevant));
      const bool wrong = !item.relevant.empty() && !own_.back();
      const std::string around =
          item.group ? sections_.TextOf(*item.group) : std::string();
      if (around.empty() || wrong) {
        book_->relevant_.push_back(own_.back());
      } else {
        item.relevant = JoinConditions(around, item.relevant);
        book_->relevant_.push_back(
            compiler.Compile(item.place(), "relevant", item.relevant));
      }
      if (item.type == AnswerType::kTable && !item.constraint.empty()) {
        problems_.Add(item.place(), "constraint", Fault("EXPRESSION_TYPE"));
        book_->constraint_.push_back(std::nullopt);
      } else {
        book_->constraint_.push_back(
            compiler.Compile(item.place(), "constraint", item.constraint, i));
      }
      for (const auto* expression :
           {&book_->relevant_.back(), &book_->constraint_.back()}) {
        if (!expression->has_value()) continue;
        // A constraint reads the answer of its own item.
        book_->read_[i] = true;
        for (const std::size_t other : (*expression)->items()) {
          book_->read_[other] = true;
        }
        for (const base::RegistryReference& term : (*expression)->registry()) {
          offsets.insert(term.offset);
        }
      }
    }
    book_->offsets_.assign(offsets.begin(), offsets.end());
    return absl::OkStatus();
  }

  void CheckConditions() {
    std::vector<std::vector<std::size_t>> edges(book_->items_.size());
    for (std::size_t i = 0; i < edges.size(); ++i) {
      // What a section's condition leads to is named at the section.
      if (own_[i]) edges[i] = own_[i]->items();
    }
    const std::vector<bool> in_cycle = FindCycles(edges);
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      const Item& item = book_->items_[i];
      if (in_cycle[i]) {
        problems_.Add(item.place(), "relevant", Fault("CONDITION_CYCLE"));
      }
      for (const std::size_t gate : edges[i]) {
        if (gate > i) {
          problems_.Add(item.place(), "relevant", Fault("CONDITION_LATER"),
                        {{"item", book_->items_[gate].id}});
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

  void CheckShared(const Item& item, std::string_view column,
                   const Item& other) {
    for (const base::RespondentKind kind : item.respondents) {
      if (!other.AskedOf(kind)) {
        problems_.Add(
            item.place(), column, Fault("CONDITION_OTHER_RESPONDENT"),
            {{"item", other.id}, {"kind", std::string(base::ToString(kind))}});
      }
    }
  }

  // An item that no answers lead to is a mistake; where its section is never
  // asked, the mistake is the section's.
  absl::Status CheckReachable() {
    ConditionProbe probe(book_->items_, interruption_, tried_);
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      WELFARE_RETURN_IF_ERROR(Look());
      const Item& item = book_->items_[i];
      if (item.group) {
        WELFARE_ASSIGN_OR_RETURN(const bool reachable,
                                 sections_.Probe(*item.group, probe));
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
        problems_.Add(item.place(), "relevant", Fault("UNREACHABLE"));
      }
    }
    return tried_ == ConditionProbe::Answers::kAll ? CheckAnswerable(probe)
                                                   : absl::OkStatus();
  }

  // A rule that no answer keeps is a mistake: nobody could hand the item in.
  absl::Status CheckAnswerable(ConditionProbe& probe) {
    for (std::size_t i = 0; i < book_->items_.size(); ++i) {
      WELFARE_RETURN_IF_ERROR(Look());
      if (!book_->constraint_[i]) continue;
      WELFARE_ASSIGN_OR_RETURN(const bool answerable,
                               probe.CanBeTrue(*book_->constraint_[i], i));
      if (answerable) continue;
      problems_.Add(book_->items_[i].place(), "constraint",
                    Fault("UNANSWERABLE"));
    }
    return absl::OkStatus();
  }

  ProblemList problems_;  // before those that fill it
  std::shared_ptr<Codebook> book_;
  const Interruption& interruption_;
  const ConditionProbe::Answers tried_;
  SectionConditions sections_;
  // The conditions that stand at the items themselves.
  std::vector<std::optional<base::CheckedExpression>> own_;
};

CodebookCheck Codebook::Check(std::string title, std::vector<Item> items,
                              std::vector<Section> sections,
                              const Interruption& interruption,
                              ConditionProbe::Answers tried) {
  return Builder(std::move(title), std::move(items), std::move(sections),
                 interruption, tried)
      .Build();
}

absl::Status CodebookInvalid(const CodebookCheck& check) {
  std::vector<base::Violation> violations;
  violations.reserve(check.problems.size());
  for (const CodebookProblem& problem : check.problems) {
    std::string field = problem.sheet + ".csv";
    if (problem.line > 0) field += ':' + std::to_string(problem.line);
    if (!problem.column.empty()) field += ':' + problem.column;
    violations.push_back({.field = std::move(field),
                          .reason = problem.reason,
                          .description = problem.message,
                          .description_ja = problem.message_ja});
  }
  return CodebookInvalid(std::move(violations), check.problems_total);
}

Codebook::Codebook(std::string title, std::vector<Item> items)
    : title_(std::move(title)), items_(std::move(items)) {
  // Of two with one id, which is a problem, the first is meant.
  for (std::size_t i = 0; i < items_.size(); ++i) {
    index_.emplace(items_[i].id, i);
  }
  read_.resize(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    first_.push_back(places_.size());
    if (items_[i].type != AnswerType::kTable) {
      places_.push_back({.item = i, .name = items_[i].id});
      continue;
    }
    for (std::size_t row = 0; row < items_[i].rows.size(); ++row) {
      places_.push_back(
          {.item = i,
           .row = static_cast<int>(row),
           .name = items_[i].id + '/' + items_[i].rows[row].code});
    }
  }
}

std::optional<std::size_t> Codebook::Find(std::string_view id) const {
  const auto it = index_.find(std::string(id));
  if (it == index_.end()) return std::nullopt;
  return it->second;
}

std::optional<std::size_t> Codebook::FindPlace(std::string_view item,
                                               std::string_view row) const {
  const auto index = Find(item);
  if (!index) return std::nullopt;
  if (items_[*index].type != AnswerType::kTable) {
    return row.empty() ? std::optional(first_[*index]) : std::nullopt;
  }
  const auto at = items_[*index].FindRow(row);
  return at ? std::optional(first_[*index] + *at) : std::nullopt;
}

bool Codebook::IsPlace(std::size_t number, std::string_view item,
                       std::string_view row) const {
  const Place& place = places_[number];
  if (items_[place.item].id != item) return false;
  return place.row < 0 ? row.empty()
                       : items_[place.item]
                                 .rows[static_cast<std::size_t>(place.row)]
                                 .code == row;
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
