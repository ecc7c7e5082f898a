// The daemon's numbers, through its own loop: each event once, and what is now.
#include <gtest/gtest.h>

#include "metrics/samples.h"
#include "support/rig.h"
#include "support/schema.h"

namespace tlswatch::test {
namespace {

class MetricsOfTheLoop : public testing::Test {
 protected:
  /// Works until nothing is left; the page afterwards.
  std::string page_of_a_life() {
    const auto daemon = rig.start();
    while (daemon->turn()) {
    }
    return daemon->metrics().render();
  }

  Rig rig;
};

TEST_F(MetricsOfTheLoop, count_each_event_once_though_a_start_reads_the_ring_again) {
  rig.publish_session(1);
  rig.publish_failure(2);
  const std::string failure =
      "tlswatch_failures_total{broker=\"edge-1\",listener=\"8883\",stage=\"client-hello\",cause=\"no-shared-"
      "cipher\"}";
  const std::string good =
      "tlswatch_handshakes_total{broker=\"edge-1\",listener=\"8883\",outcome=\"success\"}";
  const std::string first = page_of_a_life();
  EXPECT_EQ(value_of(first, good), 1) << first;
  EXPECT_EQ(value_of(first, failure), 1) << first;
  EXPECT_EQ(value_of(first, "tlswatch_events_lost_total{broker=\"edge-1\"}"), 0);
  rig.publish_failure(3);
  const std::string second = page_of_a_life();
  EXPECT_EQ(value_of(second, good), -1) << "of the first life, read again";
  EXPECT_EQ(value_of(second, failure), 1);
  EXPECT_EQ(value_of(second, "tlswatch_records_total"), 6) << "read, not counted anew";
}

TEST_F(MetricsOfTheLoop, count_what_the_log_folds) {
  rig.settings().config.log.level = config::LogLevel::info;
  for (std::uint64_t session = 1; session <= 50; ++session) rig.publish_failure(session);
  const std::string page = page_of_a_life();
  EXPECT_EQ(value_of(page,
                     "tlswatch_failures_total{broker=\"edge-1\",listener=\"8883\",stage=\"client-hello\","
                     "cause=\"no-shared-cipher\"}"),
            50);
  std::size_t diagnoses = 0;
  for (const std::string& line : rig.lines()) diagnoses += value_at(line, "event.action") == "\"diagnosis\"";
  EXPECT_LT(diagnoses, 10U);
  EXPECT_GT(diagnoses, 0U);
}

TEST_F(MetricsOfTheLoop, tell_of_the_ring_the_log_and_the_process) {
  const auto daemon = rig.start();
  rig.publish_failure(1);
  daemon->turn();
  const std::string page = daemon->metrics().render();
  EXPECT_EQ(value_of(page, "tlswatch_ring_following{broker=\"edge-1\"}"), 1);
  EXPECT_EQ(value_of(page, "tlswatch_ring_size_bytes{broker=\"edge-1\"}"), wire::kMinRingSize);
  EXPECT_EQ(value_of(page, "tlswatch_ring_used_bytes{broker=\"edge-1\"}"), 0) << "all of it is in the log";
  EXPECT_EQ(value_of(page, "tlswatch_incidents_open{broker=\"edge-1\",cause=\"no-shared-cipher\"}"), 1);
  EXPECT_EQ(value_of(page, "tlswatch_log_writable"), 1);
  EXPECT_GT(value_of(page, "tlswatch_log_lines_total"), 0);
  EXPECT_GT(value_of(page, "tlswatch_last_batch_timestamp_seconds{broker=\"edge-1\"}"), 1.7e9);
  EXPECT_GT(value_of(page, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_of(page, "process_cpu_seconds_total"), 0);
}

TEST_F(MetricsOfTheLoop, tell_of_a_ring_that_fills_while_the_log_cannot_be_written) {
  const auto daemon = rig.start();
  rig.publish_failure(1);
  daemon->turn();
  std::filesystem::remove(rig.dir() / "events.json");
  std::filesystem::create_directory(rig.dir() / "events.json");
  daemon->reload();
  rig.publish_failure(2);
  daemon->turn();
  const std::string page = daemon->metrics().render();
  EXPECT_EQ(value_of(page, "tlswatch_log_writable"), 0);
  EXPECT_GT(value_of(page, "tlswatch_ring_used_bytes{broker=\"edge-1\"}"), 0);
}

}  // namespace
}  // namespace tlswatch::test
