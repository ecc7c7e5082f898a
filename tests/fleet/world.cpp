#include "world.h"

#include <cmath>

namespace tlswatch::fleet_sim {
namespace {

constexpr std::uint64_t kBeginNs = std::uint64_t{kBeginUnixS} * 1'000'000'000;
constexpr double kSecondNs = 1e9;
constexpr double kDayS = 86400;
constexpr double kFirstHourS = 3600;  // in which those connect that were not connected before
constexpr double kBackAfterRestartS = 15;

}  // namespace

World::World(const Options& options, RecordMaker::Sink sink, Ledger& ledger)
    : options_(options),
      random_(options.seed),
      ledger_(ledger),
      records_(std::move(sink)),
      builds_(make_builds(options.builds, options.psk_builds)),
      network_(options, random_),
      devices_(make_devices(options, network_, builds_, random_)),
      now_ns_(kBeginNs),
      end_ns_(kBeginNs + static_cast<std::uint64_t>(options.days * kDayS * kSecondNs)) {}

std::int64_t World::now_unix_s() const noexcept {
  return static_cast<std::int64_t>(now_ns_ / 1'000'000'000);
}

void World::plan(What what, std::uint32_t who, double in_s, std::uint64_t session, std::uint8_t detail) {
  const std::uint32_t plans = what <= What::try_failed ? devices_[who].plans : 0;
  queue_.push({now_ns_ + static_cast<std::uint64_t>(std::max(in_s, 0.0) * kSecondNs), ++order_, what, detail,
               who, plans, session});
}

void World::run() {
  begin();
  while (!queue_.empty() && queue_.top().at_ns <= end_ns_) {
    const Next next = queue_.top();
    queue_.pop();
    now_ns_ = next.at_ns;
    happen(next);
  }
  counts_.records = records_.records();
}

void World::begin() {
  const double all_s = options_.days * kDayS;
  std::vector<double> restarts, outbreaks;
  for (std::uint32_t i = 0; i < options_.broker_restarts; ++i)
    restarts.push_back(random_.real(0.1, 0.8) * all_s);
  // A new certificate often comes with a restart: the first outbreaks begin with one.
  for (std::uint32_t i = 0; i < options_.outbreaks; ++i) {
    outbreaks.push_back(i < restarts.size() ? restarts[i] - 1 : random_.real(0.1, 0.8) * all_s);
  }
  troubles_ = plan_troubles(options_, devices_, builds_, network_, outbreaks, random_);
  // Who was connected before the daemon came, was so before the broker's start could be seen.
  if (options_.connected_before == 0) records_.broker_start(now_ns_);
  begin_devices();
  for (std::uint32_t i = 0; i < troubles_.size(); ++i) plan(What::trouble, i, troubles_[i].at_s);
  for (const double at_s : restarts) plan(What::restart, 0, at_s);
  begin_scanners();
}

void World::begin_devices() {
  std::vector<bool> unknown(devices_.size(), false);
  for (const Trouble& trouble : troubles_) {
    ++counts_.failing_devices;
    counts_.together += trouble.outbreak != 0 ? 1U : 0U;
    counts_.never_again += trouble.never_again ? 1U : 0U;
    counts_.tries += trouble.tries_left;
    unknown[trouble.device] = trouble.first_contact;
  }
  for (const Site& site : network_.sites()) {
    counts_.nat_groups += site.nat ? 1U : 0U;
    counts_.behind_nat += site.nat ? site.devices.size() : 0U;
  }
  for (std::uint32_t i = 0; i < devices_.size(); ++i) {
    Device& device = devices_[i];
    ledger_.name(i, device.id);
    counts_.with_certificate += device.client_message.empty() ? 0U : 1U;
    counts_.clock_wrong += device.clock_offset_s != 0 ? 1U : 0U;
    const Site& site = network_.site_of(i);
    if (!site.nat) plan(What::renew, i, random_.real(0, site.lease_s));
    if (random_.chance(options_.renamed)) plan(What::rename, i, random_.real(0, options_.days * kDayS));
    if (unknown[i]) continue;
    if (!random_.chance(options_.connected_before)) {
      plan_connect(i, random_.real(0, kFirstHourS));
      continue;
    }
    ++counts_.connected_before;
    Held& held = open(i, {network_.address(i), 0});
    held.identified = true;
    held.client_id = device.id;
    device.session = held.contact.number;
    device.doing = Doing::online;
    lose(i);
  }
  counts_.sessions = 0;  // from here on they are seen from their beginning
}

void World::begin_scanners() {
  const auto count = static_cast<std::uint32_t>(std::llround(options_.scanners * options_.devices));
  std::vector<Ip> inside;
  for (const Site& site : network_.sites()) {
    if (site.nat) inside.push_back(site.address);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool is_inside = !inside.empty() && random_.chance(options_.scanners_inside);
    const Ip far = 0x2D000000U | static_cast<Ip>(random_.below(1U << 24));  // 45.0.0.0/8
    scanners_.push_back({is_inside ? inside[random_.below(inside.size())] : far,
                         static_cast<std::uint32_t>(random_.between(1, options_.scans_max))});
    counts_.scanners_inside += is_inside ? 1U : 0U;
    plan(What::scan, i, random_.real(0, options_.days * kDayS));
  }
  counts_.scanners = count;
}

bool World::cancelled(const Next& next) const noexcept {
  return next.what <= What::try_failed && devices_[next.who].plans != next.plan;
}

void World::happen(const Next& next) {
  if (cancelled(next)) return;
  switch (next.what) {
    case What::connect: return connect(next.who);
    case What::handshake_done: return handshake_done(next.session, next.who);
    case What::login: return login(next.session, next.who);
    case What::report: return report(next.session, next.who);
    case What::drop: return drop(next.who, 0, static_cast<Ending>(next.detail));
    case What::try_failed: return try_failed(next.who, next.detail != 0);
    case What::identify: return identify(next.session);
    case What::session_over: return session_over(next.session, static_cast<Ending>(next.detail));
    case What::handshake_failed: return handshake_failed(next.session, next.detail != 0);
    case What::trouble: return start_trouble(next.who);
    case What::renew: return renew(next.who);
    case What::rename: return rename(next.who);
    case What::restart: return restart();
    case What::scan: return scan(next.who);
    case What::scan_over: return scan_over(next.session, static_cast<Scan>(next.detail));
  }
}

World::Held& World::open(std::uint32_t device, Peer peer) {
  const std::uint64_t number = ++last_session_;
  ledger_.open(number, device);
  Held& held = held_[number];
  held.device = device;
  held.random_seed = static_cast<std::uint32_t>(random_.bits());
  held.contact.number = number;
  held.contact.started_ns = now_ns_;
  held.contact.peer = peer;
  if (device == kNobody) return held;
  ++counts_.sessions;
  const Device& d = devices_[device];
  held.contact.listener = d.listener;
  held.contact.suite = builds_[d.build].suite;
  held.contact.mfln = builds_[d.build].mfln;
  held.contact.client_message = d.client_message;
  if (builds_[d.build].psk) held.contact.psk = d.shipped_id;
  held.contact.user = d.user;
  return held;
}

std::span<const std::uint8_t> World::fresh_hello(const Held& held) {
  const bool ours = held.device != kNobody;
  hello_ = ours ? builds_[devices_[held.device].build].hello[held.contact.listener] : held.own_hello;
  if (hello_.empty()) return {};
  Random random(held.random_seed);
  for (std::size_t i = 0; i < kClientRandomBytes; ++i) {
    hello_[kClientRandomAt + i] = static_cast<std::uint8_t>(random.bits());
  }
  return hello_;
}

void World::restart() {
  records_.broker_stop(now_ns_);
  held_.clear();
  records_.broker_start(now_ns_);
  for (std::uint32_t i = 0; i < devices_.size(); ++i) {
    Device& device = devices_[i];
    device.session = 0;
    if (device.doing == Doing::trying && device.trouble && device.memory) memory(i).failed(kCutOff);
    if (device.doing == Doing::online || device.doing == Doing::trying) {
      plan_connect(i, 1 + random_.real(0, kBackAfterRestartS));
    }
  }
}

void World::scan(std::uint32_t index) {
  Scanner& scanner = scanners_[index];
  if (scanner.left-- == 0) return;
  static constexpr double kWeights[kScans] = {2, 2, 2, 2, 1, 1};  // by Scan
  const auto what = static_cast<Scan>(random_.pick(kWeights));
  Held& held = open(kNobody, {scanner.ip, static_cast<std::uint16_t>(random_.between(1024, 65535))});
  ++counts_.scans;
  held.contact.listener = static_cast<std::uint32_t>(random_.below(kListeners));
  held.contact.suite = 0x009E;
  const bool tls = what != Scan::http && what != Scan::noise;
  if (tls) {
    held.own_hello = outsiders_hello(random_.below(1 << 12));
    records_.session_start(now_ns_, held.contact);
  }
  const double lasts_s = what == Scan::silence ? 90 : random_.real(0.05, 2);
  plan(What::scan_over, index, lasts_s, held.contact.number, static_cast<std::uint8_t>(what));
  plan(What::scan, index, random_.log_uniform(1, kDayS));
}

void World::scan_over(std::uint64_t session, Scan what) {
  const auto found = held_.find(session);
  if (found == held_.end()) return;
  Contact contact = found->second.contact;
  contact.hello = fresh_hello(found->second);
  records_.scanned(now_ns_, contact, what);
  if (what == Scan::handshake_only) records_.ended(now_ns_, contact, Ending::left);
  held_.erase(found);
}

}  // namespace tlswatch::fleet_sim
