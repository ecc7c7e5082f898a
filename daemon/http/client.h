#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/transport.h"

namespace tlswatch::http {

using Clock = std::chrono::steady_clock;

/// Client: one connection, its unread bytes and its unsent ones. Its memory is bounded: kMaxHead in, one
/// reply or kMaxBehind of the stream out.
class Client {
 public:
  enum class State : std::uint8_t {
    reading,    ///< a head is to come
    working,    ///< a worker has it
    writing,    ///< a reply goes out
    streaming,  ///< the live events
    leaving,    ///< all is said; what still comes is thrown away, so that the reply is not lost by a reset
    gone,
  };

  Client(Transport transport, Clock::time_point until) : deadline(until), transport_(std::move(transport)) {}

  int fd() const noexcept { return transport_.fd(); }
  /// What poll() is to look for.
  short wanted() const noexcept;

  /// Reads what is there. False: the connection is over.
  bool read();
  /// The next head with its empty line, where it is whole.
  std::optional<std::string> take_head();
  bool idle() const noexcept { return in_.empty(); }
  bool head_too_long() const noexcept;

  void send(std::string_view bytes) { out_.append(bytes); }
  /// Sends what there is room for. False: the connection is over.
  bool flush();
  bool all_sent() const noexcept { return sent_ == out_.size(); }
  std::size_t unsent() const noexcept { return out_.size() - sent_; }

  /// Says goodbye and throws away what still comes. False: the other side is done, too.
  void leave();
  bool drain();

  State state = State::reading;
  Clock::time_point deadline;     ///< when the state ends; of a stream, when its client is too slow
  Clock::time_point heartbeat{};  ///< of a stream: when it has something to say next
  bool close_after = false;
  std::uint32_t requests = 0;
  std::uint64_t next_event = 0;

 private:
  Transport transport_;
  std::string in_, out_;
  std::size_t sent_ = 0;
};

}  // namespace tlswatch::http
