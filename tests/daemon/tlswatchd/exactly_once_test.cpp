// Whatever is killed, torn or full, and when: each event is in the log once.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "support/full_disk.h"
#include "support/rig.h"
#include "support/schema.h"

namespace tlswatch::test {
namespace {

TEST(ExactlyOnce, one_run_logs_everything_in_order) {
  Rig rig;
  rig.publish_session(1);
  rig.publish_failure(2);
  rig.publish_report(1);
  rig.run();
  std::vector<std::string> actions;
  for (const std::string& line : rig.lines()) actions.push_back(value_at(line, "event.action"));
  EXPECT_EQ(actions, (std::vector<std::string>{"\"session-start\"", "\"tls-handshake\"",
                                               "\"mqtt-identified\"", "\"session-end\"", "\"tls-handshake\"",
                                               "\"diagnosis\"", "\"incident-opened\"", "\"device-report\"",
                                               "\"diagnosis\"", "\"device-report\"", "\"diagnosis\""}));
}

TEST(ExactlyOnce, a_second_run_adds_nothing) {
  Rig rig;
  rig.publish_session(1);
  rig.run();
  const std::string before = rig.log();
  rig.run();
  EXPECT_EQ(rig.log(), before);
}

TEST(ExactlyOnce, a_loss_is_known_again_after_a_restart_and_not_said_again) {
  Rig rig;
  rig.publish_start(1);
  rig.publish_handshake(1);
  rig.ring().header().next_sequence = 6;  // three events that nobody could write: its end may be among them
  rig.ring().header().pending_sequence = 6;
  rig.ring().restart_writer();
  rig.publish_start(2);
  rig.run();
  Draft stop(wire::RecordType::broker_stop);
  rig.ring().publish(stop);
  rig.run();
  const std::vector<std::string> lines = rig.lines();
  const auto lost = std::ranges::count_if(
      lines, [](const std::string& line) { return value_at(line, "event.action") == "\"events-lost\""; });
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(value_at(lines.back(), "event.action"), "\"session-end\"");
  EXPECT_EQ(value_at(lines.back(), "event.reason"), "\"unknown\"");
  EXPECT_EQ(value_at(lines.back(), "event.duration"), "absent");
}

/// Lines may be in the log before the cursor moves, whole or torn at any byte; the next life mends it.
///
/// publish  what comes after the cursor that is kept
/// step     bytes from one kill to the one after the next
/// returns  the actions of its lines
std::vector<std::string> kill_at_any_byte(Rig& rig, std::size_t step, const std::function<void()>& publish) {
  rig.run();
  const std::string first = rig.log();
  const std::string cursor = rig.cursor();
  publish();
  rig.run();
  const std::string whole = rig.log();
  EXPECT_GT(whole.size(), first.size());
  for (std::size_t n = first.size(); n <= whole.size(); n += n % 2 == 0 ? step : 1U) {
    rig.set_log(whole.substr(0, n));
    rig.set_cursor(cursor);
    rig.run();
    EXPECT_EQ(rig.log(), whole) << "killed after " << n << " bytes";
    if (testing::Test::HasFailure()) break;
  }
  rig.lines();
  std::vector<std::string> actions;
  for (const std::string& line : lines_of(whole.substr(first.size())))
    actions.push_back(value_at(line, "event.action"));
  return actions;
}

TEST(ExactlyOnce, killed_at_any_byte_of_the_log_before_the_cursor_moved) {
  Rig rig;
  rig.publish_start(1);
  rig.publish_handshake(1);
  rig.publish_identified(1);
  kill_at_any_byte(rig, 13, [&] {
    rig.publish_end(1);  // its line needs what the records before the cursor said of the session
    rig.publish_failure(2);
    rig.publish_report(1);
  });
}

TEST(ExactlyOnce, lines_of_incidents_over_a_kill_within_the_batch_that_opens_and_resolves_them) {
  Rig rig;
  rig.publish_start(1);
  rig.publish_handshake(1);
  rig.publish_identified(1);
  const auto actions = kill_at_any_byte(rig, 101, [&] {
    rig.publish_failure(2);
    rig.publish_report(1);  // two errors of a device that is connected: what it met is over
    rig.publish_failure(3);
  });
  EXPECT_EQ(std::ranges::count(actions, "\"incident-opened\""), 3);
  EXPECT_EQ(std::ranges::count(actions, "\"incident-resolved\""), 2);
}

// What an incident is in the log as, and under which id, is known from the records before the cursor.
TEST(ExactlyOnce, lines_of_an_incident_that_was_opened_before_the_cursor) {
  Rig rig;
  rig.publish_start(1);
  rig.publish_handshake(1);
  rig.publish_identified(1);
  rig.publish_failure(2);
  rig.publish_report(1);
  const auto actions = kill_at_any_byte(rig, 101, [&] {
    rig.publish_failure(3);
    rig.publish_end(1);
  });
  EXPECT_EQ(std::ranges::count(actions, "\"incident-opened\""), 0);
  EXPECT_EQ(std::ranges::count(actions, "\"diagnosis\""), 1);
}

TEST(ExactlyOnce, a_lost_cursor_costs_nothing_while_ring_and_log_have_the_events) {
  Rig rig;
  rig.publish_session(1);
  rig.run();
  const std::string whole = rig.log();
  rig.set_cursor("");
  rig.run();
  EXPECT_EQ(rig.log(), whole);
  rig.set_cursor("not a cursor at all, but longer than one would be, much longer");
  rig.run();
  EXPECT_EQ(rig.log(), whole);
}

TEST(ExactlyOnce, over_a_rotation) {
  Rig rig;
  rig.settings().config.log.rotate_bytes = 4000;
  for (std::uint64_t i = 1; i <= 3; ++i) rig.publish_session(i);
  rig.run();
  const std::string cursor = rig.cursor();
  for (std::uint64_t i = 4; i <= 5; ++i) rig.publish_session(i);
  rig.run();
  const auto all = [&] {
    std::string out;
    for (int i = 10; i >= 1; --i) out += read_file(rig.dir() / ("events." + std::to_string(i) + ".json"));
    return out + rig.log();
  };
  const std::string whole = all();
  EXPECT_EQ(lines_of(whole).size(), 20U);
  rig.set_cursor(cursor);
  rig.set_log(rig.log().substr(0, rig.log().size() - 5));  // the current file's last line is torn
  rig.run();
  EXPECT_EQ(all(), whole);
}

TEST(ExactlyOnce, a_full_disk_stops_the_cursor_and_room_brings_everything_once) {
  Rig healthy;
  Rig rig;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    healthy.publish_session(i);
    rig.publish_session(i);
  }
  healthy.run();
  for (std::uint64_t room : {100U, 3000U, 4096U, 5000U, 9000U}) {
    Rig fresh;
    for (std::uint64_t i = 1; i <= 5; ++i) fresh.publish_session(i);
    const auto daemon = fresh.start();
    {
      FullDisk full(room);
      for (int i = 0; i < 5; ++i) EXPECT_FALSE(daemon->turn());
      EXPECT_EQ(fresh.cursor(), "") << "the cursor moved before the log had the events";
    }
    while (daemon->turn()) {
    }
    EXPECT_EQ(fresh.log(), healthy.log()) << "with room for " << room << " bytes";
  }
}

TEST(ExactlyOnce, a_log_moved_away_and_a_sighup_go_on_in_a_new_file) {
  Rig rig;
  rig.publish_session(1);
  const auto daemon = rig.start();
  while (daemon->turn()) {
  }
  std::filesystem::rename(rig.dir() / "events.json", rig.dir() / "moved.json");
  rig.publish_session(2);
  daemon->reload();
  while (daemon->turn()) {
  }
  EXPECT_EQ(lines_of(read_file(rig.dir() / "moved.json")).size(), 4U);
  EXPECT_EQ(rig.lines().size(), 4U);
}

}  // namespace
}  // namespace tlswatch::test
