// From a ring file to the lines of the log, through the daemon's own loop.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "support/rig.h"
#include "support/schema.h"

namespace tlswatch::test {
namespace {

TEST(RingToLog, the_exact_line_of_a_failed_handshake) {
  Rig rig;
  rig.publish_failure(2);
  rig.run();
  const auto lines = rig.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(
      lines[0],
      R"({"@timestamp":"2026-11-22T16:55:44.000000000Z","ecs":{"version":"8.11.0"},"event":{"kind":"event",)"
      R"("category":["network"],"type":["connection","protocol"],"action":"tls-handshake","outcome":"failure",)"
      R"("id":"edge-1:18ea98da0fba6ee3:1","sequence":1,"module":"tlswatch","duration":1000000},)"
      R"("broker":{"name":"edge-1"},)"
      R"("message":"TLS handshake from 10.0.0.7:41022 failed after client-hello: no shared cipher",)"
      R"("source":{"ip":"10.0.0.7","port":41022},"destination":{"ip":"10.0.0.1","port":8883},)"
      R"("tls":{"established":false,"version":null,"version_protocol":null,"cipher":null,"curve":null,)"
      R"("resumed":false,"next_protocol":null,"client":{"server_name":null,"ja4":"t12i010000_dc2b145ead28_000000000000",)"
      R"("supported_ciphers":["TLS_RSA_WITH_AES_128_GCM_SHA256"],"supported_groups":[],"signature_algorithms":[]}},)"
      R"("tlswatch":{"session":"edge-1:18ea98da0fba6ee3:2","stage":"client-hello","mfln":{"requested":null,)"
      R"("negotiated":null,"max_record_sent":null,"honoured":null,"records_over_buffer":null},"cipher_bits":null,)"
      R"("alerts":[{"direction":"sent","level":"fatal","code":40,"name":"handshake_failure"}],)"
      R"("openssl":{"code":167772353,"reason":"no shared cipher"},"tcp":{"rtt_us":1200,"retransmits":0},)"
      R"("policy":{"profile":"generic","verdict":"unknown","violations":[]}}})");
  EXPECT_EQ(value_at(lines[1], "event.id"), "\"edge-1:18ea98da0fba6ee3:1.1\"");
  EXPECT_EQ(value_at(lines[1], "tlswatch.cause"), "\"no-shared-cipher\"");
  EXPECT_EQ(value_at(lines[2], "event.action"), "\"incident-opened\"");
  EXPECT_EQ(value_at(lines[2], "event.id"), "\"edge-1:18ea98da0fba6ee3:1.5\"");
  EXPECT_EQ(value_at(lines[2], "tlswatch.incident"), value_at(lines[1], "tlswatch.incident"));
}

TEST(RingToLog, a_full_ring_gives_the_exact_count_of_what_was_lost) {
  Rig rig;
  rig.publish_start(1);
  std::uint64_t dropped = 0;
  for (int i = 0; i < 2000; ++i) {
    Draft draft(wire::RecordType::session_start, 2);
    draft.peer().local().role();
    dropped += rig.ring().publish(draft) ? 0U : 1U;
  }
  ASSERT_GT(dropped, 0U);
  rig.run();
  const auto lines = rig.lines();
  ASSERT_EQ(lines.size(), 2001 - dropped + 1);
  const std::string& last = lines.back();
  EXPECT_EQ(value_at(last, "event.action"), "\"events-lost\"");
  EXPECT_EQ(value_at(last, "tlswatch.lost"), std::to_string(dropped));
  EXPECT_EQ(value_at(last, "tlswatch.lost_from"), std::to_string(2001 - dropped + 1));
  EXPECT_EQ(value_at(last, "tlswatch.lost_to"), "2001");
}

TEST(RingToLog, follows_a_ring_that_takes_the_place_of_the_first) {
  Rig rig;
  rig.publish_start(1);
  const auto daemon = rig.start();
  while (daemon->turn()) {
  }
  rig.publish_start(2);  // still in the old ring when the new one comes
  rig.replace_ring(0x77);
  rig.publish_start(1);
  for (int i = 0; i < 5; ++i) daemon->turn();
  const auto lines = rig.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(value_at(lines[1], "tlswatch.session"), "\"edge-1:18ea98da0fba6ee3:2\"");
  EXPECT_EQ(value_at(lines[2], "tlswatch.session"), "\"edge-1:77:1\"");
}

TEST(RingToLog, a_new_run_of_the_broker_closes_the_sessions_that_the_last_one_left) {
  Rig rig;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    rig.publish_start(i);
    rig.publish_handshake(i);
  }
  rig.publish_end(2);
  rig.publish_start(4);  // not established: its handshake is not over
  Draft draft(wire::RecordType::broker_start);
  draft.text(wire::Section::plugin_version, "0.1").text(wire::Section::broker_version, "2.0.11");
  rig.ring().publish(draft);
  rig.run();
  std::vector<std::string> ends;
  for (const std::string& line : rig.lines()) {
    if (value_at(line, "event.reason") == "\"broker-stopped\"") ends.push_back(value_at(line, "event.id"));
  }
  EXPECT_EQ(ends,
            (std::vector<std::string>{"\"edge-1:18ea98da0fba6ee3:9.1\"", "\"edge-1:18ea98da0fba6ee3:9.3\""}));
}

TEST(RingToLog, survives_a_ring_of_damaged_records) {
  std::mt19937_64 random(20261123);
  for (int round = 0; round < 30; ++round) {
    Rig rig;
    for (std::uint64_t i = 1; i <= 8; ++i) {
      rig.publish_session(i);
      rig.publish_failure(i + 100);
      rig.publish_report(i);
    }
    const std::uint64_t head = rig.ring().header().head.load();
    for (int i = 0; i < 40; ++i) {
      const std::uint64_t at = wire::kRingHeaderSize + random() % head;
      // Not the records' headers alone: their sections are what the parsers meet.
      rig.ring().mapping()[at] = static_cast<std::uint8_t>(random());
    }
    rig.run();
    rig.lines();
    rig.publish_start(999);
    rig.run();
    const auto lines = rig.lines();
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(value_at(lines.back(), "tlswatch.session"), "\"edge-1:18ea98da0fba6ee3:999\"");
  }
}

TEST(RingToLog, hostile_text_stays_text) {
  Rig rig;
  Draft draft(wire::RecordType::identified, 1);
  const std::string hostile =
      "\"},\"event\":{\"id\":\"forged\"}\n\x1b[31m\xFF\xC0\x80\xE2\x80\xAE<script>" + std::string(900, 'x');
  draft.identity(wire::Evidence::last_read).text(wire::Section::client_id, hostile);
  rig.ring().publish(draft);
  rig.run();
  const auto lines = rig.lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(value_at(lines[0], "event.id"), "\"edge-1:18ea98da0fba6ee3:1\"");
  EXPECT_EQ(lines[0].find('\x1b'), std::string::npos);
  EXPECT_LT(lines[0].size(), 3000U);
}

TEST(RingToLog, two_daemons_on_one_cursor_are_told_apart_by_one_clear_error) {
  Rig rig;
  const auto first = rig.start();
  tlswatchd::Daemon second(rig.settings());
  const auto trouble = second.start();
  ASSERT_TRUE(trouble.has_value());
  EXPECT_NE(trouble->find("another tlswatchd follows this ring"), std::string::npos) << *trouble;
}

}  // namespace
}  // namespace tlswatch::test
