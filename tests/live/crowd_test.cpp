// 200 handshakes at once from 50 clients of one address, good and failing ones mixed: every session's port,
// client id and outcome are right in the log, and none is another's.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <csignal>
#include <latch>
#include <thread>

#include "daemon.h"
#include "mqtt_packet.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::Event;
using harness::TlsClient;
using harness::TlsOptions;

enum class Fate { served12, served13, rejects_server, no_shared_cipher, speaks_plain, resets };

struct Expectation {
  Fate fate;
  const char* outcome;           // of tls-handshake
  const char* protocol_version;  // tls.version; empty: not looked at
  int alert;                     // the fatal alert; -1: not looked at
  const char* direction;
  bool identified;
};

// How each fate looks from the broker.
const Expectation kExpectations[] = {
    {Fate::served12, "success", "1.2", -1, "", true},
    {Fate::served13, "success", "1.3", -1, "", true},
    {Fate::rejects_server, "failure", "", 48, "received", false},
    {Fate::no_shared_cipher, "failure", "", 40, "sent", false},
    {Fate::speaks_plain, "failure", "", -1, "", false},
    {Fate::resets, "failure", "", -1, "", false},
};

constexpr std::size_t kClients = 50;
constexpr std::size_t kEach = 4;

struct Member {
  std::string id;
  Fate fate;
  std::uint16_t port = 0;
  bool as_fated = false;
};

// Two of a client's four connections are served, under two ids; the others fail, each client in its own
// mixture.
std::vector<Member> make_crowd() {
  constexpr std::array kFailing = {Fate::rejects_server, Fate::no_shared_cipher, Fate::speaks_plain,
                                   Fate::resets};
  std::vector<Member> crowd;
  for (std::size_t i = 0; i < kClients; ++i) {
    const std::string id = "crowd-" + std::to_string(i);
    crowd.push_back({id + "-a", i % 2 == 0 ? Fate::served12 : Fate::served13});
    crowd.push_back({id, kFailing[i % 4]});
    crowd.push_back({id + "-b", i % 3 == 0 ? Fate::served12 : Fate::served13});
    crowd.push_back({id, kFailing[(i / 4) % 4]});
  }
  return crowd;
}

TlsOptions options_for(Fate fate, const harness::Pki& pki) {
  TlsOptions options;
  if (fate != Fate::served13) options.max_version = TLS1_2_VERSION;
  if (fate == Fate::rejects_server) options.ca = pki.certificate("ca-other");
  if (fate == Fate::no_shared_cipher) options.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  return options;
}

void play(Member& member, std::uint16_t port, const harness::Pki& pki, std::latch& all_connected) {
  TlsClient client(port, options_for(member.fate, pki));
  member.port = client.local_port();
  all_connected.arrive_and_wait();
  switch (member.fate) {
    case Fate::served12:
    case Fate::served13: member.as_fated = visit(client, member.id).served; return;
    case Fate::rejects_server:
    case Fate::no_shared_cipher: member.as_fated = !client.handshake(); return;
    case Fate::speaks_plain:
      client.socket().send(harness::connect_packet({.client_id = member.id}));
      member.as_fated = client.socket().wait_closed();
      return;
    case Fate::resets:
      client.socket().send(harness::client_hello_record(options_for(member.fate, pki)));
      member.as_fated =
          !client.socket().receive().empty();  // the broker's flight: the handshake is under way
      client.socket().reset();
      return;
  }
}

std::string last_fatal_alert(const Event& handshake) {
  std::string last;
  const rapidjson::Value* alerts = handshake.find("tlswatch.alerts");
  if (alerts == nullptr || !alerts->IsArray()) return last;
  for (const rapidjson::Value& alert : alerts->GetArray()) {
    last = std::string(alert["direction"].GetString()) + " " + std::to_string(alert["code"].GetInt());
  }
  return last;
}

class Crowd : public testing::Test {
 protected:
  Crowd() : pki_(folder_ / "pki"), log_(folder_ / "state" / "events.json") {
    harness::make_state_folder(folder_);
  }

