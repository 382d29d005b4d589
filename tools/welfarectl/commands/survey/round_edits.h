// round open, update, reopen, delete.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the four verbs.
void AddRoundEdits(const Command& noun, Session& session);

}  // namespace welfare::ctl
