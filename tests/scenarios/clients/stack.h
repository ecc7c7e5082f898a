// A TLS stack under one interface, so that one MQTT client can be had with each of them. Each *_stack.cpp is
// one of those clients, linked with client.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tlswatch_report.h"

namespace tlswatch::scenarios {

/// What a client is told; a stack takes what it can do and ignores the rest.
struct StackOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string server_name = "localhost";
  std::string cafile = {};
  std::string cert = {};
  std::string key = {};
  std::string psk_identity = {};
  std::string psk = {};         ///< hexadecimal
  std::string version = {};     ///< 1.2 or 1.3 only; empty: the stack's own limits
  std::string ciphers = {};     ///< in the stack's own words
  std::string signatures = {};  ///< in the stack's own words
  std::uint16_t mfln = 0;       ///< 0: not asked for
  std::uint32_t timeout_ms = 10'000;
  std::size_t heap = 0;    ///< bytes that the stack may have; 0: no limit
  bool no_random = false;  ///< its source of randomness fails
};

/// What went wrong, in the stack's own number.
struct Problem {
  device::Phase phase = device::Phase::tls;
  std::int32_t code = 0;
  std::int32_t detail = 0;  ///< verify flags, where the stack has them
};

class TlsStack {
 public:
  TlsStack() = default;
  virtual ~TlsStack() = default;
  TlsStack(const TlsStack&) = delete;
  TlsStack& operator=(const TlsStack&) = delete;

  /// Connects and does the handshake, the server's identity checked. Nothing: it is connected.
  virtual std::optional<Problem> connect() = 0;
  /// Reads at most n bytes. returns how many; 0 where the server ended the connection or said nothing in
  /// time; below 0 an error, which problem() tells.
  virtual int read(void* bytes, std::size_t n) = 0;
  /// Writes all n bytes; false: problem() tells why not.
  virtual bool write(const void* bytes, std::size_t n) = 0;
  virtual Problem problem() const = 0;
  /// Says goodbye and closes.
  virtual void close() = 0;
};

/// The stack that this program is linked with. Throws std::runtime_error for options that it refuses.
std::unique_ptr<TlsStack> make_stack(const StackOptions& options);

/// Under which name its codes stand in a report; nothing where reports have no name for it.
std::optional<device::Stack> report_stack();

/// A connected TCP socket whose reads and writes end after timeout_ms; -1 where there is none.
int tcp_connect(const StackOptions& options);

/// Ends our side and waits for the end of the other one, a second at most: closed at once, with something
/// unread, the connection would be reset, and an alert on its way with it.
void hear_out(int fd);

/// From now on the C library says that it is `unix_s`: a device whose clock is wrong.
void set_clock(std::int64_t unix_s);

}  // namespace tlswatch::scenarios
