// The verbs of `codebook` that have a file of their own, and what they share.
#pragma once

namespace welfare::survey::v1 {
class Codebook;
}  // namespace welfare::survey::v1

namespace welfare::ctl {

class Command;
class Session;

// Prints what a write answered; returns kOk.
int PrintCodebook(Session& session, const survey::v1::Codebook& codebook);

// publish.
void AddCodebookPublish(const Command& noun, Session& session);

}  // namespace welfare::ctl
