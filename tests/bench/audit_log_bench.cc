// What heads and proofs of a long audit log cost, the first reading of it, and
// the record that a read of personal data waits for.
// Prints one JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/platform/audit/audit_tree.h"
#include "services/platform/audit/audit_writer.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/migrations.h"
#include "services/platform/work/system_clock.h"
#include "tests/bench/flags.h"

namespace welfare::bench {
namespace {

using platform::AuditTree;
using platform::Database;
using platform::Transaction;

constexpr int kRecordsOfAWrite = 10'000;
constexpr int kQuestions = 1'000;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

double RssMib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

absl::Status Append(Database& database, const base::Clock& clock, int count) {
  return database.Write([&](Transaction& transaction) -> absl::Status {
    for (int i = 0; i < count; ++i) {
      WELFARE_RETURN_IF_ERROR(
          platform::AppendAudit(
              transaction,
              {.recorded_time = clock.Now(),
               .actor = "respondent-131016",
               .action = "SubmitSubmission",
               .resource = "surveys/jusou/rounds/2025/submissions/"
                           "131016-municipality",
               .request_id = "0f8fad5b-d9cb-469f-a165-70867728950e",
               .detail = "{\"revision\":3,\"state\":\"SUBMITTED\"}"})
              .status());
    }
    return absl::OkStatus();
  });
}

// Microseconds of one look that asks `question` of the tree, averaged.
template <typename Question>
absl::StatusOr<double> Ask(AuditTree& tree, const Question& question) {
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t i = 0; i < kQuestions; ++i) {
    WELFARE_RETURN_IF_ERROR(tree.Look({}, [&](const base::MerkleTree& seen) {
      question(seen, i * (seen.size() - 1) / kQuestions);
      return absl::OkStatus();
    }));
  }
  return SecondsSince(start) * 1e6 / kQuestions;
}

// Reads a second that are kept while `readers` wait at a time.
absl::StatusOr<double> ReadsPerSecond(Database& database,
                                      const base::Clock& clock, int readers,
                                      int reads) {
  std::counting_semaphore<> free(readers);
  absl::Status failed;  // the writer's thread alone writes it
  platform::AuditWriter writer({.database = database, .clock = clock});
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < reads; ++i) {
    free.acquire();
    WELFARE_RETURN_IF_ERROR(writer.Keep(
        {.recorded_time = {},
         .actor = "reviewer-7",
         .action = "GetSubmission",
         .resource =
             "surveys/jusou/rounds/2025/submissions/131016-municipality",
         .request_id = "0f8fad5bd9cb469fa16570867728950e",
         .detail = "{\"read\":true}"},
        [&](const absl::Status& kept) {
          if (!kept.ok()) failed = kept;
          free.release();
        }));
  }
  writer.Stop();
  if (!failed.ok()) return failed;
  return reads / SecondsSince(start);
}

absl::Status Measure(const std::string& path, int records) {
  const platform::SystemClock clock;
  WELFARE_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database,
                           platform::OpenDatabase("sqlite://" + path));
  const std::vector<platform::Migration> migrations = {
      {1, "initial", std::string(platform::kAuditLogSql)}};
  WELFARE_RETURN_IF_ERROR(
      platform::ApplyMigrations(*database, clock, migrations).status());
  for (int left = records; left > 0; left -= kRecordsOfAWrite) {
    WELFARE_RETURN_IF_ERROR(
        Append(*database, clock, std::min(left, kRecordsOfAWrite)));
  }
  const double before = RssMib();
  AuditTree tree(*database);
  const auto start = std::chrono::steady_clock::now();
  WELFARE_RETURN_IF_ERROR(
      tree.Look({}, [](const base::MerkleTree&) { return absl::OkStatus(); }));
  const double first_look = SecondsSince(start);
  const double grown = RssMib() - before;
  WELFARE_ASSIGN_OR_RETURN(
      const double head,
      Ask(tree, [](const base::MerkleTree& seen, std::int64_t) {
        return seen.Root(seen.size());
      }));
  WELFARE_ASSIGN_OR_RETURN(
      const double past_head,
      Ask(tree, [](const base::MerkleTree& seen, std::int64_t i) {
        return seen.Root(i);
      }));
  WELFARE_ASSIGN_OR_RETURN(
      const double inclusion,
      Ask(tree, [](const base::MerkleTree& seen, std::int64_t i) {
        return seen.ProveInclusion(i, seen.size());
      }));
  WELFARE_ASSIGN_OR_RETURN(
      const double consistency,
      Ask(tree, [](const base::MerkleTree& seen, std::int64_t i) {
        return seen.ProveConsistency(i, seen.size());
      }));
  WELFARE_ASSIGN_OR_RETURN(
      const double alone,
      ReadsPerSecond(*database, clock, 1, std::max(1, records / 1000)));
  WELFARE_ASSIGN_OR_RETURN(
      const double together,
      ReadsPerSecond(*database, clock, 500, std::max(1, records / 10)));
  std::printf(
      "{\"first_look_seconds\": %.3f, \"tree_mib\": %.1f, \"head_us\": %.1f, "
      "\"past_head_us\": %.1f, \"inclusion_us\": %.1f, \"consistency_us\": "
      "%.1f, \"read_kept_us\": %.1f, \"reads_kept_per_second\": %.0f}\n",
      first_look, grown, head, past_head, inclusion, consistency, 1e6 / alone,
      together);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  std::string path;
  int records = 1'000'000;
  if (const auto end = ReadFlags(
          "Measures the tree over an audit log.",
          {{"--database", "File to make, by its whole path", &path, true},
           {"--records", "Length of the log", &records}},
          argc, argv)) {
    return *end;
  }
  const absl::Status status = Measure(path, records);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
