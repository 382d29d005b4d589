#include "tools/welfarectl/commands/backfill/backfill_commands.h"

#include <sys/resource.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/work/background.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/backfill/account.h"
#include "tools/welfarectl/backfill/backfill_run.h"
#include "tools/welfarectl/backfill/plan_file.h"
#include "tools/welfarectl/commands/backfill/backfill_export.h"
#include "tools/welfarectl/commands/backfill/backfill_mapping.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/import_stream.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/interrupt.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {
namespace {

using SummaryJson = nlohmann::ordered_json;

// Changes of a batch that a plan shows, and that a verification tells.
constexpr int kPlanChanges = 20;
constexpr int kVerifyChanges = 1'000;

struct BackfillFlags {
  std::vector<std::string> files;
  BackfillRules rules{.strategy = {}, .batch_size = 10'000};
  std::string plan;
  std::string mapping;
  AccountFiles out;
  std::string max_errors;
  std::string progress = "auto";
  int jobs = 2;
  double rate_limit = 0;
};

void AddPace(const Command& verb, BackfillFlags& flags) {
  verb.AddOption("--max-errors", flags.max_errors,
                 "Stop when more records are refused: a number, or a share "
                 "such as 0.5%; left out: never");
  verb.AddOption("--jobs", flags.jobs,
                 "Batches that are sent at once; those of a round follow each "
                 "other when they are written")
      .Positive()
      .ShowDefault();
  verb.AddOption("--rate-limit", flags.rate_limit,
                 "At most so many records a second; 0: no limit")
      .NotNegative()
      .ShowDefault();
  verb.AddOption("--progress", flags.progress,
                 "How far it has come; auto: a bar on a terminal, else lines")
      .OneOf({"auto", "bar", "lines", "json", "none"})
      .ShowDefault();
  verb.AddOption("--rejects", flags.out.rejects,
                 "Write every refused record and why to this CSV file")
      .File();
  verb.AddOption("--mend", flags.out.mend,
                 "Write the refused records as they stood, under their header "
                 "lines, to files in this folder: to be mended, and planned")
      .File();
}

Flag AddRules(const Command& verb, BackfillFlags& flags) {
  const Flag strategy =
      verb.AddOption("--strategy", flags.rules.strategy,
                     "merge: what a file leaves out is untouched; replace: it "
                     "is taken back; delete: what a file names is taken back")
          .OneOf({"merge", "replace", "delete"});
  AddEncodingFlag(verb, flags.rules.encoding);
  verb.AddOption("--mapping", flags.mapping,
                 "YAML: what items, words and units of an old questionnaire "
                 "are in the codebook of the round")
      .File();
  verb.AddOption("--reason", flags.rules.reason,
                 "Why records of the registry are corrected or taken back");
  verb.AddOption("--code-digits", flags.rules.code_digits,
                 "5: the codes of registry files have no check digit")
      .OneOf({5, 6})
      .ShowDefault();
  verb.AddOption("--batch-size", flags.rules.batch_size,
                 "Records that are written at once, about")
      .Positive()
      .ShowDefault();
  return strategy;
}

std::string Words(const RowCounts& counts) {
  return Say(
      "read {rows} = created {created} + updated {updated} + unchanged "
      "{unchanged} + deleted {deleted} + rejected {rejected}",
      {{"rows", std::to_string(counts.rows)},
       {"created", std::to_string(counts.created)},
       {"updated", std::to_string(counts.updated)},
       {"unchanged", std::to_string(counts.unchanged)},
       {"deleted", std::to_string(counts.deleted)},
       {"rejected", std::to_string(counts.rejected)}});
}

SummaryJson CountsMember(const RowCounts& counts) {
  return {{"rows", counts.rows},       {"created", counts.created},
          {"updated", counts.updated}, {"unchanged", counts.unchanged},
          {"deleted", counts.deleted}, {"rejected", counts.rejected}};
}

// What a program reads of a run.
SummaryJson Summary(const std::string& verb, const BackfillPlan& plan,
                    const std::map<std::string, PlannedBase>& bases,
                    const Account& account, bool complete) {
  SummaryJson files = SummaryJson::array();
  for (const Account::File& file : account.files()) {
    SummaryJson groups = SummaryJson::array();
    for (const auto& [group, counts] : file.groups) {
      groups.push_back({{"fiscalYear", group.first},
                        {"respondentKind", group.second},
                        {"counts", CountsMember(counts)}});
    }
    files.push_back({{"path", file.path},
                     {"kind", ToString(file.kind)},
                     {"counts", CountsMember(file.counts)},
                     {"omittedDeleted", file.omitted_deleted},
                     {"groups", groups}});
  }
  SummaryJson versions = SummaryJson::array();
  for (const auto& [resource, base] : bases) {
    versions.push_back({{"resource", resource}, {"version", base.version}});
  }
  SummaryJson changes = SummaryJson::array();
  for (const Account::Change& change : account.shown_changes()) {
    changes.push_back({{"path", change.path},
                       {"line", change.line},
                       {"resource", change.resource},
                       {"item", change.item},
                       {"before", change.before},
                       {"after", change.after}});
  }
  return {{"verb", verb},
          {"strategy", plan.rules.strategy},
          {"mapping", plan.mapping.name},
          {"complete", complete},
          {"counts", CountsMember(account.total())},
          {"omittedDeleted", account.omitted_deleted()},
          {"faults", account.faults()},
          {"files", files},
          {"versions", versions},
          {"changes", changes}};
}

Table CountsTable(const Account& account) {
  Table table({{.title = "file", .limit = 40},
               {.title = "fiscal_year", .heading = "year"},
               {.title = "respondent_kind", .heading = "kind"},
               {.title = "rows", .number = true},
               {.title = "created", .number = true},
               {.title = "updated", .number = true},
               {.title = "unchanged", .number = true},
               {.title = "deleted", .number = true},
               {.title = "rejected", .number = true}});
  const auto add = [&](const std::string& path, const std::string& year,
                       const std::string& kind, const RowCounts& counts) {
    table.Add({path, year, kind, std::to_string(counts.rows),
               std::to_string(counts.created), std::to_string(counts.updated),
               std::to_string(counts.unchanged), std::to_string(counts.deleted),
               std::to_string(counts.rejected)});
  };
  for (const Account::File& file : account.files()) {
    for (const auto& [group, counts] : file.groups) {
      add(file.path, group.first == 0 ? "?" : std::to_string(group.first),
          group.second.empty() ? "?" : group.second, counts);
    }
    if (file.groups.empty()) add(file.path, "", "", file.counts);
  }
  return table;
}

void PrintChanges(const Account& account, const Phrase& title) {
  if (account.shown_changes().empty()) return;
  std::cerr << Say(title) << "\n";
  for (const Account::Change& change : account.shown_changes()) {
    const std::string where =
        change.line > 0 ? change.path + ":" + std::to_string(change.line)
                        : change.path;
    const std::string item = change.item.empty() ? "" : " " + change.item;
    std::cerr << "  "
              << OneLine(where + ": " + change.resource + item + ": \"" +
                         change.before + "\" -> \"" + change.after + "\"")
              << "\n";
  }
}

// Prints counts, faults and files; what is told on stdout is for programs.
void PrintRun(const Session& session, const Account& account,
              const SummaryJson& summary, const AccountFiles& out) {
  if (session.output() == Output::kJson) {
    std::cout << summary.dump(2, ' ', false,
                              SummaryJson::error_handler_t::replace)
              << "\n";
  } else {
    PrintRows(session, CountsTable(account));
  }
  std::cout << std::flush;
  std::cerr << Words(account.total()) << "\n";
  if (account.omitted_deleted() > 0) {
    std::cerr << Say("{count} stored values that no record names are taken "
                     "back.",
                     {{"count", std::to_string(account.omitted_deleted())}})
              << "\n";
  }
  for (const std::string& fault : account.shown_faults()) {
    std::cerr << fault << "\n";
  }
  if (account.faults() >
      static_cast<std::int64_t>(account.shown_faults().size())) {
    std::cerr << Say("... and {count} more; --rejects FILE writes them all.",
                     {{"count",
                       std::to_string(account.faults() -
                                      static_cast<std::int64_t>(
                                          account.shown_faults().size()))}})
              << "\n";
  }
  if (!out.rejects.empty()) {
    std::cerr << Say("{count} faults written to {path}",
                     {{"count", std::to_string(account.faults())},
                      {"path", out.rejects}})
              << "\n";
  }
}

// Of -20 to 19. It lets the service go first where both are on one machine,
// whose own threads for files have 10.
constexpr int kNiceness = 15;

// Reads how to go about it, and does so from now on.
int ReadPace(const BackfillFlags& flags, BackfillPace& pace) {
  const auto limit = ErrorLimit::Parse(flags.max_errors);
  if (!limit.ok()) return Fail(limit.status(), kUsage);
  // This thread and those it starts.
  if (::getpriority(PRIO_PROCESS, 0) < kNiceness) {
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNiceness));
  }
  platform::EnterBackground();
  pace = {.jobs = flags.jobs,
          .rate_limit = flags.rate_limit,
          .errors = *limit,
          .progress = Progress::Parse(flags.progress)};
  return kOk;
}

