#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/wait_for.h"

namespace welfare::support {
namespace {

std::string ReadAll(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(in),
                     std::istreambuf_iterator<char>()};
}

}  // namespace

ChildProcess::ChildProcess(
    const std::vector<std::string>& command,
    const std::map<std::string, std::string>& environment) {
  // Everything that allocates comes before fork: the test may have threads.
  const std::string out = folder_.File("stdout");
  const std::string err = folder_.File("stderr");
  std::vector<char*> arguments;
  std::vector<std::string> copy = command;
  for (std::string& argument : copy) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!environment.contains(text.substr(0, text.find('=')))) {
      variables.push_back(text);
    }
  }
  for (const auto& [name, value] : environment) {
    variables.push_back(name + "=" + value);
  }
  std::vector<char*> pointers;
  for (std::string& variable : variables) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    const int in = open("/dev/null", O_RDONLY);
    const int out_fd = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err_fd = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(in, STDIN_FILENO);
    dup2(out_fd, STDOUT_FILENO);
    dup2(err_fd, STDERR_FILENO);
    execvpe(arguments[0], arguments.data(), pointers.data());
    _exit(127);
  }
  if (pid_ < 0) throw std::runtime_error("cannot start " + command.front());
}

ChildProcess::~ChildProcess() {
  if (code_.has_value()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ChildProcess::Signal(int signal) const {
  if (!code_.has_value()) kill(pid_, signal);
}

std::optional<int> ChildProcess::Wait(std::chrono::milliseconds limit) {
  WaitFor(
      [&] {
        int status = 0;
        if (!code_.has_value() && waitpid(pid_, &status, WNOHANG) == pid_) {
          code_ =
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        return code_.has_value();
      },
      limit);
  return code_;
}

std::string ChildProcess::Stdout() const {
  return ReadAll(folder_.File("stdout"));
}
std::string ChildProcess::Stderr() const {
  return ReadAll(folder_.File("stderr"));
}

}  // namespace welfare::support
