// The ring and a broker's lines in systemd's journal together in the daemon's own loop.
#include <gtest/gtest.h>

#include "daemon/sources/journal_source.h"
#include "daemon/x509/sha256.h"
#include "support/journal_folder.h"
#include "support/rig.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kTimeUs = kTime / 1000;

/// The clock of a feed; it stands still until it is set.
std::uint64_t clock_ns = 0;

class WithJournal : public testing::Test {
 protected:
  WithJournal() {
    log_config_.journal = "mosquitto.service";
    log_config_.journal_directory = journal_.path().string();
    rig_.settings().config.broker_log = {log_config_};
  }
  void say(std::string_view text) {
    journal_.add(text, time_us_ += 10);
    journal_.write();
  }
  void say_connected(std::string_view id) {
    say("New client connected from 10.0.0.7:41022 as " + std::string(id) + " (p2, c1, k60).");
  }

  Rig rig_;
  JournalFolder journal_{rig_.dir() / "journal"};
  std::uint64_t time_us_ = kTimeUs;
  config::BrokerLogConfig log_config_{"edge-1", "", (rig_.dir() / "log.cursor").string()};
};

TEST_F(WithJournal, a_session_is_named_between_its_handshake_and_its_end) {
  rig_.publish_start(1);
  rig_.publish_handshake(1);
  rig_.publish_end(1);
  say_connected("boiler-1");
  say("Client boiler-1 has exceeded timeout, disconnecting.");
  rig_.run();
  EXPECT_EQ(rig_.values("\"mqtt-identified\"", "tlswatch.identity.how"), "\"broker-log\" ");
  EXPECT_EQ(rig_.values("\"session-end\"", "device.id"), "\"boiler-1\" ");
  EXPECT_EQ(rig_.values("\"session-end\"", "event.reason"), "\"keepalive-timeout\" ");
}

TEST_F(WithJournal, a_name_is_known_to_the_next_daemon_also_when_the_journal_was_rotated) {
  rig_.publish_start(1);
  rig_.publish_handshake(1);
  say_connected("boiler-1");
  rig_.run();
  journal_.crash();
  say("mosquitto version 2.0.11 running");
  rig_.publish_end(1);
  rig_.run();
  EXPECT_EQ(rig_.values("\"mqtt-identified\"", "device.id"), "\"boiler-1\" ");
  EXPECT_EQ(rig_.values("\"session-end\"", "device.id"), "\"boiler-1\" ");
}

// Neither cursor has moved, and the event log was written up to one byte or another: the next life mends it.
TEST_F(WithJournal, killed_before_the_cursors_moved) {
  rig_.publish_start(1);
  rig_.publish_handshake(1);
  say("mosquitto version 2.0.11 starting");
  rig_.run();
  const std::string first = rig_.log();
  const std::string ring_cursor = rig_.cursor();
  const std::string log_cursor = read_file(log_config_.cursor);
  say_connected("boiler-1");
  say("Client boiler-1 has exceeded timeout, disconnecting.");
  rig_.publish_end(1);
  rig_.publish_failure(2);
  rig_.run();
  const std::string whole = rig_.log();
  ASSERT_EQ(rig_.values("\"session-end\"", "event.reason"), "\"keepalive-timeout\" ");
  ASSERT_EQ(rig_.values("\"mqtt-identified\"", "device.id"), "\"boiler-1\" ");
  for (std::size_t size = first.size(); size <= whole.size(); size += 31) {
    rig_.set_log(whole.substr(0, size));
    rig_.set_cursor(ring_cursor);
    write_file(log_config_.cursor, log_cursor);
    rig_.run();
    ASSERT_EQ(rig_.log(), whole) << "killed after " << size << " bytes";
  }
}

// journald has read the line after the daemon has read the record that it explains.
TEST_F(WithJournal, an_end_waits_for_the_line_that_is_on_its_way) {
  const tlswatchd::Settings& settings = rig_.settings();
  event::Pipeline::Settings pipeline_settings;
  pipeline_settings.profiles = &settings.profiles;
  pipeline_settings.knowledge = &settings.knowledge;
  x509::CertificateCache certificates;
  pipeline_settings.tools = {x509::sha256, &certificates};
  event::Pipeline pipeline(pipeline_settings);
  log::EventJson json;
  log::EventFile file({settings.config.log.file, 1 << 20, 1, {"edge-1", "edge-1/log"}});
  const tlswatchd::Console console(config::Console::off);
  tlswatchd::Live live;
  metrics::Metrics metrics({"test", {"edge-1"}, 0});
  tlswatchd::Feed feed(settings.config.brokers.front(), &log_config_, 0,
                       {pipeline, json, file, console, metrics, live, [] { return clock_ns; }});
  ASSERT_EQ(feed.start(), std::nullopt);
  ASSERT_EQ(file.open(), std::nullopt);
  clock_ns = kTime + sources::kJournalDelayNs - 1;
  rig_.publish_start(1);
  rig_.publish_handshake(1);
  rig_.publish_end(1);
  EXPECT_EQ(feed.step(), tlswatchd::Feed::Step::idle);
  say_connected("boiler-1");
  say("Client boiler-1 has exceeded timeout, disconnecting.");
  EXPECT_EQ(feed.step(), tlswatchd::Feed::Step::idle);
  EXPECT_EQ(rig_.log(), "");
  ++clock_ns;
  EXPECT_EQ(feed.step(), tlswatchd::Feed::Step::worked);
  EXPECT_EQ(rig_.values("\"session-end\"", "event.reason"), "\"keepalive-timeout\" ");
}

}  // namespace
}  // namespace tlswatch::test
