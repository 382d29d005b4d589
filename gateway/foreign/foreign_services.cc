#include "gateway/foreign/foreign_services.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/error_table.h"
#include "gateway/json/json_reader.h"
#include "gateway/routes/request_types.h"
#include "gateway/routes/text.h"
#include "google/api/http.pb.h"
#include "services/base/error.h"
#include "services/platform/address.h"
#include "services/platform/calls/method_policy.h"
#include "services/platform/errors.h"
#include "services/platform/process/config.h"
#include "services/platform/work/system_clock.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

using base::MakeError;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Far more than the contract of any service; what is larger is another file.
constexpr std::size_t kMaxFileBytes = std::size_t{32} << 20;

constexpr char kDescriptorSet[] = "descriptor-set";
constexpr char kHttpRules[] = "http-rules";
constexpr char kBackend[] = "--backend";
constexpr std::string_view kTls = "tls://";

// The name or address that a certificate must be of, and a port; `host:0` is
// nobody's.
bool IsHostAndPort(std::string_view address) {
  if (address.starts_with("unix") || address.starts_with("dns:")) return false;
  const auto parsed = platform::ParseTcpAddress(address);
  return parsed.has_value() && parsed->port != 0;
}

absl::Status FileUnreadable(std::string_view setting, const std::string& path,
                            std::string_view why) {
  return MakeError(Row("FOREIGN_FILE_UNREADABLE"))
      .With("setting", setting)
      .With("path", path)
      .Show("why", why);
}

absl::Status FileInvalid(std::string_view setting, const std::string& path,
                         const std::string& problem) {
  return MakeError(Row("FOREIGN_FILE_INVALID"))
      .With("setting", setting)
      .With("path", path)
      .Show("problem", problem);
}

absl::StatusOr<std::string> ReadFile(std::string_view setting,
                                     const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return FileUnreadable(setting, path, "it cannot be opened");
  std::string bytes(kMaxFileBytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad()) return FileUnreadable(setting, path, "it cannot be read");
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (bytes.size() > kMaxFileBytes) {
    return FileUnreadable(setting, path, "it is larger than 32 MiB");
  }
  return bytes;
}

// The first thing that is wrong with a file.
class FirstFault final : public DescriptorPool::ErrorCollector,
                         public google::protobuf::io::ErrorCollector {
 public:
  void AddError(const std::string& filename, const std::string& element,
                const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    if (text_.empty()) {
      text_ = absl::StrCat(filename, ": ", element, ": ", message);
    }
  }
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (text_.empty()) {
      text_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ",
                           message);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Builds the files of a set, each after those that it imports. What is linked
// in already is not built again.
class SetBuilder {
 public:
  SetBuilder(const google::protobuf::FileDescriptorSet& set,
             DescriptorPool& pool)
      : pool_(pool) {
    for (const FileDescriptorProto& file : set.file()) {
      files_.emplace(file.name(), &file);
    }
  }

  // What is wrong with the set; empty: nothing.
  std::string Run() {
    for (const auto& [name, file] : files_) {
      std::string problem = Build(*file, 0);
      if (!problem.empty()) return problem;
    }
    return "";
  }

 private:
  std::string Build(const FileDescriptorProto& file, int depth) {
    // Deeper than any tree of imports; one that names itself ends here.
    constexpr int kDeepest = 100;
    if (depth > kDeepest) return file.name() + " imports itself";
    if (pool_.FindFileByName(file.name()) != nullptr) return "";
    for (const std::string& import : file.dependency()) {
      if (pool_.FindFileByName(import) != nullptr) continue;
      const auto found = files_.find(import);
      if (found == files_.end()) {
        return file.name() + " imports " + import +
               ", which is not in the set; make it with --include_imports";
      }
      std::string problem = Build(*found->second, depth + 1);
      if (!problem.empty()) return problem;
    }
    FirstFault fault;
    if (pool_.BuildFileCollectingErrors(file, &fault) == nullptr) {
      return fault.text();
    }
    return "";
  }

  DescriptorPool& pool_;
  std::map<std::string, const FileDescriptorProto*> files_;
};

// The message that a file of rules is: bare rules, or a google.api.Service with
// no more in it than rules.
const google::protobuf::Descriptor& RulesFileType() {
  static const DescriptorPool* const pool = [] {
    FileDescriptorProto file;
    file.set_name("welfare/gateway/rules_file.proto");
    file.set_syntax("proto3");
    file.set_package("welfare.gateway");
    file.add_dependency(google::api::HttpRule::descriptor()->file()->name());
    auto& message = *file.add_message_type();
    message.set_name("RulesFile");
    using Field = google::protobuf::FieldDescriptorProto;
    const auto add = [&message](const char* name, int number, Field::Type type,
                                Field::Label label, const char* type_name) {
      Field& field = *message.add_field();
      field.set_name(name);
      field.set_number(number);
      field.set_type(type);
      field.set_label(label);
      if (type == Field::TYPE_MESSAGE) field.set_type_name(type_name);
    };
    add("rules", 1, Field::TYPE_MESSAGE, Field::LABEL_REPEATED,
        ".google.api.HttpRule");
    add("http", 2, Field::TYPE_MESSAGE, Field::LABEL_OPTIONAL,
        ".google.api.Http");
    add("type", 3, Field::TYPE_STRING, Field::LABEL_OPTIONAL, "");
    add("name", 4, Field::TYPE_STRING, Field::LABEL_OPTIONAL, "");
    add("config_version", 5, Field::TYPE_UINT32, Field::LABEL_OPTIONAL, "");
    // Lives as long as the process, as what is linked in does.
    auto* made = new DescriptorPool(DescriptorPool::generated_pool());
    made->BuildFile(file);
    return made;
  }();
  return *pool->FindMessageTypeByName("welfare.gateway.RulesFile");
}

// Reads `text` into `file`; returns what is wrong with it, or nothing.
std::string ReadRulesText(const std::string& text,
                          google::protobuf::Message& file) {
  const std::string_view trimmed = TrimSpace(text);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (trimmed.empty() || first == std::string::npos) return "it is empty";
  if (text[first] != '{') {
    FirstFault fault;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&fault);
    if (!parser.ParseFromString(text, &file)) {
      return "it is neither JSON nor text of protobuf: " + fault.text();
    }
    return "";
  }
  const JsonReport report = ReadJson(text, "", file);
  if (report.unreadable) return "it " + report.unreadable->description;
  if (report.too_many_values) return "it holds too many rules";
  if (!report.violations.empty()) {
    return "'" + report.violations.front().field + "' " +
           report.violations.front().description;
  }
  return "";
}

