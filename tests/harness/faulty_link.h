// A link between a client and a listener that goes wrong at a chosen TLS record.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "ports.h"

namespace tlswatch::harness {

struct LinkFault {
  enum class Kind : std::uint8_t {
    none,
    corrupt,  ///< one bit of the record is turned over
    stall,    ///< the record and all that follows it are held back, in this direction
    reset,    ///< instead of the record both sides get a reset
    refuse,   ///< nobody listens at all
  };
  Kind kind = Kind::none;
  bool from_client = false;  ///< whose record
  int record = 1;            ///< the first of that side is 1
};

/// FaultyLink is a TCP relay on a port of its own on 127.0.0.1, for one connection after the other. Each of
/// them meets the fault anew. What a side's end is passed on as its end, a reset as a reset.
class FaultyLink {
 public:
  /// Listens at once; `to` is the listener's port on 127.0.0.1.
  FaultyLink(std::uint16_t to, LinkFault fault);
  ~FaultyLink();
  FaultyLink(const FaultyLink&) = delete;
  FaultyLink& operator=(const FaultyLink&) = delete;

  std::uint16_t port() const { return lease_.port(); }

 private:
  void serve();
  void relay(int client, int broker);

  PortLease lease_;
  std::uint16_t to_;
  LinkFault fault_;
  int listener_ = -1;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace tlswatch::harness
