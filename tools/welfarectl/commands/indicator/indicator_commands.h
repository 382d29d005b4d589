// The nouns of figures: indicators, and the published statements they are held
// against.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

void AddIndicatorCommands(const Command& app, Session& session);
void AddStatementCommands(const Command& app, Session& session);

}  // namespace welfare::ctl
