// Nothing is lost and nothing is told twice when the daemon or the broker dies; what is lost to a full ring
// is counted exactly.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "daemon.h"
#include "daemon/store/reader.h"
#include "mqtt_packet.h"
#include "small_disk.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::Broker;
using harness::BrokerConfig;
using harness::Daemon;
using harness::Event;
using namespace std::chrono_literals;

constexpr std::size_t kSmallRing = 65536;  // the smallest that the plugin accepts
constexpr std::size_t kLargeRing = 16U << 20U;

std::int64_t lost_in(const std::vector<Event>& events) {
  std::int64_t lost = 0;
  for (const Event& event : events) {
    if (event.action() == "events-lost") lost += event.number("tlswatch.lost").value_or(0);
  }
  return lost;
}

// Events that come from the ring one by one: all but those which the daemon makes itself.
std::size_t from_the_ring(const std::vector<Event>& events) {
  static const std::set<std::string> kFromRing = {"session-start", "tls-handshake", "mqtt-identified",
                                                  "session-end"};
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [](const Event& e) { return kFromRing.contains(e.action()); }));
}

class Restart : public testing::Test {
 protected:
  Restart() : pki_(folder_ / "pki"), log_(folder_ / "state" / "events.json") {
    harness::make_state_folder(folder_);
  }

  BrokerConfig config(std::size_t ring_size) const {
    BrokerConfig made = cheap_broker(pki_);
    made.plugin_options = {"plugin_opt_ring_size " + std::to_string(ring_size)};
    return made;
  }

  std::unique_ptr<Daemon> start_daemon(const Broker& broker) const {
    return std::make_unique<Daemon>(
        folder_, harness::DaemonConfig{.brokers = {{"test", broker.ring(), broker.cursor()}}});
  }

  void expect_ends(std::size_t count) {
    EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("session-end") >= count; }, 60s))
        << log_.count("session-end") << " of " << count << " sessions have ended in the log";
  }

  void expect_all_served(const std::vector<Visit>& visits) {
    const auto served =
        std::count_if(visits.begin(), visits.end(), [](const Visit& one) { return one.served; });
    EXPECT_EQ(static_cast<std::size_t>(served), visits.size());
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  harness::EventLog log_;
};

/// A file that takes all room there is, to the last byte.
void fill_disk(const std::filesystem::path& ballast) {
  for (const std::size_t size : {std::size_t{65536}, std::size_t{1}}) {
    std::ofstream out(ballast, std::ios::binary | std::ios::app);
    const std::string block(size, 'x');
    while (out << block && out.flush()) {
    }
  }
}

/// The store has as many good handshakes as there were.
void expect_stored(const std::string& file, std::size_t visits) {
  auto reader = store::Reader::open(file);
  ASSERT_TRUE(reader.ok()) << reader.error();
  const auto hours = reader->hours(0);
  ASSERT_TRUE(hours.ok()) << hours.error();
  std::uint64_t good = 0;
  for (const store::HourRow& hour : *hours) good += hour.cause.empty() ? hour.count : 0;
  EXPECT_EQ(good, visits);
}

TEST_F(Restart, DaemonKilledAmongTwoThousandHandshakes) {
  constexpr std::size_t kVisits = 2000;
  Broker broker(folder_, config(kLargeRing));
  std::unique_ptr<Daemon> daemon = start_daemon(broker);
  std::vector<Visit> visits;
  std::thread clients([&] { visits = storm(broker.port(), "storm", kVisits, 8); });
  for (const std::size_t when : {kVisits / 5, kVisits / 2, kVisits * 3 / 4}) {
    EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("tls-handshake") >= when; }, 60s));
    daemon->kill();
    // Killed in mid-write, whether this kill was or not.
    std::ofstream(daemon->events(), std::ios::app) << R"({"@timestamp":"2026-01-0)";
    daemon = start_daemon(broker);
  }
  clients.join();
  expect_all_served(visits);
  expect_ends(kVisits);
  broker.stop();
  daemon->stop();

  const std::vector<Event>& events =
      log_.read();  // fails the test on a torn line, and on an event.id seen twice
  EXPECT_EQ(log_.torn_tail(), "");
  EXPECT_EQ(ports_of_handshakes(events), ports_of(visits)) << "each handshake once, by the client's own port";
  EXPECT_EQ(log_.count("tls-handshake"), kVisits);
  EXPECT_EQ(log_.count("session-start"), kVisits);
  EXPECT_EQ(log_.count("mqtt-identified"), kVisits);
  EXPECT_EQ(log_.count("session-end"), kVisits);
  EXPECT_EQ(lost_in(events), 0);
}

