#include "gateway/callers/caller_files.h"

#include <string_view>
#include <utility>
#include <variant>

#include "gateway/error_table.h"
#include "services/base/error.h"
#include "services/platform/observe/log.h"

namespace welfare::gateway {
namespace {

platform::Gauge& RefusedGauge(platform::MetricsRegistry& metrics,
                              const std::string& file) {
  return metrics.AddGauge(
      "welfare_caller_files_refused",
      "1 while a file of callers cannot be used and what it said before "
      "counts on.",
      {{"file", file}});
}

// The first thing that is wrong, and how many more there are.
absl::Status CallerFileInvalid(std::string_view setting,
                               const std::string& path,
                               const absl::Status& status) {
  const auto details = base::GetErrorDetails(status);
  const base::Violation& first = details->violations.front();
  const auto sentence = [&first](std::string_view description) {
    std::string text = first.field;
    if (!text.empty()) text += ": ";
    for (const std::string_view end : {".", "。"}) {
      if (description.ends_with(end)) description.remove_suffix(end.size());
    }
    return text.append(description);
  };
  const std::size_t others = details->violations.size() - 1;
  const std::string count = std::to_string(others);
  return base::MakeError(Row("CALLER_FILE_INVALID"))
      .With("setting", setting)
      .With("path", path)
      .Show("problem", sentence(first.description))
      .Show("problem_ja", sentence(first.description_ja))
      .Show("more", others == 0 ? "" : " (and " + count + " more)")
      .Show("more_ja", others == 0 ? "" : "（ほかに" + count + "件）");
}

// What one file says; null where no file is named.
template <typename Callers>
absl::StatusOr<std::shared_ptr<const Callers>> Read(std::string_view setting,
                                                    const std::string& path,
                                                    std::size_t most_bytes) {
  if (path.empty()) return std::shared_ptr<const Callers>();
  const auto file = platform::ReadFile(path, most_bytes);
  if (const auto* why = std::get_if<std::string>(&file)) {
    return base::MakeError(Row("CALLER_FILE_UNREADABLE"))
        .With("setting", setting)
        .With("path", path)
        .With("why", *why);
  }
  auto callers = Callers::Parse(std::get<platform::FileText>(file).text);
  if (!callers.ok()) {
    return CallerFileInvalid(setting, path, callers.status());
  }
  return std::make_shared<const Callers>(*std::move(callers));
}

auto ReadJwks(const CallerFilePaths& paths) {
  return Read<access::KeySet>("jwks-file", paths.jwks, access::kMaxJwksBytes);
}
auto ReadApiKeys(const CallerFilePaths& paths) {
  return Read<access::ApiKeys>("api-keys-file", paths.api_keys,
                               access::kMaxApiKeysBytes);
}
auto ReadCertificateCallers(const CallerFilePaths& paths) {
  return Read<access::CertificateCallers>("mtls-callers-file",
                                          paths.certificate_callers,
                                          access::kMaxCertificateCallersBytes);
}

}  // namespace

std::vector<absl::Status> CallerFiles::Check(const CallerFilePaths& paths) {
  std::vector<absl::Status> problems;
  for (const absl::Status& status :
       {ReadJwks(paths).status(), ReadApiKeys(paths).status(),
        ReadCertificateCallers(paths).status()}) {
    if (!status.ok()) problems.push_back(status);
  }
  return problems;
}

CallerFiles::CallerFiles(const CallerFilePaths& paths,
                         platform::MetricsRegistry& metrics)
    : paths_(paths),
      jwks_refused_(RefusedGauge(metrics, "jwks")),
      api_keys_refused_(RefusedGauge(metrics, "api_keys")),
      certificates_refused_(RefusedGauge(metrics, "mtls_callers")),
      files_({paths.jwks, paths.api_keys, paths.certificate_callers}) {}

absl::StatusOr<std::unique_ptr<CallerFiles>> CallerFiles::Open(
    const CallerFilePaths& paths, platform::MetricsRegistry& metrics,
    std::chrono::milliseconds look_every) {
  std::unique_ptr<CallerFiles> opened(new CallerFiles(paths, metrics));
  auto known = std::make_shared<KnownCallers>();
  WELFARE_ASSIGN_OR_RETURN(known->keys, ReadJwks(paths));
  WELFARE_ASSIGN_OR_RETURN(known->api_keys, ReadApiKeys(paths));
  WELFARE_ASSIGN_OR_RETURN(known->certificates, ReadCertificateCallers(paths));
  opened->current_ = std::move(known);
  opened->files_.Start(
      look_every, {.changed = [files = opened.get()] { files->ReadAgain(); }});
  return opened;
}

std::shared_ptr<const KnownCallers> CallerFiles::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void CallerFiles::ReadAgain() {
  auto known = std::make_shared<KnownCallers>(*current());
  const auto take = [](auto read, auto& place, platform::Gauge& refused) {
    refused.Set(read.ok() ? 0 : 1);
    if (read.ok()) {
      place = *std::move(read);
    } else {
      platform::LogStatus(
          platform::LogLevel::kError,
          "a file of callers cannot be used; what it said before counts on",
          read.status());
    }
  };
  take(ReadJwks(paths_), known->keys, jwks_refused_);
  take(ReadApiKeys(paths_), known->api_keys, api_keys_refused_);
  take(ReadCertificateCallers(paths_), known->certificates,
       certificates_refused_);
  // Also where other files alone have changed: tokens are verified once more.
  const std::uint64_t generation = ++known->generation;
  {
    const std::lock_guard lock(mutex_);
    current_ = std::move(known);
  }
  generation_ = generation;
  platform::LogInfo("files of callers were read again");
}

}  // namespace welfare::gateway
