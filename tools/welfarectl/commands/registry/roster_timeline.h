// roster timeline.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the verb.
void AddRosterTimeline(const Command& noun, Session& session);

}  // namespace welfare::ctl
