#include "ports.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>
#include <utility>

#include "error.h"
#include "loopback.h"

namespace tlswatch::harness {
namespace {

bool nobody_listens_on(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = loopback(port);
  const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return free;
}

}  // namespace

PortLease::PortLease() {
  const auto folder = std::filesystem::temp_directory_path() / "tlswatch-ports";
  std::error_code ignored;
  if (std::filesystem::create_directory(folder, ignored)) chmod(folder.c_str(), 01777);
  std::random_device random;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(20000 + random() % 10000);
    const std::string file = (folder / std::to_string(port)).string();
    const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && nobody_listens_on(port)) {
      port_ = port;
      lock_ = fd;
      return;
    }
    if (fd >= 0) close(fd);
  }
  throw Error("no free port between 20000 and 29999");
}

PortLease::~PortLease() {
  if (lock_ >= 0) close(lock_);
}

PortLease::PortLease(PortLease&& other) noexcept
    : port_(std::exchange(other.port_, std::uint16_t{0})), lock_(std::exchange(other.lock_, -1)) {}

}  // namespace tlswatch::harness
