#include "services/report/api/template_calls.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include <google/protobuf/util/time_util.h>

#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/report/errors.h"
#include "services/report/files/template_reader.h"
#include "services/report/render/pdf/glyphs.h"
#include "services/report/template/fit.h"
#include "services/report/template/proposal.h"
#include "services/text/field_rules.h"

namespace welfare::report {
namespace {

constexpr std::size_t kMostTemplateBytes = std::size_t{512} << 10;
constexpr std::string_view kTemplatePattern =
    "surveys/{survey}/rounds/{fiscal_year}/templates/{template}";
constexpr std::string_view kRevisionPattern =
    "surveys/{survey}/rounds/{fiscal_year}/templates/{template}/revisions/"
    "{revision}";
constexpr std::string_view kBuiltIn = "built-in";
constexpr std::string_view kCurrent = "current";

constexpr text::FieldRule kCommentField = text::kReasonField.AtMost(
    200, text::FieldRule::Unit::kCharacters);
constexpr text::FieldRule kNameOfFile = text::kFileNameField.AtMost(
    200, text::FieldRule::Unit::kCharacters);

// A template of a round as a name says it.
struct TemplateName {
  base::RoundName round;
  std::string template_id;

  TemplateOfRound of() const {
    return {round.survey, round.fiscal_year.value(), template_id};
  }
};

std::optional<TemplateName> ParseTemplateName(std::string_view name) {
  constexpr std::string_view kTemplates = "/templates/";
  const std::size_t at = name.find(kTemplates);
  if (at == std::string_view::npos) return std::nullopt;
  auto round = base::RoundName::Parse(name.substr(0, at));
  const std::string_view id = name.substr(at + kTemplates.size());
  if (!round.ok() || !base::IsResourceId(id)) return std::nullopt;
  return TemplateName{*std::move(round), std::string(id)};
}

// Returns the text to keep of a field that may be empty.
std::string KeepLine(const text::FieldRule& rule, const std::string& field,
                     const std::string& sent,
                     std::vector<base::Violation>& violations) {
  const absl::StatusOr<std::string> kept = text::Keep(rule, sent);
  if (kept.ok()) return *kept;
  violations.push_back(TextRefused(field, kept.status()));
  return "";
}

// What does not fit the codebook, with the change that mends it.
base::Violation FaultOf(const ReportTemplate& report_template,
                        const Misfit& misfit, const CodebookFigures& figures) {
  const Proposal proposal = Propose(misfit, figures.shapes);
  base::Violation fault{PlaceInText(report_template, misfit.place),
                        std::string(ReasonName(misfit.reason)),
                        DescribeMisfit(misfit) + " " + proposal.words,
                        CauseInJapanese(misfit) + "使えません。" +
                            proposal.words_ja};
  return fault;
}

void FindMissingGlyphs(const ReportTemplate& report_template,
                       const FontGlyphs& glyphs,
                       std::vector<base::Violation>& faults) {
  ForEachText(report_template, [&](const std::string& path,
                                   const std::string& text) {
    if (const auto missing = glyphs.FindMissing(text)) {
      faults.push_back(
          GlyphMissingAt(PlaceInText(report_template, path), *missing));
    }
  });
}

void ToProto(const StoredTemplate& revision, v1::TemplateRevision& result) {
  result.set_name(revision.Name());
  result.set_comment(revision.comment);
  result.set_digest(revision.digest);
  result.set_size(revision.size);
  result.set_editor(revision.editor);
  *result.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          revision.create_time.micros());
}

}  // namespace

absl::StatusOr<ReportTemplate> TemplateCalls::Judge(
    const platform::CallContext& call, const base::RoundName& round,
    const std::string& template_id, const std::string& file,
    const std::string& text) {
  std::vector<base::Violation> faults;
  ReportTemplate read = ReadTemplateText(text, faults);
  if (read.text.empty()) return TemplateInvalid(file, std::move(faults));
  if (read.id != template_id || read.survey != round.survey) {
    faults.push_back(TemplateOther(PlaceInText(read, "template"), read.id,
                                   read.survey, template_id, round.survey));
  }
  WELFARE_ASSIGN_OR_RETURN(const FontGlyphs glyphs,
                           FontGlyphs::Open(with_.font));
  FindMissingGlyphs(read, glyphs, faults);
  WELFARE_ASSIGN_OR_RETURN(const RoundToFill filled,
                           with_.survey.FindRound(call, round));
  WELFARE_ASSIGN_OR_RETURN(const CodebookFigures figures,
                           with_.definitions.FiguresOf(call, filled.codebook));
  for (const Misfit& misfit : FindMisfits(read, figures.shapes)) {
    faults.push_back(FaultOf(read, misfit, figures));
  }
  WELFARE_RETURN_IF_ERROR(JudgeExcerpts(call, round, read, faults));
  // Pages of what is wrong anyway say nothing.
  if (faults.empty() && filled.opened) {
    WELFARE_ASSIGN_OR_RETURN(const std::vector<SheetFault> sheets,
                             with_.maker.Try(call, read, round));
    for (const SheetFault& sheet : sheets) {
      const std::string path = "pages[" + sheet.sheet + "]";
      faults.push_back(PageOverflowAt(PlaceInText(read, path), sheet.words));
    }
  }
  if (!faults.empty()) return TemplateInvalid(file, std::move(faults));
  return read;
}

