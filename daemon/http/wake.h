#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace tlswatch::http {

/// Wake: ends another thread's poll().
class Wake {
 public:
  Wake() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Wake() {
    if (fd_ >= 0) ::close(fd_);
  }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  int fd() const noexcept { return fd_; }
  void signal() const noexcept { ::eventfd_write(fd_, 1); }
  void clear() const noexcept {
    eventfd_t count = 0;
    ::eventfd_read(fd_, &count);
  }

 private:
  int fd_;
};

}  // namespace tlswatch::http
