#include "tools/welfarectl/backfill/backfill_run.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <set>
#include <thread>
#include <utility>

#include "services/base/error.h"
#include "tools/welfarectl/backfill/batch_request.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/phrase.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

using google::protobuf::Message;
using type::v1::ImportResult;

// Records of the registry sent at once, so that an answer has room for all
// their faults; and how many municipalities a plan of statuses can build on.
constexpr int kRegistryBatch = 400;
constexpr std::size_t kMunicipalityBytes = std::size_t{3} << 20;
// Items that a request names as unplaced; above, it says `*`.
constexpr std::size_t kMostUnplaced = 1'000;

int FailBase(const std::string& resource) {
  return Fail(base::MakeError(CtlRow("MOVED_WHILE_PLANNING"))
                  .With("resource", resource),
              kRefused);
}

}  // namespace

std::string BaseOf(FileKind kind, const RecordBatch& batch) {
  return kind == FileKind::kAnswers ? batch.round : kRegistryBase;
}

int BackfillRun::Open(BackfillPlan& plan) {
  const auto choice = text::ParseEncodingChoice(plan.rules.encoding);
  if (!choice.ok()) return Fail(choice.status());
  struct Opened {
    PlannedFile file;
    TextSource source;
  };
  std::vector<Opened> opened;
  for (const PlannedFile& file : plan.files) {
    auto source = TextSource::Open(file.facts.path, *choice);
    if (!source.ok()) return Fail(source.status());
    const auto cutter = RecordCutter::Open(*source, 1, plan.rules.code_digits);
    if (!cutter.ok()) return Fail(cutter.status());
    opened.push_back({.file = {.facts = source->facts(),
                               .kind = cutter->kind(),
                               .counts = {}},
                      .source = *std::move(source)});
    if (opened.back().source.encoding() == text::Encoding::kUtf8 ||
        opened.back().source.encoding() == text::Encoding::kUtf8WithBom) {
      continue;
    }
    std::cerr << Say("{path}: read as {encoding}; --encoding names another.",
                     {{"path", file.facts.path},
                      {"encoding", std::string(text::ToString(
                                       opened.back().source.encoding()))}})
              << "\n";
  }
  std::stable_sort(opened.begin(), opened.end(),
                   [](const Opened& a, const Opened& b) {
                     return a.file.kind < b.file.kind;
                   });
  plan.files.clear();
  for (Opened& one : opened) {
    plan.files.push_back(std::move(one.file));
    sources_.push_back(std::move(one.source));
  }
  return CheckHeaders(plan);
}

int BackfillRun::CheckHeaders(const BackfillPlan& plan) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (const absl::Status begun = sources_[i].Rewind(); !begun.ok()) {
      return Fail(begun);
    }
    const auto cutter =
        RecordCutter::Open(sources_[i], 1, plan.rules.code_digits);
    if (!cutter.ok()) return Fail(cutter.status());
    headers_.push_back(cutter->header_line());
    raw_headers_.push_back(cutter->original_header());
    // Files of one kind of the registry are one stream, so that a record of one
    // is judged after those of the others.
    if (i > 0 && plan.files[i].kind != FileKind::kAnswers &&
        plan.files[i].kind == plan.files[i - 1].kind &&
        headers_[i] != headers_[i - 1]) {
      return Fail(base::MakeError(CtlRow("HEADERS_DIFFER"))
                      .With("path", plan.files[i].facts.path)
                      .With("first_path", plan.files[i - 1].facts.path));
    }
  }
  unplaced_.resize(sources_.size());
  return kOk;
}

