#include "tools/welfarectl/session/interrupt.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>
#include <utility>

#include "tools/welfarectl/session/phrase.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {
namespace {

struct Note {
  std::mutex mutex;
  std::string text;
};

// Never destroyed: the waiting thread may outlive main.
Note& TheNote() {
  static auto* const note = new Note;
  return *note;
}

}  // namespace

void HandleInterrupts() {
  // Blocked in every thread and waited for in one, which may then lock and
  // print, as a signal handler may not.
  sigset_t interrupts;
  sigemptyset(&interrupts);
  sigaddset(&interrupts, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupts, nullptr);
  std::thread([interrupts] {
    int signal = 0;
    if (sigwait(&interrupts, &signal) != 0) return;
    Note& note = TheNote();
    const std::lock_guard lock(note.mutex);
    std::cerr << "\n"
              << Say("Interrupted.")
              << (note.text.empty() ? "" : " " + note.text) << std::endl;
    std::_Exit(kInterrupted);
  }).detach();
}

void SetInterruptNote(std::string text) {
  Note& note = TheNote();
  const std::lock_guard lock(note.mutex);
  note.text = std::move(text);
}

}  // namespace welfare::ctl