TEST_F(Restart, DaemonStoppedAndStartedWhileNothingHappens) {
  Broker broker(folder_, config(kLargeRing));
  expect_all_served(storm(broker.port(), "before", 10, 2));
  for (int i = 0; i < 3; ++i) {
    const std::unique_ptr<Daemon> daemon = start_daemon(broker);
    expect_ends(10);
    daemon->stop();
  }
  EXPECT_EQ(log_.count("tls-handshake"), 10U);
  EXPECT_EQ(log_.count("session-end"), 10U);
}

// How many events a number of visits makes: counted where nothing is lost, expected where much is.
class FullRing : public Restart {
 protected:
  static constexpr std::size_t kVisits = 150;

  // More than the ring holds; then a daemon, which reads what is there, and one visit more, before which the
  // gap shows.
  std::unique_ptr<Daemon> fill_and_read(const Broker& broker) {
    expect_all_served(storm(broker.port(), "full", kVisits, 4));
    std::unique_ptr<Daemon> daemon = start_daemon(broker);
    EXPECT_TRUE(log_.wait_for([](const auto& events) { return from_the_ring(events) > 0; }));
    EXPECT_TRUE(visit(broker.port(), "last").served);
    EXPECT_TRUE(log_.wait_for([](const auto& events) {
      return std::any_of(events.begin(), events.end(), [](const Event& event) {
        return event.action() == "session-end" && event.text("device.id") == "last";
      });
    }));
    return daemon;
  }
};

TEST_F(FullRing, NothingIsLostInOneThatIsLargeEnough) {
  Broker broker(folder_, config(kLargeRing));
  expect_all_served(storm(broker.port(), "full", kVisits, 4));
  const std::unique_ptr<Daemon> daemon = start_daemon(broker);
  expect_ends(kVisits);
  broker.stop();
  daemon->stop();
  EXPECT_EQ(from_the_ring(log_.read()), 4 * kVisits) << "start, handshake, identity and end of each";
  EXPECT_EQ(lost_in(log_.read()), 0);
}

TEST_F(FullRing, WhatIsLostIsCountedExactly) {
  Broker broker(folder_, config(kSmallRing));
  const std::unique_ptr<Daemon> daemon = fill_and_read(broker);
  const std::vector<Event>& events = log_.read();
  const std::int64_t lost = lost_in(events);
  EXPECT_GT(lost, 0) << "the ring was never full";
  EXPECT_EQ(from_the_ring(events) + static_cast<std::size_t>(lost), 4 * (kVisits + 1))
      << "logged and lost together are all there were";
  for (const Event& event : events) {
    if (event.action() != "events-lost") continue;
    EXPECT_EQ(
        event.number("tlswatch.lost").value_or(-1),
        event.number("tlswatch.lost_to").value_or(-1) - event.number("tlswatch.lost_from").value_or(-1) + 1)
        << event.line();
  }
  broker.stop();
  daemon->stop();
}

TEST_F(FullRing, NoReasonIsInventedForAnEndThatWasLost) {
  Broker broker(folder_, config(kSmallRing));
  // Its handshake is still told, its end is not.
  harness::TlsClient held(broker.port(), {});
  ASSERT_TRUE(held.handshake());
  held.send(harness::connect_packet({.client_id = "held"}));
  EXPECT_EQ(harness::connack_code(harness::read_packet(held)), std::optional<int>(0));
  expect_all_served(storm(broker.port(), "full", kVisits, 4));
  held.send(harness::disconnect_packet());
  EXPECT_EQ(held.receive(), "") << "the broker does not close";
  const std::unique_ptr<Daemon> daemon = start_daemon(broker);
  EXPECT_TRUE(log_.wait_for([](const auto& events) { return from_the_ring(events) > 0; }));
  EXPECT_TRUE(visit(broker.port(), "last").served);
  EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("events-lost") > 0; }));
  broker.stop();
  daemon->stop();
  // Every client had gone long before the broker stopped.
  for (const Event& event : log_.read())
    EXPECT_NE(event.text("event.reason"), "broker-stopped") << event.line();
}