// The rules that `holder` has in its field `rules`.
void TakeRules(const google::protobuf::Message& holder,
               std::vector<google::api::HttpRule>& rules) {
  const auto* field = holder.GetDescriptor()->FindFieldByName("rules");
  const auto& reflection = *holder.GetReflection();
  for (int i = 0; i < reflection.FieldSize(holder, field); ++i) {
    rules.emplace_back().ParseFromString(
        reflection.GetRepeatedMessage(holder, field, i).SerializeAsString());
  }
}

}  // namespace

ForeignServices::ForeignServices()
    : pool_(
          std::make_unique<DescriptorPool>(DescriptorPool::generated_pool())) {}

absl::StatusOr<std::unique_ptr<ForeignServices>> ForeignServices::Read(
    const Settings& settings, std::span<const std::string> own) {
  auto services = std::make_unique<ForeignServices>();
  if (settings.backends.empty()) {
    if (!settings.descriptor_set.empty() || !settings.http_rules.empty()) {
      return platform::SettingInvalid(
          settings.descriptor_set.empty() ? "--http-rules" : "--descriptor-set",
          "it is of use with --backend alone.");
    }
    WELFARE_RETURN_IF_ERROR(services->CheckTls(settings));
    return services;
  }
  if (settings.descriptor_set.empty()) {
    return platform::SettingInvalid(
        kBackend, "--descriptor-set must say what the service is.");
  }
  WELFARE_RETURN_IF_ERROR(services->ReadDescriptors(settings.descriptor_set));
  WELFARE_RETURN_IF_ERROR(services->ReadBackends(settings.backends));
  WELFARE_RETURN_IF_ERROR(services->CheckTls(settings));
  if (!settings.http_rules.empty()) {
    WELFARE_RETURN_IF_ERROR(services->ReadRules(settings.http_rules));
  }
  WELFARE_RETURN_IF_ERROR(services->CheckMethods(settings.descriptor_set));
  // A path that is malformed, and two of one form, are found while routes are
  // made of them.
  std::vector<std::string> names(own.begin(), own.end());
  for (const auto& [name, backend] : services->backends_) names.push_back(name);
  if (const auto routes =
          HttpRoutes::Make(*services->pool_, names, services->rules_);
      !routes.ok()) {
    return settings.http_rules.empty()
               ? FileInvalid(kDescriptorSet, settings.descriptor_set,
                             std::string(base::MessageOf(routes.status())))
               : FileInvalid(kHttpRules, settings.http_rules,
                             std::string(base::MessageOf(routes.status())));
  }
  return services;
}

absl::Status ForeignServices::ReadDescriptors(const std::string& path) {
  WELFARE_ASSIGN_OR_RETURN(const std::string bytes,
                           ReadFile(kDescriptorSet, path));
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromString(bytes) || set.file().empty()) {
    return FileInvalid(kDescriptorSet, path,
                       "it is no google.protobuf.FileDescriptorSet");
  }
  const std::string problem = SetBuilder(set, *pool_).Run();
  if (!problem.empty()) return FileInvalid(kDescriptorSet, path, problem);
  return absl::OkStatus();
}

