// audit: list, head.
#include "tools/welfarectl/commands/audit/audit_commands.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/audit/audit_verify.h"
#include "tools/welfarectl/commands/audit/audited_services.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/output/time_text.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {
namespace {

struct LogFlags {
  std::string service;
  std::int64_t first = 0;
  std::int64_t count = 0;
};

int ListRecords(Session& session, const LogFlags& flags) {
  const AuditedService& service = *std::find_if(
      std::begin(kAuditedServices), std::end(kAuditedServices) - 1,
      [&](const AuditedService& one) { return one.name == flags.service; });
  std::vector<type::v1::AuditRecord> all;
  Table table({{.title = "sequence", .number = true},
               {.title = "record_time", .heading = "time"},
               {.title = "actor", .heading = "by"},
               {.title = "action"},
               {.title = "resource"},
               {.title = "request_id", .spare = 2},
               {.title = "detail", .fit = Table::Fit::kEllipsis, .spare = 1},
               {.title = "leaf_hash", .csv_only = true}});
  const CallStatus status = ReadRecords(
      session, service, flags.first, [&](const type::v1::AuditRecord& record) {
        table.Add({std::to_string(record.sequence()),
                   TimeFor(session, record.record_time()), record.actor(),
                   record.action(), record.resource(), record.request_id(),
                   record.detail(), record.leaf_hash()});
        all.push_back(record);
        return flags.count == 0 ||
               all.size() < static_cast<std::size_t>(flags.count);
      });
  if (!status.ok()) return Fail(status);
  PrintCountedList(
      session, all, table,
      table.size() == 1 ? Say("{count} record") : Say("{count} records"),
      Say("There is no record."));
  return kOk;
}

int ShowHeads(Session& session, const std::string& path) {
  type::v1::AuditHeads heads;
  Table table({{.title = "service"},
               {.title = "size", .number = true},
               {.title = "root"},
               {.title = "incarnation", .spare = 2},
               {.title = "read_time", .spare = 1, .heading = "time"}});
  for (const AuditedService& service : kAuditedServices) {
    type::v1::AuditHead& head = *heads.add_heads();
    const CallStatus status = ReadHead(session, service, -1, head);
    if (!status.ok()) return Fail(status);
    table.Add({head.service(), std::to_string(head.size()), head.root(),
               head.incarnation(), TimeFor(session, head.read_time())});
  }
  if (path.empty()) {
    Print(session, heads, table);
    return kOk;
  }
  if (path == "-") {
    std::cout << ToJson(heads) << "\n";
    return kOk;
  }
  if (const absl::Status written = WriteWholeFile(path, ToJson(heads) + "\n");
      !written.ok()) {
    return Fail(written);
  }
  std::cerr << Say("Saved {count} heads to {path}. Keep the file where nobody "
                   "who can write the databases can write.",
                   {{"count", std::to_string(heads.heads_size())},
                    {"path", path}})
            << "\n";
  return kOk;
}

}  // namespace

void AddAuditCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun(
      "audit", "Logs of changes, reads and refusals, and whether they hold");

  const Command list = noun.AddVerb("list", "List the records of one service");
  auto flags = std::make_shared<LogFlags>();
  list.AddOption("SERVICE", flags->service, "Whose log")
      .Required()
      .OneOf({"registry", "survey", "report"});
  list.AddOption("--first", flags->first, "Number of the first record shown")
      .NotNegative()
      .ShowDefault();
  list.AddOption("--count", flags->count, "Show at most so many; 0: all")
      .NotNegative()
      .ShowDefault();
  list.Runs(session,
            [&session, flags] { return ListRecords(session, *flags); });

  const Command head = noun.AddVerb(
      "head", "Show the heads of all logs, to be kept outside the platform");
  auto out = std::make_shared<std::string>();
  head.AddOption("--out", *out,
                 "File to save them in, for verify --head; - is standard "
                 "output")
      .File();
  head.Runs(session, [&session, out] { return ShowHeads(session, *out); });

  const Command verify = noun.AddVerb(
      "verify",
      "Read the logs and compute their hashes anew; exits 1 where one is "
      "damaged");
  auto saved = std::make_shared<std::string>();
  verify
      .AddOption("--head", *saved,
                 "File of heads that were saved before: each log must begin "
                 "with its own")
      .File();
  verify.Runs(session,
              [&session, saved] { return VerifyAudit(session, *saved); });
}

}  // namespace welfare::ctl