TEST_F(Restart, BrokerKilledAndStarted) {
  const auto ring =
      folder_.make("ring", harness::broker_user().uid, harness::broker_user().gid) / "kept.ring";
  BrokerConfig made = config(kLargeRing);
  made.ring = ring;
  made.cursor = folder_ / "state/kept.cursor";
  std::vector<Visit> visits;
  {
    Broker first(folder_, made, "first");
    visits = storm(first.port(), "first", 20, 2);
    first.kill();
  }
  Broker second(folder_, made, "second");
  const std::vector<Visit> more = storm(second.port(), "second", 20, 2);
  visits.insert(visits.end(), more.begin(), more.end());
  expect_all_served(visits);
  const std::unique_ptr<Daemon> daemon = start_daemon(second);
  EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("tls-handshake") >= visits.size(); }));
  second.stop();
  daemon->stop();
  EXPECT_EQ(ports_of_handshakes(log_.read()), ports_of(visits));
  EXPECT_EQ(lost_in(log_.read()), 0);
  std::set<std::string> sessions;
  for (const Event& event : log_.read()) {
    if (event.action() == "tls-handshake") sessions.insert(event.session());
  }
  EXPECT_EQ(sessions.size(), visits.size()) << "session ids stay unique over a restart of the broker";
}

TEST_F(Restart, RingRemovedUnderBrokerAndDaemon) {
  Broker broker(folder_, config(kLargeRing));
  const std::unique_ptr<Daemon> daemon = start_daemon(broker);
  std::vector<Visit> visits = storm(broker.port(), "before", 5, 1);
  expect_ends(visits.size());
  std::filesystem::remove(broker.ring());
  // Mosquitto 2.0 gives a plugin its turns with the clients' traffic: hence the visits while we wait.
  EXPECT_TRUE(harness::wait_until([&] {
    visits.push_back(visit(broker.port(), "meanwhile-" + std::to_string(visits.size())));
    return std::filesystem::exists(broker.ring());
  })) << "no new ring; the broker says:\n"
      << broker.log();
  const std::vector<Visit> after = storm(broker.port(), "after", 5, 1);
  visits.insert(visits.end(), after.begin(), after.end());
  expect_all_served(visits);
  expect_ends(visits.size());
  broker.stop();
  daemon->stop();
  EXPECT_EQ(ports_of_handshakes(log_.read()), ports_of(visits));
  EXPECT_EQ(lost_in(log_.read()), 0);
}

TEST_F(Restart, DiskOfTheLogIsFullForAWhile) {
  const harness::User user = harness::self();
  folder_.make("small", user.uid, user.gid);
  const SmallDisk disk(folder_ / "small", "8m");
  ASSERT_TRUE(disk.mounted()) << "a full disk needs root, and a mount of tmpfs";
  Broker broker(folder_, config(kLargeRing));
  // Everything of the daemon's is on that disk: log and store.
  harness::DaemonConfig wanted{.brokers = {{"test", broker.ring(), broker.cursor()}}};
  wanted.folder = folder_ / "small";
  harness::EventLog log(folder_ / "small/events.json");
  Daemon daemon(folder_, wanted);
  std::vector<Visit> visits = storm(broker.port(), "before", 10, 2);
  EXPECT_TRUE(log.wait_for([&](const auto&) { return log.count("session-end") >= 10; }));

  fill_disk(folder_ / "small/ballast");
  const std::vector<Visit> during = storm(broker.port(), "during", 50, 4);
  EXPECT_TRUE(harness::wait_until([&] {
    return daemon.messages().find("No space left") != std::string::npos;
  })) << "the daemon says nothing of the full disk: "
      << daemon.messages();
  EXPECT_TRUE(daemon.alive());
  std::filesystem::remove(folder_ / "small/ballast");
  const std::vector<Visit> after = storm(broker.port(), "after", 10, 2);
  for (const auto& some : {during, after}) visits.insert(visits.end(), some.begin(), some.end());
  expect_all_served(visits);
  EXPECT_TRUE(log.wait_for([&](const auto&) { return log.count("session-end") >= visits.size(); }))
      << log.count("session-end") << " of " << visits.size();
  broker.stop();
  daemon.stop();
  EXPECT_EQ(ports_of_handshakes(log.read()), ports_of(visits));
  EXPECT_EQ(log.count("session-end"), visits.size());
  EXPECT_EQ(lost_in(log.read()), 0);
  EXPECT_EQ(log.torn_tail(), "");
  expect_stored((folder_ / "small/state.db").string(), visits.size());
}