int BackfillRun::OpenAsPlanned(const BackfillPlan& plan) {
  const auto choice = text::ParseEncodingChoice(plan.rules.encoding);
  if (!choice.ok()) return Fail(choice.status());
  bool same = true;
  for (const PlannedFile& file : plan.files) {
    auto source = TextSource::Open(file.facts.path, *choice);
    if (!source.ok()) return Fail(source.status());
    if (source->facts().sha256 != file.facts.sha256) {
      same = false;
      static_cast<void>(Fail(
          base::MakeError(CtlRow("FILE_MOVED")).With("path", file.facts.path)));
    }
    sources_.push_back(*std::move(source));
  }
  if (!same) return kRefused;
  if (const int code = CheckHeaders(plan); code != kOk) return code;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    unplaced_[i] = plan.files[i].unplaced;
  }
  bases_ = plan.bases;
  digest_ = plan.Digest();
  return kOk;
}

std::unique_ptr<Message> BackfillRun::NewRequest(const BackfillPlan& plan,
                                                 std::size_t index, Mode mode,
                                                 const RecordBatch& batch,
                                                 int attempt,
                                                 const Lane& lane) const {
  const PlannedFile& file = plan.files[index];
  const bool dry = mode == Mode::kPlan;
  const auto fill = [&](auto request) {
    FillBatch(batch, file.facts.path, *request->mutable_batch());
    request->set_validate_only(dry);
    if (dry) request->set_show_changes(show_changes_);
    request->set_strategy(StrategyOf(plan.rules.strategy));
    request->set_request_id(
        dry ? Session::NewRequestId()
            : RequestIdOf(digest_, index, batch.number, attempt));
    const std::string resource = BaseOf(file.kind, batch);
    if (!dry && !resource.empty()) {
      // A round that this has opened has no base of its plan.
      PlannedBase planned;
      if (const auto base = lane.bases.find(resource);
          base != lane.bases.end()) {
        planned = base->second;
      } else if (const auto now = opened_.find(resource);
                 now != opened_.end()) {
        planned = now->second;
      }
      request->mutable_base()->set_incarnation(planned.incarnation);
      request->mutable_base()->set_version(planned.version);
    }
    return request;
  };
  switch (file.kind) {
    case FileKind::kMunicipalities: {
      auto request =
          fill(std::make_unique<registry::v1::ImportMunicipalitiesRequest>());
      request->set_reason(plan.rules.reason);
      return request;
    }
    case FileKind::kStatuses: {
      auto request =
          fill(std::make_unique<registry::v1::ImportStatusRecordsRequest>());
      request->set_correction_reason(plan.rules.reason);
      if (dry && batch.number == 0) {
        for (const type::v1::CsvBatch& before : municipalities_) {
          *request->add_municipalities_before() = before;
        }
      }
      return request;
    }
    case FileKind::kRounds:
    case FileKind::kAnswers:
      break;
  }
  auto request = fill(std::make_unique<survey::v1::ImportSubmissionsRequest>());
  ReadBy(plan.mapping, dry, *request);
  if (const auto* coming = dry ? rounds_.Find(batch.round) : nullptr) {
    *request->add_rounds_to_come() = *coming;
  }
  for (const std::string& item : unplaced_[index]) {
    request->add_unplaced_items(item);
  }
  return request;
}

int BackfillRun::Plan(BackfillPlan& plan, int changes) {
  show_changes_ = changes;
  while (true) {
    to_sort_.reset();
    const int code = SendAll(plan, Mode::kPlan);
    if (code == kOk) break;
    if (!to_sort_) return code;
    // Nothing is written by then: it begins anew.
    plan.files[*to_sort_].sorted = true;
    bases_.clear();
  }
  bool strays = false;
  for (std::size_t i = 0; i < next_unplaced_.size(); ++i) {
    strays = strays || !next_unplaced_[i].empty();
    unplaced_[i].assign(next_unplaced_[i].begin(), next_unplaced_[i].end());
  }
  if (strays) {
    // A row of which nobody can tell whose it is may belong to a respondent of
    // another batch, who must not lose it to a blank: all are judged again,
    // each told what the others have of that kind.
    bases_.clear();
    if (const int code = SendAll(plan, Mode::kPlan); code != kOk) return code;
  }
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    plan.files[i].counts = account_.files()[i].counts;
    plan.files[i].unplaced = unplaced_[i];
  }
  plan.bases = bases_;
  plan.counts = account_.total();
  plan.omitted_deleted = account_.omitted_deleted();
  return kOk;
}

