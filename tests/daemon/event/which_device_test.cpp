// Which device was it? Stories of a few houses, through the whole pipeline.
#include <gtest/gtest.h>

#include "story.h"

namespace tlswatch::test {
namespace {

using Lines = std::vector<std::string>;
using Way = Story::Way;

constexpr int kHouse = 1, kOtherHouse = 2;

/// A lamp that was connected for a minute.
class WhichDevice : public testing::Test {
 protected:
  WhichDevice() { story.connects({1, 0}, "lamp").leaves({1, 60}, "lamp"); }
  Story story;
};

TEST_F(WhichDevice, is_inferred_from_who_has_just_gone_from_there) {
  story.fails({2, 70});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 lamp (inferred): connection-closed-by-device"}));
}

TEST_F(WhichDevice, is_unknown_where_nobody_has_been_before) {
  story.fails({2, 70, kOtherHouse});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 nobody (unknown): connection-closed-by-device"}));
}

TEST_F(WhichDevice, is_unknown_where_another_firmware_s_hello_comes) {
  story.fails({2, 70, kHouse, 0x002F});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 nobody (unknown): connection-closed-by-device"}));
}

TEST_F(WhichDevice, a_report_confirms_whom_it_was_thought_to_be_and_names_the_cause) {
  story.fails({2, 70}).connects({3, 100}, "lamp");
  story.diagnoses();
  story.reports({3, 100}, "lamp", {.ago_s = 30});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 lamp (report): server-cert-untrusted, confirmed"}));
}

TEST_F(WhichDevice, a_report_refutes_whom_it_was_thought_to_be) {
  story.fails({2, 70}).connects({3, 100}, "newcomer");
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 lamp (inferred): connection-closed-by-device"}));
  story.reports({3, 100}, "newcomer", {.ago_s = 30});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 newcomer (report): server-cert-untrusted, refuted"}));
}

TEST_F(WhichDevice, a_row_of_failures_is_claimed_as_a_whole) {
  story.fails({2, 70}).fails({3, 80}).fails({4, 90}).connects({5, 100}, "lamp");
  story.diagnoses();
  story.reports({5, 100}, "lamp", {.count = 3, .ago_s = 10});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2,s3,s4 lamp (report): server-cert-untrusted, confirmed, 3 times"}));
}

TEST_F(WhichDevice, a_row_is_claimed_from_a_report_that_goes_on_in_another) {
  story.fails({2, 70}).fails({3, 80}).fails({4, 90}).connects({5, 100}, "lamp");
  story.diagnoses();
  story.reports({5, 100}, "lamp", {.count = 2, .ago_s = 20});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2,s3 lamp (report): server-cert-untrusted, confirmed, 2 times"}));
  story.reports({5, 100}, "lamp", {.code = 56, .ago_s = 10, .seq = 2});
  EXPECT_EQ(story.diagnoses(), (Lines{"s4 lamp (report): server-name-mismatch, confirmed"}));
}

TEST_F(WhichDevice, is_nobody_s_where_something_else_than_tls_comes) {
  story.fails({2, 70}, Way::http);
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 nobody (unknown): not-tls"}));
}

TEST_F(WhichDevice, a_report_that_comes_again_is_not_diagnosed_again) {
  story.fails({2, 70}).connects({3, 100}, "lamp").reports({3, 100}, "lamp", {.ago_s = 30});
  story.diagnoses();
  story.reports({3, 101}, "lamp", {.ago_s = 31});
  EXPECT_TRUE(story.diagnoses().empty());
  EXPECT_EQ(story.pipeline().counters().repeated_entries, 1U);
  story.reports({3, 102}, "lamp", {.ago_s = 31, .seq = 2});
  EXPECT_EQ(story.diagnoses().size(), 1U);
}

TEST_F(WhichDevice, a_report_about_another_id_confirms_nothing) {
  story.fails({2, 70}).connects({3, 100}, "lamp");
  story.diagnoses();
  story.reports({3, 100}, "lamp", {.ago_s = 30, .topic_id = "boiler"});
  EXPECT_EQ(story.diagnoses(), (Lines{"s3 lamp (session): server-cert-untrusted"}));
}

TEST_F(WhichDevice, nothing_is_confirmed_where_events_were_lost) {
  story.loses_events(65).fails({2, 70}).connects({3, 100}, "lamp");
  story.diagnoses();
  story.reports({3, 100}, "lamp", {.ago_s = 30});
  EXPECT_EQ(story.diagnoses(), (Lines{"s3 lamp (session): server-cert-untrusted"}));
}

TEST_F(WhichDevice, a_code_that_does_not_fit_what_the_broker_saw_is_about_something_else) {
  story.fails({2, 70}, Way::no_shared_cipher).connects({3, 100}, "lamp");
  story.diagnoses();
  story.reports({3, 100}, "lamp", {.code = 62, .ago_s = 30});
  EXPECT_EQ(story.diagnoses(), (Lines{"s3 lamp (session): server-cert-untrusted"}));
}

TEST_F(WhichDevice, stock_firmware_s_syslog_names_the_cause_of_a_failure_seen_before) {
  story.fails({2, 70});
  story.diagnoses();
  story.says(71, kHouse, "MQT: TLS connection error: 62");
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 lamp (inferred): server-cert-untrusted"}));
}

TEST_F(WhichDevice, stock_firmware_s_syslog_may_come_before_the_failure_is_seen) {
  story.says(70, kHouse, "MQT: TLS connection error: 62");
  EXPECT_EQ(story.diagnoses(), (Lines{" nobody (unknown): server-cert-untrusted"}));
  story.fails({2, 71});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 lamp (inferred): server-cert-untrusted"}));
}

TEST_F(WhichDevice, what_another_house_says_is_about_another_failure) {
  story.says(70, kOtherHouse, "MQT: TLS connection error: 62");
  story.diagnoses();
  story.fails({2, 71});
  EXPECT_EQ(story.diagnoses(), (Lines{"s2 lamp (inferred): connection-closed-by-device"}));
}

}  // namespace
}  // namespace tlswatch::test
