#include "tools/welfarectl/commands/audit/audit_verify.h"

#include <unistd.h>

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "services/base/audit/audited_log.h"
#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "tools/welfarectl/commands/audit/audited_services.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"

namespace welfare::ctl {
namespace {

using type::v1::AuditHead;
using type::v1::AuditHeads;

// What was found in the log of one service.
struct Verdict {
  // For programs: right, missing, out_of_order, changed, replaced, cut_off,
  // head_missing or damaged.
  std::string word;
  std::string sentence;
  std::optional<std::int64_t> record = std::nullopt;  // the first that is wrong
  std::int64_t size = 0;  // records that were read and right

  bool right() const { return word == "right"; }
};

// The bytes of a hash; empty where the text is none.
std::string HashOf(const std::string& hex) {
  const bool good =
      hex.size() == 2 * base::kMerkleHashSize &&
      std::all_of(hex.begin(), hex.end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      });
  return good ? absl::HexStringToBytes(hex) : std::string();
}

base::AuditRecord RecordOf(const type::v1::AuditRecord& record) {
  return {
      .sequence = record.sequence(),
      .entry = {.recorded_time = base::Timestamp::FromMicros(
                    google::protobuf::util::TimeUtil::TimestampToMicroseconds(
                        record.record_time())),
                .actor = record.actor(),
                .action = record.action(),
                .resource = record.resource(),
                .request_id = record.request_id(),
                .detail = record.detail()},
      .leaf_hash = HashOf(record.leaf_hash())};
}

void ShowRead(const AuditedService& service, std::int64_t done,
              std::int64_t all) {
  if (isatty(STDERR_FILENO) == 0 || (done % kPageSize != 0 && done != all)) {
    return;
  }
  std::cerr << "\r"
            << Say("{service}: {done} of {all} records",
                   {{"service", service.name},
                    {"done", std::to_string(done)},
                    {"all", std::to_string(all)}})
            << (done == all ? "\n" : "") << std::flush;
}

// One log, read by one run.
class LogCheck {
 public:
  LogCheck(Session& session, const AuditedService& service,
           const AuditHead* saved)
      : session_(session), service_(service), saved_(saved) {}

  // How the calls ended; then `verdict` is set.
  CallStatus Run(Verdict& verdict) {
    // Before the log, so that the log has all that the head names.
    const CallStatus asked = ReadHead(session_, service_, -1, now_);
    const bool damaged = ReasonOf(asked) == "AUDIT_LOG_DAMAGED";
    if (!asked.ok() && !damaged) return asked;
    std::optional<base::AuditFault> fault;
    CallStatus read = ReadRecords(
        session_, service_, 0, [&](const type::v1::AuditRecord& record) {
          fault = log_.Add(RecordOf(record));
          if (!damaged) {
            ShowRead(service_, log_.size(), std::max(now_.size(), log_.size()));
          }
          return !fault.has_value();
        });
    if (!read.ok()) return read;
    if (fault.has_value()) {
      verdict = Judge(*fault);
      return {};
    }
    if (damaged) {
      // Nothing in the log itself shows it: the service has seen more.
      verdict = Wrong("damaged",
                      Say("{service}: record {record} is not what it was when "
                          "the service read it.",
                          With("record", MetadataOf(asked, "sequence"))),
                      log_.size());
      return {};
    }
    if (saved_ != nullptr && saved_->size() > log_.size()) {
      verdict = Wrong(
          "cut_off",
          Say("{service}: the log ends with {size} records, but had {saved} "
              "when the head was saved: those from record {size} on are gone.",
              {{"service", service_.name},
               {"size", std::to_string(log_.size())},
               {"saved", std::to_string(saved_->size())}}),
          log_.size());
      return {};
    }
    if (!log_.BeginsWith(now_.size(), HashOf(now_.root()))) {
      return Locate(verdict);
    }
    if (saved_ != nullptr &&
        !log_.BeginsWith(saved_->size(), HashOf(saved_->root()))) {
      verdict = Wrong(
          "replaced",
          Say("{service}: among the first {saved} records one or more were "
              "replaced together with all hashes: they do not fit the saved "
              "head. An older head says whether it was before that.",
              With("saved", std::to_string(saved_->size()))),
          std::nullopt);
      return {};
    }
    verdict = Right();
    return {};
  }

 private:
  base::ErrorWords With(const std::string& key,
                        const std::string& value) const {
    return {{"service", service_.name}, {key, value}};
  }

  Verdict Wrong(const std::string& word, std::string sentence,
                std::optional<std::int64_t> record) const {
    return {.word = word,
            .sentence = std::move(sentence),
            .record = record,
            .size = log_.size()};
  }

  Verdict Judge(const base::AuditFault& fault) const {
    const auto words = With("record", std::to_string(fault.sequence));
    switch (fault.kind) {
      case base::AuditFault::Kind::kMissing:
        return Wrong("missing",
                     Say("{service}: record {record} is missing, though later "
                         "ones are there.",
                         words),
                     fault.sequence);
      case base::AuditFault::Kind::kOutOfOrder:
        return Wrong("out_of_order",
                     Say("{service}: another record stands in the place of "
                         "record {record}.",
                         words),
                     fault.sequence);
      case base::AuditFault::Kind::kChanged:
        break;
    }
    return Wrong(
        "changed",
        Say("{service}: record {record} was changed: it has not the hash that "
            "was stored with it.",
            words),
        fault.sequence);
  }

