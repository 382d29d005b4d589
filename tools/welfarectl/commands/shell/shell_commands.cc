#include "tools/welfarectl/commands/shell/shell_commands.h"

#include <iostream>
#include <memory>
#include <string>

#include "tools/welfarectl/completion/completion.h"
#include "tools/welfarectl/completion/manual.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {

void AddShellCommands(const CommandLine& line, const std::string& version,
                      Session& session) {
  const Command program = line.program();
  const auto shell = std::make_shared<std::string>();
  const Command completion =
      program.AddVerb("completion", "Print what completes commands in a shell");
  completion.AddOption("SHELL", *shell, "Which shell")
      .OneOf({"bash", "zsh", "fish"})
      .Required();
  completion.Example("source <(welfarectl completion bash)");
  completion.RunsAlone(session, [&line, shell] {
    const CommandShape shape = line.Shape();
    std::cout << (*shell == "bash"  ? BashCompletion(shape)
                  : *shell == "zsh" ? ZshCompletion(shape)
                                    : FishCompletion(shape));
    return static_cast<int>(kOk);
  });
  program.AddVerb("manual", "Print the manual page")
      .RunsAlone(session, [&line, version] {
        std::cout << ManualPage(line.Shape(), version);
        return static_cast<int>(kOk);
      });
}

}  // namespace welfare::ctl
