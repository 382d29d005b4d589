// A plain model of the registry: every statement in one list that is searched.
// Slow, and too simple to be wrong in the same way as the history.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/base/time/fiscal_year.h"
#include "services/registry/program/status.h"

namespace welfare::registry {

inline constexpr int kAlwaysYear = base::FiscalYear::kMin;
inline constexpr int kFirst = 2020;  // years of the walks
inline constexpr int kLast = 2026;

// Everything ever said, in order.
class WalkModel {
 public:
  // --- what was said ---
  struct Said {
    std::string code;
    std::string field;  // name, area, band, exists
    int from;
    std::string value;
    std::int64_t version;
    std::int64_t retracted = std::numeric_limits<std::int64_t>::max();

    bool Stands(std::int64_t at) const {
      return version <= at && retracted > at;
    }
  };
  struct Event {
    std::vector<std::string> codes;
    std::string created;  // one of the codes, or empty
    std::int64_t version;
    bool retracted = false;
  };
  struct Status {
    std::string code;
    int year;
    std::optional<StatusFacts> facts;  // nothing: taken back
    std::int64_t version;
  };

  // --- questions ---
  std::optional<std::string> Value(const std::string& code,
                                   const std::string& field, int year,
                                   std::int64_t version) const {
    const Said* best = nullptr;
    for (const Said& said : said_) {
      if (said.code != code || said.field != field || said.from > year ||
          !said.Stands(version)) {
        continue;
      }
      if (best == nullptr || said.from >= best->from) best = &said;
    }
    if (best == nullptr) return std::nullopt;
    return best->value;
  }
  bool Known(const std::string& code, std::int64_t version) const {
    return std::any_of(said_.begin(), said_.end(), [&](const Said& said) {
      return said.code == code && said.Stands(version);
    });
  }
  bool TakenBack(const std::string& code, std::int64_t version) const {
    return !Known(code, version) &&
           std::any_of(said_.begin(), said_.end(), [&](const Said& said) {
             return said.code == code && said.version <= version;
           });
  }
  // Taken back last together with the event that brought it about.
  bool Unmade(const std::string& code) const { return unmade_.count(code) > 0; }
  bool Exists(const std::string& code, int year, std::int64_t version) const {
    return Known(code, version) &&
           Value(code, "exists", year, version) == "yes";
  }
  std::optional<StatusFacts> Find(const std::string& code, int year,
                                  std::int64_t version) const {
    std::optional<StatusFacts> found;
    for (const Status& status : statuses_) {
      if (status.code == code && status.year == year &&
          status.version <= version) {
        found = status.facts;
      }
    }
    return found;
  }
  bool HasStatus(const std::string& code, int from,
                 std::int64_t version) const {
    for (int year = from; year <= kLast + 1; ++year) {
      if (Find(code, year, version).has_value()) return true;
    }
    return false;
  }
  bool HasLineage(const std::string& code) const {
    return std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
      return !event.retracted &&
             std::find(event.codes.begin(), event.codes.end(), code) !=
                 event.codes.end();
    });
  }
  const std::vector<Event>& events() const { return events_; }
  // The year of the last thing said about a field.
  int LastFrom(const std::string& code, const std::string& field) const {
    int from = 0;
    constexpr std::int64_t kNow = std::numeric_limits<std::int64_t>::max() - 1;
    for (const Said& said : said_) {
      if (said.code == code && said.field == field && said.Stands(kNow)) {
        from = std::max(from, said.from);
      }
    }
    if (from == 0) {  // never said: where the municipality began
      from = kLast * 2;
      for (const Said& said : said_) {
        if (said.code == code && said.Stands(kNow)) {
          from = std::min(from, said.from);
        }
      }
    }
    return from;
  }
  // The last year in which it exists.
  int LastYear(const std::string& code, std::int64_t version) const {
    for (int year = kLast + 5; year >= kFirst - 5; --year) {
      if (Exists(code, year, version)) return year;
    }
    return kAlwaysYear;
  }
  // Whether the record of a year without one would break the order.
  bool BreaksOrder(const std::string& code, int year,
                   std::optional<Implementing> now,
                   std::int64_t version) const {
    const auto breaks = [](std::optional<Implementing> a,
                           std::optional<Implementing> b) {
      return (a == Implementing::kYes && b == Implementing::kNo) ||
             (a == Implementing::kNo && b == Implementing::kEnded);
    };
    for (int before = year - 1; before >= kFirst; --before) {
      if (const auto known = Find(code, before, version)) {
        if (breaks(known->implementing, now)) return true;
        break;
      }
    }
    for (int after = year + 1; after <= kLast; ++after) {
      if (const auto known = Find(code, after, version)) {
        return breaks(now, known->implementing);
      }
    }
    return false;
  }

  // --- writes ---
  void Say(const std::string& code, const std::string& field, int from,
           const std::string& value, std::int64_t version) {
    said_.push_back({code, field, from, value, version});
    unmade_.erase(code);
  }
  void Record(const std::string& code, int year,
              std::optional<StatusFacts> facts, std::int64_t version) {
    statuses_.push_back({code, year, facts, version});
    if (facts.has_value()) standing_[{code, year}].push_back(*facts);
  }
  // What the last one in force had replaced is in force again.
  void TakeBack(const std::string& code, int year, std::int64_t version) {
    std::vector<StatusFacts>& standing = standing_[{code, year}];
    standing.pop_back();
    std::optional<StatusFacts> again;
    if (!standing.empty()) again = standing.back();
    statuses_.push_back({code, year, again, version});
  }
  void Delete(const std::string& code, std::int64_t version) {
    for (Said& said : said_) {
      if (said.code == code && said.Stands(version)) said.retracted = version;
    }
  }
  void Relate(Event event) { events_.push_back(std::move(event)); }
  // As if the event had said nothing, and never had.
  void Unrelate(std::size_t number, std::int64_t version) {
    Event& event = events_[number - 1];
    event.retracted = true;
    for (Said& said : said_) {
      if (said.version == event.version) said.retracted = version;
    }
    if (event.created.empty()) return;
    Delete(event.created, version);
    unmade_.insert(event.created);
  }

 private:
  std::vector<Said> said_;
  std::vector<Status> statuses_;
  // Those in force one over the other.
  std::map<std::pair<std::string, int>, std::vector<StatusFacts>> standing_;
  std::set<std::string> unmade_;
  std::vector<Event> events_;  // event i has number i + 1
};

}  // namespace welfare::registry
