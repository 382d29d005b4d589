// report template.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the templates of rounds to the noun of reports.
void AddTemplateCommands(const Command& noun, Session& session);

}  // namespace welfare::ctl