BackfillPlan NewPlan(const BackfillFlags& flags) {
  BackfillPlan plan;
  plan.rules = flags.rules;
  for (const std::string& path : flags.files) {
    plan.files.emplace_back().facts.path = path;
  }
  return plan;
}

// Whether too many are refused in all.
int CheckErrors(const BackfillPace& pace, const RowCounts& counts) {
  if (!pace.errors.Exceeded(counts, true)) return kOk;
  return Fail(base::MakeError(CtlRow("TOO_MANY_REJECTED"))
                  .With("rejected", static_cast<long long>(counts.rejected))
                  .With("rows", static_cast<long long>(counts.rows)));
}

int RunPlan(Session& session, const BackfillFlags& flags) {
  BackfillPace pace;
  if (const int code = ReadPace(flags, pace); code != kOk) return code;
  BackfillPlan plan = NewPlan(flags);
  Account account(flags.out);
  BackfillRun run(session, pace, account);
  SetInterruptNote(Say("It was a dry run: nothing is written."));
  if (const int code = OpenMapping(session, flags.mapping, plan.mapping);
      code != kOk) {
    return code;
  }
  if (const int code = run.Open(plan); code != kOk) return code;
  int code = run.Plan(plan, kPlanChanges);
  if (code == kOk) code = CheckErrors(pace, account.total());
  SummaryJson summary =
      Summary("plan", plan, run.bases(), account, /*complete=*/code == kOk);
  if (code != kOk) {
    PrintRun(session, account, summary, flags.out);
    return code;
  }
  if (absl::Status wrote = WritePlan(flags.plan, plan); !wrote.ok()) {
    return Fail(wrote);
  }
  summary["plan"] = flags.plan;
  summary["planDigest"] = plan.Digest();
  PrintRun(session, account, summary, flags.out);
  PrintChanges(account, "Some of what would change:");
  std::cerr << Say("Nothing is written yet. The plan stands in {path}: "
                   "welfarectl backfill apply --plan {path}",
                   {{"path", flags.plan}})
            << "\n";
  return account.total().rejected > 0 ? kRejectedRows : kOk;
}

