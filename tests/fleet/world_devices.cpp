#include <algorithm>

#include "world.h"

namespace tlswatch::fleet_sim {
namespace {

constexpr double kDayS = 86400;
constexpr double kKeepaliveS = 30;         // Tasmota's MqttKeepAlive
constexpr double kBrokerPatience = 1.5;    // MQTT 3.1.1 section 3.1.2.10
constexpr double kHandshakeTimeoutS = 90;  // Mosquitto 2.0 on a connection without CONNECT
constexpr double kAgainS = 5;              // what cannot happen in the middle of a try waits
constexpr double kUnmetAgainS = 3600;
constexpr std::int64_t kOldestBootS = 30 * 86400;
constexpr std::uint16_t kReportsAtOnce = 6;

/// A round trip and what the other side needs.
double soon(Random& random) {
  return random.real(0.02, 0.2);
}

/// How long a device is away that has lost its connection: the radio, a reboot, somebody's evening.
double away_s(Random& random) {
  static constexpr double kWeights[] = {0.6, 0.3, 0.1};
  static constexpr double kFromTo[][2] = {{1, 10}, {10, 600}, {600, 4 * 3600}};
  const auto& range = kFromTo[random.pick(kWeights)];
  return random.log_uniform(range[0], range[1]);
}

Ending noticed_ending(Random& random) {
  static constexpr Ending kEndings[] = {Ending::disconnect, Ending::closed, Ending::reset};
  return kEndings[random.below(std::size(kEndings))];
}

}  // namespace

void World::plan_connect(std::uint32_t device, double in_s) {
  ++devices_[device].plans;
  devices_[device].doing = Doing::waiting;
  plan(What::connect, device, in_s);
}

DeviceMemory& World::memory(std::uint32_t index) {
  Device& device = devices_[index];
  if (!device.memory) {
    device.memory =
        std::make_unique<DeviceMemory>(builds_[device.build].version.c_str(), random_, device.clock_offset_s,
                                       device.clock_set, now_unix_s() - random_.between(0, kOldestBootS));
  }
  return device.memory->at(now_unix_s());
}

void World::connect(std::uint32_t index) {
  Device& device = devices_[index];
  device.doing = Doing::trying;
  if (device.trouble && device.trouble->tries_left > 0) return fail_once(index);
  const Held& held =
      open(index, {network_.address(index), static_cast<std::uint16_t>(random_.between(1024, 65535))});
  records_.session_start(now_ns_, held.contact);
  plan(What::handshake_done, index, random_.real(0.3, 2.5), held.contact.number);
}

void World::fail_once(std::uint32_t index) {
  Device& device = devices_[index];
  Trouble& trouble = *device.trouble;
  memory(index).attempt();
  if (random_.chance(options_.unseen_tries)) {
    ++counts_.unseen_tries;
    return plan(What::try_failed, index, random_.real(1, 5), 0, 0);
  }
  --trouble.tries_left;
  const Failure& failure = *trouble.failure;
  Held& held =
      open(index, {network_.address(index), static_cast<std::uint16_t>(random_.between(1024, 65535))});
  held.failure = &failure;
  records_.session_start(now_ns_, held.contact);
  const double tries_s = random_.real(failure.least_s, failure.most_s);
  const bool unnoticed = random_.chance(failure.unnoticed);
  const double ends_s = unnoticed ? kHandshakeTimeoutS + soon(random_) : tries_s + soon(random_);
  plan(What::try_failed, index, tries_s, 0, 1);
  plan(What::handshake_failed, index, ends_s, held.contact.number, unnoticed ? 1 : 0);
}

void World::handshake_failed(std::uint64_t session, bool unnoticed) {
  const auto found = held_.find(session);
  if (found == held_.end()) return;
  const Held& held = found->second;
  ledger_.fail(session);
  ++counts_.failed;
  counts_.unnoticed += unnoticed ? 1U : 0U;
  Contact contact = held.contact;
  contact.hello = fresh_hello(held);
  if (held.failure->close == Close::after_login) {
    records_.established(now_ns_, contact);
    records_.ended(now_ns_, contact, Ending::refused);
  } else {
    records_.failed(now_ns_, contact, *held.failure, unnoticed);
  }
  held_.erase(found);
}

void World::try_failed(std::uint32_t index, bool seen) {
  Device& device = devices_[index];
  Trouble& trouble = *device.trouble;
  DeviceMemory& mine = memory(index);
  mine.failed(seen ? trouble.failure->code : kUnreachable);
  ++device.failures_in_row;
  double wait_s =
      std::min(options_.retry_first_s * device.failures_in_row, options_.retry_max_s) + random_.real();
  const bool power = seen && trouble.power_cut_left != 0 && trouble.power_cut_left == trouble.tries_left;
  const bool reset = seen && trouble.reset_left != 0 && trouble.reset_left == trouble.tries_left;
  if (power) mine.cut_power();
  if (reset && !power) mine.reset();
  if (power || reset) {
    device.failures_in_row = 0;
    wait_s = random_.real(5, 30);
  }
  if (trouble.tries_left == 0 && trouble.never_again) {
    device.doing = Doing::gone;
    ++device.plans;
    return;
  }
  // Sessions that the broker still holds look into the old one.
  if (trouble.tries_left == 0 && !device.renewed_message.empty())
    device.client_message.swap(device.renewed_message);
  plan_connect(index, wait_s);
}

void World::handshake_done(std::uint64_t session, std::uint32_t index) {
  const auto found = held_.find(session);
  if (found == held_.end()) return;
  Contact contact = found->second.contact;
  contact.hello = fresh_hello(found->second);
  records_.established(now_ns_, contact);
  plan(What::login, index, random_.real(0.05, 0.5), session);
}

void World::login(std::uint64_t session, std::uint32_t index) {
  const auto found = held_.find(session);
  if (found == held_.end()) return;
  Device& device = devices_[index];
  const auto before = held_.find(device.session);
  if (before != held_.end() && before->second.client_id == device.id)
    session_over(device.session, Ending::taken_over);
  found->second.client_id = device.id;
  device.session = session;
  device.doing = Doing::online;
  device.trouble.reset();
  device.failures_in_row = 0;
  if (!device.quiet) plan(What::identify, index, random_.real(0.05, 1), session);
  if (device.memory) {
    memory(index).connected();
    if (device.memory->pending()) {
      ++counts_.returns;
      plan(What::report, index, random_.real(1, 3), session);
    }
  }
  lose(index);
}

void World::identify(std::uint64_t session) {
  const auto found = held_.find(session);
  if (found == held_.end() || found->second.identified) return;
  Held& held = found->second;
  if (devices_[held.device].session != session) return;
  held.identified = true;
  ++counts_.identified;
  Contact contact = held.contact;
  contact.client_id = held.client_id;
  records_.identified(now_ns_, contact);
}

void World::report(std::uint64_t session, std::uint32_t index) {
  const auto found = held_.find(session);
  if (found == held_.end()) return;
  identify(session);  // the report is a PUBLISH itself
  Contact contact = found->second.contact;
  contact.client_id = found->second.client_id;
  const std::string topic = device::kReportTopicPrefix + devices_[index].id;
  const bool missing = random_.chance(options_.reports_missing);
  counts_.reports_missing += missing ? 1U : 0U;
  DeviceMemory& mine = memory(index);
  for (std::uint16_t packet = 1; packet <= kReportsAtOnce; ++packet) {
    const std::string_view text = mine.report(topic.size(), packet);
    if (text.empty()) return;
    if (!missing) {
      ++counts_.reports;
      records_.report(now_ns_, contact, topic, text);
    }
    mine.acknowledged(packet);
  }
}

void World::lose(std::uint32_t index) {
  if (options_.reconnects_per_day == 0) return;
  const Ending ending = random_.chance(options_.half_open) ? Ending::keepalive : noticed_ending(random_);
  plan(What::drop, index, random_.exponential(kDayS / options_.reconnects_per_day), 0,
       static_cast<std::uint8_t>(ending));
}

void World::drop(std::uint32_t index, double back_in_s, Ending ending) {
  Device& device = devices_[index];
  if (device.doing != Doing::online) return;
  const double patience_s = kKeepaliveS * kBrokerPatience - random_.real(0, kKeepaliveS);
  plan(What::session_over, index, ending == Ending::keepalive ? patience_s : soon(random_), device.session,
       static_cast<std::uint8_t>(ending));
  plan_connect(index, back_in_s > 0 ? back_in_s : away_s(random_));
}

void World::session_over(std::uint64_t session, Ending ending) {
  const auto found = held_.find(session);
  if (found == held_.end()) return;
  Contact contact = found->second.contact;
  contact.client_id = found->second.client_id;
  records_.ended(now_ns_, contact, ending);
  held_.erase(found);
}

void World::start_trouble(std::uint32_t index) {
  const std::uint32_t who = troubles_[index].device;
  Device& device = devices_[who];
  if (device.doing == Doing::trying) return plan(What::trouble, index, kAgainS);
  device.trouble = troubles_[index];
  if (device.doing != Doing::online) return plan_connect(who, random_.real(1, 10));
  const Ending ending = random_.chance(options_.half_open) ? Ending::keepalive : noticed_ending(random_);
  drop(who, random_.real(1, 10), ending);
}

void World::renew(std::uint32_t index) {
  ++counts_.renewals;
  plan(What::renew, index, network_.site_of(index).lease_s);
  if (!network_.renew(index, options_.reshuffled, random_)) return;
  ++counts_.readdressed;
  // The connection from the old address is dead, and the broker does not know.
  drop(index, random_.real(1, 5), Ending::keepalive);
}

void World::rename(std::uint32_t index) {
  Device& device = devices_[index];
  if (device.doing == Doing::gone) return;
  // An id that the broker has never met cannot change.
  const bool unmet = device.doing == Doing::nothing || (device.trouble && device.trouble->first_contact);
  if (unmet || device.doing == Doing::trying)
    return plan(What::rename, index, unmet ? kUnmetAgainS : kAgainS);
  ++counts_.renamed;
  device.id = "unit-" + std::to_string(index);
  ledger_.name(index, device.id);
  if (device.memory) memory(index).reset();
  drop(index, random_.real(3, 15), Ending::disconnect);
}

}  // namespace tlswatch::fleet_sim