  harness::BrokerConfig two_listeners() const {
    harness::BrokerConfig config{.global = {"allow_anonymous true"}};
    config.listeners = {{"tls", {"certfile " + pki_.certificate("server"), "keyfile " + pki_.key("server")}},
                        {"plain", {}}};
    return config;
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  harness::EventLog log_;
};

TEST_F(Crowd, NobodyIsMixedUp) {
  harness::Broker broker(folder_, two_listeners());
  harness::Daemon daemon(folder_, {.brokers = {{"test", broker.ring(), broker.cursor()}}});

  std::vector<Member> crowd = make_crowd();
  ASSERT_EQ(crowd.size(), kClients * kEach);
  std::latch all_connected(static_cast<std::ptrdiff_t>(crowd.size()));
  std::vector<std::thread> threads;
  for (Member& member : crowd) {
    threads.emplace_back([&] { play(member, broker.port(), pki_, all_connected); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Member& member : crowd) EXPECT_TRUE(member.as_fated) << member.id << ", port " << member.port;

  EXPECT_TRUE(log_.wait_for([&](const std::vector<Event>&) {
    return log_.count("tls-handshake") >= crowd.size() && log_.count("session-end") >= kClients * 2;
  })) << log_.count("tls-handshake")
      << " handshakes, " << log_.count("session-end") << " ends";
  broker.stop();
  daemon.stop();

  std::map<std::int64_t, std::vector<const Event*>> handshakes;
  std::map<std::string, std::vector<const Event*>> by_session;
  for (const Event& event : log_.read()) {
    by_session[event.session()].push_back(&event);
    if (event.action() == "tls-handshake")
      handshakes[event.number("source.port").value_or(-1)].push_back(&event);
  }
  EXPECT_EQ(handshakes.size(), crowd.size());
  for (const Member& member : crowd) {
    SCOPED_TRACE(member.id + ", port " + std::to_string(member.port));
    const auto found = handshakes.find(member.port);
    ASSERT_TRUE(found != handshakes.end()) << "no handshake in the log";
    ASSERT_EQ(found->second.size(), 1U) << "more than one handshake of this port";
    const Event& handshake = *found->second[0];
    const Expectation& expected = kExpectations[static_cast<std::size_t>(member.fate)];
    ASSERT_EQ(expected.fate, member.fate);
    EXPECT_EQ(handshake.text("event.outcome"), expected.outcome);
    EXPECT_EQ(handshake.text("source.ip"), "127.0.0.1");
    EXPECT_EQ(handshake.number("destination.port"), std::optional<std::int64_t>(broker.port()));
    if (*expected.protocol_version != '\0') {
      EXPECT_EQ(handshake.text("tls.version"), expected.protocol_version);
    }
    if (expected.alert >= 0) {
      EXPECT_EQ(last_fatal_alert(handshake),
                std::string(expected.direction) + " " + std::to_string(expected.alert));
    }
    std::size_t identified = 0;
    for (const Event* event : by_session[handshake.session()]) {
      if (event->action() == "mqtt-identified") ++identified;
      if (event->action() == "mqtt-identified" || event->action() == "session-end") {
        EXPECT_EQ(event->text("device.id"), expected.identified ? member.id : "") << event->line();
      }
      if (event->action() == "session-end" && expected.identified) {
        EXPECT_EQ(event->text("event.reason"), "disconnect") << event->line();
      }
    }
    EXPECT_EQ(identified, expected.identified ? 1U : 0U);
  }
}

// Stops the broker while it lives, so that what is sent meanwhile is there all at once when it goes on.
class Pause {
 public:
  explicit Pause(harness::Broker& broker) : broker_(broker) {
    broker_.signal(SIGSTOP);
    const std::string stat = "/proc/" + std::to_string(broker_.pid()) + "/stat";
    EXPECT_TRUE(
        harness::wait_until([&] { return harness::read_file(stat).find(") T ") != std::string::npos; }));
  }
  ~Pause() { broker_.signal(SIGCONT); }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

 private:
  harness::Broker& broker_;
};

// On 2.0 a message names its client and not its connection: that a TLS session of that address spoke last,
// even in the same turn of the broker's loop, is no proof while there are clients without TLS.
TEST_F(Crowd, APlainClientIsNotTakenForTheTlsClientBesideIt) {
  harness::Broker broker(folder_, two_listeners());
  harness::Daemon daemon(folder_, {.brokers = {{"test", broker.ring(), broker.cursor()}}});
  TlsClient with_tls(broker.port(), {});
  ASSERT_TRUE(with_tls.handshake());
  harness::Socket plain(broker.port(1));
  plain.send(harness::connect_packet({.client_id = "without-tls"}));
  EXPECT_EQ(harness::connack_code(harness::read_packet(plain)), std::optional<int>(0));
  {
    const Pause pause(broker);
    with_tls.send(harness::connect_packet({.client_id = "with-tls"}));
    plain.send(harness::publish_packet(harness::MqttVersion::v311, "greeting", "hello", 1));
  }
  EXPECT_EQ(harness::puback_code(harness::read_packet(plain)), std::optional<int>(0));
  EXPECT_EQ(harness::connack_code(harness::read_packet(with_tls)), std::optional<int>(0));
  with_tls.send(harness::disconnect_packet());
  EXPECT_EQ(with_tls.receive(), "") << "the broker does not close";
  EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("session-end") == 1; }));
  broker.stop();
  daemon.stop();
  EXPECT_GT(log_.count("mqtt-identified"), 0U);
  for (const Event& event : log_.read()) EXPECT_NE(event.text("device.id"), "without-tls") << event.line();
}

}  // namespace
}  // namespace tlswatch::live
