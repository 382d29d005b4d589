// submission import.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the verb.
void AddSubmissionImport(const Command& noun, Session& session);

}  // namespace welfare::ctl
