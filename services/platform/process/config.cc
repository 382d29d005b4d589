#include "services/platform/process/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "services/base/arguments.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/version.h"

namespace welfare::platform {
namespace {

constexpr std::string_view kMask = "********";

std::string_view Word(Config::Origin origin) {
  switch (origin) {
    case Config::Origin::kDefault:
      return "default";
    case Config::Origin::kEnvironment:
      return "environment";
    case Config::Origin::kFlag:
      return "flag";
  }
  return "default";
}

std::optional<int> ToInt(std::string_view text) {
  int value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  return text;
}

absl::Status Check(const Setting& setting, const Config::Value& value) {
  const std::string where = value.origin == Config::Origin::kEnvironment
                                ? EnvironmentName(setting.name)
                                : "--" + setting.name;
  if (setting.kind == Setting::Kind::kInteger) {
    const std::optional<int> number = ToInt(value.text);
    if (!number) return SettingInvalid(where, "it must be a whole number.");
    if (*number < setting.least || *number > setting.most) {
      return SettingInvalid(where, "it must be " +
                                       std::to_string(setting.least) + " to " +
                                       std::to_string(setting.most) + ".");
    }
  }
  if (setting.choices.empty()) return absl::OkStatus();
  std::string list;
  for (const std::string& choice : setting.choices) {
    if (choice == value.text) return absl::OkStatus();
    list += (list.empty() ? "" : ", ") + choice;
  }
  return SettingInvalid(where, "it must be one of " + list + ".");
}

// The value from the environment, or from the file that ..._FILE names.
absl::StatusOr<std::optional<std::string>> FromEnvironment(
    const Setting& setting, const Config::Environment& environment) {
  const std::string name = EnvironmentName(setting.name);
  if (std::optional<std::string> value = environment(name); value) {
    return value;
  }
  if (setting.kind != Setting::Kind::kSecret) return std::nullopt;
  const std::optional<std::string> file = environment(name + "_FILE");
  if (!file.has_value()) return std::nullopt;
  std::ifstream in(*file, std::ios::binary);
  if (!in) {
    return SettingInvalid(name + "_FILE", "the file cannot be read.");
  }
  return Trimmed(std::string{std::istreambuf_iterator<char>(in),
                             std::istreambuf_iterator<char>()});
}

}  // namespace

std::string EnvironmentName(std::string_view setting) {
  std::string name = "WELFARE_";
  for (const char c : setting) {
    name +=
        c == '-'
            ? '_'
            : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

Config::Environment Config::ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

absl::StatusOr<Config> Config::Parse(std::string_view program,
                                     std::span<const std::string> arguments,
                                     const Environment& environment,
                                     const std::vector<Setting>& settings) {
  Config config;
  config.settings_ = settings;
  CLI::App app{std::string(program), std::string(program)};
  bool verify = false;
  bool print = false;
  app.add_flag("--verify-config", verify,
               "Check the settings, say what is wrong, and exit.");
  app.add_flag("--print-config", print,
               "Print the settings, secrets masked, and exit.");
  app.set_version_flag("--version", std::string(BuildVersion()) + " (" +
                                        std::string(BuildCommit()) + ")");
  std::map<std::string, std::string> texts;
  std::map<std::string, CLI::Option*> options;
  for (const Setting& setting : settings) {
    options[setting.name] =
        app.add_option("--" + setting.name, texts[setting.name],
                       setting.help + " [" + EnvironmentName(setting.name) +
                           (setting.default_value.empty()
                                ? "]"
                                : ", default " + setting.default_value + "]"));
  }
  try {
    std::vector<std::string> given =
        base::WithEmptyValues({arguments.begin(), arguments.end()});
    std::reverse(given.begin(), given.end());  // as CLI11 takes them
    app.parse(std::move(given));
  } catch (const CLI::Success& success) {
    app.exit(success, std::cout, std::cerr);
    config.action_ = Action::kExit;
    return config;
  } catch (const CLI::ParseError& error) {
    return SettingInvalid("command line", error.what());
  }
  for (const Setting& setting : settings) {
    Value value{.text = setting.default_value, .origin = Origin::kDefault};
    WELFARE_ASSIGN_OR_RETURN(const std::optional<std::string> from_environment,
                             FromEnvironment(setting, environment));
    if (from_environment.has_value()) {
      value = {.text = *from_environment, .origin = Origin::kEnvironment};
    }
    if (options[setting.name]->count() > 0) {
      value = {.text = texts[setting.name], .origin = Origin::kFlag};
    }
    WELFARE_RETURN_IF_ERROR(Check(setting, value));
    config.values_[setting.name] = std::move(value);
  }
  if (print) config.action_ = Action::kPrint;
  if (verify) config.action_ = Action::kVerify;
  return config;
}

const Config::Value& Config::Find(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    std::cerr << "no such setting: " << name << "\n";
    std::abort();
  }
  return found->second;
}

const std::string& Config::Get(std::string_view name) const {
  return Find(name).text;
}

int Config::GetInt(std::string_view name) const {
  return ToInt(Find(name).text).value_or(0);
}

Config::Origin Config::origin(std::string_view name) const {
  return Find(name).origin;
}

std::string Config::Print() const {
  std::string out;
  for (const Setting& setting : settings_) {
    const Value& value = Find(setting.name);
    const bool masked =
        setting.kind == Setting::Kind::kSecret && !value.text.empty();
    out += setting.name + " = ";
    out += masked ? kMask : std::string_view(value.text);
    out += "  # ";
    out += Word(value.origin);
    out += '\n';
  }
  return out;
}

bool IsLocalAddress(std::string_view address) {
  for (const std::string_view prefix :
       {"unix:", "unix-abstract:", "127.", "localhost:", "[::1]:"}) {
    if (address.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace welfare::platform
