// The questionnaire: items in order, their options, who is asked, and under
// which condition.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"

#include "services/base/absence.h"
#include "services/base/expression/expression.h"
#include "services/base/respondent.h"
#include "services/survey/codebook/conditions.h"
#include "services/survey/codebook/problem_list.h"

namespace welfare::survey {

// Returns whether `id` may name an item, an option or a section: a-z, 0-9 and
// _, beginning with a letter, at most 63 characters.
bool IsItemId(std::string_view id);

// What an answer looks like. Sent between services; do not renumber.
enum class AnswerType {
  kSingle = 1,    // exactly one option (単一回答)
  kMultiple = 2,  // one or more options (複数回答)
  kInteger = 3,
  kText = 4,
  kTable = 5,  // one free text per row
};

// Who may see a named answer. Sent between services; do not renumber.
enum class PublishLevel {
  kInternal = 1,      // managers and reviewers
  kStakeholders = 2,  // all respondents of the round (関係者限り)
  kAggregate = 3,     // public only as counts
  kPublic = 4,        // public by name
};

// One option of an item, or one row of a table.
struct Option {
  std::string code;
  std::string label;
  bool exclusive = false;   // may not stand beside another
  bool takes_text = false;  // needs a text of its own (その他)
};

// A part of the questionnaire, with a condition that holds for all in it.
struct Section {
  std::string id;
  std::string label;
  std::string relevant = {};               // empty: none
  std::optional<std::size_t> parent = {};  // an earlier section
  int line = 0;                            // of the sheet `survey`
};

// One question, as written in the codebook.
struct Item {
  std::string id;
  std::string section;                    // title of the section it stands in
  std::optional<std::size_t> group = {};  // that section, if it has conditions
  std::string label;  // `{ref_fy_ja}` stands for the reference year
  AnswerType type = AnswerType::kText;
  std::vector<Option> options;  // single and multiple answers
  std::vector<Option> rows;     // tables
  std::vector<base::RespondentKind> respondents;
  // Empty: always asked. In a codebook together with the conditions of its
  // sections.
  std::string relevant;
  std::string constraint;  // empty: none
  std::string constraint_message;
  std::string population;  // one id, or one per respondent kind
  std::string unit;
  std::string concept_id;
  std::string pair_concept;
  int reference_year_offset = 0;  // 0 or -1
  PublishLevel publish_level = PublishLevel::kAggregate;
  std::vector<base::Absence> absences;  // kinds a respondent may send
  std::string source_page;
  int line = 0;  // of the sheet `survey`, for problems

  bool AskedOf(base::RespondentKind kind) const;
  bool Allows(base::Absence absence) const;
  // Returns the index of `code` among the options.
  std::optional<std::size_t> FindOption(std::string_view code) const;
  // Returns the index of `row` among the rows.
  std::optional<std::size_t> FindRow(std::string_view row) const;
};

class Codebook;

// A codebook, or every reason why it is none.
struct CodebookCheck {
  std::shared_ptr<const Codebook> codebook;  // null when there are problems
  std::vector<CodebookProblem> problems;     // in order of sheet and line
  // Of all, of which only the first ProblemList::kProblemsKept are told.
  std::size_t problems_total = 0;
  // Not OK where the check was called off; then nothing is decided.
  absl::Status called_off = absl::OkStatus();
};

// A questionnaire whose conditions parse, type-check and only look back.
// Immutable; any thread may use it.
//
// Invariants: ids are unique; `relevant` of an item reads only earlier items
// that are asked of one of its respondent kinds; every item can be reached; no
// item has more than kMaxCodes options.
class Codebook {
 public:
  // An answer's codes travel as 64 bits.
  static constexpr std::size_t kMaxCodes = 64;

  // Checks `items` and compiles their conditions, each joined by `and` with
  // those of its sections. The time is linear in the text, apart from the
  // bounded search of ConditionProbe, and ends soon after `interruption` says
  // so. Collects every problem; one of a section's condition is named once, at
  // the section:
  //   NAME_INVALID, NAME_DUPLICATE, RESPONDENT_MISSING, LABEL_MISSING,
  //   LABEL_PLACEHOLDER, LIST_EMPTY, OPTION_INVALID, OPTION_DUPLICATE,
  //   TOO_MANY_OPTIONS, ABSENCE_NOT_SENDABLE,
  //   REFERENCE_YEAR_OFFSET, POPULATION_INVALID, POPULATION_CONTRADICTS,
  //   PAIR_CONCEPT_INVALID, EXPRESSION_SYNTAX, EXPRESSION_TYPE,
  //   CONDITION_LATER, CONDITION_CYCLE, CONDITION_OTHER_RESPONDENT,
  //   UNREACHABLE.
  static CodebookCheck Check(std::string title, std::vector<Item> items,
                             std::vector<Section> sections = {},
                             const Interruption& interruption = {});

  const std::string& title() const { return title_; }
  std::span<const Item> items() const { return items_; }
  std::size_t size() const { return items_.size(); }
  const Item& item(std::size_t index) const { return items_[index]; }
  // Returns the index of the item with this id.
  std::optional<std::size_t> Find(std::string_view id) const;
  // Number of pairs of item and respondent kind.
  std::size_t pairs() const;

  // Null: always asked, or no constraint.
  const base::CheckedExpression* relevant(std::size_t index) const;
  const base::CheckedExpression* constraint(std::size_t index) const;

  // The offsets of all registry terms, sorted, each once.
  const std::vector<int>& registry_offsets() const { return offsets_; }

 private:
  class Builder;
  Codebook() = default;

  std::string title_;
  std::vector<Item> items_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<std::optional<base::CheckedExpression>> relevant_;
  std::vector<std::optional<base::CheckedExpression>> constraint_;
  std::vector<int> offsets_;
};

}  // namespace welfare::survey
