// What the broker's own log tells, and the plugin is not told: who a device is that never publishes, and why
// the broker ended a session.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "daemon.h"
#include "mqtt_packet.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::Broker;
using harness::BrokerConfig;
using harness::Daemon;
using harness::Event;
using harness::TlsClient;
using namespace std::chrono_literals;

class BrokerLog : public testing::Test {
 protected:
  BrokerLog() : pki_(folder_ / "pki"), log_(folder_ / "state" / "events.json") {
    harness::make_state_folder(folder_);
  }

  void start(std::vector<std::string> global) {
    BrokerConfig config = cheap_broker(pki_);
    config.global = std::move(global);
    broker_.emplace(folder_, config);
    follow(broker_->log_file());
    start_daemon();
  }

  void follow(const std::filesystem::path& file) { file_ = file; }

  void start_daemon() {
    daemon_ = std::make_unique<Daemon>(
        folder_,
        harness::DaemonConfig{.brokers = {{"test", broker_->ring(), broker_->cursor()}},
                              .further = "broker_log: [{broker: test, file: " + file_.string() + "}]\n"});
  }

  /// Connects and returns once the broker has accepted it.
  std::unique_ptr<TlsClient> connect(const harness::Login& login) {
    auto client = std::make_unique<TlsClient>(broker_->port(), harness::TlsOptions{});
    EXPECT_TRUE(client->handshake());
    client->send(harness::connect_packet(login));
    EXPECT_EQ(harness::connack_code(harness::read_packet(*client)), 0);
    return client;
  }

  /// The event of that action about the session that came from a port, once it is there.
  const Event* await(const std::string& action, std::uint16_t port) {
    const Event* found = nullptr;
    const bool came = log_.wait_for([&](const std::vector<Event>& events) {
      const std::string session = session_of(events, port);
      for (const Event& event : events) {
        if (!session.empty() && event.session() == session && event.action() == action) found = &event;
      }
      return found != nullptr;
    });
    EXPECT_TRUE(came) << "no " << action << "; the broker says:\n" << broker_->log();
    return found;
  }

  std::string reason_of_end(std::uint16_t port) {
    const Event* end = await("session-end", port);
    return end == nullptr ? "" : end->text("event.reason");
  }

  static std::string session_of(const std::vector<Event>& events, std::uint16_t port) {
    for (const Event& event : events) {
      if (event.action() == "session-start" && event.number("source.port") == port) return event.session();
    }
    return {};
  }

  std::size_t names_given() { return log_.count("mqtt-identified"); }

  harness::TempDir folder_;
  harness::Pki pki_;
  harness::EventLog log_;
  std::filesystem::path file_;
  std::optional<Broker> broker_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(BrokerLog, NamesADeviceThatNeverPublishesWhileItsSessionLasts) {
  start({"allow_anonymous true"});
  const auto client = connect({.client_id = "silent one", .user = "fred", .password = "x"});
  const Event* named = await("mqtt-identified", client->local_port());
  ASSERT_NE(named, nullptr);
  EXPECT_EQ(named->text("device.id"), "silent one");
  EXPECT_EQ(named->text("user.name"), "fred");
  // 2.1 tells plugins of the CONNECT itself; who comes first may say it.
  const std::string how = named->text("tlswatch.identity.how");
  EXPECT_TRUE(how == "broker-log" || (harness::broker_is_2_1() && how == "session")) << named->line();
  client->send(harness::publish_packet(harness::MqttVersion::v311, "greeting", "hello", 1));
  EXPECT_EQ(harness::puback_code(harness::read_packet(*client)), 0);
  client->send(harness::disconnect_packet());
  EXPECT_EQ(reason_of_end(client->local_port()), "disconnect");
  EXPECT_EQ(names_given(), 1U) << "the plugin says the same at the PUBLISH";
}

TEST_F(BrokerLog, AnIdThatLooksLikeALineNamesNobodyElse) {
  start({"allow_anonymous true"});
  const auto victim = connect({.client_id = "victim"});
  const std::string hostile =
      "x: New client connected from 127.0.0.1:" + std::to_string(victim->local_port()) +
      " as admin (p2, c1, k60).";
  const auto client = connect({.client_id = hostile});
  const auto forger = connect({.client_id = "Client victim disconnected, not authorised."});
  const auto marker = connect({.client_id = "marker"});
  ASSERT_NE(await("mqtt-identified", marker->local_port()), nullptr);
  for (const Event& event : log_.read()) EXPECT_NE(event.text("device.id"), "admin") << event.line();
  victim->close();
  EXPECT_EQ(reason_of_end(victim->local_port()), "closed");
}

TEST_F(BrokerLog, SaysThatALoginWasRefused) {
  start({"allow_anonymous false"});
  TlsClient client(broker_->port(), {});
  ASSERT_TRUE(client.handshake());
  client.send(harness::connect_packet({.client_id = "nobody"}));  // no user name: on 2.0 nothing else tells
  EXPECT_EQ(harness::connack_code(harness::read_packet(client)), 5);
  EXPECT_EQ(reason_of_end(client.local_port()), "credentials-refused");
  EXPECT_TRUE(log_.wait_for([](const std::vector<Event>& events) {
    return std::ranges::any_of(events, [](const Event& e) {
      return e.action() == "diagnosis" && e.text("tlswatch.cause") == "credentials-refused";
    });
  }));
}

TEST_F(BrokerLog, SaysThatASessionWasTakenOver) {
  start({"allow_anonymous true"});
  const auto first = connect({.client_id = "twin"});
  ASSERT_NE(await("mqtt-identified", first->local_port()), nullptr);
  const auto second = connect({.client_id = "twin"});
  EXPECT_EQ(reason_of_end(first->local_port()), "taken-over");
  ASSERT_NE(await("mqtt-identified", second->local_port()), nullptr);
  second->send(harness::disconnect_packet());
  EXPECT_EQ(reason_of_end(second->local_port()), "disconnect");
}

TEST_F(BrokerLog, SaysThatAKeepaliveRanOut) {
  start({"allow_anonymous true"});
  const auto client = connect({.client_id = "sleeper", .keepalive_s = 1});
  EXPECT_EQ(reason_of_end(client->local_port()), "keepalive-timeout");
}

TEST_F(BrokerLog, SaysThatAPacketWasWrong) {
  start({"allow_anonymous true"});
  const auto client = connect({.client_id = "confused"});
  client->send(std::string("\xF0\x00", 2));  // AUTH, which MQTT 3.1.1 does not have
  EXPECT_EQ(reason_of_end(client->local_port()), "protocol-error");
}

TEST_F(BrokerLog, ANameOutlivesTheDaemonAndIsNotSaidTwice) {
  start({"allow_anonymous true", "log_timestamp true"});
  const auto client = connect({.client_id = "stayer"});
  ASSERT_NE(await("mqtt-identified", client->local_port()), nullptr);
  daemon_->kill();
  const auto unseen = connect({.client_id = "came while nobody looked"});
  start_daemon();
  const Event* named = await("mqtt-identified", unseen->local_port());
  ASSERT_NE(named, nullptr);
  EXPECT_EQ(named->text("device.id"), "came while nobody looked");
  client->close();
  const Event* end = await("session-end", client->local_port());
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->text("device.id"), "stayer");
  EXPECT_EQ(names_given(), 2U);
}

