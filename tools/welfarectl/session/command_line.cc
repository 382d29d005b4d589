#include "tools/welfarectl/session/command_line.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {

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

Command Command::AddNoun(const std::string& name,
                         const std::string& help) const {
  CLI::App* noun = app_->add_subcommand(name, help);
  noun->require_subcommand(1);
  return Command(noun);
}

Command Command::AddVerb(const std::string& name,
                         const std::string& help) const {
  return Command(app_->add_subcommand(name, help));
}

Flag Command::AddOption(const std::string& name, std::string& value,
                        const std::string& help) const {
  return Flag(app_->add_option(name, value, help));
}

Flag Command::AddOption(const std::string& name,
                        std::vector<std::string>& value,
                        const std::string& help) const {
  return Flag(app_->add_option(name, value, help));
}

Flag Command::AddOption(const std::string& name, int& value,
                        const std::string& help) const {
  return Flag(app_->add_option(name, value, help));
}

Flag Command::AddOption(const std::string& name, std::int64_t& value,
                        const std::string& help) const {
  return Flag(app_->add_option(name, value, help));
}

Flag Command::AddOption(const std::string& name, double& value,
                        const std::string& help) const {
  return Flag(app_->add_option(name, value, help));
}

Flag Command::AddTextOption(const std::string& name,
                            const std::function<void(const std::string&)>& take,
                            const std::string& help) const {
  return Flag(app_->add_option_function<std::string>(name, take, help));
}

Flag Command::AddNumberOption(const std::string& name,
                              const std::function<void(const int&)>& take,
                              const std::string& help) const {
  return Flag(app_->add_option_function<int>(name, take, help));
}

Flag Command::AddSwitch(const std::string& name, bool& value,
                        const std::string& help) const {
  return Flag(app_->add_flag(name, value, help));
}

Flag Command::AddSwitch(const std::string& name,
                        const std::function<void()>& set,
                        const std::string& help) const {
  return Flag(app_->add_flag_callback(name, set, help));
}

void Command::Runs(Session& session, std::function<int()> action) const {
  app_->callback(
      [&session, action = std::move(action)] { session.action = action; });
}

CommandLine::CommandLine(const std::string& name,
                         const std::string& description)
    : app_(std::make_unique<CLI::App>(description)) {
  app_->name(name);
  app_->require_subcommand(1);
  app_->fallthrough();
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() const { return Command(app_.get()); }

std::optional<int> CommandLine::Read(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // The library exits with 105 to 110 on usage errors; scripts expect 2.
    return app_->exit(error) == 0 ? kOk : kUsage;
  }
  return std::nullopt;
}

}  // namespace welfare::ctl