absl::Status TemplateCalls::JudgeExcerpts(
    const platform::CallContext& call, const base::RoundName& round,
    const ReportTemplate& read, std::vector<base::Violation>& faults) {
  const std::vector<NamedExcerpt> named = ExcerptsOf(read);
  if (named.empty()) return absl::OkStatus();
  std::vector<std::string> ids;
  for (const NamedExcerpt& one : named) ids.push_back(one.id);
  WELFARE_ASSIGN_OR_RETURN(const ExcerptCollector::Collected collected,
                           with_.excerpts.Collect(call, round, ids, 0, ""));
  for (const HinderedExcerpt& hindered : collected.hindered) {
    const auto one = std::ranges::find(named, hindered.id, &NamedExcerpt::id);
    faults.push_back(
        ExcerptNotReleasedAt(PlaceInText(read, one->path), hindered));
  }
  return absl::OkStatus();
}

absl::Status TemplateCalls::Create(
    const platform::CallContext& call,
    const v1::CreateTemplateRevisionRequest& request,
    v1::TemplateRevision& response) {
  std::vector<base::Violation> violations;
  const auto name = ParseTemplateName(request.parent());
  if (!name.has_value()) {
    violations.push_back(
        ResourceNameInvalid("parent", request.parent(), kTemplatePattern));
  }
  const std::string& text = request.template_revision().text();
  if (text.empty()) {
    violations.push_back(FieldRequired("template_revision.text",
                                       "template: jusou"));
  } else if (text.size() > kMostTemplateBytes) {
    violations.push_back(
        TemplateTooLarge("template_revision.text", kMostTemplateBytes));
  }
  StoredTemplate revision;
  revision.comment =
      KeepLine(kCommentField, "template_revision.comment",
               request.template_revision().comment(), violations);
  std::string file = KeepLine(kNameOfFile, "file", request.file(), violations);
  if (file.empty()) file = "template.yaml";
  if (!violations.empty()) return TemplateRequestInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const ReportTemplate read,
      Judge(call, name->round, name->template_id, file, text));
  revision.of = name->of();
  revision.digest = read.digest;
  revision.size = static_cast<std::int64_t>(text.size());
  if (request.validate_only()) {
    response.set_comment(revision.comment);
    response.set_digest(revision.digest);
    response.set_size(revision.size);
    return absl::OkStatus();
  }
  WELFARE_ASSIGN_OR_RETURN(const StoredTemplate stored,
                           with_.store.Add(write, revision, text));
  ToProto(stored, response);
  return absl::OkStatus();
}

absl::Status TemplateCalls::Get(const platform::CallContext& call,
                                const v1::GetTemplateRevisionRequest& request,
                                v1::TemplateRevision& response) {
  constexpr std::string_view kRevisions = "/revisions/";
  const std::string& full = request.name();
  const std::size_t at = full.find(kRevisions);
  const auto name = ParseTemplateName(std::string_view(full).substr(0, at));
  const std::string id =
      at == std::string::npos ? "" : full.substr(at + kRevisions.size());
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(id.data(), id.data() + id.size(), number);
  const bool numbered = error == std::errc() && end == id.data() + id.size() &&
                        number > 0 && id.front() != '0';
  if (!name.has_value() || !(numbered || id == kBuiltIn || id == kCurrent)) {
    return TemplateRequestInvalid(
        {ResourceNameInvalid("name", full, kRevisionPattern)});
  }
  std::optional<StoredTemplate> revision;
  if (id != kBuiltIn) {
    WELFARE_ASSIGN_OR_RETURN(
        revision, with_.store.FindRevision(name->of(), numbered ? number : 0,
                                           call.limits));
  }
  if (revision.has_value()) {
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::string> text,
        with_.store.FindText(revision->digest, call.limits));
    if (!text.has_value()) return TemplateNotFound(full);
    ToProto(*revision, response);
    response.set_text(*text);
    return absl::OkStatus();
  }
  const ReportTemplate* const built_in =
      numbered ? nullptr : with_.shelf.FindBuiltIn(name->template_id);
  if (built_in == nullptr || built_in->survey != name->round.survey) {
    return TemplateNotFound(full);
  }
  response.set_name(name->of().ToString() + std::string(kRevisions) +
                    std::string(kBuiltIn));
  response.set_text(built_in->text);
  response.set_digest(built_in->digest);
  response.set_size(static_cast<std::int64_t>(built_in->text.size()));
  return absl::OkStatus();
}

absl::Status TemplateCalls::List(
    const platform::CallContext& call,
    const v1::ListTemplateRevisionsRequest& request,
    v1::ListTemplateRevisionsResponse& response) {
  const auto name = ParseTemplateName(request.parent());
  if (!name.has_value()) {
    return TemplateRequestInvalid(
        {ResourceNameInvalid("parent", request.parent(), kTemplatePattern)});
  }
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, with_.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::int64_t>>());
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<StoredTemplate> revisions,
      with_.store.ListRevisions(
          name->of(), after.has_value() ? std::get<0>(*after) : 0,
          page.size() + 1, call.limits));
  base::PageRoom room(page.size());
  std::int64_t last = 0;
  for (const StoredTemplate& revision : revisions) {
    v1::TemplateRevision one;
    ToProto(revision, one);
    if (!room.Take(one.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(std::tuple(last)));
      break;
    }
    last = revision.number;
    *response.add_template_revisions() = std::move(one);
  }
  return absl::OkStatus();
}

}  // namespace welfare::report