TEST_F(Restart, StoreAloneIsFullForAWhileAndTheLogGoesOn) {
  const harness::User user = harness::self();
  folder_.make("small", user.uid, user.gid);
  const SmallDisk disk(folder_ / "small", "8m");
  ASSERT_TRUE(disk.mounted()) << "a full disk needs root, and a mount of tmpfs";
  const std::string store = (folder_ / "small/state.db").string();
  Broker broker(folder_, config(kLargeRing));
  harness::DaemonConfig wanted{.brokers = {{"test", broker.ring(), broker.cursor()}}};
  wanted.store = store;
  Daemon daemon(folder_, wanted);
  harness::EventLog log(daemon.events());
  std::vector<Visit> visits = storm(broker.port(), "before", 10, 2);
  EXPECT_TRUE(log.wait_for([&](const auto&) { return log.count("session-end") >= 10; }));
  fill_disk(folder_ / "small/ballast");
  // A write-ahead log has room left that it made before; what comes is more than that.
  EXPECT_TRUE(harness::wait_until([&] {
    const std::vector<Visit> during = storm(broker.port(), "during" + std::to_string(visits.size()), 50, 4);
    visits.insert(visits.end(), during.begin(), during.end());
    return daemon.messages().find(store + " cannot be written: database or disk is full") !=
           std::string::npos;
  })) << daemon.messages();
  EXPECT_TRUE(log.wait_for([&](const auto&) { return log.count("session-end") >= visits.size(); }))
      << "the log does not wait for the store";
  std::filesystem::remove(folder_ / "small/ballast");
  EXPECT_TRUE(harness::wait_until([&] {
    return daemon.messages().find("is written again; it misses nothing") != std::string::npos;
  })) << daemon.messages();
  broker.stop();
  daemon.stop();
  expect_stored(store, visits.size());
}

TEST_F(Restart, DaemonUnderAnotherUserThanTheBroker) {
  ASSERT_TRUE(harness::am_root()) << "two users are needed, and only root can be both";
  harness::TempDir folder;
  const harness::User user{harness::stranger().uid, harness::broker_user().gid};
  harness::make_state_folder(folder, user);
  Broker broker(folder, config(kSmallRing));
  harness::DaemonConfig wanted{.brokers = {{"test", broker.ring(), broker.cursor()}}};
  wanted.user = user;
  Daemon daemon(folder, wanted);
  harness::EventLog log(folder / "state/events.json");
  // Far more than the small ring holds at once, so the broker must be able to read the daemon's cursor. In
  // portions that fit: what is tested is who may read what, not who is faster.
  std::vector<Visit> visits;
  for (int i = 0; i < 30; ++i) {
    const std::vector<Visit> some = storm(broker.port(), "portion-" + std::to_string(i), 5, 2);
    visits.insert(visits.end(), some.begin(), some.end());
    EXPECT_TRUE(log.wait_for([&](const auto&) { return log.count("session-end") >= visits.size(); }));
  }
  expect_all_served(visits);
  broker.stop();
  daemon.stop();
  EXPECT_EQ(ports_of_handshakes(log.read()), ports_of(visits));
  EXPECT_EQ(lost_in(log.read()), 0);
}

}  // namespace
}  // namespace tlswatch::live
