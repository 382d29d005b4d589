#include "services/report/template/proposal.h"

#include <algorithm>
#include <cstddef>

#include "services/text/edit_distance.h"

namespace welfare::report {
namespace {

// Ids are at most 63 characters; what is longer is no slip of the pen.
constexpr std::size_t kLongest = 64;

Proposal Write(const std::string& name) {
  return {"Write '" + name + "'.", "「" + name + "」と書いてください。"};
}

// A block that shows an indicator goes as a whole, else the sentence does.
Proposal LeaveOut(const Misfit& misfit) {
  if (misfit.place.find(".indicators[") != std::string::npos) {
    return {"Leave '" + misfit.subject + "' out of the block.",
            "この項目から「" + misfit.subject + "」を外してください。"};
  }
  return {"Leave the sentence out, or take the figure out of it.",
          "この文を省くか、文から集計値を外してください。"};
}

Proposal OtherForm(const Misfit& misfit, const IndicatorShapes& shapes) {
  const std::string& subject = misfit.subject;
  const std::size_t dot = subject.rfind('.');
  const std::string indicator = subject.substr(0, subject.find('.'));
  const auto found = shapes.find(indicator);
  if (dot == std::string::npos || found == shapes.end() ||
      subject.find('~') != std::string::npos) {
    return LeaveOut(misfit);
  }
  const std::string form = subject.substr(dot + 1);
  if (form == "percent" && IsValueMeasure(found->second.measure)) {
    return Write(subject.substr(0, dot) + ".value");
  }
  if (form == "value" && !IsValueMeasure(found->second.measure)) {
    return Write(subject.substr(0, dot) + ".count");
  }
  return LeaveOut(misfit);
}

}  // namespace

std::string NearestName(std::string_view name,
                        const std::vector<std::string>& known) {
  if (name.size() > kLongest) return "";
  std::string nearest;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& one : known) {
    if (one.size() > kLongest) continue;
    const std::size_t distance =
        text::EditDistance(name, std::string_view(one));
    if (distance < least) {
      least = distance;
      nearest = one;
    }
  }
  return nearest;
}

Proposal Propose(const Misfit& misfit, const IndicatorShapes& shapes) {
  switch (misfit.reason) {
    case Misfit::Reason::kIndicatorMissing: {
      std::vector<std::string> known;
      for (const auto& [id, shape] : shapes) known.push_back(id);
      const std::string near = NearestName(misfit.subject, known);
      return near.empty() ? LeaveOut(misfit) : Write(near);
    }
    case Misfit::Reason::kCellMissing: {
      const std::size_t dot = misfit.subject.find('.');
      const std::string indicator = misfit.subject.substr(0, dot);
      const auto found = shapes.find(indicator);
      if (dot == std::string::npos || found == shapes.end()) {
        return LeaveOut(misfit);
      }
      const std::string near =
          NearestName(misfit.subject.substr(dot + 1), found->second.cells);
      return near.empty() ? LeaveOut(misfit) : Write(indicator + "." + near);
    }
    case Misfit::Reason::kFormOfMeasure:
      return OtherForm(misfit, shapes);
    case Misfit::Reason::kDonutOfMultiple:
      return {"Write 'chart: bars', or leave the line out.",
              "「chart: bars」と書くか、この行を省いてください。"};
  }
  return LeaveOut(misfit);
}

}  // namespace welfare::report
