#include "tools/welfarectl/commands/report/report_verify.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/signature/signature_text.h"
#include "services/base/signature/signing_key.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::ctl {
namespace {

namespace report_v1 = ::welfare::report::v1;

using base::FileSignature;
using base::SignedFile;
using base::VerifyingKey;

struct VerifyFlags {
  std::string what;  // a file or a report
  std::vector<std::string> keys;
  std::string signature;
};

absl::StatusOr<std::vector<VerifyingKey>> ReadKeys(
    const std::vector<std::string>& paths) {
  std::vector<VerifyingKey> keys;
  for (const std::string& path : paths) {
    WELFARE_ASSIGN_OR_RETURN(const std::string pem, ReadWholeFile(path));
    std::vector<VerifyingKey> read = VerifyingKey::ReadAll(pem);
    if (read.empty()) {
      return base::MakeError(CtlRow("PUBLIC_KEY_FORMAT")).With("path", path);
    }
    for (VerifyingKey& key : read) keys.push_back(std::move(key));
  }
  return keys;
}

absl::StatusOr<FileSignature> ReadSignature(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadWholeFile(path);
  if (!text.ok()) {
    return base::MakeError(CtlRow("SIGNATURE_MISSING")).With("path", path);
  }
  int line = 0;
  std::optional<FileSignature> signature =
      base::ReadSignatureText(*text, line);
  if (!signature.has_value()) {
    return base::MakeError(CtlRow("SIGNATURE_FORMAT"))
        .With("path", path)
        .With("line", static_cast<long long>(line));
  }
  return *std::move(signature);
}

// Whether one of the keys made the signature.
absl::Status CheckKey(const FileSignature& signature,
                      const std::vector<VerifyingKey>& keys) {
  std::string known;
  for (const VerifyingKey& key : keys) {
    if (key.id() == signature.file.key) {
      if (key.Verifies(signature.lines, signature.bytes)) {
        return absl::OkStatus();
      }
      return base::MakeError(CtlRow("SIGNATURE_FALSE")).With("key", key.id());
    }
    known += (known.empty() ? "" : ", ") + key.id();
  }
  return base::MakeError(CtlRow("SIGNATURE_KEY_OTHER"))
      .With("key", signature.file.key)
      .With("keys", known);
}

// Whether the signature is of these bytes.
absl::Status CheckBytes(const std::string& path, const std::string& bytes,
                        const SignedFile& file) {
  const std::string digest = base::Sha256Hex(bytes);
  if (digest == file.digest) return absl::OkStatus();
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (base::FormatOfBytes(bytes) != file.format) {
    return base::MakeError(CtlRow("SIGNATURE_OF_ANOTHER_FILE"))
        .With("path", path)
        .With("report", file.name)
        .With("format", file.format);
  }
  return base::MakeError(CtlRow("FILE_NOT_AS_SIGNED"))
      .With("path", path)
      .With("report", file.name)
      .With("size", file.size)
      .With("found", size)
      .With("digest", digest);
}

absl::StatusOr<SignedFile> CheckFile(const VerifyFlags& flags) {
  WELFARE_ASSIGN_OR_RETURN(const std::vector<VerifyingKey> keys,
                           ReadKeys(flags.keys));
  WELFARE_ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(flags.what));
  WELFARE_ASSIGN_OR_RETURN(
      const FileSignature signature,
      ReadSignature(flags.signature.empty()
                        ? flags.what + std::string(kSignatureSuffix)
                        : flags.signature));
  WELFARE_RETURN_IF_ERROR(CheckKey(signature, keys));
  WELFARE_RETURN_IF_ERROR(CheckBytes(flags.what, bytes, signature.file));
  return signature.file;
}

