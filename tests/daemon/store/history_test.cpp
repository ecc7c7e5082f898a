// What is told of devices, and what the store answers.
#include "kept_story.h"

namespace tlswatch::test {
namespace {

using store::DeviceState;
using Way = Story::Way;
constexpr std::uint64_t kSecond = 1'000'000'000;

class History : public KeptStory {
 protected:
  History() {
    story.connects({1, 0, 1}, "lamp").leaves({1, 60, 1}, "lamp");
    story.connects({2, 0, 2}, "plug");
  }
  std::string states() {
    std::string out;
    for (const store::DeviceRow& row : got(read().devices({}, 100)).rows)
      out += row.outside_id + (row.state == DeviceState::failing     ? " failing, "
                               : row.state == DeviceState::connected ? " connected, "
                                                                     : " gone, ");
    return out;
  }
  std::string causes(std::string_view id) {
    std::string out;
    for (const store::SessionRow& row : got(read().sessions("edge-1", id, 100)))
      out += row.id.substr(row.id.rfind(':') + 1) + " " + row.cause + " (" + row.identity_how + "), ";
    return out;
  }
};

TEST_F(History, a_device_and_its_session) {
  const store::DeviceRow lamp = device("lamp");
  EXPECT_EQ(lamp.broker, "edge-1");
  EXPECT_EQ(lamp.state, DeviceState::gone);
  EXPECT_EQ(lamp.sessions, 1U);
  EXPECT_EQ(lamp.failures, 0U);
  EXPECT_EQ(lamp.ip, "10.0.0.1");
  EXPECT_EQ(lamp.first_seen_ns, kTime);
  EXPECT_EQ(lamp.last_success_ns, kTime);
  EXPECT_EQ(lamp.last_seen_ns, kTime + 60 * kSecond);
  EXPECT_EQ(lamp.tls.version, "1.2");
  EXPECT_EQ(lamp.tls.cipher, "TLS_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(lamp.policy.verdict, "pass");
  const auto sessions = got(read().sessions("edge-1", "lamp", 10));
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].id, "edge-1:77:1");
  EXPECT_EQ(sessions[0].outside_device_id, "lamp");
  EXPECT_EQ(sessions[0].identity_how, "session");
  EXPECT_TRUE(sessions[0].established);
  EXPECT_EQ(sessions[0].handshake_ns, 4'000'000U);
  EXPECT_EQ(sessions[0].ended_ns, kTime + 60 * kSecond);
  EXPECT_EQ(sessions[0].end_reason, "disconnect");
  EXPECT_EQ(sessions[0].listener_port, 8883);
}

TEST_F(History, states_with_the_failing_ones_first) {
  EXPECT_EQ(states(), "lamp gone, plug connected, ");
  story.fails({3, 70, 1}, Way::no_shared_cipher);
  EXPECT_EQ(states(), "lamp failing, plug connected, ");
  story.connects({4, 90, 1}, "lamp");
  EXPECT_EQ(states(), "lamp connected, plug connected, ");
  const store::Totals totals = got(read().totals());
  EXPECT_EQ(totals.devices, 2U);
  EXPECT_EQ(totals.connected, 2U);
  EXPECT_EQ(totals.failing, 0U);
  EXPECT_EQ(totals.open_incidents, 0U);
  EXPECT_EQ(totals.oldest_ns, kTime - 4'000'000);
  EXPECT_EQ(totals.newest_ns, kTime + 90 * kSecond);
}

TEST_F(History, failures_that_the_log_folds_are_all_there) {
  for (int i = 0; i < 25; ++i)
    story.fails({static_cast<std::uint64_t>(10 + i), 70 + i, 1}, Way::no_shared_cipher);
  const store::DeviceRow lamp = device("lamp");
  EXPECT_EQ(lamp.failures, 25U);
  EXPECT_EQ(lamp.cause, "no-shared-cipher");
  EXPECT_EQ(lamp.last_failure_ns, kTime + 94 * kSecond);
  EXPECT_EQ(got(read().sessions("edge-1", "lamp", 100)).size(), 26U);
  EXPECT_EQ(got(read().lines("edge-1", "lamp", 100)).size(), 4U);  // the 1st, 2nd, 3rd, and 10th
  const auto incidents = got(read().incidents({}, 10)).rows;
  ASSERT_EQ(incidents.size(), 1U);
  EXPECT_EQ(incidents[0].failures, 25U);
  EXPECT_EQ(incidents[0].devices, 1U);
  EXPECT_TRUE(incidents[0].open);
  EXPECT_EQ(incidents[0].listener_port, 8883);
  EXPECT_EQ(lamp.incident, incidents[0].id);
  const auto victims = got(read().victims(incidents[0].id, 10));
  ASSERT_EQ(victims.size(), 1U);
  EXPECT_EQ(victims[0].outside_device_id, "lamp");
  EXPECT_EQ(victims[0].failures, 25U);
  EXPECT_TRUE(victims[0].failing);
  std::uint64_t hours = 0;
  for (const store::HourRow& hour : got(read().hours(0)))
    hours += hour.cause == "no-shared-cipher" ? hour.count : 0;
  EXPECT_EQ(hours, 25U);
}

TEST_F(History, an_incident_that_is_over_by_its_id_and_its_last_part) {
  story.fails({3, 70, 1}, Way::no_shared_cipher).connects({4, 100, 1}, "lamp");
  const auto rows = got(read().incidents({}, 10)).rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].open);
  EXPECT_EQ(rows[0].resolved_ns, kTime + 100 * kSecond);
  EXPECT_EQ(got(read().incident(rows[0].id)).size(), 1U);
  EXPECT_EQ(got(read().incident(rows[0].id.substr(rows[0].id.rfind(':') + 1))).size(), 1U);
  EXPECT_EQ(got(read().incident("edge-1:i0000000000000000")).size(), 0U);
  EXPECT_EQ(got(read().incident_lines(rows[0].id, 10)).size(), 1U);
  EXPECT_TRUE(got(read().incidents({.open_only = true}, 10)).rows.empty());
}

