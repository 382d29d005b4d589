#include "services/indicator/statements/judge/open_reading.h"

#include <optional>
#include <utility>

#include "services/base/numbers/percent.h"

namespace welfare::indicator {
namespace {

Verdict FromWording(base::WordingVerdict verdict) {
  switch (verdict) {
    case base::WordingVerdict::kFits:
      return Verdict::kFits;
    case base::WordingVerdict::kHigherClassFits:
      return Verdict::kHigherClassFits;
    case base::WordingVerdict::kDoesNotFit:
      return Verdict::kDoesNotFit;
    case base::WordingVerdict::kImpossible:
      return Verdict::kImpossible;
    case base::WordingVerdict::kUnchecked:
      break;
  }
  return Verdict::kUnchecked;
}

std::optional<Agreement> Compare(std::int64_t computed,
                                 const std::optional<std::int64_t>& published) {
  if (!published.has_value()) return std::nullopt;
  return computed == *published ? Agreement::kSame : Agreement::kDiffers;
}

std::string Range(std::optional<std::int64_t> least,
                  std::optional<std::int64_t> most) {
  if (least.has_value() && most.has_value() && *least == *most) {
    return std::to_string(*least);
  }
  return (least.has_value() ? std::to_string(*least) : std::string()) + ".." +
         (most.has_value() ? std::to_string(*most) : std::string());
}

}  // namespace

OpenReading::OpenReading(const PublishedRow& row) : row_(row) {
  const PublishedFigure& figure = row.figure;
  reading_.reading = figure.reading;
  if (!figure.populations.empty()) {
    reading_.population =
        row.current().FindPopulation(figure.populations.front());
  }
  reading_.indicator = row.source.indicator;
  reading_.cell = row.source.cell;
  reading_.claim = figure.claim;
  reading_.published_count = figure.numerator;
  reading_.published_base = figure.denominator;
  reading_.wording = figure.wording;
}

void OpenReading::Refuse(NotComputed reason) {
  reading_.verdict = Verdict::kNotComputed;
  reading_.not_computed_reason = std::move(reason.english);
  reading_.not_computed_reason_ja = std::move(reason.japanese);
}

void OpenReading::LeaveUnchecked() {
  reading_.verdict = Verdict::kUnchecked;
  reading_.wording_verdict = Verdict::kUnchecked;
  reading_.rule = "profile " + row_.published.profile.version +
                  ": no rule for " + row_.figure.wording;
}

void OpenReading::Require(bool holds, const std::string& rule) {
  Join(reading_.rule, rule, "; ");
  if (!holds) reading_.verdict = Verdict::kDoesNotFit;
}

void OpenReading::Decide(std::int64_t k, std::int64_t n,
                         const base::WordingResult* word) {
  Note(k, n);
  // A row that states nothing to check is held by the count it prints.
  switch (row_.figure.claim.value_or(Claim::kCount)) {
    case Claim::kShare:
      RequireBase(n);
      RequireCount(k);
      break;
    case Claim::kPercent:
      RequirePercent(k, n);
      break;
    case Claim::kCount:
    case Claim::kValue:
      RequireCount(k);
      break;
    case Claim::kWording:
      break;
  }
  if (word != nullptr) CheckWord(*word, n);
}

void OpenReading::Note(std::int64_t k, std::int64_t n) {
  const auto add = [](std::optional<Agreement>& whole,
                      std::optional<Agreement> part) {
    if (whole != Agreement::kDiffers && part.has_value()) whole = part;
  };
  add(reading_.count_agreement, Compare(k, row_.figure.numerator));
  add(reading_.base_agreement, Compare(n, row_.figure.denominator));
}

void OpenReading::RequireBase(std::int64_t n) {
  const std::optional<std::int64_t>& printed = row_.figure.denominator;
  if (!printed.has_value()) return;
  Require(n == *printed, "base " + std::to_string(*printed));
}

void OpenReading::RequireCount(std::int64_t k) {
  const PublishedFigure& figure = row_.figure;
  if (figure.numerator.has_value()) {
    Require(k == *figure.numerator,
            "count " + std::to_string(*figure.numerator));
  } else if (figure.lower_bound.has_value() || figure.upper_bound.has_value()) {
    Require((!figure.lower_bound.has_value() || k >= *figure.lower_bound) &&
                (!figure.upper_bound.has_value() || k <= *figure.upper_bound),
            "count " + Range(figure.lower_bound, figure.upper_bound));
  }
}

void OpenReading::RequirePercent(std::int64_t k, std::int64_t n) {
  const std::string& printed = row_.figure.value_as_published;
  std::optional<std::string> percent = base::FormatPercent(k, n);
  if (printed.find('.') == std::string::npos && n > 0) {
    percent = std::to_string((200 * k + n) / (2 * n));
  }
  Require(percent.has_value() && *percent + "%" == printed,
          "percent " + printed);
}

void OpenReading::CheckWord(const base::WordingResult& result,
                            std::int64_t base) {
  reading_.wording_verdict = FromWording(result.verdict);
  if (row_.figure.claim != Claim::kWording) return;
  std::string rule =
      "profile " + row_.published.profile.version + ": " + row_.figure.wording;
  if (result.least.has_value() && result.most.has_value()) {
    rule += " = " + Range(result.least, result.most) + " of " +
            std::to_string(base);
  }
  Join(reading_.rule, rule, "; ");
  reading_.verdict = *reading_.wording_verdict;
}

void Join(std::string& text, std::string_view part, std::string_view by) {
  if (!text.empty()) text += by;
  text += part;
}

std::string ShareWords(std::int64_t k, std::int64_t n) {
  std::string text = std::to_string(k) + "/" + std::to_string(n);
  if (const auto percent = base::FormatPercent(k, n)) {
    text += " (" + *percent + "%)";
  }
  return text;
}

}  // namespace welfare::indicator
