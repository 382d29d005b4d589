// The verbs of `roster` beside show.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// timeline.
void AddRosterTimeline(const Command& noun, Session& session);

}  // namespace welfare::ctl
