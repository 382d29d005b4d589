#include "services/report/api/report_maker.h"

#include <chrono>
#include <optional>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/report/api/report_access.h"
#include "services/report/api/report_changes.h"
#include "services/report/errors.h"
#include "services/report/model/errata/compare.h"
#include "services/report/model/errata/facts.h"
#include "services/report/model/feedback/answer_words.h"
#include "services/report/model/layout.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/csv/csv_archive_reader.h"
#include "services/report/render/csv/csv_renderer.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/json/json_stat_renderer.h"
#include "services/report/render/pdf/glyphs.h"
#include "services/report/render/pdf/pdf_renderer.h"
#include "services/report/render/xlsx/xlsx_renderer.h"
#include "services/report/snapshot/canonical.h"
#include "services/report/snapshot/edition_gates.h"
#include "services/report/snapshot/named_answers.h"

namespace welfare::report {

namespace {

// As many are named; who mends these sees the rest.
constexpr std::size_t kUnfitNamed = 8;

// A sentence that says what its figures do not is not published.
absl::Status CheckWordings(const ReportModel& model) {
  std::string words;
  std::size_t unfit = 0;
  for (const Page& page : model.pages) {
    for (const std::string& one : page.unfit) {
      if (++unfit <= kUnfitNamed) words += (unfit == 1 ? "" : " ") + one;
    }
  }
  return unfit == 0 ? absl::OkStatus() : WordingUnfit(words);
}

}  // namespace

Renderers AllRenderers(PrintFont font) {
  Renderers renderers;
  renderers.push_back(std::make_unique<HtmlRenderer>());
  renderers.push_back(std::make_unique<CsvRenderer>());
  renderers.push_back(std::make_unique<PdfRenderer>(std::move(font)));
  renderers.push_back(std::make_unique<XlsxRenderer>());
  renderers.push_back(std::make_unique<JsonStatRenderer>());
  return renderers;
}

std::string FingerprintOf(const Renderers& renderers) {
  std::string all;
  for (const std::unique_ptr<Renderer>& renderer : renderers) {
    all += renderer->fingerprint() + "\n";
  }
  return all;
}

ReportMaker::ReportMaker(const Dependencies& dependencies)
    : templates_(dependencies.templates),
      renderers_(dependencies.renderers),
      source_(dependencies.source),
      excerpts_(dependencies.excerpts),
      answers_(dependencies.answers),
      font_(dependencies.font),
      store_(dependencies.store),
      fingerprint_(FingerprintOf(renderers_)),
      most_snapshot_bytes_(dependencies.most_snapshot_bytes) {
  for (const std::unique_ptr<Renderer>& renderer : renderers_) {
    seconds_.push_back(&dependencies.metrics.AddHistogram(
        "welfare_report_render_seconds",
        "Seconds it took to render one file of a report.",
        platform::MetricsRegistry::CallSeconds(),
        {{"format", std::string(renderer->format())}}));
  }
}

absl::Status ReportMaker::AddNamed(const platform::CallContext& call,
                                   const base::RoundName& round,
                                   Snapshot& snapshot) {
  WELFARE_ASSIGN_OR_RETURN(
      const RoundAnswers answers,
      answers_.TakeAnswers(call, {.round = round,
                                  .basis = snapshot.basis,
                                  .pins = snapshot.provenance}));
  snapshot.named = NamedAnswersOf(answers);
  WELFARE_ASSIGN_OR_RETURN(const FontGlyphs glyphs, FontGlyphs::Open(font_));
  const HasGlyph has_glyph = [&glyphs](char32_t c) { return glyphs.Has(c); };
  for (NamedQuestion& question : snapshot.named) {
    std::vector<NamedQuestion::Written> written;
    for (const NamedQuestion::Written& one : question.written) {
      // What is longer than a sheet goes on in an entry of its own.
      for (std::string& piece : InPieces(one.text)) {
        NamedQuestion::Written& part = written.emplace_back(one);
        part.text = std::move(piece);
        bool changed = false;
        part.printed = PrintableText(part.text, has_glyph, changed);
        if (part.printed == part.text) part.printed.clear();
      }
    }
    question.written = std::move(written);
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredReport> ReportMaker::Make(
    const platform::CallContext& call, const ReportRequest& request,
    const platform::WriteRequest& write) {
  WELFARE_ASSIGN_OR_RETURN(
      const ShelvedTemplate shelved,
      templates_.Take(request.template_id, request.round,
                      request.template_digest, call.limits));
  const ReportTemplate& report_template = shelved.report_template;
  if (report_template.survey != request.round.survey) {
    return ReportInvalid({SurveyMismatch(report_template.survey)});
  }
  WELFARE_ASSIGN_OR_RETURN(std::optional<StoredReport> repeat,
                           store_.FindRepeat(write));
  if (repeat.has_value()) return *std::move(repeat);

  std::optional<ComparedReport> before;
  std::string corrected_snapshot;
  if (request.edition == Edition::kCorrected) {
    WELFARE_ASSIGN_OR_RETURN(const StoredReport corrected,
                             FindReport(call, store_, request.corrects));
    const bool of_this =
        corrected.template_id == request.template_id &&
        corrected.survey == request.round.survey &&
        corrected.audience == request.audience &&
        corrected.fiscal_year == request.round.fiscal_year.value();
    // Also one that was withdrawn since.
    if (!of_this || corrected.publication.events == 0 ||
        (corrected.edition != Edition::kFinal &&
         corrected.edition != Edition::kCorrected)) {
      return CorrectsNotFinal(request.corrects);
    }
    corrected_snapshot = corrected.snapshot_id;
    WELFARE_ASSIGN_OR_RETURN(before, ReadCompared(call, store_, corrected));
  }
  WELFARE_ASSIGN_OR_RETURN(
      Snapshot snapshot,
      source_.Take(call,
                   {.round = request.round,
                    .basis = request.basis,
                    .data_version = request.data_version,
                    .previous_data_version = request.previous_data_version,
                    .data_incarnation = request.data_incarnation,
                    .first_roster_year = report_template.first_roster_year}));
  WELFARE_ASSIGN_OR_RETURN(
      std::vector<Excerpt> excerpts,
      TakeExcerpts(call, report_template, request.round, snapshot));
  snapshot.template_digest = report_template.digest;
  snapshot.edition = request.edition;
  snapshot.audience = request.audience;
  if (request.audience == Audience::kStakeholders) {
    WELFARE_RETURN_IF_ERROR(AddNamed(call, request.round, snapshot));
  }
  snapshot.corrected_snapshot = std::move(corrected_snapshot);
  snapshot.correction_reason = request.correction_reason;
  WELFARE_RETURN_IF_ERROR(
      CheckEditionGates(snapshot, report_template.final_response_percent));
  if (before.has_value()) {
    // The tables decide what the table of changes says, which is one of them.
    const ReportModel model = BuildReport(report_template, snapshot, "");
    WELFARE_ASSIGN_OR_RETURN(const std::string tables,
                             CsvRenderer().Render(model));
    WELFARE_ASSIGN_OR_RETURN(const std::vector<PrintedCell> after,
                             ReadCsvArchive(tables));
    snapshot.errata = Compare(before->cells, before->facts, after,
                              FactsOf(snapshot, model, fingerprint_));
  }
  NewReport result;
  StoredReport& report = result.report;
  result.snapshot = CanonicalBytes(snapshot, fingerprint_);
  if (result.snapshot.size() > most_snapshot_bytes_) {
    return SnapshotTooLarge(result.snapshot.size(), most_snapshot_bytes_);
  }
  report.snapshot_id = base::Sha256Hex(result.snapshot);
  const ReportModel model =
      BuildReport(report_template, snapshot, report.snapshot_id);
  WELFARE_RETURN_IF_ERROR(CheckWordings(model));
  for (std::size_t i = 0; i < renderers_.size(); ++i) {
    const Renderer& renderer = *renderers_[i];
    const auto start = std::chrono::steady_clock::now();
    WELFARE_ASSIGN_OR_RETURN(std::string bytes, renderer.Render(model));
    seconds_[i]->Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count());
    ReportFile file;
    file.format = std::string(renderer.format());
    file.content_type = std::string(renderer.content_type());
    file.filename = FilePrefix(model) + std::string(renderer.filename());
    file.size = static_cast<std::int64_t>(bytes.size());
    file.digest = base::Sha256Hex(bytes);
    report.files.push_back(std::move(file));
    result.bytes.push_back(std::move(bytes));
  }
  report.template_id = request.template_id;
  report.template_digest = report_template.digest;
  report.template_revision = shelved.revision;
  result.template_text = report_template.text;
  result.excerpts = std::move(excerpts);
  report.survey = request.round.survey;
  report.fiscal_year = request.round.fiscal_year.value();
  report.display_name = RunningTitle(model);
  const std::string mark = ReportMark(model);
  if (!mark.empty()) report.display_name += "　【" + mark + "】";
  report.basis = request.basis;
  report.edition = request.edition;
  report.audience = request.audience;
  report.corrects = request.corrects;
  report.correction_reason = request.correction_reason;
  report.provenance = snapshot.provenance;
  report.codebook = snapshot.round.codebook;
  report.synthetic = model.synthetic || model.previous_synthetic;
  result.facts = ToText(FactsOf(snapshot, model, fingerprint_));
  return store_.Create(write, result);
}

absl::StatusOr<std::vector<Excerpt>> ReportMaker::TakeExcerpts(
    const platform::CallContext& call, const ReportTemplate& report_template,
    const base::RoundName& round, Snapshot& snapshot) {
  std::vector<std::string> ids;
  for (NamedExcerpt& named : ExcerptsOf(report_template)) {
    ids.push_back(std::move(named.id));
  }
  if (ids.empty()) return std::vector<Excerpt>();
  WELFARE_ASSIGN_OR_RETURN(
      ExcerptCollector::Collected collected,
      excerpts_.Collect(call, round, ids, snapshot.provenance.round_revision,
                        snapshot.provenance.round_incarnation));
  if (!collected.hindered.empty()) {
    return ExcerptNotReleased(collected.hindered);
  }
  for (const Excerpt& excerpt : collected.excerpts) {
    snapshot.excerpts.push_back(Print(excerpt, snapshot.rosters));
  }
  return std::move(collected.excerpts);
}

absl::StatusOr<std::vector<SheetFault>> ReportMaker::Try(
    const platform::CallContext& call, const ReportTemplate& report_template,
    const base::RoundName& round) {
  WELFARE_ASSIGN_OR_RETURN(
      Snapshot snapshot,
      source_.Take(call,
                   {.round = round,
                    .first_roster_year = report_template.first_roster_year}));
  WELFARE_RETURN_IF_ERROR(
      TakeExcerpts(call, report_template, round, snapshot).status());
  snapshot.template_digest = report_template.digest;
  const ReportModel model = BuildReport(report_template, snapshot,
                                        SnapshotId(snapshot, fingerprint_));
  std::vector<SheetFault> faults = FindSheetFaults(model);
  if (!faults.empty()) return faults;
  // What fits may hold a name that the font cannot print.
  for (const std::unique_ptr<Renderer>& renderer : renderers_) {
    if (renderer->format() != "pdf") continue;
    WELFARE_RETURN_IF_ERROR(renderer->Render(model).status());
  }
  return faults;
}

}  // namespace welfare::report
