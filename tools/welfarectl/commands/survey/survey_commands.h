// The nouns of the survey. Each adds its verbs to the command line; a verb
// validates its arguments, makes its calls and prints.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

void AddCodebookCommands(const Command& app, Session& session);
void AddRoundCommands(const Command& app, Session& session);
void AddSubmissionCommands(const Command& app, Session& session);

}  // namespace welfare::ctl
