#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tlswatch::test {

/// Client of a Unix socket that sends and receives what a test says. Each wait ends after 20 s.
class Client {
 public:
  explicit Client(const std::string& path);
  ~Client();
  Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes);

  struct Response {
    int status = 0;  ///< 0: none came
    std::string head, body;
  };
  /// The next response, its body by Content-Length.
  Response response();

  /// Receives until that text has come, and takes all up to its end.
  bool receive_until(std::string_view text);

  /// Whether the other side closes; what still comes is thrown away.
  bool closed();

 private:
  bool receive();

  int fd_;
  std::string in_;
};

}  // namespace tlswatch::test
