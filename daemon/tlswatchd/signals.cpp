#include "daemon/tlswatchd/signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace tlswatch::tlswatchd {

Signals::Signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGHUP);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A log at the limit of its size (ulimit -f) is a full disk, not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  fd_ = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signals::~Signals() {
  ::close(fd_);
}

Signals::Kind Signals::wait(std::chrono::milliseconds time) const {
  pollfd poll_this{fd_, POLLIN, 0};
  if (::poll(&poll_this, 1, static_cast<int>(time.count())) <= 0) return Kind::none;
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) != sizeof info) return Kind::none;
  return info.ssi_signo == SIGHUP ? Kind::reload : Kind::stop;
}

}  // namespace tlswatch::tlswatchd
