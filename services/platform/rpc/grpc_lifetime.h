#pragma once

namespace welfare::platform {

// Keeps gRPC, and the threads that run its callbacks, until the process ends.
// Call it before the first server or channel; any number of times, from any
// thread.
//
// The packaged gRPC (1.51) ends its callback threads when the last server and
// channel that use them go, and about once in two hundred times fails an
// assertion of its own there (`ref_counted.h: prior > 0`, from
// grpc_completion_queue_next), which would turn a clean stop into an abort.
void KeepGrpcForTheProcess();

}  // namespace welfare::platform
