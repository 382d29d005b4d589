// Placeholders: where a template's sentence takes a computed figure.
//
//   {plan_formulated.formulated}          23/30（76.7%）
//   {plan_formulated.formulated.count}    23     also base, percent, value,
//                                                label
//   {plan_formulated.n}                   30     also answered, population,
//                                                label, top (most chosen
//                                                options with their figures;
//                                                `none` and `other` name
//                                                nothing; where they were
//                                                chosen as often, the words
//                                                say that they are passed
//                                                over)
//   {outreach_max_contacts.@NOT_COUNTED}  an absence: its ratio, or count,
//                                         percent; of the base where it stays
//                                         in it, else of the population
//   {prev.window_installed.installed}     the same of the round a year before;
//                                         without one the line is left out;
//                                         where too much is unknown for the
//                                         years to be compared a note stands
//                                         in its place
//   {plan.formulated~8割以上|7割以上}   the first of these words that fits the
//                                   share, by the template's own rules; where
//                                   none fits, the report is refused
//   {year} {year_western} {last_year} {next_year}
//   {round.name} {round.purpose} {round.method} {round.publisher}
//   {round.window}
//   {roster.implementing} {roster.not_implementing} {roster.preparing}
//   {roster.newcomers}
//   {returns.municipality} {returns.council} {returns.all}   62/62（100.0%）
//
// A figure may be undefined: nobody was asked, or nobody gave a number. It is
// never printed as 0 or `-`. A form that stands alone, a ratio, a value with
// its unit, an absence, `top`, `returns`, becomes words in its place (対象なし,
// 数値の回答なし). A bare number, `count`, `percent`, `value`, `answered`,
// `roster`, stands before words of the template, so the whole sentence is
// replaced by a note that says why. `n`, `base`, `label` and `population` are
// always defined. What is only a lower bound begins with 少なくとも.
//
// A figure or cell that the round does not have replaces the sentence by a note
// as well; see fit.h.
//
// `{{` and `}}` are braces; what is left of a placeholder in printed text
// afterwards is taken for one that nobody filled (FindRawPlaceholder).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::report {

struct Placeholder {
  enum class Kind {
    kText,       // literal; `text`
    kContext,    // `indicator` is the whole name: `year`, `round.window`
    kIndicator,  // of a whole indicator; `part`
    kCell,       // of one cell; `part` may be empty: the ratio
    kAbsence,    // of one kind of absence; `cell` is its name
  };
  Kind kind = Kind::kText;
  std::string text;
  bool previous = false;
  std::string indicator;
  std::string cell;
  std::string part;
  std::vector<std::string> wordings;  // words for a share, one of which fits
  std::string source;  // as written, for messages

  // Whether what it prints is a phrase of its own, so that words can stand in
  // its place where its figure is undefined; otherwise the template's words
  // around it need a number.
  bool StandsAlone() const;
};

// What a text consists of, and what is wrong with it: one sentence per fault.
struct ParsedText {
  std::vector<Placeholder> parts;
  std::vector<std::string> faults;
};

// Parses a template's text. Never fails: faults are listed, all of them.
ParsedText ParseText(std::string_view text);

// One `{name}` or `${name}` in a text that is about to be printed.
struct RawPlaceholder {
  std::size_t at = 0;
  std::size_t size = 0;
  std::string name;
};

// Finds the first, from `from` on: braces around ASCII letters, digits and
// `_ . @`, beginning with a letter, `_` or `$`. Nothing in clean text.
std::optional<RawPlaceholder> FindRawPlaceholder(std::string_view text,
                                                 std::size_t from = 0);

}  // namespace welfare::report
