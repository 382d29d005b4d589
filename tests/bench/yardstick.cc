#include "tests/bench/yardstick.h"

#include <pthread.h>
#include <signal.h>

#include <iostream>

namespace welfare::bench {
namespace {

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void ServeUntilSignal(int port) {
  std::cout << "listening " << port << std::endl;
  const sigset_t signals = EndSignals();
  int taken = 0;
  sigwait(&signals, &taken);
}

}  // namespace welfare::bench