int BackfillRun::Apply(const BackfillPlan& plan) {
  if (const int code = Probe(plan); code != kOk) return code;
  bases_ = plan.bases;
  // Before anything is written: somebody else may have created them.
  rounds_.Clear();
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    if (plan.files[i].kind != FileKind::kRounds) continue;
    const int code = rounds_.Judge(sources_[i], i, &plan.bases, nullptr);
    if (code != kOk) return code;
  }
  const int made = rounds_.Create(digest_, plan.bases);
  if (made != kOk) return made;
  if (const int code = SendAll(plan, Mode::kApply); code != kOk) return code;
  return CloseRounds();
}

int BackfillRun::CloseRounds() {
  if (rounds_.names().empty()) return kOk;
  const std::int64_t refused = account_.total().rejected;
  if (refused == 0) return rounds_.Close(digest_);
  // They are mended and fed back, which a closed round would not take.
  std::cerr << Say("The rounds stay open, for {count} records were "
                   "refused: welfarectl round close.",
                   {{"count", std::to_string(refused)}})
            << "\n";
  return kOk;
}

int BackfillRun::MakeRounds(const BackfillPlan& plan, std::size_t index,
                            Mode mode) {
  if (mode == Mode::kProbe) return kOk;
  const RowCounts before = account_.total();
  // Of several files the first forgets what was looked at before.
  if (index == 0 || plan.files[index - 1].kind != FileKind::kRounds) {
    rounds_.Clear();
  }
  account_.BeginFile(plan.files[index].facts.path, FileKind::kRounds,
                     raw_headers_[index]);
  const bool planning = mode == Mode::kPlan;
  int code = rounds_.Judge(sources_[index], index,
                           planning ? nullptr : &plan.bases, &account_);
  if (code == kOk && !planning)
    code = rounds_.Open(digest_, plan.bases, opened_);
  if (code != kOk || !planning || rounds_.names().empty()) return code;
  if (before.created + before.updated + before.deleted > 0) {
    return Fail(base::MakeError(CtlRow("ROUNDS_BEFORE_STATUSES")));
  }
  for (const std::string& name : rounds_.names()) bases_[name] = {};
  // They are opened on what it knows.
  std::optional<PlannedBase> registry;
  code = FindBase(kRegistryBase, registry);
  if (code == kOk) bases_.try_emplace(kRegistryBase, *registry);
  return code;
}

int BackfillRun::SendAll(const BackfillPlan& plan, Mode mode) {
  if (mode != Mode::kProbe) {
    if (const absl::Status begun = account_.Begin(); !begun.ok()) {
      return Fail(begun);
    }
    std::int64_t bytes = 0;
    for (const TextSource& source : sources_) bytes += source.text_bytes();
    progress_ = std::make_unique<Progress>(
        pace_.progress, mode == Mode::kPlan ? "plan" : "apply", bytes);
  }
  municipalities_.clear();
  municipality_bytes_ = 0;
  began_ = std::chrono::steady_clock::now();
  sent_ = 0;
  bytes_before_ = 0;
  lanes_state_.clear();
  for (int lane = 0; lane < std::max(pace_.jobs, 1); ++lane) {
    lanes_state_.emplace_back();
  }
  // Made here: lanes share it.
  static_cast<void>(session_.channel());
  int code = kOk;
  {
    Lanes lanes(lanes_state_.size(), [&](SentBatch& sent, std::size_t lane) {
      Send(plan, mode, sent, lanes_state_[lane]);
    });
    for (std::size_t i = 0; i < plan.files.size() && code == kOk; ++i) {
      // What comes after municipalities, or statuses, needs all of them.
      if (i > 0 && plan.files[i].kind != plan.files[i - 1].kind) {
        code = TakeAll(plan, mode, lanes, false);
      }
      if (code != kOk) break;
      code = plan.files[i].kind == FileKind::kRounds
                 ? MakeRounds(plan, i, mode)
                 : SendFile(plan, i, mode, lanes);
    }
    // What is under way when one has failed is answered still, and told.
    const int rest = TakeAll(plan, mode, lanes, code != kOk);
    if (code == kOk) code = rest;
  }
  for (Lane& lane : lanes_state_) {
    if (lane.exchange) static_cast<void>(lane.exchange->Finish());
  }
  lanes_state_.clear();
  progress_.reset();
  if (code != kOk || mode == Mode::kProbe) return code;
  const absl::Status ended = account_.Finish();
  return ended.ok() ? static_cast<int>(kOk) : Fail(ended);
}

