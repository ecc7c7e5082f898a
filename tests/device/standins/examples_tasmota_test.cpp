// The Tasmota driver, run against stand-ins.
#include "tasmota.h"
// Behind what Tasmota declares.
#include <gtest/gtest.h>

#include "xdrv_121_tlswatch.ino"

namespace {

using namespace tlswatch::device;
using standins::world;

class Driver : public ::testing::Test {
 protected:
  Driver() {
    world() = standins::World();
    Tlswatch.receipt.reset();
    TasmotaGlobal.uptime = 60;
    Xdrv121(FUNC_INIT);
  }
  // What MqttReconnect does, in short.
  static void reconnect() {
    if (MqttClient.connect("DVES_A1B2C3")) {
      Xdrv121(FUNC_MQTT_SUBSCRIBE);
    } else {
      TlswatchDisconnected(MqttClient.state());
    }
  }
  static void live(unsigned seconds) {
    for (unsigned i = 0; i < seconds; ++i) {
      MqttClient.loop();
      Xdrv121(FUNC_EVERY_SECOND);
      world().ms += 1000;
      ++TasmotaGlobal.uptime;
    }
  }
};

TEST_F(Driver, is_one) {
  EXPECT_TRUE(Xdrv121(FUNC_ACTIVE));
  EXPECT_FALSE(Xdrv121(FUNC_EVERY_SECOND));
}

TEST_F(Driver, reports_what_kept_it_away_and_forgets_it_when_a_ping_is_answered) {
  world().tls_error = 1;
  reconnect();
  reconnect();
  world().tls_error = 0;
  reconnect();
  ASSERT_EQ(world().published.size(), 1u);
  EXPECT_NE(world().published[0].find(R"("fw":"14.2.0")"), std::string::npos);
  EXPECT_NE(world().published[0].find(R"("s":"tasmota","seq":1,"ph":"tls","c":1,"d":-2,"n":2)"),
            std::string::npos)
      << "a fingerprint mismatch is Tasmota's own number: " << world().published[0];
  live(10);
  EXPECT_EQ(Tlswatch.recorder.pending(), 1u);
  live(20);
  EXPECT_EQ(Tlswatch.recorder.pending(), 0u);
}

TEST_F(Driver, knows_a_name_that_is_not_found) {
  TlswatchDisconnected(-5);
  const Entry entry = image_entry(Tlswatch.recorder.image(), 0);
  EXPECT_EQ(entry.failure.phase, Phase::dns);
  EXPECT_EQ(entry.failure.code, kCannotResolve);
}

TEST_F(Driver, keeps_to_the_blocks_that_tasmota_leaves_free) {
  TlswatchDisconnected(-5);
  for (std::size_t block = 0; block < world().rtc.size(); ++block) {
    if (block >= 64 && block < 96) continue;
    EXPECT_EQ(world().rtc[block], 0u) << block;
  }
}

}  // namespace
