// The nouns of the registry. Each adds its verbs to the command line; a verb
// validates its arguments, makes its calls and prints.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

void AddMunicipalityCommands(const Command& app, Session& session);
void AddStatusCommands(const Command& app, Session& session);
void AddRosterCommands(const Command& app, Session& session);
void AddLineageCommands(const Command& app, Session& session);
void AddProgramCommands(const Command& app, Session& session);

}  // namespace welfare::ctl
