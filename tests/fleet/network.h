#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "address.h"
#include "options.h"
#include "random.h"

namespace tlswatch::fleet_sim {

/// Site: where devices are. Behind NAT all have its one address; else it is a DHCP pool.
struct Site {
  bool nat = false;
  Ip address = 0;               ///< of NAT
  double lease_s = 0;           ///< of a pool
  std::vector<Ip> unused = {};  ///< of a pool; what was given back last is at the end
  std::vector<std::uint32_t> devices = {};
};

/// Network: which device is where, and what address it has now.
class Network {
 public:
  Network(const Options& options, Random& random);

  const std::vector<Site>& sites() const noexcept { return sites_; }
  const Site& site_of(std::uint32_t device) const noexcept { return sites_[site_of_[device]]; }
  std::uint32_t site_index(std::uint32_t device) const noexcept { return site_of_[device]; }
  Ip address(std::uint32_t device) const noexcept { return address_[device]; }

  /// The lease of a device behind no NAT is renewed. Returns whether it has got another address: one that
  /// was free, half the time the one that was given back last.
  bool renew(std::uint32_t device, double reshuffled, Random& random);

 private:
  void place_nat(const Options& options, Random& random);
  void place_pools(const Options& options, Random& random);
  void settle(std::uint32_t device, Ip address);

  std::vector<Site> sites_;
  std::vector<std::uint32_t> site_of_;
  std::vector<Ip> address_;
};

}  // namespace tlswatch::fleet_sim
