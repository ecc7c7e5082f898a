// The ring and the broker's log together in the daemon's own loop: whatever is killed, and when, each event
// is in the event log once, and under its name.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/rig.h"

namespace tlswatch::test {
namespace {

/// The second of kTime, in which Rig's records are.
const std::string kSecond = std::to_string(kTime / 1'000'000'000) + ": ";

class WithLog {
 public:
  WithLog() {
    rig_.settings().config.broker_log = {{"edge-1", (rig_.dir() / "mosquitto.log").string(), cursor_file()}};
  }
  Rig& rig() { return rig_; }
  std::string cursor_file() const { return (rig_.dir() / "log.cursor").string(); }
  void say(std::string_view text) {
    append_file(rig_.dir() / "mosquitto.log", kSecond + std::string(text) + "\n");
  }
  void say_connected(std::string_view id) {
    say("New client connected from 10.0.0.7:41022 as " + std::string(id) + " (p2, c1, k60).");
  }

 private:
  Rig rig_;
};

TEST(BrokerLogLoop, a_session_is_named_between_its_handshake_and_its_end) {
  WithLog bench;
  bench.rig().publish_start(1);
  bench.rig().publish_handshake(1);
  bench.rig().publish_end(1);
  bench.say_connected("boiler-1");
  bench.say("Client boiler-1 closed its connection.");
  bench.rig().run();
  EXPECT_EQ(bench.rig().values("\"mqtt-identified\"", "tlswatch.identity.how"), "\"broker-log\" ");
  EXPECT_EQ(bench.rig().values("\"session-end\"", "device.id"), "\"boiler-1\" ");
  EXPECT_EQ(bench.rig().values("\"session-end\"", "event.reason"), "\"closed\" ");
}

TEST(BrokerLogLoop, a_name_is_known_to_the_next_daemon_and_not_said_again) {
  WithLog bench;
  bench.rig().publish_start(1);
  bench.rig().publish_handshake(1);
  bench.say_connected("boiler-1");
  bench.rig().run();
  bench.rig().publish_end(1);
  bench.rig().run();
  EXPECT_EQ(bench.rig().values("\"mqtt-identified\"", "device.id"), "\"boiler-1\" ");
  EXPECT_EQ(bench.rig().values("\"session-end\"", "device.id"), "\"boiler-1\" ");
}

TEST(BrokerLogLoop, a_line_that_comes_a_daemon_later_still_names_its_session) {
  WithLog bench;
  bench.rig().publish_start(1);
  bench.rig().publish_handshake(1);
  bench.say("mosquitto version 2.0.11 running");
  bench.rig().run();
  bench.say_connected("boiler-1");
  bench.rig().run();
  EXPECT_EQ(bench.rig().values("\"mqtt-identified\"", "device.id"), "\"boiler-1\" ");
  bench.rig().run();
  EXPECT_EQ(bench.rig().values("\"mqtt-identified\"", "device.id"), "\"boiler-1\" ");
}

// Neither cursor has moved, and the event log was written up to any byte: the next life mends it.
TEST(BrokerLogLoop, killed_at_any_byte_before_the_cursors_moved) {
  WithLog bench;
  bench.rig().publish_start(1);
  bench.rig().publish_handshake(1);
  bench.say("mosquitto version 2.0.11 running");
  bench.rig().run();
  const std::string first = bench.rig().log();
  const std::string ring_cursor = bench.rig().cursor();
  const std::string log_cursor = read_file(bench.cursor_file());
  bench.say_connected("boiler-1");
  bench.say("Client boiler-1 has exceeded timeout, disconnecting.");
  bench.rig().publish_end(1);
  bench.rig().publish_failure(2);
  bench.rig().run();
  const std::string whole = bench.rig().log();
  ASSERT_NE(whole.find("keepalive-timeout"), std::string::npos);
  ASSERT_EQ(bench.rig().values("\"mqtt-identified\"", "device.id"), "\"boiler-1\" ");
  for (std::size_t size = first.size(); size <= whole.size(); size += 7) {
    bench.rig().set_log(whole.substr(0, size));
    bench.rig().set_cursor(ring_cursor);
    write_file(bench.cursor_file(), log_cursor);
    bench.rig().run();
    ASSERT_EQ(bench.rig().log(), whole) << "killed after " << size << " bytes";
  }
}

}  // namespace
}  // namespace tlswatch::test