absl::Status ForeignServices::ReadBackends(std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string entry(TrimSpace(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
    const auto wrong = [&entry](std::string_view why) {
      return platform::SettingInvalid(
          kBackend, absl::StrCat("'", entry, "': ", std::string(why)));
    };
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) {
      return wrong("an entry is SERVICE=ADDRESS.");
    }
    const std::string name = entry.substr(0, equals);
    Endpoint backend{.address = entry.substr(equals + 1)};
    if (backend.address.starts_with(kTls)) {
      backend.address.erase(0, kTls.size());
      backend.tls = true;
    }
    const ServiceDescriptor* service = pool_->FindServiceByName(name);
    if (service == nullptr) {
      return wrong("--descriptor-set has no such service.");
    }
    if (service->file()->pool() == DescriptorPool::generated_pool()) {
      return wrong("it is a service of the platform, which has its own place.");
    }
    if (!platform::IsGrpcAddress(backend.address)) {
      return wrong("its address is none that gRPC can call.");
    }
    if (backend.tls && !IsHostAndPort(backend.address)) {
      return wrong("by TLS an address is tls://HOST:PORT.");
    }
    if (!backend.tls && !platform::IsLocalAddress(backend.address)) {
      return wrong(
          "its address is not of this machine, and the call would be plain; "
          "with tls:// before it the call is not.");
    }
    if (!backends_.emplace(name, std::move(backend)).second) {
      return wrong("the service has an address already.");
    }
  }
  return absl::OkStatus();
}

platform::TlsFiles ForeignServices::TlsFilesOf(const Settings& settings) {
  return {.certificate = settings.certificate,
          .key = settings.key,
          .client_ca = settings.ca,
          .client = true,
          .settings = {.certificate = "backend-cert-file",
                       .key = "backend-key-file",
                       .client_ca = "backend-ca-file"}};
}

absl::Status ForeignServices::CheckTls(const Settings& settings) const {
  const platform::TlsFiles files = TlsFilesOf(settings);
  const auto secured =
      std::find_if(backends_.begin(), backends_.end(),
                   [](const auto& entry) { return entry.second.tls; });
  if (secured == backends_.end()) {
    if (!files.any()) return absl::OkStatus();
    const std::string_view setting =
        !files.client_ca.empty()    ? files.settings.client_ca
        : files.certificate.empty() ? files.settings.key
                                    : files.settings.certificate;
    return platform::SettingInvalid(
        absl::StrCat("--", std::string(setting)),
        "it is of use with --backend SERVICE=tls://HOST:PORT alone.");
  }
  if (files.client_ca.empty()) {
    return platform::SettingInvalid(
        kBackend, absl::StrCat("'", secured->first,
                               "' is called by TLS, and --backend-ca-file must "
                               "say whose certificates are believed."));
  }
  const platform::LoadedTls loaded =
      platform::LoadTls(files, platform::SystemClock().Now());
  if (!loaded.problems.empty()) return loaded.problems.front();
  return absl::OkStatus();
}

absl::Status ForeignServices::ReadRules(const std::string& path) {
  WELFARE_ASSIGN_OR_RETURN(const std::string text, ReadFile(kHttpRules, path));
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> file(
      factory.GetPrototype(&RulesFileType())->New());
  const std::string problem = ReadRulesText(text, *file);
  if (!problem.empty()) return FileInvalid(kHttpRules, path, problem);
  std::vector<google::api::HttpRule> rules;
  TakeRules(*file, rules);
  const auto* http = file->GetDescriptor()->FindFieldByName("http");
  if (file->GetReflection()->HasField(*file, http)) {
    TakeRules(file->GetReflection()->GetMessage(*file, http), rules);
  }
  if (rules.empty()) return FileInvalid(kHttpRules, path, "it has no rules");
  for (google::api::HttpRule& rule : rules) {
    const MethodDescriptor* method = pool_->FindMethodByName(rule.selector());
    if (method == nullptr ||
        !backends_.contains(method->service()->full_name())) {
      return FileInvalid(
          kHttpRules, path,
          "'" + CutUtf8(rule.selector(), 200) +
              "' is no method of a service that --backend names");
    }
    rules_[method->full_name()] = std::move(rule);
  }
  return absl::OkStatus();
}

absl::Status ForeignServices::CheckMethods(const std::string& path) const {
  for (const auto& [name, backend] : backends_) {
    const ServiceDescriptor& service = *pool_->FindServiceByName(name);
    for (int i = 0; i < service.method_count(); ++i) {
      const MethodDescriptor& method = *service.method(i);
      const std::string anything = FieldOfAnything(*method.input_type());
      if (!anything.empty()) {
        return FileInvalid(kDescriptorSet, path,
                           "the request of " + method.full_name() +
                               " may hold anything: " + anything);
      }
      if (!method.options().HasExtension(::welfare::options::v1::policy)) {
        continue;
      }
      const auto policy = platform::MethodPolicy::Of(method);
      if (!policy.ok()) {
        return FileInvalid(kDescriptorSet, path,
                           method.full_name() + ": " +
                               std::string(base::MessageOf(policy.status())));
      }
      if (!method.options()
               .GetExtension(::welfare::options::v1::policy)
               .resource_field()
               .empty()) {
        return FileInvalid(kDescriptorSet, path,
                           method.full_name() +
                               ": its policy names a resource, which only a "
                               "service of the platform can judge");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace welfare::gateway
