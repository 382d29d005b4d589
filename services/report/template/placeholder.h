// Placeholders: where a template's sentence takes a computed figure.
//
//   {plan_formulated.formulated}          23/30（76.7%）
//   {plan_formulated.formulated.count}    23     also base, percent, value,
//                                                label
//   {plan_formulated.n}                   30     also answered, population,
//                                                label, top (most chosen
//                                                options with their figures;
//                                                `none` and `other` name
//                                                nothing and are left out)
//   {outreach_max_contacts.@NOT_COUNTED}  an absence, with the same parts
//   {prev.window_installed.installed}     the same of the round a year before;
//                                         without one the line is left out
//   {year} {year_western} {last_year} {next_year}
//   {round.name} {round.purpose} {round.method} {round.publisher}
//   {round.window}
//   {roster.implementing} {roster.not_implementing} {roster.preparing}
//   {roster.newcomers}
//   {returns.municipality} {returns.council} {returns.all}   62/62（100.0%）
//
// `{{` and `}}` are braces.
#pragma once

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
  std::string source;  // as written, for messages
};

// What a text consists of, and what is wrong with it: one sentence per fault.
struct ParsedText {
  std::vector<Placeholder> parts;
  std::vector<std::string> faults;
};

// Parses a template's text. Never fails: faults are listed, all of them.
ParsedText ParseText(std::string_view text);

}  // namespace welfare::report
