// What the yardstick servers share. They do nothing that their protocol does
// not need: they are the limit, not an example.
#pragma once

namespace welfare::bench {

// Blocks SIGTERM and SIGINT for the process. Call it before any thread starts.
void BlockSignals();

// Tells the driver the port of 127.0.0.1 ("listening 12345" on stdout) and
// returns at SIGTERM or SIGINT.
void ServeUntilSignal(int port);

}  // namespace welfare::bench
