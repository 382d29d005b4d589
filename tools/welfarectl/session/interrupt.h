// What happens at Ctrl-C.
#pragma once

#include <string>

namespace welfare::ctl {

// From here on Ctrl-C prints the note, if any, on stderr and ends the process
// with kInterrupted.
// REQUIRES: called once, before any other thread starts.
void HandleInterrupts();

// What to say: which part of the work under way is done. Any thread.
void SetInterruptNote(std::string note);

}  // namespace welfare::ctl
