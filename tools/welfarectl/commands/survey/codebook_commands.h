// What the verbs of `codebook` share.
#pragma once

namespace welfare::survey::v1 {
class Codebook;
}  // namespace welfare::survey::v1

namespace welfare::ctl {

class Command;
class Session;

// Prints what a write answered; returns kOk.
int PrintCodebook(Session& session, const survey::v1::Codebook& codebook);

}  // namespace welfare::ctl
