// Ten thousand altered logs, each against a head that was kept before: none may
// pass, here or with the verifier in another language, and both must say the
// same of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "services/base/audit/audited_log.h"
#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace welfare::base {
namespace {

constexpr int kMutations = 10'000;
constexpr int kHonest = 1'000;

using Log = std::vector<AuditRecord>;

class Chance {
 public:
  // From 0 up to, not with, `end`.
  std::size_t Below(std::size_t end) { return engine_() % end; }

 private:
  std::mt19937_64 engine_{20251129};
};

void Hash(AuditRecord& record) {
  record.leaf_hash = AuditLeafHash(record.sequence, record.entry);
}

// As somebody does it who writes the database.
void NumberAnew(Log& log) {
  for (std::size_t i = 0; i < log.size(); ++i) {
    log[i].sequence = static_cast<std::int64_t>(i);
    Hash(log[i]);
  }
}

AuditRecord NewRecord(Chance& chance, std::size_t sequence) {
  static constexpr std::array kActions = {"CreateRound", "SubmitSubmission",
                                          "CreateReport", "RecordStatus"};
  AuditRecord record{
      .sequence = static_cast<std::int64_t>(sequence),
      .entry = {.recorded_time = Timestamp::FromMicros(
                    1'750'000'000'000'000 +
                    static_cast<std::int64_t>(chance.Below(1'000'000'000))),
                .actor = chance.Below(2) == 0 ? "local" : "佐藤@市役所",
                .action = kActions[chance.Below(kActions.size())],
                .resource = "surveys/jusou/rounds/" +
                            std::to_string(2000 + chance.Below(100)),
                .request_id = std::to_string(chance.Below(1U << 30)),
                .detail = JsonObject()
                              .Add("state",
                                   "\"é\\\n" + std::to_string(chance.Below(9)))
                              .Text()},
      .leaf_hash = {}};
  Hash(record);
  return record;
}

Log NewLog(Chance& chance, std::size_t size) {
  Log log;
  for (std::size_t i = 0; i < size; ++i) log.push_back(NewRecord(chance, i));
  return log;
}

// Another letter, a printable one of a printable one.
void Flip(char& letter) { letter = static_cast<char>(letter ^ 1); }

void Edit(Chance& chance, AuditRecord& record) {
  AuditEntry& entry = record.entry;
  switch (chance.Below(7)) {
    case 0:
      entry.recorded_time = entry.recorded_time + std::chrono::microseconds(1);
      break;
    case 1:
      entry.actor += "x";
      break;
    case 2:
      entry.action.pop_back();
      break;
    case 3:
      Flip(entry.resource[chance.Below(entry.resource.size())]);
      break;
    case 4:
      entry.request_id.clear();
      break;
    case 5:
      entry.detail += " ";
      break;
    default:  // a letter goes over to the next text
      entry.action.insert(0, 1, entry.resource.front());
      entry.resource.erase(0, 1);
  }
}

void Insert(Log& log, std::size_t at, AuditRecord record) {
  log.insert(log.begin() + static_cast<std::ptrdiff_t>(at), std::move(record));
}
void Drop(Log& log, std::size_t at) {
  log.erase(log.begin() + static_cast<std::ptrdiff_t>(at));
}

// Alters one of the first `head` records, or adds what was never written.
void Mutate(Chance& chance, std::size_t head, Log& log) {
  const std::size_t at = chance.Below(head);
  switch (chance.Below(13)) {
    case 0:
      Edit(chance, log[at]);
      break;
    case 1:
      Edit(chance, log[at]);
      Hash(log[at]);
      break;
    case 2:
      Flip(log[at].leaf_hash[chance.Below(32)]);
      break;
    case 3:
      Drop(log, at);
      // The last one leaves no gap, and is missed all the same.
      break;
    case 4:
      Drop(log, at);
      NumberAnew(log);
      break;
    case 5:
      std::swap(log[at], log[(at + 1) % log.size()]);
      break;
    case 6:
      std::swap(log[at],
                log[(at + 1 + chance.Below(log.size() - 1)) % log.size()]);
      NumberAnew(log);
      break;
    case 7:
      log.resize(at);
      break;
    case 8:
      Insert(log, at, NewRecord(chance, at));
      break;
    case 9:
      Insert(log, at, NewRecord(chance, at));
      NumberAnew(log);
      break;
    case 10:  // forged at the end, with the hash of another record
      log.push_back(NewRecord(chance, log.size()));
      log.back().leaf_hash = log[at].leaf_hash;
      break;
    case 11:  // forged at the end, with a number that is not its own
      log.push_back(NewRecord(chance, log.size() + 1 + chance.Below(3)));
      break;
    default:  // a number alone, with its hash
      log[at].sequence += 1 + static_cast<std::int64_t>(chance.Below(3));
      Hash(log[at]);
  }
}

struct Head {
  std::int64_t size = 0;
  std::string root;
};

// In the words of audit_verifier.py.
std::string Verdict(const Log& log, const Head& head) {
  AuditedLog audited;
  for (const AuditRecord& record : log) {
    const std::optional<AuditFault> fault = audited.Add(record);
    if (!fault.has_value()) continue;
    switch (fault->kind) {
      case AuditFault::Kind::kMissing:
        return "missing " + std::to_string(fault->sequence);
      case AuditFault::Kind::kOutOfOrder:
        return "out of order " + std::to_string(fault->sequence);
      case AuditFault::Kind::kChanged:
        return "changed " + std::to_string(fault->sequence);
    }
  }
  if (audited.size() < head.size) {
    return "cut off " + std::to_string(audited.size());
  }
  if (!audited.BeginsWith(head.size, head.root)) return "another log";
  return "right " + std::to_string(audited.size());
}

// One line for the other verifier.
std::string Line(const Log& log, const Head& head) {
  std::string records;
  for (const AuditRecord& record : log) {
    if (!records.empty()) records += ",";
    records += JsonObject()
                   .Add("sequence", std::to_string(record.sequence))
                   .Add("recordTime", record.entry.recorded_time.ToRfc3339())
                   .Add("actor", record.entry.actor)
                   .Add("action", record.entry.action)
                   .Add("resource", record.entry.resource)
                   .Add("requestId", record.entry.request_id)
                   .Add("detail", record.entry.detail)
                   .Add("leafHash", HexEncode(record.leaf_hash))
                   .Text();
  }
  return "{\"head\":" +
         JsonObject()
             .Add("size", std::to_string(head.size))
             .Add("root", HexEncode(head.root))
             .Text() +
         ",\"records\":[" + records + "]}\n";
}

TEST(MutatedLogs, AreAllFoundByBothVerifiers) {
  Chance chance;
  support::TempDir folder;
  const std::string path = folder.path() / "logs.jsonl";
  std::ofstream lines(path);
  std::vector<std::string> ours;
  int passed = 0;
  for (int i = 0; i < kMutations + kHonest; ++i) {
    Log log = NewLog(chance, 2 + chance.Below(15));
    // Half of the heads are of all records.
    const std::size_t size =
        chance.Below(2) == 0 ? log.size() : 1 + chance.Below(log.size());
    AuditedLog before;
    for (const AuditRecord& record : log) {
      ASSERT_EQ(before.Add(record), std::nullopt);
    }
    const Head head{static_cast<std::int64_t>(size),
                    before.tree().Root(static_cast<std::int64_t>(size))};
    if (i < kMutations) {
      Mutate(chance, size, log);
    } else {
      log.push_back(NewRecord(chance, log.size()));
    }
    ours.push_back(Verdict(log, head));
    if (ours.back().starts_with("right")) {
      ++passed;
      EXPECT_GE(i, kMutations) << Line(log, head);
    }
    lines << Line(log, head);
  }
  lines.close();
  ASSERT_TRUE(lines.good());
  EXPECT_EQ(passed, kHonest);

  support::ChildProcess verifier(
      {"/usr/bin/python3", "-B",
       std::string(std::getenv("WELFARE_SOURCE_DIR")) +
           "/tests/base/audit/audit_verifier.py",
       "--logs", path});
  ASSERT_EQ(verifier.Wait(std::chrono::minutes(2)), 0) << verifier.Stderr();
  std::istringstream said(verifier.Stdout());
  std::vector<std::string> theirs;
  for (std::string line; std::getline(said, line);) theirs.push_back(line);
  ASSERT_EQ(theirs.size(), ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_EQ(theirs[i], ours[i]) << "log " << i;
  }
}

}  // namespace
}  // namespace welfare::base