int BackfillRun::TakeAll(const BackfillPlan& plan, Mode mode, Lanes& lanes,
                         bool failed) {
  int code = kOk;
  while (!lanes.empty()) {
    const int one = Take(plan, mode, lanes.Take(), failed || code != kOk);
    if (code == kOk) code = one;
  }
  return code;
}

int BackfillRun::SendFile(const BackfillPlan& plan, std::size_t index,
                          Mode mode, Lanes& lanes) {
  const PlannedFile& file = plan.files[index];
  TextSource& source = sources_[index];
  if (const absl::Status begun = source.Rewind(); !begun.ok()) {
    return Fail(begun);
  }
  const bool answers = file.kind == FileKind::kAnswers;
  auto cutter = RecordCutter::Open(
      source,
      answers ? plan.rules.batch_size
              : std::min(plan.rules.batch_size, kRegistryBatch),
      plan.rules.code_digits);
  if (!cutter.ok()) return Fail(cutter.status());
  if (file.sorted) {
    std::cerr << Say("{path}: its records are sorted by round and respondent.",
                     {{"path", file.facts.path}})
              << std::endl;
    if (const absl::Status sorted = cutter->Sort(); !sorted.ok()) {
      return Fail(sorted);
    }
  }
  while (true) {
    auto batch = cutter->Next();
    if (!batch.ok() && mode == Mode::kPlan && !file.sorted &&
        base::ReasonOf(batch.status()) == "RESPONDENT_APART") {
      to_sort_ = index;
      return kFailure;
    }
    if (!batch.ok()) return Fail(batch.status());
    if (!batch->has_value()) return kOk;
    if (mode == Mode::kProbe) {
      const auto moved = probed_.find(BaseOf(file.kind, **batch));
      if (moved == probed_.end() || moved->second) continue;
      moved->second = true;
    }
    while (lanes.full() || lanes.ready()) {
      const int code = Take(plan, mode, lanes.Take(), false);
      if (code != kOk) return code;
    }
    // A file of the registry is one stream. Batches of a round follow each
    // other when they write; a plan of them needs no order.
    std::size_t lane = 0;
    if (answers && mode == Mode::kPlan) {
      lane = next_lane_++ % lanes.count();
    } else if (answers) {
      lane = std::hash<std::string>()((*batch)->round) % lanes.count();
    }
    sent_ += static_cast<std::int64_t>((*batch)->records.size());
    lanes.Put({.file = index, .batch = **std::move(batch)}, lane);
    Wait();
  }
}