int RunApply(Session& session, const BackfillFlags& flags) {
  BackfillPace pace;
  if (const int code = ReadPace(flags, pace); code != kOk) return code;
  auto lock = PlanLock::Take(flags.plan);
  if (!lock.ok()) {
    return Fail(lock.status(), absl::IsFailedPrecondition(lock.status())
                                   ? kRefused
                                   : kFailure);
  }
  auto plan = ReadPlan(flags.plan);
  if (!plan.ok()) return Fail(plan.status());
  // Known before anything is written.
  if (const int code = CheckErrors(pace, plan->counts); code != kOk) {
    return code;
  }
  const std::string again =
      Say("What was answered is written. The same command goes on from there: "
          "welfarectl backfill apply --plan {path}",
          {{"path", flags.plan}});
  SetInterruptNote(again);
  Account account(flags.out);
  BackfillRun run(session, pace, account);
  if (const int code = OpenMappingAsPlanned(plan->mapping); code != kOk) {
    return code;
  }
  if (const int code = run.OpenAsPlanned(*plan); code != kOk) return code;
  if (const int code = ImportMapping(session, plan->mapping); code != kOk) {
    return code;
  }
  const int code = run.Apply(*plan);
  SummaryJson summary =
      Summary("apply", *plan, run.bases(), account, code == kOk);
  summary["planDigest"] = plan->Digest();
  if (code != kOk) {
    static_cast<void>(account.Finish());
    if (account.total().rows > 0) {
      PrintRun(session, account, summary, flags.out);
    }
    if (code != kRefused) std::cerr << again << "\n";
    return code;
  }
  PrintRun(session, account, summary, flags.out);
  if (account.total() != plan->counts ||
      account.omitted_deleted() != plan->omitted_deleted) {
    return Fail(base::MakeError(CtlRow("OUTCOME_DIFFERS"))
                    .With("planned", Words(plan->counts)));
  }
  return account.total().rejected > 0 ? kRejectedRows : kOk;
}

