// The plugin's limits and neighbours: more sessions than it can watch, and the broker's own bridges.
#include <gtest/gtest.h>

#include <memory>

#include "daemon.h"
#include "mqtt_packet.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::Event;

class Limits : public testing::Test {
 protected:
  Limits() : pki_(folder_ / "pki"), log_(folder_ / "state" / "events.json") {
    harness::make_state_folder(folder_);
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  harness::EventLog log_;
};

TEST_F(Limits, PastThePoolSessionsAreServedAndCounted) {
  constexpr std::size_t kPool = 16;
  constexpr std::size_t kMore = 24;
  harness::BrokerConfig config = cheap_broker(pki_);
  config.plugin_options = {"plugin_opt_max_sessions " + std::to_string(kPool)};
  harness::Broker broker(folder_, config);
  harness::Daemon daemon(folder_, {.brokers = {{"test", broker.ring(), broker.cursor()}}});

  std::vector<std::unique_ptr<harness::TlsClient>> held;
  for (std::size_t i = 0; i < kPool + kMore; ++i) {
    auto& client =
        held.emplace_back(std::make_unique<harness::TlsClient>(broker.port(), harness::TlsOptions{}));
    ASSERT_TRUE(client->handshake()) << i;
    client->send(harness::connect_packet({.client_id = "held-" + std::to_string(i)}));
    ASSERT_EQ(harness::connack_code(harness::read_packet(*client)), 0) << i << " is not served";
  }
  EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("tls-handshake") == kPool; }));
  for (const auto& client : held) client->close();
  EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("session-end") == kPool; }));

  EXPECT_TRUE(visit(broker.port(), "later").served);
  EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count("tls-handshake") == kPool + 1; }))
      << "a place that was given back is used again";
  broker.stop();
  daemon.stop();
  const std::string wanted = std::to_string(kMore) + " sessions not watched, its pool was full";
  EXPECT_NE(daemon.messages().find(wanted), std::string::npos) << daemon.messages();
}

/// A broker that is only the far end of a bridge.
harness::BrokerConfig far_end(const harness::Pki& pki) {
  harness::BrokerConfig config{.global = {"allow_anonymous true"}};
  config.listeners = {{"tls", {"certfile " + pki.certificate("server"), "keyfile " + pki.key("server")}}};
  config.plugin = false;
  return config;
}

TEST_F(Limits, AnOwnBridgeIsMarkedAndWhatComesOverItIsRelayed) {
  harness::Broker far(folder_, far_end(pki_), "far");
  harness::BrokerConfig config = cheap_broker(pki_);
  config.global.insert(
      config.global.end(),
      {"connection up", "address localhost:" + std::to_string(far.port()),
       "bridge_cafile " + pki_.certificate("ca"), "remote_clientid bridge", "topic tlswatch/report/# in 0"});
  harness::Broker broker(folder_, config);
  harness::Daemon daemon(folder_, {.brokers = {{"test", broker.ring(), broker.cursor()}}});
  ASSERT_TRUE(log_.wait_for([&](const auto&) { return log_.count("tls-handshake") == 1; })) << broker.log();

  harness::TlsClient device(far.port(), {});
  ASSERT_TRUE(device.handshake());
  device.send(harness::connect_packet({.client_id = "far-device"}));
  ASSERT_EQ(harness::connack_code(harness::read_packet(device)), 0);
  const std::string report =
      R"({"v":1,"era":7,"boot":1,"fw":"1","up":3,"errs":[{"s":"bearssl","seq":1,"ph":"tls","c":62,"d":0,"n":1,"t":0}]})";
  EXPECT_TRUE(harness::wait_until([&] {  // the far broker forwards once the bridge has subscribed
    device.send(harness::publish_packet(harness::MqttVersion::v311, "tlswatch/report/far-device", report, 1));
    return harness::puback_code(harness::read_packet(device)) == 0 &&
           (log_.read(), log_.count("device-report") > 0);
  }));
  broker.stop();
  daemon.stop();

  for (const Event& event : log_.read()) {
    SCOPED_TRACE(event.line());
    if (event.action() == "tls-handshake") {
      EXPECT_EQ(event.text("event.outcome"), "success");
      EXPECT_EQ(event.text("tlswatch.role"), "bridge");
      EXPECT_EQ(event.find("tlswatch.policy"), nullptr) << "a bridge is no device: no profile judges it";
      EXPECT_EQ(event.number("source.port"), std::optional<std::int64_t>(far.port())) << "its peer";
    }
    if (event.action() == "device-report") {
      const rapidjson::Value* relayed = event.find("tlswatch.report.relayed");
      ASSERT_NE(relayed, nullptr);
      EXPECT_TRUE(relayed->IsTrue());
      EXPECT_EQ(event.text("tlswatch.report.topic_id"), "far-device");
      EXPECT_NE(event.text("device.id"), "far-device") << "who sent it here is the bridge";
    }
  }
}

}  // namespace
}  // namespace tlswatch::live
