#include "network.h"

#include <algorithm>
#include <cmath>

namespace tlswatch::fleet_sim {
namespace {

constexpr Ip kFirstNat = 0xC6120001;   // 198.18.0.1: the range for tests (RFC 2544)
constexpr Ip kFirstPool = 0x0A000001;  // 10.0.0.1: as the broker sees them, no NAT between
constexpr double kPoolMin = 20;        // devices in one pool
constexpr double kPoolMax = 500;
constexpr double kSpareAddresses = 0.25;  // of a pool: nobody's now
constexpr std::size_t kLeastSpare = 3;
constexpr double kTakesLatestFreed = 0.5;

}  // namespace

Network::Network(const Options& options, Random& random)
    : site_of_(options.devices), address_(options.devices) {
  place_nat(options, random);
  place_pools(options, random);
}

void Network::settle(std::uint32_t device, Ip address) {
  site_of_[device] = static_cast<std::uint32_t>(sites_.size() - 1);
  address_[device] = address;
  sites_.back().devices.push_back(device);
}

void Network::place_nat(const Options& options, Random& random) {
  const auto inside = static_cast<std::uint32_t>(std::llround(options.nat * options.devices));
  Ip next = kFirstNat;
  for (std::uint32_t device = 0; device < inside;) {
    const double drawn = random.log_uniform(options.nat_group_min, options.nat_group_max + 1.0);
    const auto size =
        std::clamp(static_cast<std::uint32_t>(drawn), options.nat_group_min, options.nat_group_max);
    sites_.push_back({.nat = true, .address = next++});
    const std::uint32_t end = std::min(inside, device + size);
    for (; device < end; ++device) settle(device, sites_.back().address);
  }
}

void Network::place_pools(const Options& options, Random& random) {
  const auto first = static_cast<std::uint32_t>(std::llround(options.nat * options.devices));
  Ip next = kFirstPool;
  for (std::uint32_t device = first; device < options.devices;) {
    const auto size = static_cast<std::uint32_t>(random.log_uniform(kPoolMin, kPoolMax));
    sites_.push_back({.lease_s = random.log_uniform(options.lease_min_h, options.lease_max_h) * 3600});
    const std::uint32_t end = std::min(options.devices, device + size);
    for (; device < end; ++device) settle(device, next++);
    const auto spare = static_cast<std::size_t>(kSpareAddresses * size) + kLeastSpare;
    for (std::size_t i = 0; i < spare; ++i) sites_.back().unused.push_back(next++);
    random.shuffle(sites_.back().unused);
  }
}

bool Network::renew(std::uint32_t device, double reshuffled, Random& random) {
  Site& site = sites_[site_of_[device]];
  if (site.nat || !random.chance(reshuffled)) return false;
  const bool latest = random.chance(kTakesLatestFreed);
  const std::size_t at = latest ? site.unused.size() - 1 : random.below(site.unused.size());
  const Ip got = site.unused[at];
  site.unused.erase(site.unused.begin() + static_cast<std::ptrdiff_t>(at));
  site.unused.push_back(address_[device]);
  address_[device] = got;
  return true;
}

}  // namespace tlswatch::fleet_sim