  // The log is whole, and another than the one whose tree the service has in
  // memory: looks for the first record that differs.
  CallStatus Locate(Verdict& verdict) {
    std::int64_t same = 0;
    std::int64_t other = std::min(now_.size(), log_.size() + 1);
    while (other - same > 1) {
      const std::int64_t middle = same + (other - same) / 2;
      AuditHead head;
      CallStatus status = ReadHead(session_, service_, middle, head);
      if (!status.ok()) return status;
      (log_.BeginsWith(middle, HashOf(head.root())) ? same : other) = middle;
    }
    verdict =
        Wrong("replaced",
              Say("{service}: record {record} was replaced together with all "
                  "hashes since the service read it.",
                  With("record", std::to_string(other - 1))),
              other - 1);
    return {};
  }

  Verdict Right() const {
    const std::string size = std::to_string(log_.size());
    Verdict verdict{.word = "right", .sentence = {}, .size = log_.size()};
    if (saved_ == nullptr) {
      verdict.sentence =
          Say("{service}: all {size} records have their hashes and are in "
              "order; only a saved head shows that none was replaced.",
              With("size", size));
      return verdict;
    }
    const base::ErrorWords words = {{"service", service_.name},
                                    {"size", size},
                                    {"saved", std::to_string(saved_->size())}};
    verdict.sentence =
        saved_->incarnation() == now_.incarnation()
            ? Say("{service}: all {size} records are right, and the first "
                  "{saved} are those of the saved head.",
                  words)
            : Say("{service}: all {size} records are right, and the first "
                  "{saved} are those of the saved head, though the database is "
                  "another one since (restored or copied).",
                  words);
    return verdict;
  }

  Session& session_;
  const AuditedService& service_;
  const AuditHead* saved_;
  AuditHead now_;
  base::AuditedLog log_;
};

const AuditHead* FindHead(const AuditHeads& heads, const char* service) {
  for (const AuditHead& head : heads.heads()) {
    if (head.service() == service) return &head;
  }
  return nullptr;
}

void PrintVerdicts(const Session& session,
                   const std::vector<Verdict>& verdicts) {
  Table table({{.title = "service"},
               {.title = "verdict"},
               {.title = "size", .number = true},
               {.title = "record", .number = true}});
  std::vector<std::string> objects;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Verdict& verdict = verdicts[i];
    const char* service = kAuditedServices[i].name;
    if (session.output() == Output::kTable) {
      std::cout << verdict.sentence << "\n";
    }
    table.Add(
        {service, verdict.word, std::to_string(verdict.size),
         verdict.record.has_value() ? std::to_string(*verdict.record) : ""});
    base::JsonObject object;
    object.Add("service", service)
        .Add("verdict", verdict.word)
        .Add("size", std::to_string(verdict.size));
    if (verdict.record.has_value()) {
      object.Add("record", std::to_string(*verdict.record));
    }
    objects.push_back(object.Text());
  }
  if (session.output() == Output::kCsv) table.PrintCsv(std::cout);
  if (session.output() == Output::kJson) PrintJsonList(objects);
}

}  // namespace

absl::StatusOr<AuditHeads> ReadHeads(const std::string& path) {
  WELFARE_ASSIGN_OR_RETURN(const std::string json, ReadWholeFile(path));
  const auto refuse = [&](const std::string& why) -> absl::Status {
    return base::MakeError(CtlRow("AUDIT_HEADS_FORMAT"))
        .With("path", path)
        .Show("why", why);
  };
  AuditHeads heads;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &heads);
  if (!parsed.ok()) return refuse(std::string(parsed.message()));
  for (const AuditHead& head : heads.heads()) {
    if (head.size() < 0 || HashOf(head.root()).empty()) {
      return refuse("size, root");
    }
  }
  return heads;
}

int VerifyAudit(Session& session, const std::string& path) {
  AuditHeads saved;
  if (!path.empty()) {
    absl::StatusOr<AuditHeads> heads = ReadHeads(path);
    if (!heads.ok()) return Fail(heads.status());
    saved = *std::move(heads);
  }
  std::vector<Verdict> verdicts;
  bool right = true;
  for (const AuditedService& service : kAuditedServices) {
    const AuditHead* head = FindHead(saved, service.name);
    Verdict& verdict = verdicts.emplace_back();
    const CallStatus status = LogCheck(session, service, head).Run(verdict);
    if (!status.ok()) return Fail(status);
    if (!path.empty() && head == nullptr && verdict.right()) {
      verdict.word = "head_missing";
      verdict.sentence = Say(
          "{service}: {path} holds no head of this service, so nothing shows "
          "that none of its {size} records was replaced.",
          {{"service", service.name},
           {"path", path},
           {"size", std::to_string(verdict.size)}});
    }
    right = right && verdict.right();
  }
  PrintVerdicts(session, verdicts);
  return right ? kOk : kFailure;
}

}  // namespace welfare::ctl
