// codebook publish.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the verb.
void AddCodebookPublish(const Command& noun, Session& session);

}  // namespace welfare::ctl
