// Nouns, verbs and flags of the command line, without the header of the
// library that reads them: it costs every file that includes it ten seconds of
// compilation.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/welfarectl/arguments/command_shape.h"
#include "tools/welfarectl/session/phrase.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace welfare::ctl {

class Session;

// One flag or argument. Cheap to copy; the command line owns what it stands
// for.
class Flag {
 public:
  Flag Required() const;
  // Refuses other words.
  Flag OneOf(std::initializer_list<std::string> words) const;
  Flag OneOf(std::initializer_list<int> numbers) const;
  // Refuses zero and below, or below zero.
  Flag Positive() const;
  Flag NotNegative() const;
  // Its value is the path of a file, which shells complete.
  Flag File() const;
  // Takes one value only, where the variable could hold many.
  Flag Once() const;
  // Cannot be given together with `other`, or only together with it.
  Flag Excludes(const Flag& other) const;
  Flag Needs(const Flag& other) const;
  // The environment variable that stands in for it.
  Flag FromEnvironment(const std::string& variable) const;
  // Shows in the help what the variable holds now.
  Flag ShowDefault() const;

 private:
  friend class Command;
  explicit Flag(CLI::Option* option) : option_(option) {}
  CLI::Option* option_;
};

// A noun, a verb, or the program. Cheap to copy, as a flag is. The variables
// that flags fill outlive the command line.
class Command {
 public:
  // A command with verbs below it, one of which must be given.
  Command AddNoun(const std::string& name, const Phrase& help) const;
  Command AddVerb(const std::string& name, const Phrase& help) const;

  // A flag `--name` or an argument `NAME` with a value.
  Flag AddOption(const std::string& name, std::string& value,
                 const Phrase& help) const;
  Flag AddOption(const std::string& name, std::vector<std::string>& value,
                 const Phrase& help) const;
  Flag AddOption(const std::string& name, int& value, const Phrase& help) const;
  Flag AddOption(const std::string& name, std::int64_t& value,
                 const Phrase& help) const;
  Flag AddOption(const std::string& name, double& value,
                 const Phrase& help) const;
  // `take` is called with the value, where one is given.
  Flag AddTextOption(const std::string& name,
                     const std::function<void(const std::string&)>& take,
                     const Phrase& help) const;
  Flag AddNumberOption(const std::string& name,
                       const std::function<void(const int&)>& take,
                       const Phrase& help) const;
  // A flag without a value.
  Flag AddSwitch(const std::string& name, bool& value,
                 const Phrase& help) const;
  Flag AddSwitch(const std::string& name, const std::function<void()>& set,
                 const Phrase& help) const;

  // A line that somebody may type, shown first in the help.
  Command Example(const std::string& line) const;
  // What the verb does; returns an exit code. `calls`, asked once all flags are
  // read: whether it calls anybody; empty: it does.
  void Runs(Session& session, std::function<int()> action,
            std::function<bool()> calls = {}) const;
  // The same of a verb that calls nobody: no file of the connection is read.
  void RunsAlone(Session& session, std::function<int()> action) const;

 private:
  friend class CommandLine;
  explicit Command(CLI::App* app) : app_(app) {}
  CLI::App* app_;
};

// The whole of it.
class CommandLine {
 public:
  CommandLine(const std::string& name, const Phrase& description);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Its flags may stand after the verb as well.
  Command program() const;
  // Reads the arguments into flags and chooses the verb. An exit code: that
  // was all, help or an error is printed.
  std::optional<int> Read(int argc, const char* const* argv);
  // Adds to the help of `verb` ("roster show") that it may be followed by
  // `rest`. REQUIRES: there is such a verb.
  void AddExample(std::string_view verb, std::string_view rest) const;
  // All of it as a value, in the language of this run.
  CommandShape Shape() const;

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace welfare::ctl
