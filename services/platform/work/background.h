// Threads that let others go first: those that work through files, of which
// nobody waits for a single answer.
#pragma once

namespace welfare::platform {

// Has the calling thread let others go first from now on: on the processors,
// as far as the system can tell them apart, and at the database (GroupCommit).
// A thread does not come back from it, and threads that it starts are as slow.
// One that has a lower priority keeps it.
void EnterBackground();

// Whether the calling thread has done so.
bool InBackground();

// Has the calling thread, which works for long with the priority of everybody,
// leave its processor at once to one that wakes. It keeps its priority.
void GiveWayToWakers();

// Has the calling thread, which works for moments and which others wait for,
// take a processor at once from who has one for longer, and give it up as soon.
// It keeps its priority. Threads that it starts do as it does.
void WorkForMoments();

}  // namespace welfare::platform
