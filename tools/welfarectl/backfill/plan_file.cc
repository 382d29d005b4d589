#include "tools/welfarectl/backfill/plan_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"

namespace welfare::ctl {
namespace {

using PlanJson = nlohmann::ordered_json;

constexpr char kFormat[] = "welfare-backfill-plan/1";

PlanJson CountsAsJson(const RowCounts& counts) {
  return {{"rows", counts.rows},       {"created", counts.created},
          {"updated", counts.updated}, {"unchanged", counts.unchanged},
          {"deleted", counts.deleted}, {"rejected", counts.rejected}};
}

RowCounts CountsFrom(const PlanJson& json) {
  return {.rows = json.at("rows"),
          .created = json.at("created"),
          .updated = json.at("updated"),
          .unchanged = json.at("unchanged"),
          .deleted = json.at("deleted"),
          .rejected = json.at("rejected")};
}

// All but the digest itself.
PlanJson PlanAsJson(const BackfillPlan& plan) {
  PlanJson files = PlanJson::array();
  for (const PlannedFile& file : plan.files) {
    files.push_back({{"path", file.facts.path},
                     {"kind", ToString(file.kind)},
                     {"bytes", file.facts.bytes},
                     {"sha256", file.facts.sha256},
                     {"counts", CountsAsJson(file.counts)},
                     {"unplacedItems", file.unplaced},
                     {"sorted", file.sorted}});
  }
  PlanJson bases = PlanJson::array();
  for (const auto& [resource, base] : plan.bases) {
    bases.push_back({{"resource", resource},
                     {"incarnation", base.incarnation},
                     {"version", base.version}});
  }
  PlanJson mapping = nullptr;
  if (!plan.mapping.path.empty()) {
    mapping = {{"path", plan.mapping.path},
               {"sha256", plan.mapping.sha256},
               {"name", plan.mapping.name}};
  }
  return {{"format", kFormat},
          {"mapping", mapping},
          {"strategy", plan.rules.strategy},
          {"encoding", plan.rules.encoding},
          {"reason", plan.rules.reason},
          {"codeDigits", plan.rules.code_digits},
          {"batchSize", plan.rules.batch_size},
          {"files", files},
          {"bases", bases},
          {"counts", CountsAsJson(plan.counts)},
          {"omittedDeleted", plan.omitted_deleted}};
}

FileKind KindFrom(const std::string& word) {
  for (const FileKind kind : {FileKind::kMunicipalities, FileKind::kStatuses,
                              FileKind::kRounds, FileKind::kAnswers}) {
    if (ToString(kind) == word) return kind;
  }
  throw std::invalid_argument("kind");
}

BackfillPlan PlanFrom(const PlanJson& json) {
  BackfillPlan plan;
  if (json.at("format") != kFormat) throw std::invalid_argument("format");
  plan.rules = {.strategy = json.at("strategy"),
                .encoding = json.at("encoding"),
                .reason = json.at("reason"),
                .code_digits = json.at("codeDigits"),
                .batch_size = json.at("batchSize")};
  if (const PlanJson& mapping = json.at("mapping"); !mapping.is_null()) {
    plan.mapping = {.path = mapping.at("path"),
                    .sha256 = mapping.at("sha256"),
                    .name = mapping.at("name")};
  }
  for (const PlanJson& file : json.at("files")) {
    plan.files.push_back({.facts = {.path = file.at("path"),
                                    .bytes = file.at("bytes"),
                                    .sha256 = file.at("sha256")},
                          .kind = KindFrom(file.at("kind")),
                          .counts = CountsFrom(file.at("counts")),
                          .unplaced = file.at("unplacedItems"),
                          .sorted = file.at("sorted")});
  }
  for (const PlanJson& base : json.at("bases")) {
    plan.bases[base.at("resource")] = {.incarnation = base.at("incarnation"),
                                       .version = base.at("version")};
  }
  plan.counts = CountsFrom(json.at("counts"));
  plan.omitted_deleted = json.at("omittedDeleted");
  return plan;
}

}  // namespace

RowCounts& RowCounts::operator+=(const RowCounts& more) {
  rows += more.rows;
  created += more.created;
  updated += more.updated;
  unchanged += more.unchanged;
  deleted += more.deleted;
  rejected += more.rejected;
  return *this;
}

std::string BackfillPlan::Digest() const {
  // What is no UTF-8 in a path is replaced; the digest of the bytes stands
  // beside it.
  return base::Sha256Hex(PlanAsJson(*this).dump(
      -1, ' ', false, PlanJson::error_handler_t::replace));
}

absl::Status WritePlan(const std::string& path, const BackfillPlan& plan) {
  PlanJson json = PlanAsJson(plan);
  json["digest"] = plan.Digest();
  return WriteWholeFile(
      path,
      json.dump(2, ' ', false, PlanJson::error_handler_t::replace) + "\n");
}

absl::StatusOr<BackfillPlan> ReadPlan(const std::string& path) {
  WELFARE_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  const auto wrong = [&](const std::string& why) {
    return base::MakeError(CtlRow("PLAN_FORMAT"))
        .With("path", path)
        .With("why", why);
  };
  // The library throws for whatever is not as expected.
  try {
    const PlanJson json = PlanJson::parse(text);
    BackfillPlan plan = PlanFrom(json);
    if (json.at("digest") != plan.Digest()) return wrong("digest");
    return plan;
  } catch (const std::exception& fault) {
    return wrong(fault.what());
  }
}

PlanLock::PlanLock(PlanLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)) {}

PlanLock& PlanLock::operator=(PlanLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

PlanLock::~PlanLock() {
  if (file_ >= 0) close(file_);
}

absl::StatusOr<PlanLock> PlanLock::Take(const std::string& path) {
  PlanLock lock;
  lock.file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock.file_ < 0) {
    return base::MakeError(CtlRow("FILE_UNREADABLE")).With("path", path);
  }
  // It ends with the process, however that ends.
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    return base::MakeError(CtlRow("PLAN_RUNNING")).With("path", path);
  }
  return lock;
}

std::string RequestIdOf(std::string_view plan, std::size_t file,
                        std::int64_t batch, int attempt) {
  std::string hex =
      base::Sha256Hex(std::string(plan) + "/" + std::to_string(file) + "/" +
                      std::to_string(batch) + "/" + std::to_string(attempt));
  hex.resize(32);
  // A UUID of version 8: its bits are ours to choose.
  hex[12] = '8';
  hex[16] = '8';
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace welfare::ctl
