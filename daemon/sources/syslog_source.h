#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/syslog/rate_limiter.h"
#include "daemon/core/syslog/syslog_message.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::sources {

/// Datagrams that are taken at one poll.
inline constexpr int kMaxDatagramsAtOnce = 512;

/// SyslogSource receives syslog over UDP (RFC 5426).
///
/// UDP promises nothing: a datagram that comes while no daemon runs is lost, and one that was received and
/// not logged yet is lost with its daemon. What is dropped here is counted: over the limits
/// (syslog::RateLimiter), too long, and by the kernel whose buffer was full.
class SyslogSource {
 public:
  struct Counters {
    std::uint64_t received = 0;
    std::uint64_t limited = 0;  ///< dropped, their sender or all of them were too fast
    std::uint64_t cut = 0;      ///< dropped, longer than kMaxDatagram
    std::uint64_t kernel = 0;   ///< dropped by the kernel
  };
  struct Datagram {
    facts::Address from;
    std::string_view bytes;  ///< valid until the next call
  };

  /// `listen` is ADDRESS:PORT as the configuration has it.
  explicit SyslogSource(std::string listen) : listen_(std::move(listen)) {}
  ~SyslogSource();
  SyslogSource(const SyslogSource&) = delete;
  SyslogSource& operator=(const SyslogSource&) = delete;

  /// Opens the socket. Returns what is wrong, or nothing.
  std::optional<std::string> start();

  /// The next datagram that may be read; nothing where none is there. `now_ns` is a clock that never goes
  /// back.
  std::optional<Datagram> next(std::uint64_t now_ns);

  const Counters& counters() const noexcept { return counters_; }

 private:
  std::optional<Datagram> receive(bool& empty);

  std::string listen_;
  int fd_ = -1;
  syslog::RateLimiter limiter_;
  Counters counters_;
  std::array<char, syslog::kMaxDatagram + 1> buffer_{};
};

}  // namespace tlswatch::sources
