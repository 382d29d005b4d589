#include "services/report/api/feedback_maker.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/signature/signing_key.h"
#include "services/platform/errors.h"
#include "services/report/errors.h"
#include "services/report/files/signing_key_reader.h"
#include "services/report/model/feedback/feedback_builder.h"
#include "services/report/model/layout.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/pdf/glyphs.h"
#include "services/report/render/pdf/pdf_renderer.h"
#include "services/report/sheets/book.h"

namespace welfare::report {
namespace {

// Changes whenever equal content is to give another sheet.
constexpr std::string_view kFeedbackForm = "feedback 1\n";

ReportFile FileOf(const ReportModel& model, std::string_view format,
                  std::string_view content_type, const std::string& bytes) {
  ReportFile file;
  file.format = std::string(format);
  file.content_type = std::string(content_type);
  file.filename = FilePrefix(model) + model.id + "." +
                  std::string(format);
  file.size = static_cast<std::int64_t>(bytes.size());
  file.digest = base::Sha256Hex(bytes);
  return file;
}

// Writes one sheet. `build` returns its model with a digest in it; the digest is
// that of the sheet without one.
template <typename Build>
absl::Status Write(const Build& build, const PrintFont& font, NewSheet& sheet) {
  const HtmlRenderer html;
  const PdfRenderer pdf(font);
  WELFARE_ASSIGN_OR_RETURN(const std::string said, html.Render(build("")));
  sheet.sheet.digest =
      base::Sha256Hex(std::string(kFeedbackForm) + html.fingerprint() + "\n" +
                      pdf.fingerprint() + "\n" + said);
  const ReportModel model = build(sheet.sheet.digest);
  sheet.sheet.display_name = model.title + "　" + model.subtitle;
  WELFARE_ASSIGN_OR_RETURN(std::string page, html.Render(model));
  WELFARE_ASSIGN_OR_RETURN(const Book book, LayOutFeedback(model));
  WELFARE_ASSIGN_OR_RETURN(std::string paper, WritePdf(book, font));
  sheet.sheet.synthetic = model.synthetic || model.previous_synthetic;
  sheet.sheet.files = {
      FileOf(model, html.format(), html.content_type(), page),
      FileOf(model, pdf.format(), pdf.content_type(), paper)};
  sheet.bytes = {std::move(page), std::move(paper)};
  return absl::OkStatus();
}

absl::Status CheckLimits(const base::CallLimits& limits) {
  constexpr std::string_view kWork = "making feedback sheets";
  if (limits.cancelled()) return platform::Cancelled(kWork);
  if (limits.expired()) return platform::DeadlineExceeded(kWork);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<NewSheet>> RenderSheets(
    const base::CallLimits& limits, const std::string& report,
    FeedbackContent content, Comparabilities declared, const PrintFont& font) {
  WELFARE_ASSIGN_OR_RETURN(const FontGlyphs glyphs, FontGlyphs::Open(font));
  const FeedbackBuilder builder(
      std::move(content), std::move(declared),
      [&glyphs](char32_t c) { return glyphs.Has(c); });
  const std::vector<FeedbackBuilder::Pair> pairs = builder.Pairs();
  const bool pairs_shown = builder.PairsShownToRespondents();
  std::vector<NewSheet> sheets;
  const auto begin = [&](const RespondentAnswers& one) -> NewSheet& {
    NewSheet& made = sheets.emplace_back();
    made.sheet.report = report;
    made.sheet.position = static_cast<int>(sheets.size());
    made.sheet.municipality_code = one.respondent.municipality.ToString();
    made.sheet.other_codes = one.other_codes;
    return made;
  };
  for (std::size_t i = 0; i < builder.respondents().size(); ++i) {
    WELFARE_RETURN_IF_ERROR(CheckLimits(limits));
    const RespondentAnswers& one = builder.respondents()[i];
    NewSheet& own = begin(one);
    own.sheet.id = one.respondent.ToString();
    own.sheet.kind = SheetKind::kOwn;
    own.sheet.respondent_kind = one.respondent.kind;
    own.sheet.shown_to_respondents = true;
    WELFARE_RETURN_IF_ERROR(Write(
        [&](std::string_view digest) { return builder.OwnSheet(i, digest); },
        font, own));
    for (const FeedbackBuilder::Pair& pair : pairs) {
      if (pair.council != i) continue;
      NewSheet& both = begin(builder.respondents()[pair.municipality]);
      both.sheet.id = both.sheet.municipality_code + "-pair";
      both.sheet.kind = SheetKind::kPair;
      both.sheet.shown_to_respondents = pairs_shown;
      WELFARE_RETURN_IF_ERROR(
          Write([&](std::string_view digest) {
            return builder.PairSheet(pair, digest);
          }, font, both));
    }
  }
  return sheets;
}

absl::StatusOr<Comparabilities> FeedbackMaker::DeclaredBy(
    const platform::CallContext& call, const StoredReport& report,
    const base::RoundName& round) const {
  // Of a report that was made before templates were kept nobody knows.
  if (report.template_digest.empty()) return Comparabilities();
  absl::StatusOr<ShelvedTemplate> made_from = parts_.templates.Take(
      report.template_id, round, report.template_digest, call.limits);
  if (made_from.ok()) {
    return std::move(made_from->report_template.comparability);
  }
  // Nor where its text is gone, or was stored by a program that read templates
  // otherwise.
  const std::string reason = base::ReasonOf(made_from.status());
  if (reason == "TEMPLATE_NOT_FOUND" || reason == "TEMPLATE_INVALID") {
    return Comparabilities();
  }
  return made_from.status();
}

absl::StatusOr<SheetCounts> FeedbackMaker::Make(
    const platform::CallContext& call, const StoredReport& report,
    const platform::WriteRequest& write) const {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<SheetCounts> repeat,
                           parts_.store.FindRepeat(write));
  if (repeat.has_value()) return *repeat;
  const std::string name = report.Name();
  WELFARE_RETURN_IF_ERROR(parts_.store.CheckNone(name, call.limits));
  std::optional<base::SigningKey> key;
  if (!parts_.signing_key_file.empty()) {
    WELFARE_ASSIGN_OR_RETURN(key, ReadSigningKey(parts_.signing_key_file));
  }
  const auto year = base::FiscalYear::Make(report.fiscal_year);
  if (!year.ok()) return year.status();
  const base::RoundName round{report.survey, *year};
  WELFARE_ASSIGN_OR_RETURN(Comparabilities declared,
                           DeclaredBy(call, report, round));
  WELFARE_ASSIGN_OR_RETURN(
      FeedbackContent content,
      parts_.source.Take(call, {.round = round,
                                .basis = report.basis,
                                .pins = report.provenance}));
  content.figures.edition = report.edition;
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<NewSheet> sheets,
      RenderSheets(call.limits, name, std::move(content), std::move(declared),
                   parts_.font));
  return parts_.store.Create(write, report, sheets,
                             key.has_value() ? &*key : nullptr);
}

}  // namespace welfare::report
