#include "process.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "error.h"
#include "files.h"

namespace tlswatch::harness {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& s : strings) out.push_back(s.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) out.push_back(text);
  }
  for (const auto& [name, value] : added) out.push_back(name + "=" + value);
  return out;
}

int open_output(const std::filesystem::path& path) {
  const char* name = path.empty() ? "/dev/null" : path.c_str();
  const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) throw Error("cannot open " + path.string() + ": " + std::strerror(errno));
  return fd;
}

// Between fork and exec only async-signal-safe calls are allowed: other threads may have held any lock.
struct ChildPlan {
  std::array<int, 3> io;
  int report;
  const Command* command;
  char** argv;
  char** envp;
};

[[noreturn]] void become(const ChildPlan& plan) {
  for (int i = 0; i < 3; ++i) dup2(plan.io[static_cast<std::size_t>(i)], i);
  bool ok = true;
  if (plan.command->user) {
    ok = setgroups(0, nullptr) == 0 && setgid(plan.command->user->gid) == 0 &&
         setuid(plan.command->user->uid) == 0;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // after setuid, which clears it
  std::signal(SIGPIPE, SIG_DFL);
  if (plan.command->file_size_limit) {
    const rlimit limit{*plan.command->file_size_limit, *plan.command->file_size_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
  }
  if (ok) execvpe(plan.argv[0], plan.argv, plan.envp);
  const int reason = errno;
  if (write(plan.report, &reason, sizeof reason) < 0) _exit(126);
  _exit(127);
}

}  // namespace

Process::Process(const Command& command) {
  std::vector<std::string> argv = command.argv;
  std::vector<std::string> envp = environment_with(command.environment);
  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> envp_pointers = pointers(envp);
  int input[2];
  int report[2];
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0) throw Error("pipe failed");
  const int out = open_output(command.output);
  const int err = command.errors == command.output ? dup(out) : open_output(command.errors);
  std::signal(SIGPIPE, SIG_IGN);
  const ChildPlan plan{{input[0], out, err},
                       report[1],
                       &command,
                       const_cast<char**>(argv_pointers.data()),
                       const_cast<char**>(envp_pointers.data())};
  pid_ = fork();
  if (pid_ == 0) become(plan);
  for (const int fd : {input[0], out, err, report[1]}) close(fd);
  stdin_ = input[1];
  int reason = 0;
  const bool failed = pid_ < 0 || read(report[0], &reason, sizeof reason) == sizeof reason;
  close(report[0]);
  if (!failed) return;
  close(stdin_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  throw Error("cannot start " + command.argv.at(0) + ": " + std::strerror(reason));
}

Process::~Process() {
  close_stdin();
  if (status_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Process::alive() {
  return !wait(0ms).has_value();
}

void Process::signal(int number) {
  if (!status_) kill(pid_, number);
}

void Process::send(std::string_view bytes) {
  while (!bytes.empty() && stdin_ >= 0) {
    const ssize_t n = write(stdin_, bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Process::close_stdin() {
  if (stdin_ >= 0) close(stdin_);
  stdin_ = -1;
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline) {
  wait_until(
      [this] {
        int status = 0;
        if (status_ || waitpid(pid_, &status, WNOHANG) != pid_) return status_.has_value();
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        return true;
      },
      deadline);
  return status_;
}

Finished run(const std::vector<std::string>& argv, const std::map<std::string, std::string>& environment,
             std::chrono::milliseconds deadline) {
  const TempDir dir;
  Command command{.argv = argv, .environment = environment, .output = dir / "out", .errors = dir / "err"};
  Process process(command);
  process.close_stdin();
  const std::optional<int> status = process.wait(deadline);
  Finished finished{status.value_or(0), read_file(dir / "out"), read_file(dir / "err")};
  if (!status) throw Error(argv.at(0) + " did not end in time; it said: " + finished.out + finished.err);
  return finished;
}

}  // namespace tlswatch::harness