int VerifyFile(Session& session, const VerifyFlags& flags) {
  const absl::StatusOr<SignedFile> file = CheckFile(flags);
  if (!file.ok()) return Fail(file.status());
  const bool sheet = file->kind == SignedFile::Kind::kSheet;
  std::cerr << (sheet ? Say("{path} is what the respondent was sent.",
                            {{"path", flags.what}})
                      : Say("{path} is what was published.",
                            {{"path", flags.what}}))
            << "\n";
  if (session.output() == Output::kJson) {
    base::JsonObject said;
    said.Add(sheet ? "sheet" : "report", file->name)
        .Add("displayName", file->title)
        .Add("edition", file->edition);
    if (!sheet) said.Add("publishLevel", file->level);
    std::cout << said.Add(sheet ? "createTime" : "publishTime",
                          file->time.ToRfc3339())
                     .Add(sheet ? "number" : "snapshot", file->content)
                     .Add("format", file->format)
                     .Add("filename", file->filename)
                     .Add("size", file->size)
                     .Add("digest", file->digest)
                     .Add("signingKey", file->key)
                     .Text()
              << "\n";
    return kOk;
  }
  if (sheet) {
    Table table({{.title = "sheet"},
                 {.title = "edition"},
                 {.title = "made"},
                 {.title = "number"},
                 {.title = "format"},
                 {.title = "digest", .limit = 14},
                 {.title = "key"}});
    table.Add({file->name, file->edition, file->time.ToRfc3339(),
               file->content, file->format, file->digest, file->key});
    PrintRows(session, table);
    return kOk;
  }
  Table table({{.title = "report"},
               {.title = "edition"},
               {.title = "level"},
               {.title = "published"},
               {.title = "format"},
               {.title = "digest", .limit = 14},
               {.title = "key"}});
  table.Add({file->name, file->edition, file->level, file->time.ToRfc3339(),
             file->format, file->digest, file->key});
  PrintRows(session, table);
  return kOk;
}

int VerifyReport(Session& session, const std::string& id) {
  report_v1::VerifyReportRequest request;
  request.set_name(ReportName(id));
  report_v1::VerifyReportResponse reply;
  const int code = Call(session, request, reply);
  if (code != kOk) return code;
  Table table({{.title = "format"},
               {.title = "verdict"},
               {.title = "digest", .limit = 14},
               {.title = "stored", .limit = 14},
               {.title = "rendered", .limit = 14}});
  bool damaged = false;
  bool different = false;
  for (const report_v1::VerifiedFile& file : reply.files()) {
    damaged |= file.verdict() == report_v1::VerifiedFile::VERDICT_DAMAGED;
    different |= file.verdict() == report_v1::VerifiedFile::VERDICT_DIFFERENT;
    table.Add({file.format(),
               ShortName(report_v1::VerifiedFile::Verdict_Name(file.verdict()),
                         "VERDICT_"),
               file.digest(), file.stored_digest(), file.rendered_digest()});
  }
  Print(session, reply, table);
  if (!damaged && !different) return kOk;
  const base::ErrorRow& why = damaged ? CtlRow("REPORT_DAMAGED")
                              : reply.same_renderers()
                                  ? CtlRow("REPORT_DIFFERENT")
                                  : CtlRow("RENDERERS_OTHER");
  return Fail(base::MakeError(why).With("report", request.name()));
}

}  // namespace

std::string ReportName(const std::string& id) {
  return id.starts_with("reports/") ? id : "reports/" + id;
}

void AddReportVerify(const Command& noun, Session& session) {
  const Command verify = noun.AddVerb(
      "verify",
      "Check a published file or a feedback sheet by its signature, or render "
      "a stored report again and compare");
  auto flags = std::make_shared<VerifyFlags>();
  verify
      .AddOption("WHAT", flags->what,
                 "A file, with --key; or a report id, jusou-2025-0001")
      .File()
      .Required();
  const Flag key =
      verify
          .AddOption("--key", flags->keys,
                     "Public keys of the publisher in PEM form, one or more "
                     "files; nobody is called")
          .File();
  verify
      .AddOption("--signature", flags->signature,
                 "The signature; default: the file's name with .sig")
      .File()
      .Needs(key);
  verify.Runs(
      session,
      [&session, flags] {
        return flags->keys.empty() ? VerifyReport(session, flags->what)
                                   : VerifyFile(session, *flags);
      },
      [flags] { return flags->keys.empty(); });
}

}  // namespace welfare::ctl