int RunVerify(Session& session, const BackfillFlags& flags) {
  BackfillPace pace;
  if (const int code = ReadPace(flags, pace); code != kOk) return code;
  BackfillPlan plan;
  if (!flags.plan.empty()) {
    auto read = ReadPlan(flags.plan);
    if (!read.ok()) return Fail(read.status());
    plan = *std::move(read);
  } else {
    plan = NewPlan(flags);
  }
  if (plan.files.empty() || plan.rules.strategy.empty()) {
    return Fail(base::MakeError(CtlRow("VERIFY_WHAT")), kUsage);
  }
  Account account(flags.out);
  BackfillRun run(session, pace, account);
  SetInterruptNote(Say("It was a dry run: nothing is written."));
  if (const int code = flags.plan.empty()
                           ? OpenMapping(session, flags.mapping, plan.mapping)
                           : OpenMappingAsPlanned(plan.mapping);
      code != kOk) {
    return code;
  }
  if (!flags.plan.empty()) {
    if (const int code = run.OpenAsPlanned(plan); code != kOk) return code;
    // What it was planned on does not matter any more.
    run.Forget();
  } else if (const int code = run.Open(plan); code != kOk) {
    return code;
  }
  const int code = run.Plan(plan, kVerifyChanges);
  SummaryJson summary =
      Summary("verify", plan, run.bases(), account, code == kOk);
  const RowCounts total = account.total();
  const bool equal =
      total.unchanged == total.rows && account.omitted_deleted() == 0;
  summary["equal"] = equal;
  PrintRun(session, account, summary, flags.out);
  if (code != kOk) return code;
  PrintChanges(account, "Differences, stored and in the file:");
  if (!flags.out.changes.empty()) {
    std::cerr << Say("{count} differences written to {path}",
                     {{"count", std::to_string(account.changes_told())},
                      {"path", flags.out.changes}})
              << "\n";
  }
  std::cerr << Say(equal ? Phrase("The platform holds what the files say.")
                         : Phrase("The platform does not hold what the files "
                                  "say."))
            << "\n";
  return equal ? kOk : kRejectedRows;
}

}  // namespace

void AddBackfillCommands(const Command& app, Session& session) {
  const Command noun = app.AddNoun(
      "backfill", "Files of any size: planned, applied as planned, verified");

  auto plan = std::make_shared<BackfillFlags>();
  const Command plan_verb = noun.AddVerb(
      "plan", "Say what files would change, and keep that as a plan");
  plan_verb
      .AddOption("FILE", plan->files,
                 "CSV or JSON lines of municipalities, statuses, rounds and "
                 "answers; - is "
                 "standard input")
      .File()
      .Required();
  AddRules(plan_verb, *plan).Required();
  plan->plan = "backfill-plan.json";
  plan_verb.AddOption("--out", plan->plan, "Where to keep the plan")
      .File()
      .ShowDefault();
  AddPace(plan_verb, *plan);
  plan_verb.Runs(session, [&session, plan] { return RunPlan(session, *plan); });

  auto apply = std::make_shared<BackfillFlags>();
  const Command apply_verb = noun.AddVerb(
      "apply",
      "Write what a plan says, unless anything has moved; again: go "
      "on where it stopped");
  apply_verb.AddOption("--plan", apply->plan, "The plan").File().Required();
  AddPace(apply_verb, *apply);
  apply_verb.Runs(session,
                  [&session, apply] { return RunApply(session, *apply); });

  auto verify = std::make_shared<BackfillFlags>();
  const Command verify_verb =
      noun.AddVerb("verify",
                   "Compare files and platform, cell by cell; exits 3 on any "
                   "difference");
  const Flag files = verify_verb
                         .AddOption("FILE", verify->files,
                                    "CSV or JSON lines of municipalities, "
                                    "statuses, rounds and answers; - is "
                                    "standard input")
                         .File();
  verify_verb
      .AddOption("--plan", verify->plan,
                 "The plan whose files are compared, in the place of FILE")
      .File()
      .Excludes(files);
  static_cast<void>(AddRules(verify_verb, *verify));
  verify_verb
      .AddOption("--differences", verify->out.changes,
                 "Write the differences to this CSV file, the first 1,000 of "
                 "each batch")
      .File();
  AddPace(verify_verb, *verify);
  AddMappingVerbs(noun, session);
  AddExportVerb(noun, session);
  verify_verb.Runs(session,
                   [&session, verify] { return RunVerify(session, *verify); });
}

}  // namespace welfare::ctl
