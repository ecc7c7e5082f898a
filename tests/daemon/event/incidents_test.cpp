// Incidents through the whole pipeline: what opens, is over, comes back, moves and stands apart.
#include <gtest/gtest.h>

#include "story.h"

namespace tlswatch::test {
namespace {

using Lines = std::vector<std::string>;
using Way = Story::Way;

class Incidents : public testing::Test {
 protected:
  Incidents() {
    story.connects({1, 0, 1}, "lamp").leaves({1, 60, 1}, "lamp");
    story.connects({2, 0, 2}, "plug").leaves({2, 60, 2}, "plug");
  }
  Story story;
};

TEST_F(Incidents, open_with_the_first_failure_and_are_over_when_the_device_is_back) {
  story.fails({3, 70, 1}, Way::no_shared_cipher);
  EXPECT_EQ(story.incidents(), (Lines{"i1 opened: no-shared-cipher, 1 devices, 1 failures"}));
  story.connects({4, 100, 1}, "lamp");
  EXPECT_EQ(story.incidents(), (Lines{"i1 resolved: no-shared-cipher, 1 devices, 1 failures"}));
}

TEST_F(Incidents, take_up_all_who_have_the_same_and_are_over_when_the_last_one_is_back) {
  story.fails({3, 70, 1}, Way::no_shared_cipher).fails({4, 71, 2}, Way::no_shared_cipher);
  story.connects({5, 100, 1}, "lamp");
  EXPECT_EQ(story.incidents(), (Lines{"i1 opened: no-shared-cipher, 1 devices, 1 failures"}));
  story.connects({6, 110, 2}, "plug");
  EXPECT_EQ(story.incidents(), (Lines{"i1 resolved: no-shared-cipher, 2 devices, 2 failures"}));
}

TEST_F(Incidents, come_back_with_a_regression) {
  story.fails({3, 70, 1}, Way::no_shared_cipher).connects({4, 100, 1}, "lamp").leaves({4, 150, 1}, "lamp");
  story.incidents();
  story.fails({5, 160, 1}, Way::no_shared_cipher);
  EXPECT_EQ(story.incidents(), (Lines{"i1 reopened: no-shared-cipher, 1 devices, 2 failures"}));
}

TEST_F(Incidents, fold_repeated_failures_into_exact_counts) {
  for (int i = 0; i < 100; ++i)
    story.fails({static_cast<std::uint64_t>(10 + i), 70 + i, 1}, Way::no_shared_cipher);
  EXPECT_EQ(story.diagnoses(),
            (Lines{"s10 lamp (inferred): no-shared-cipher", "s11 lamp (inferred): no-shared-cipher, 2 times",
                   "s12 lamp (inferred): no-shared-cipher, 3 times",
                   "s19 lamp (inferred): no-shared-cipher, 10 times",
                   "s109 lamp (inferred): no-shared-cipher, 100 times"}));
  story.connects({200, 300, 1}, "lamp");
  EXPECT_EQ(story.incidents(), (Lines{"i1 opened: no-shared-cipher, 1 devices, 1 failures",
                                      "i1 resolved: no-shared-cipher, 1 devices, 100 failures"}));
}

TEST_F(Incidents, are_corrected_by_the_report_that_names_the_cause) {
  story.fails({3, 70, 1}).fails({4, 80, 2});
  story.incidents();
  story.connects({5, 100, 1}, "lamp").reports({5, 100, 1}, "lamp", {.ago_s = 30});
  EXPECT_EQ(story.incidents(), (Lines{"i2 opened: server-cert-untrusted, 1 devices, 1 failures",
                                      "i2 resolved: server-cert-untrusted, 1 devices, 1 failures"}));
  story.connects({6, 120, 2}, "plug").reports({6, 120, 2}, "plug", {.ago_s = 40});
  const Lines last = story.incidents();
  EXPECT_EQ(last.front(), "i1 resolved: connection-closed-by-device, 1 devices, 1 failures");
  EXPECT_EQ(last.back(), "i1 resolved: connection-closed-by-device, 0 devices, 0 failures, merged");
}

TEST_F(Incidents, are_corrected_by_the_report_that_names_the_device) {
  story.fails({3, 70, 1}, Way::no_shared_cipher);
  story.incidents();
  story.connects({4, 100, 1}, "newcomer").reports({4, 100, 1}, "newcomer", {.code = 296, .ago_s = 30});
  EXPECT_EQ(story.diagnoses().back(), "s3 newcomer (report): no-shared-cipher, refuted");
  EXPECT_EQ(story.incidents(), (Lines{"i1 resolved: no-shared-cipher, 1 devices, 1 failures"}));
}

TEST_F(Incidents, are_none_of_a_browser_s) {
  story.fails({3, 70, 9}, Way::http);
  EXPECT_EQ(story.diagnoses(), (Lines{"s3 nobody (unknown): not-tls"}));
  EXPECT_TRUE(story.incidents().empty());
}

TEST_F(Incidents, are_none_of_a_hello_that_never_came_through_from_where_nobody_lives) {
  story.fails({3, 70, 9, 0xC014});
  EXPECT_TRUE(story.incidents().empty());
}

TEST_F(Incidents, are_one_of_a_device_that_speaks_plain_mqtt) {
  story.fails({3, 70, 9}, Way::plain_mqtt);
  EXPECT_EQ(story.incidents(), (Lines{"i1 opened: plain-mqtt-on-tls-port, 1 devices, 1 failures"}));
}

TEST_F(Incidents, take_what_a_report_tells_of_that_never_reached_the_broker) {
  story.connects({3, 100, 1}, "lamp");
  story.reports({3, 100, 1}, "lamp", {.code = -1001, .count = 7, .stack = "tasmota"});
  EXPECT_EQ(story.incidents(), (Lines{"i1 opened: dns-failure, 1 devices, 7 failures",
                                      "i1 resolved: dns-failure, 1 devices, 7 failures"}));
}

TEST_F(Incidents, of_an_unknown_device_are_over_when_one_comes_through_that_had_been_away) {
  story.fails({3, 70, 5});
  EXPECT_EQ(story.incidents().size(), 1U);
  story.connects({4, 90, 5}, "first-one-here");
  EXPECT_EQ(story.incidents(), (Lines{"i1 resolved: connection-closed-by-device, 1 devices, 1 failures"}));
}

TEST_F(Incidents, follow_the_cause_that_stock_firmware_s_syslog_names) {
  story.fails({3, 70, 1}).says(71, 1, "MQT: TLS connection error: 62");
  EXPECT_EQ(story.incidents(),
            (Lines{"i1 opened: connection-closed-by-device, 1 devices, 1 failures",
                   "i2 opened: server-cert-untrusted, 1 devices, 1 failures",
                   "i1 resolved: connection-closed-by-device, 0 devices, 0 failures, merged"}));
}

}  // namespace
}  // namespace tlswatch::test
