#include "tools/welfarectl/arguments/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/base/arguments.h"
#include "tools/welfarectl/arguments/spelling.h"
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
    default:
      return CtlRow("ARGUMENT_INVALID");
  }
}

// What CLI11 calls the value of an option whose value is a file's path.
constexpr char kFileWord[] = "FILE";

// The library's help, with examples first. It keeps them as the footer.
class ExamplesFirst final : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override {
    std::string text = CLI::Formatter::make_description(app);
    if (app->get_footer().empty()) return text;
    return text + "\n" + Say("Examples:") + "\n" + app->get_footer() + "\n\n";
  }
  std::string make_footer(const CLI::App* /*app*/) const override { return ""; }
};

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::string& line : CLI::detail::split(text, '\n')) {
    CLI::detail::trim(line);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

// The library says "TEXT:{ja,en}" of a value that is one of two words.
ValueShape ValueOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  ValueShape value{.word = type.substr(0, type.find(':'))};
  if (option.get_items_expected_max() == 0) {
    value.kind = ValueShape::Kind::kNone;
  } else if (const std::size_t open = type.find('{'); open != type.npos) {
    value.kind = ValueShape::Kind::kChoice;
    value.choices = CLI::detail::split(
        type.substr(open + 1, type.find('}') - open - 1), ',');
  } else if (value.word == kFileWord) {
    value.kind = ValueShape::Kind::kFile;
  }
  return value;
}

CommandShape ShapeOf(const CLI::App& app) {
  CommandShape shape{.name = app.get_name(),
                     .help = app.get_description(),
                     .examples = Lines(app.get_footer())};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      shape.arguments.push_back(
          {.name = option->get_name(true),
           .help = option->get_description(),
           .value = ValueOf(*option),
           .repeated = option->get_items_expected_max() > 1});
    } else {
      shape.flags.push_back({.name = "--" + option->get_lnames().front(),
                             .help = option->get_description(),
                             .value = ValueOf(*option),
                             .default_value = option->get_default_str(),
                             .environment = option->get_envname(),
                             .required = option->get_required()});
    }
  }
  for (const CLI::App* below :
       app.get_subcommands([](const CLI::App*) { return true; })) {
    shape.commands.push_back(ShapeOf(*below));
  }
  return shape;
}

// The command that was reached before the words that nobody knows.
const CommandPlace& PlaceReached(const std::vector<CommandPlace>& places,
                                 const CLI::App& program) {
  std::string path = program.get_name();
  const CLI::App* reached = &program;
  while (!reached->get_subcommands().empty()) {
    reached = reached->get_subcommands().front();
    path += " " + reached->get_name();
  }
  const auto found = std::ranges::find(places, path, &CommandPlace::path);
  return found == places.end() ? places.front() : *found;
}

// A word that is no command and no flag, with what may have been meant. The
// library notices first what is missing because of it.
std::optional<absl::Status> UnknownWord(const CLI::App& program) {
  const std::vector<std::string> unknown = program.remaining(true);
  if (unknown.empty()) return std::nullopt;
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const CommandShape shape = ShapeOf(program);
  const std::vector<CommandPlace> places = PlacesOf(shape);
  const CommandPlace& place = PlaceReached(places, program);
  std::vector<std::string> known;
  if (word.starts_with("-")) {
    for (const FlagShape* flag : place.flags) known.push_back(flag->name);
  } else {
    for (const CommandShape& command : place.command->commands) {
      known.push_back(command.name);
    }
  }
  std::string candidates;
  for (const std::string& near : NearestTo(word, known)) {
    candidates += (candidates.empty() ? "" : ", ") + near;
  }
  auto error = base::MakeError(CtlRow("ARGUMENT_UNKNOWN"))
                   .With("word", word)
                   .With("command", place.path);
  if (candidates.empty()) return error.Show("near", "").Show("near_ja", "");
  return error.Show("near", " Did you mean " + candidates + "?")
      .Show("near_ja", candidates + " でしょうか。");
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

Flag Flag::File() const {
  option_->type_name(kFileWord);
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
  const Command noun = AddVerb(name, help);
  noun.app_->require_subcommand(1);
  return noun;
}

Command Command::AddVerb(const std::string& name, const Phrase& help) const {
  CLI::App* verb = app_->add_subcommand(name, Say(help));
  verb->footer("");  // it has taken over its parent's examples
  return Command(verb);
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

Command Command::Example(const std::string& line) const {
  const std::string before = app_->get_footer();
  app_->footer(before + (before.empty() ? "  " : "\n  ") + line);
  return *this;
}

void Command::Runs(Session& session, std::function<int()> action,
                   std::function<bool()> calls) const {
  app_->callback(
      [&session, action = std::move(action), calls = std::move(calls)] {
        session.action = action;
        session.calls = !calls || calls();
      });
}

void Command::RunsAlone(Session& session, std::function<int()> action) const {
  app_->callback(
      [&session, action = std::move(action)] { session.action = action; });
}

CommandLine::CommandLine(const std::string& name, const Phrase& description)
    : app_(std::make_unique<CLI::App>(Say(description))) {
  app_->name(name);
  app_->formatter(std::make_shared<ExamplesFirst>());
  app_->set_help_flag("-h,--help", Say("Print this help message and exit"));
  app_->require_subcommand(1);
  app_->fallthrough();
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() const { return Command(app_.get()); }

void CommandLine::AddExample(std::string_view verb,
                             std::string_view rest) const {
  CLI::App* app = app_.get();
  for (const std::string& word : CLI::detail::split(std::string(verb), ' ')) {
    app = app->get_subcommand(word);
  }
  std::string line = app_->get_name() + " " + std::string(verb);
  if (!rest.empty()) line.append(" ").append(rest);
  Command(app).Example(line);
}

CommandShape CommandLine::Shape() const { return ShapeOf(*app_); }

std::optional<int> CommandLine::Read(int argc, const char* const* argv) {
  try {
    std::vector<std::string> given =
        base::WithEmptyValues({argv + 1, argv + argc});
    std::reverse(given.begin(), given.end());  // as CLI11 takes them
    app_->parse(std::move(given));
  } catch (const CLI::Success& asked) {
    return app_->exit(asked);  // help
  } catch (const CLI::ParseError& error) {
    // The library exits with 105 to 110 on usage errors; scripts expect 2.
    if (const auto unknown = UnknownWord(*app_)) return Fail(*unknown, kUsage);
    return Fail(base::MakeError(RowOf(error)).Show("detail", error.what()),
                kUsage);
  }
  return std::nullopt;
}

}  // namespace welfare::ctl
