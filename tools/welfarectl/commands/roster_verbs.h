// The verbs of `roster` beside show.
#pragma once

namespace CLI {
class App;
}

namespace welfare::ctl {

class Session;

// timeline.
void AddRosterTimeline(CLI::App& noun, Session& session);

}  // namespace welfare::ctl