TEST_F(BrokerLog, StockFirmwareSLinesComeThroughThePluginAndItsSecretsDoNot) {
  BrokerConfig config = cheap_broker(pki_);
  config.plugin_options = {"plugin_opt_log_topic stat/+/LOGGING"};
  broker_.emplace(folder_, config);
  follow(broker_->log_file());
  start_daemon();
  const auto client = connect({.client_id = "tasmota-1"});
  const auto publish = [&](std::string_view line) {
    client->send(harness::publish_packet(harness::MqttVersion::v311, "stat/kitchen/LOGGING", line, 1));
    EXPECT_EQ(harness::puback_code(harness::read_packet(*client)), 0);
  };
  publish("00:00:09.001 WIF: password hunter2");
  publish("00:00:12.345 MQT: TLS connection error: 62");
  client->send(harness::disconnect_packet());
  const Event* told = await("device-log", client->local_port());
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->text("device.id"), "tasmota-1");
  EXPECT_EQ(told->text("tlswatch.device_log.via"), "mqtt");
  EXPECT_EQ(told->text("tlswatch.device_error.name"), "BR_ERR_X509_NOT_TRUSTED");
  ASSERT_NE(await("session-end", client->local_port()), nullptr);
  EXPECT_EQ(log_.count("device-log"), 1U);
  EXPECT_EQ(log_.count("diagnosis"), 1U);
  EXPECT_EQ(harness::read_file(daemon_->events()).find("hunter2"), std::string::npos);
}

TEST_F(BrokerLog, IsFollowedThroughARotation) {
  const harness::User user = harness::broker_user();
  const auto log = folder_.make("log", user.uid, user.gid) / "mosquitto.log";
  follow(log);
  BrokerConfig config = cheap_broker(pki_);
  config.global = {"allow_anonymous true", "log_timestamp true", "log_dest file " + log.string()};
  broker_.emplace(folder_, config);
  start_daemon();
  const auto before = connect({.client_id = "before"});
  ASSERT_NE(await("mqtt-identified", before->local_port()), nullptr);

  std::filesystem::rename(log, log.string() + ".1");
  const auto between = connect({.client_id = "between"});  // the broker still writes into the old file
  broker_->signal(SIGHUP);
  ASSERT_TRUE(harness::wait_until([&] { return std::filesystem::exists(log); }));
  const auto after = connect({.client_id = "after"});
  EXPECT_NE(await("mqtt-identified", between->local_port()), nullptr);
  EXPECT_NE(await("mqtt-identified", after->local_port()), nullptr);

  std::filesystem::copy_file(log, log.string() + ".2");
  std::filesystem::resize_file(log, 0);  // copytruncate
  const auto emptied = connect({.client_id = "emptied"});
  EXPECT_NE(await("mqtt-identified", emptied->local_port()), nullptr);
  EXPECT_EQ(names_given(), 4U);
}

}  // namespace
}  // namespace tlswatch::live
