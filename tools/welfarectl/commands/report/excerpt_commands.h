// report excerpt.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds excerpts of written answers to the noun of reports.
void AddExcerptCommands(const Command& noun, Session& session);

}  // namespace welfare::ctl