void BackfillRun::Send(const BackfillPlan& plan, Mode mode, SentBatch& sent,
                       Lane& lane) {
  const FileKind kind = plan.files[sent.file].kind;
  if (lane.failed) {
    // What follows one that was not answered is not sent: it would come before
    // it, and the same command could not go on.
    sent.status.code = absl::StatusCode::kCancelled;
    return;
  }
  if (lane.exchange && lane.kind != kind) {
    static_cast<void>(lane.exchange->Finish());
    lane.exchange.reset();
  }
  lane.kind = kind;
  if (lane.bases.empty()) {
    lane.bases = plan.bases;
    std::erase_if(lane.bases,
                  [](const auto& base) { return base.second.version == 0; });
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    sent.request = NewRequest(plan, sent.file, mode, sent.batch, attempt, lane);
    sent.status = {};
    if (mode == Mode::kProbe) {
      const std::lock_guard lock(connecting_);
      sent.status = TryCall(session_, *sent.request, sent.result);
    } else {
      if (!lane.exchange) {
        // It reads who calls, which the session keeps for one thread.
        const std::lock_guard lock(connecting_);
        lane.exchange.emplace(session_, *sent.request->GetDescriptor());
      }
      if (!lane.exchange->Ask(*sent.request, sent.result)) {
        sent.status = lane.exchange->Finish();
        lane.exchange.reset();
        if (sent.status.ok()) sent.status.code = absl::StatusCode::kUnknown;
      }
    }
    // Records that are none, of which only the service could tell: they are
    // refused, and the others of their batch sent again.
    if (sent.status.ok() || kind != FileKind::kAnswers ||
        ReasonOf(sent.status) != "CSV_INVALID" ||
        !TakeOut(sent.batch, headers_[sent.file], ViolationsOf(sent.status))) {
      break;
    }
  }
  lane.failed = !sent.status.ok();
  const std::string resource = BaseOf(kind, sent.batch);
  if (sent.status.ok() && mode == Mode::kApply && sent.result.version() > 0 &&
      !resource.empty()) {
    lane.bases[resource] = {.incarnation = sent.result.incarnation(),
                            .version = sent.result.version()};
  }
}

int BackfillRun::Take(const BackfillPlan& plan, Mode mode, SentBatch sent,
                      bool failed) {
  const PlannedFile& file = plan.files[sent.file];
  if (!sent.status.ok()) {
    // One failure is told; others mostly have the same cause.
    return failed ? static_cast<int>(kFailure) : Fail(sent.status);
  }
  if (mode == Mode::kProbe) return kOk;
  if (sent.batch.number == 0) {
    account_.BeginFile(file.facts.path, file.kind, raw_headers_[sent.file]);
    if (sent.file > 0) bytes_before_ += sources_[sent.file - 1].text_bytes();
  }
  const absl::Status added = account_.Add(sent.batch, sent.result);
  if (!added.ok()) return failed ? static_cast<int>(kFailure) : Fail(added);
  int code = kOk;
  if (mode == Mode::kPlan) code = TakePlanned(plan, sent);
  account_.EndBatch(sent.batch);
  if (code == kOk) code = TakeBase(sent.batch, file.kind, mode, sent.result);
  const RowCounts total = account_.total();
  progress_->Update(file.facts.path, bytes_before_ + sent.batch.bytes_read,
                    total.rows);
  if (code != kOk || failed || !pace_.errors.Exceeded(total, false)) {
    return code;
  }
  return Fail(base::MakeError(CtlRow("TOO_MANY_REJECTED"))
                  .With("rejected", static_cast<long long>(total.rejected))
                  .With("rows", static_cast<long long>(total.rows)));
}

int BackfillRun::TakePlanned(const BackfillPlan& plan, const SentBatch& sent) {
  const PlannedFile& file = plan.files[sent.file];
  std::vector<std::string>& unplaced = unplaced_[sent.file];
  std::set<std::string> items(unplaced.begin(), unplaced.end());
  items.insert(sent.result.unplaced_items().begin(),
               sent.result.unplaced_items().end());
  if (!sent.batch.broken.empty() && file.kind == FileKind::kAnswers) {
    items.insert("*");
  }
  if (items.size() > kMostUnplaced) items = {"*"};
  // Those of a pass that is over stand: the next one is told them.
  next_unplaced_.resize(unplaced_.size());
  next_unplaced_[sent.file].insert(items.begin(), items.end());
  if (file.kind == FileKind::kMunicipalities) {
    FillBatch(sent.batch, file.facts.path, municipalities_.emplace_back());
    municipality_bytes_ += sent.batch.csv.size();
    if (municipality_bytes_ > kMunicipalityBytes &&
        plan.files.back().kind != FileKind::kMunicipalities) {
      return Fail(base::MakeError(CtlRow("MUNICIPALITIES_TOO_MANY"))
                      .With("path", file.facts.path));
    }
  }
  return AskForMoreFaults(*sent.request, sent.batch, sent.result);
}

