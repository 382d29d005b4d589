// The verbs of `submission` that have a file of their own.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// import.
void AddSubmissionImport(const Command& noun, Session& session);

}  // namespace welfare::ctl
