#include "notify_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "error.h"

namespace tlswatch::harness {

NotifySocket::NotifySocket(const std::filesystem::path& path)
    : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) throw Error("too long for a socket: " + text);
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  unlink(text.c_str());
  if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw Error("cannot bind " + text);
  chmod(text.c_str(), 0777);
}

NotifySocket::~NotifySocket() {
  close(fd_);
}

bool NotifySocket::ready() {
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = recv(fd_, buffer.data(), buffer.size(), 0)) >= 0;) {
    received_.append(buffer.data(), static_cast<std::size_t>(n)).push_back('\n');
  }
  return received_.find("READY=1\n") != std::string::npos;
}

}  // namespace tlswatch::harness