int BackfillRun::AskForMoreFaults(const Message& request,
                                  const RecordBatch& batch,
                                  ImportResult result) {
  std::unique_ptr<Message> next(request.New());
  while (!result.next_rejects_token().empty()) {
    next->CopyFrom(request);
    const auto* fields = next->GetDescriptor();
    const auto* reflection = next->GetReflection();
    reflection->SetString(next.get(), fields->FindFieldByName("request_id"),
                          Session::NewRequestId());
    reflection->SetString(next.get(), fields->FindFieldByName("rejects_token"),
                          result.next_rejects_token());
    result.Clear();
    CallStatus status;
    {
      const std::lock_guard lock(connecting_);
      status = TryCall(session_, *next, result);
    }
    if (!status.ok()) return Fail(status);
    account_.AddFaults(batch, result);
  }
  return kOk;
}

int BackfillRun::TakeBase(const RecordBatch& batch, FileKind kind, Mode mode,
                          const ImportResult& result) {
  const std::string resource = BaseOf(kind, batch);
  // What names nothing that is there has no version.
  if (resource.empty() ||
      (kind == FileKind::kAnswers && result.version() == 0)) {
    return kOk;
  }
  const PlannedBase now{.incarnation = result.incarnation(),
                        .version = result.version()};
  const auto [base, fresh] = bases_.try_emplace(resource, now);
  if (mode == Mode::kApply) {
    base->second = now;
    return kOk;
  }
  if (!fresh && (base->second.version != now.version ||
                 base->second.incarnation != now.incarnation)) {
    return FailBase(resource);
  }
  return kOk;
}

int BackfillRun::FindBase(const std::string& resource,
                          std::optional<PlannedBase>& base) {
  if (resource == kRegistryBase) {
    registry::v1::RegistryState state;
    const int code =
        Call(session_, registry::v1::GetRegistryStateRequest(), state);
    if (code == kOk) {
      base = PlannedBase{.incarnation = state.incarnation(),
                         .version = state.version()};
    }
    return code;
  }
  survey::v1::GetRoundRequest request;
  request.set_name(resource);
  survey::v1::Round round;
  const CallStatus status = TryCall(session_, request, round);
  if (status.code == absl::StatusCode::kNotFound) return kOk;
  if (!status.ok()) return Fail(status);
  base = PlannedBase{.incarnation = round.incarnation(),
                     .version = round.revision()};
  return kOk;
}

int BackfillRun::Probe(const BackfillPlan& plan) {
  probed_.clear();
  for (const auto& [resource, planned] : plan.bases) {
    // It will be made.
    if (planned.version == 0 && resource != kRegistryBase) continue;
    std::optional<PlannedBase> now;
    if (const int code = FindBase(resource, now); code != kOk) return code;
    if (now && now->version == planned.version &&
        now->incarnation == planned.incarnation) {
      continue;
    }
    // It is another one now: by this plan, whose first batch is then answered
    // as it was, or by somebody else, and it is refused. Neither writes.
    probed_[resource] = false;
  }
  if (probed_.empty()) return kOk;
  return SendAll(plan, Mode::kProbe);
}

void BackfillRun::Wait() {
  if (pace_.rate_limit <= 0) return;
  const std::chrono::duration<double> due(static_cast<double>(sent_) /
                                          pace_.rate_limit);
  std::this_thread::sleep_until(
      began_ +
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(due));
}

}  // namespace welfare::ctl
