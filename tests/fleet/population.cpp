#include "population.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "certificate.h"

namespace tlswatch::fleet_sim {
namespace {

constexpr double kSitesMainBuild = 0.7;  // of a site's devices: bought together
constexpr double kOutbreakSpreadS = 30;  // within which an outbreak's devices are hit
constexpr double kTriesSpread = 0.2;     // of an outbreak's number of tries
constexpr std::uint64_t kFirstSerial = 10;
constexpr double kEarliest = 0.05, kLatest = 0.9;  // of the run: when a device begins to fail

std::string shipped_id(std::uint32_t device) {
  char text[24];
  // Distinct for distinct devices: an odd factor permutes the numbers of 24 bits.
  std::snprintf(text, sizeof text, "DVES_%06X", (device * 0x9E3779B1U + 0x1234567U) & 0xFFFFFFU);
  return text;
}

std::string certificate_name(const Options& options, const std::string& id, std::uint32_t device) {
  if (options.certificate_name == CertificateName::id) return id;
  if (options.certificate_name == CertificateName::shared) return "device";
  return "serial-" + std::to_string(100'000 + device);
}

ByteVector issue(const Device& device, std::int64_t not_after, std::uint64_t seed) {
  return certificate_message(make_certificate(device.certificate_name, "Example CA", not_after, seed));
}

bool can_happen(const Failure& failure, const Device& device, const Build& build) {
  const bool certificate = !device.client_message.empty();
  switch (failure.needs) {
    case Needs::tls_certificates: return !build.psk;
    case Needs::client_certificate: return certificate;
    case Needs::no_client_certificate: return !build.psk && !certificate;
    case Needs::psk: return build.psk;
  }
  return false;
}

const Failure* pick_failure(const Device& device, const Build& build, bool together, Random& random) {
  std::vector<double> weights;
  for (const Failure& failure : failures()) {
    const double weight = together ? failure.together : failure.alone;
    weights.push_back(can_happen(failure, device, build) ? weight : 0);
  }
  return &failures()[random.pick(weights)];
}

/// The devices of one build, site by site, so that an outbreak hits whole sites.
std::vector<std::uint32_t> build_by_sites(const std::vector<Device>& devices, const Network& network,
                                          std::uint32_t build, Random& random) {
  std::vector<std::size_t> order(network.sites().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.shuffle(order);
  std::vector<std::uint32_t> out;
  for (const std::size_t site : order) {
    for (const std::uint32_t device : network.sites()[site].devices) {
      if (devices[device].build == build) out.push_back(device);
    }
  }
  return out;
}

class Planner {
 public:
  Planner(const Options& options, std::size_t devices, Random& random)
      : options_(options), random_(random), taken_(devices, false) {}

  bool taken(std::uint32_t device) const { return taken_[device]; }

  void add(std::uint32_t device, double at_s, const Failure* failure, std::uint32_t tries,
           std::uint32_t outbreak) {
    taken_[device] = true;
    Trouble t{.device = device, .at_s = at_s, .failure = failure, .tries_left = tries, .outbreak = outbreak};
    t.never_again = random_.chance(options_.never_again);
    t.first_contact = outbreak == 0 && random_.chance(options_.first_contact);
    if (random_.chance(options_.power_cut)) t.power_cut_left = inner(tries);
    if (random_.chance(options_.reset)) t.reset_left = inner(tries);
    out_.push_back(t);
  }
  std::vector<Trouble> take() { return std::move(out_); }

 private:
  std::uint32_t inner(std::uint32_t tries) {
    return tries < 2 ? 0 : static_cast<std::uint32_t>(random_.between(1, tries - 1));
  }

  const Options& options_;
  Random& random_;
  std::vector<bool> taken_;
  std::vector<Trouble> out_;
};

}  // namespace

std::vector<Device> make_devices(const Options& options, const Network& network,
                                 const std::vector<Build>& builds, Random& random) {
  struct SiteChoice {
    std::uint32_t build, listener;
  };
  std::vector<SiteChoice> sites;
  for (std::size_t i = 0; i < network.sites().size(); ++i) {
    sites.push_back({static_cast<std::uint32_t>(random.below(builds.size())),
                     static_cast<std::uint32_t>(random.below(kListeners))});
  }
  std::vector<Device> out(options.devices);
  for (std::uint32_t i = 0; i < options.devices; ++i) {
    Device& d = out[i];
    const std::uint32_t site = network.site_index(i);
    d.build = random.chance(kSitesMainBuild) ? sites[site].build
                                             : static_cast<std::uint32_t>(random.below(builds.size()));
    d.listener = sites[site].listener;
    d.id = d.shipped_id = shipped_id(i);
    d.user = "site-" + std::to_string(site);
    d.quiet = random.chance(options.quiet);
    d.clock_set = !random.chance(options.clock_unset);
    if (random.chance(options.clock_wrong)) {
      d.clock_offset_s = std::llround(random.real(-options.clock_error_max_s, options.clock_error_max_s));
    }
    if (builds[d.build].psk || !random.chance(options.certificates)) continue;
    d.certificate_name = certificate_name(options, d.id, i);
    d.client_message = issue(d, kLongValid, 2 * i + kFirstSerial);
  }
  return out;
}

std::vector<Trouble> plan_troubles(const Options& options, std::vector<Device>& devices,
                                   const std::vector<Build>& builds, const Network& network,
                                   const std::vector<double>& outbreak_at_s, Random& random) {
  Planner planner(options, devices.size(), random);
  const auto failing = static_cast<std::uint32_t>(std::llround(options.failing * options.devices));
  const std::size_t outbreaks = outbreak_at_s.size();
  auto left = failing;
  const auto together = outbreaks == 0 ? 0U : static_cast<std::uint32_t>(options.outbreak * failing);
  for (std::size_t k = 0; k < outbreaks; ++k) {
    const std::uint32_t build = devices[random.below(devices.size())].build;
    const double tries = random.real(options.tries_min, options.tries_max);
    const auto share = static_cast<std::uint32_t>(together * (k + 1) / outbreaks - together * k / outbreaks);
    const Failure* failure = nullptr;
    std::uint32_t hit = 0;
    for (const std::uint32_t device : build_by_sites(devices, network, build, random)) {
      if (hit == share) break;
      if (planner.taken(device)) continue;
      if (failure == nullptr) failure = pick_failure(devices[device], builds[build], true, random);
      if (!can_happen(*failure, devices[device], builds[build])) continue;
      const double mine = tries * random.real(1 - kTriesSpread, 1 + kTriesSpread);
      const auto whole =
          std::clamp(static_cast<std::uint32_t>(std::lround(mine)), options.tries_min, options.tries_max);
      planner.add(device, outbreak_at_s[k] + random.real(0, kOutbreakSpreadS), failure, whole,
                  static_cast<std::uint32_t>(k + 1));
      ++hit;
    }
    left -= hit;
  }
  std::vector<std::uint32_t> others;
  for (std::uint32_t device = 0; device < devices.size(); ++device) {
    if (!planner.taken(device)) others.push_back(device);
  }
  random.shuffle(others);
  const double all_s = options.days * 86400;
  for (std::size_t i = 0; i < left && i < others.size(); ++i) {
    const Device& device = devices[others[i]];
    planner.add(others[i], random.real(kEarliest, kLatest) * all_s,
                pick_failure(device, builds[device.build], false, random),
                static_cast<std::uint32_t>(random.between(options.tries_min, options.tries_max)), 0);
  }
  auto troubles = planner.take();
  for (const Trouble& trouble : troubles) {
    if (trouble.failure->verify != kHasExpired) continue;
    Device& device = devices[trouble.device];
    device.client_message = issue(device, kBeginUnixS + static_cast<std::int64_t>(trouble.at_s),
                                  2 * trouble.device + kFirstSerial);
    device.renewed_message = issue(device, kLongValid, 2 * trouble.device + kFirstSerial + 1);
  }
  return troubles;
}

}  // namespace tlswatch::fleet_sim
