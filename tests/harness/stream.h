// A connection of a test to a listener, plain or in TLS.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "wait.h"

namespace tlswatch::harness {

class Stream {
 public:
  virtual ~Stream() = default;

  /// The TCP port on this side: how a test finds its own session in the log.
  virtual std::uint16_t local_port() const = 0;

  /// Sends all of it; false where the connection is gone.
  virtual bool send(std::string_view bytes) = 0;

  /// Waits for bytes and returns what has come. Empty: the other side has closed, or the deadline has passed.
  virtual std::string receive(std::chrono::milliseconds deadline = kPatience) = 0;

  /// Ends the connection as a well-behaved client does.
  virtual void close() = 0;
};

}  // namespace tlswatch::harness
