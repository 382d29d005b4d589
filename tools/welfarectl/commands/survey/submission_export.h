// submission export.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the verb.
void AddSubmissionExport(const Command& noun, Session& session);

}  // namespace welfare::ctl