TEST_F(History, a_report_puts_sessions_under_the_right_device_and_cause) {
  story.leaves({2, 60, 2}, "plug");
  story.fails({3, 70, 1}).fails({4, 80, 1});
  EXPECT_EQ(
      causes("lamp"),
      "4 connection-closed-by-device (inferred), 3 connection-closed-by-device (inferred), 1  (session), ");
  // It was the plug, which moved to the lamp's house.
  story.connects({5, 100, 1}, "plug").reports({5, 100, 1}, "plug", {.count = 2, .ago_s = 20});
  EXPECT_EQ(
      causes("plug"),
      "5  (session), 4 server-cert-untrusted (report), 3 server-cert-untrusted (report), 2  (session), ");
  EXPECT_EQ(causes("lamp"), "1  (session), ");
  EXPECT_EQ(device("lamp").failures, 0U);
  EXPECT_EQ(device("lamp").state, DeviceState::gone);
  EXPECT_EQ(device("lamp").cause, "");
  EXPECT_EQ(device("plug").failures, 2U);
  EXPECT_EQ(device("plug").cause, "server-cert-untrusted");
  EXPECT_EQ(device("plug").state, DeviceState::connected);
  EXPECT_EQ(device("plug").outside_firmware, "14.2");
  std::string hours;
  for (const store::HourRow& hour : got(read().hours(0)))
    hours += (hour.cause.empty() ? "good" : hour.cause) + " " + std::to_string(hour.count) + ", ";
  EXPECT_EQ(hours, "good 3, server-cert-untrusted 2, ");
}

TEST_F(History, sessions_that_nobodys_name_is_on_by_their_address) {
  story.fails({3, 70, 9}, Way::no_shared_cipher);
  const auto rows = got(read().sessions_at("edge-1", "10.0.0.9", 10));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outside_device_id, "");
  EXPECT_EQ(rows[0].cause, "no-shared-cipher");
  EXPECT_EQ(rows[0].alerts, (std::vector<std::string>{"sent handshake_failure"}));
  EXPECT_EQ(rows[0].outside_openssl, "no shared cipher");
  EXPECT_TRUE(got(read().sessions_at("edge-1", "10.0.0.1", 10)).empty());
}

TEST_F(History, compliance_counts_each_device_by_its_latest_good_session) {
  const auto count = [&](std::string_view requirement, std::string_view value) {
    std::uint64_t out = 0;
    for (const store::ComplianceRow& row : got(read().compliance()))
      if (row.requirement == requirement && row.value == value) out += row.devices;
    return out;
  };
  EXPECT_EQ(count("cipher", "TLS_RSA_WITH_AES_128_GCM_SHA256"), 2U);
  EXPECT_EQ(count("version", "1.2"), 2U);
  story.connects({3, 100, 1, 0x9D}, "lamp");
  EXPECT_EQ(count("cipher", "TLS_RSA_WITH_AES_128_GCM_SHA256"), 1U);
  EXPECT_EQ(count("cipher", "TLS_RSA_WITH_AES_256_GCM_SHA384"), 1U);
  EXPECT_EQ(count("version", "1.2"), 2U);
}

TEST_F(History, only_the_latest_sessions_of_a_device_are_kept_and_all_are_counted) {
  for (int i = 0; i < 200; ++i) {
    story.connects({static_cast<std::uint64_t>(10 + i), 100 + i, 1}, "lamp");
    commit();
  }
  EXPECT_EQ(device("lamp").sessions, 201U);
  const auto rows = got(read().sessions("edge-1", "lamp", 1000));
  EXPECT_GE(rows.size(), 64U);
  EXPECT_LE(rows.size(), 80U);
  EXPECT_EQ(rows.front().id, "edge-1:77:209");
}

TEST_F(History, of_an_address_without_name_only_the_latest_sessions_are_kept) {
  for (int i = 0; i < 200; ++i) {
    story.fails({static_cast<std::uint64_t>(10 + i), 100 + i, 9}, Way::no_shared_cipher);
    if (i % 20 == 0) commit();
  }
  EXPECT_EQ(got(read().sessions_at("edge-1", "10.0.0.9", 1000)).size(), 64U);
}

TEST_F(History, what_the_store_has_already_is_left_out) {
  std::vector<std::pair<event::SessionEnd, std::string>> ends;
  commit();
  const std::uint64_t before = writer.written();
  Story again;
  again.listen([&](const event::Event& e) { writer.add(e, json.line(e)); });
  again.connects({1, 0, 1}, "lamp").leaves({1, 60, 1}, "lamp").connects({2, 0, 2}, "plug");
  EXPECT_EQ(device("lamp").sessions, 1U);
  EXPECT_EQ(writer.written(), before);
  again.leaves({2, 90, 2}, "plug");
  EXPECT_EQ(device("plug").state, DeviceState::gone);
}

}  // namespace
}  // namespace tlswatch::test
