// Rows about the round itself: its returns, its window, its option lists.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "services/indicator/statements/judge/checks.h"

namespace welfare::indicator {
namespace {

void JudgeWindow(const PublishedRow& row, OpenReading& reading) {
  const RoundHeader& header = row.current().table().header();
  if (!header.window_start.has_value() || !header.window_end.has_value()) {
    return reading.Refuse(NoWindow());
  }
  std::string& computed = reading.shown().computed;
  computed =
      header.window_start->ToString() + "/" + header.window_end->ToString();
  reading.Require(computed == row.figure.value, "dates " + row.figure.value);
}

// The published lists leave out "other" and "none of these".
std::vector<std::string> ListedOptions(const Item& item) {
  std::vector<std::string> listed;
  for (const Option& option : item.options) {
    if (!option.exclusive && !option.takes_text && option.code != "other") {
      listed.push_back(option.code);
    }
  }
  return listed;
}

}  // namespace

void JudgeProgress(const PublishedRow& row, OpenReading& reading) {
  const PublishedFigure& figure = row.figure;
  const RoundTable& table = row.current().table();
  reading.Begin();
  if (!figure.numerator.has_value()) return JudgeWindow(row, reading);
  for (const std::string& id : figure.populations) {
    const PopulationSet* population = row.current().FindPopulation(id);
    if (population == nullptr) return reading.Refuse(NoPopulation(id));
    const int received =
        Bitmap::CountBoth(population->members, table.counted());
    const int expected = population->members.Count();
    Join(reading.shown().computed, ShareWords(received, expected), ", ");
    if (figure.populations.size() == 1) {
      reading.shown().count = received;
      reading.shown().base = expected;
    }
    reading.Decide(received, expected, nullptr);
  }
}

void JudgeOptionList(const PublishedRow& row, OpenReading& reading) {
  const PublishedFigure& figure = row.figure;
  const Questionnaire& questionnaire = row.current().table().questionnaire();
  const auto position = figure.items.empty()
                            ? std::nullopt
                            : questionnaire.FindItem(figure.items.front());
  if (!position.has_value()) return reading.Refuse(NoItem());
  const Item& item = questionnaire.items()[*position];
  std::vector<std::string> listed = ListedOptions(item);
  const std::vector<std::string>& named =
      row.source.options.empty() ? figure.cells : row.source.options;
  for (const std::string& code : named) {
    if (std::ranges::find(listed, code) == listed.end()) {
      return reading.Refuse(NoOption(code));
    }
  }
  if (!named.empty()) listed = named;
  reading.Begin();
  const std::string length = std::to_string(listed.size());
  std::string& computed = reading.shown().computed;
  computed = length + ":";
  for (const Option& option : item.options) {
    if (std::ranges::find(listed, option.code) == listed.end()) continue;
    computed += (computed.ends_with(':') ? " " : "、");
    computed += option.label;
  }
  reading.Require(length == figure.value, "list of " + figure.value);
}

}  // namespace welfare::indicator
