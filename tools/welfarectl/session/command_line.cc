#include "tools/welfarectl/session/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/base/arguments.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {
namespace {

const base::ErrorRow& RowOf(const CLI::ParseError& error) {
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::RequiredError:
    case CLI::ExitCodes::RequiresError:
    case CLI::ExitCodes::ArgumentMismatch:
      return CtlRow("ARGUMENT_MISSING");
    case CLI::ExitCodes::ExtrasError:
      return CtlRow("ARGUMENT_UNKNOWN");
    default:
      return CtlRow("ARGUMENT_INVALID");
  }
}

}  // namespace

Flag Flag::Required() const {
  option_->required();
  return *this;
}

Flag Flag::OneOf(std::initializer_list<std::string> words) const {
  option_->check(CLI::IsMember(std::vector<std::string>(words)));
  return *this;
}

Flag Flag::OneOf(std::initializer_list<int> numbers) const {
  option_->check(CLI::IsMember(std::vector<int>(numbers)));
  return *this;
}

Flag Flag::Positive() const {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Flag Flag::NotNegative() const {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

Flag Flag::Once() const {
  option_->expected(1);
  return *this;
}

Flag Flag::Excludes(const Flag& other) const {
  option_->excludes(other.option_);
  return *this;
}

Flag Flag::Needs(const Flag& other) const {
  option_->needs(other.option_);
  return *this;
}

Flag Flag::FromEnvironment(const std::string& variable) const {
  option_->envname(variable);
  return *this;
}

Flag Flag::ShowDefault() const {
  option_->capture_default_str();
  return *this;
}

Command Command::AddNoun(const std::string& name, const Phrase& help) const {
  CLI::App* noun = app_->add_subcommand(name, Say(help));
  noun->require_subcommand(1);
  return Command(noun);
}

Command Command::AddVerb(const std::string& name, const Phrase& help) const {
  return Command(app_->add_subcommand(name, Say(help)));
}

Flag Command::AddOption(const std::string& name, std::string& value,
                        const Phrase& help) const {
  return Flag(app_->add_option(name, value, Say(help)));
}

Flag Command::AddOption(const std::string& name,
                        std::vector<std::string>& value,
                        const Phrase& help) const {
  return Flag(app_->add_option(name, value, Say(help)));
}

Flag Command::AddOption(const std::string& name, int& value,
                        const Phrase& help) const {
  return Flag(app_->add_option(name, value, Say(help)));
}

Flag Command::AddOption(const std::string& name, std::int64_t& value,
                        const Phrase& help) const {
  return Flag(app_->add_option(name, value, Say(help)));
}

Flag Command::AddOption(const std::string& name, double& value,
                        const Phrase& help) const {
  return Flag(app_->add_option(name, value, Say(help)));
}

Flag Command::AddTextOption(const std::string& name,
                            const std::function<void(const std::string&)>& take,
                            const Phrase& help) const {
  return Flag(app_->add_option_function<std::string>(name, take, Say(help)));
}

Flag Command::AddNumberOption(const std::string& name,
                              const std::function<void(const int&)>& take,
                              const Phrase& help) const {
  return Flag(app_->add_option_function<int>(name, take, Say(help)));
}

Flag Command::AddSwitch(const std::string& name, bool& value,
                        const Phrase& help) const {
  return Flag(app_->add_flag(name, value, Say(help)));
}

Flag Command::AddSwitch(const std::string& name,
                        const std::function<void()>& set,
                        const Phrase& help) const {
  return Flag(app_->add_flag_callback(name, set, Say(help)));
}

void Command::Runs(Session& session, std::function<int()> action) const {
  app_->callback([&session, action = std::move(action)] {
    session.action = action;
    session.calls = true;
  });
}

void Command::RunsAlone(Session& session, std::function<int()> action) const {
  app_->callback(
      [&session, action = std::move(action)] { session.action = action; });
}

CommandLine::CommandLine(const std::string& name, const Phrase& description)
    : app_(std::make_unique<CLI::App>(Say(description))) {
  app_->name(name);
  app_->set_help_flag("-h,--help", Say("Print this help message and exit"));
  app_->require_subcommand(1);
  app_->fallthrough();
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() const { return Command(app_.get()); }

std::optional<int> CommandLine::Read(int argc, char** argv) {
  try {
    std::vector<std::string> given =
        base::WithEmptyValues({argv + 1, argv + argc});
    std::reverse(given.begin(), given.end());  // as CLI11 takes them
    app_->parse(std::move(given));
  } catch (const CLI::Success& asked) {
    return app_->exit(asked);  // help
  } catch (const CLI::ParseError& error) {
    // The library exits with 105 to 110 on usage errors; scripts expect 2.
    return Fail(base::MakeError(RowOf(error)).Show("detail", error.what()),
                kUsage);
  }
  return std::nullopt;
}

}  // namespace welfare::ctl
