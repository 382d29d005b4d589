#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace welfare::platform {

// One thing that can be set: the flag --data-dir is the environment variable
// WELFARE_DATA_DIR.
struct Setting {
  enum class Kind {
    kText,
    kListen,       // an address this process listens on, of TCP or a socket
    kTcpListen,    // the same, of TCP only
    kLocalListen,  // the same, always of this machine: it is plain
    kOpsListen,    // the same for what holds no data: may be of any network
    kPeer,         // an address this process calls
    kSecret,  // masked when printed; also read from the file ..._FILE names
    kInteger,
  };
  std::string name;  // "data-dir"
  std::string help;
  std::string default_value = {};
  Kind kind = Kind::kText;
  std::vector<std::string> choices = {};  // empty: any value
  // Of kInteger.
  int least = std::numeric_limits<int>::min();
  int most = std::numeric_limits<int>::max();
};

// The settings of a process, read once at start: flag, else environment, else
// default. Immutable; any thread may read it.
class Config {
 public:
  enum class Action { kRun, kVerify, kPrint, kExit };
  enum class Origin { kDefault, kEnvironment, kFlag };
  struct Value {
    std::string text;
    Origin origin = Origin::kDefault;
  };

  // Reads an environment variable; nullopt when it is not set.
  using Environment =
      std::function<std::optional<std::string>(const std::string&)>;
  static Environment ProcessEnvironment();

  // Reads the command line (without the program's name). --help and --version
  // print to stdout and give Action::kExit.
  //
  // Errors: INVALID_ARGUMENT, reason SETTING_INVALID: an unknown flag, a value
  //   that is not one of the choices or no integer in range, or an unreadable
  //   file.
  static absl::StatusOr<Config> Parse(std::string_view program,
                                      std::span<const std::string> arguments,
                                      const Environment& environment,
                                      const std::vector<Setting>& settings);

  // The value of the setting `name`.
  // REQUIRES: `name` was declared (anything else ends the process: it is a
  // mistake in the program).
  const std::string& Get(std::string_view name) const;
  int GetInt(std::string_view name) const;
  Origin origin(std::string_view name) const;
  Action action() const { return action_; }
  const std::vector<Setting>& settings() const { return settings_; }

  // One line per setting, `name = value  # origin`, secrets masked.
  std::string Print() const;

 private:
  const Value& Find(std::string_view name) const;

  std::vector<Setting> settings_;
  std::map<std::string, Value, std::less<>> values_;
  Action action_ = Action::kRun;
};

// "data-dir" -> "WELFARE_DATA_DIR".
std::string EnvironmentName(std::string_view setting);

// True for addresses nobody outside this machine can reach: loopback and unix
// sockets.
bool IsLocalAddress(std::string_view address);

}  // namespace welfare::platform
