// Free loopback ports, also while other test programs look for some.
#pragma once

#include <cstdint>

namespace tlswatch::harness {

/// PortLease is a TCP port on 127.0.0.1 that nobody listens on and no other lease of this machine names.
///
/// It lies below the range from which the kernel takes the local ports of clients (20000 to 29999), so that
/// no client of a parallel test can take it between the lease and the broker's bind; a lock on a file of that
/// name keeps other test programs away for as long as the lease lives.
class PortLease {
 public:
  PortLease();
  ~PortLease();
  PortLease(PortLease&& other) noexcept;
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;
  PortLease& operator=(PortLease&&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int lock_ = -1;
};

}  // namespace tlswatch::harness
