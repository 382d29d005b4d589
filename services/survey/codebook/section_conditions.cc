#include "services/survey/codebook/section_conditions.h"

#include <algorithm>

#include "services/base/error.h"
#include "services/survey/codebook/problem_table.h"

namespace welfare::survey {
namespace {

std::size_t IndexOf(base::RespondentKind kind) {
  return kind == base::RespondentKind::kMunicipality ? 0 : 1;
}

}  // namespace

std::string JoinConditions(const std::string& outer, const std::string& inner) {
  if (outer.empty() || inner.empty()) return outer.empty() ? inner : outer;
  return '(' + outer + ") and (" + inner + ')';
}

absl::Status SectionConditions::Compile(ConditionCompiler& compiler) {
  for (const Section& section : sections_) {
    if (interruption_) {
      WELFARE_RETURN_IF_ERROR(interruption_());
    }
    const Built* parent = section.parent ? &built_[*section.parent] : nullptr;
    Built built;
    built.own = compiler.Compile(section.place(), "relevant", section.relevant);
    built.wrong = (parent != nullptr && parent->wrong) ||
                  (!section.relevant.empty() && !built.own);
    if (!built.wrong) {
      built.text = JoinConditions(parent != nullptr ? parent->text : "",
                                  section.relevant);
      if (built.own) {
        built.all = compiler.Compile(section.place(), "relevant", built.text);
        built.wrong = !built.all;
      }
    }
    built_.push_back(std::move(built));
  }
  FindContents();
  return absl::OkStatus();
}

void SectionConditions::FindContents() {
  for (std::size_t i = 0; i < book_.size(); ++i) {
    const Item& item = book_.item(i);
    if (!item.group) continue;
    Built& built = built_[*item.group];
    if (!built.first) built.first = i;
    for (const base::RespondentKind kind : item.respondents) {
      built.asked[IndexOf(kind)] = true;
    }
  }
  // A section stands after the one around it.
  for (std::size_t s = sections_.size(); s-- > 0;) {
    if (!sections_[s].parent) continue;
    Built& parent = built_[*sections_[s].parent];
    const Built& built = built_[s];
    if (built.first) {
      parent.first =
          std::min(parent.first.value_or(*built.first), *built.first);
    }
    parent.asked[0] = parent.asked[0] || built.asked[0];
    parent.asked[1] = parent.asked[1] || built.asked[1];
  }
}

void SectionConditions::Check() {
  for (std::size_t s = 0; s < sections_.size(); ++s) CheckOne(s);
}

void SectionConditions::CheckOne(std::size_t index) {
  const Section& section = sections_[index];
  const Built& built = built_[index];
  if (!built.own || !built.first) return;
  for (const std::size_t gate : built.own->items()) {
    const Item& other = book_.item(gate);
    if (gate >= *built.first) {
      problems_.Add(section.place(), "relevant",
                    base::FindRow(kItemTable, "CONDITION_LATER"),
                    {{"item", other.id}});
    }
    for (const base::RespondentKind kind : {base::RespondentKind::kMunicipality,
                                            base::RespondentKind::kCouncil}) {
      if (built.asked[IndexOf(kind)] && !other.AskedOf(kind)) {
        problems_.Add(
            section.place(), "relevant",
            base::FindRow(kItemTable, "CONDITION_OTHER_RESPONDENT"),
            {{"item", other.id}, {"kind", std::string(base::ToString(kind))}});
      }
    }
  }
}

// Sections around it first, and each once: their first item comes first.
absl::StatusOr<bool> SectionConditions::Probe(std::size_t index,
                                              ConditionProbe& probe) {
  std::vector<std::size_t> chain;
  for (std::optional<std::size_t> at = index; at && !built_[*at].probed;
       at = sections_[*at].parent) {
    chain.push_back(*at);
  }
  while (!chain.empty()) {
    const std::size_t at = chain.back();
    chain.pop_back();
    Built& built = built_[at];
    built.probed = true;
    const std::optional<std::size_t>& parent = sections_[at].parent;
    if (parent && !built_[*parent].reachable) {
      built.reachable = false;
    } else if (built.all) {
      WELFARE_ASSIGN_OR_RETURN(built.reachable, probe.CanBeTrue(*built.all));
      if (!built.reachable) {
        problems_.Add(sections_[at].place(), "relevant",
                      base::FindRow(kItemTable, "UNREACHABLE"));
      }
    }
  }
  return built_[index].reachable;
}

}  // namespace welfare::survey
