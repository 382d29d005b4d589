#include "services/report/store/sql_signatures.h"

#include <utility>

#include "services/base/error.h"
#include "services/base/signature/signature_text.h"
#include "services/report/errors.h"

namespace welfare::report {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// A report that was made before has no row in report_snapshots. Canonical bytes
// stand among the contents, under the digest that is their snapshot's id.
const std::string_view kSignaturesSql = R"sql(
CREATE TABLE report_snapshots (
  name TEXT NOT NULL PRIMARY KEY REFERENCES reports (name),
  snapshot TEXT NOT NULL REFERENCES report_contents (digest)
);
{append_only report_snapshots}

CREATE TABLE report_signatures (
  name TEXT NOT NULL REFERENCES reports (name),
  format TEXT NOT NULL,
  signing_key TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (name, format)
);
{append_only report_signatures}
)sql";

namespace {

constexpr Query kInsertContent{
    "insert_report_content",
    "INSERT INTO report_contents (digest, content) VALUES ($1, $2)"
    " ON CONFLICT (digest) DO NOTHING"};
constexpr Query kInsertSnapshot{
    "insert_report_snapshot",
    "INSERT INTO report_snapshots (name, snapshot) VALUES ($1, $2)"};
constexpr Query kFindSnapshot{
    "find_report_snapshot",
    "SELECT c.content, t.content FROM report_snapshots s"
    " JOIN report_contents c ON c.digest = s.snapshot"
    " JOIN reports r ON r.name = s.name"
    " JOIN template_texts t ON t.digest = r.template_digest"
    " WHERE s.name = $1"};
constexpr Query kInsertSignature{
    "insert_report_signature",
    "INSERT INTO report_signatures (name, format, signing_key, content)"
    " VALUES ($1, $2, $3, $4)"};
constexpr Query kFindSignature{
    "find_report_signature",
    "SELECT content FROM report_signatures WHERE name = $1 AND format = $2"};

}  // namespace

absl::Status StoreContent(Transaction& transaction, const std::string& digest,
                          const std::string& bytes) {
  return transaction.Execute(kInsertContent, {digest, platform::Bytes{bytes}})
      .status();
}

absl::Status StoreSnapshot(Transaction& transaction, const StoredReport& report,
                           const std::string& snapshot) {
  if (snapshot.empty()) return absl::OkStatus();
  WELFARE_RETURN_IF_ERROR(
      StoreContent(transaction, report.snapshot_id, snapshot));
  return transaction
      .Execute(kInsertSnapshot, {report.Name(), report.snapshot_id})
      .status();
}

absl::StatusOr<std::optional<StoredSnapshot>> FindSnapshot(
    Connection& connection, const std::string& name) {
  return connection.Find(kFindSnapshot, {name}, [](const Row& row) {
    return StoredSnapshot{row.BytesOf(0), row.Text(1)};
  });
}

absl::StatusOr<std::optional<std::string>> FindSignature(
    Connection& connection, const std::string& name,
    const std::string& format) {
  return connection.Find(kFindSignature, {name, format},
                         [](const Row& row) { return row.Text(0); });
}

absl::StatusOr<std::string> MakeSignature(const base::SigningKey& key,
                                          base::SignedFile file) {
  file.key = key.id();
  const std::string lines = base::LinesToSign(file);
  const std::string signature = key.Sign(lines);
  if (signature.empty()) return SigningKeyUnusable("OpenSSL cannot sign");
  return base::SignatureText(lines, signature);
}

absl::Status SignFiles(platform::Write& write, const base::SigningKey& key,
                       StoredReport& report) {
  const Publication& publication = report.publication;
  for (ReportFile& file : report.files) {
    WELFARE_ASSIGN_OR_RETURN(
        const std::string text,
        MakeSignature(
            key, {.name = report.Name(),
                  .title = report.display_name,
                  .edition = std::string(ToString(report.edition)),
                  .level = std::string(vocabulary::ToString(*publication.level)),
                  .time = *publication.publish_time,
                  .content = report.snapshot_id,
                  .format = file.format,
                  .filename = file.filename,
                  .size = file.size,
                  .digest = file.digest,
                  .key = ""}));
    WELFARE_RETURN_IF_ERROR(
        write.transaction()
            .Execute(kInsertSignature,
                     {report.Name(), file.format, key.id(), text})
            .status());
    file.signing_key = key.id();
  }
  return absl::OkStatus();
}

}  // namespace welfare::report
