// Lines beside the ring: stock firmware's, over MQTT and syslog, and the broker's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "daemon/core/event/pipeline.h"
#include "support/draft.h"

namespace tlswatch::test {
namespace {

using namespace event;  // NOLINT: the subject

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kRing = 0x77;

/// One line for each event: its action and what matters here.
struct Told {
  std::string id;
  std::string text;
};

class LogBench {
 public:
  LogBench() {
    diagnose::Rule rule;
    rule.name = "credentials";
    rule.device.emplace_back().details = {{5, 5}};
    rule.cause = "credentials-refused";
    rule.confidence = 0.9;
    rule.fix = "Give it the right ones.";
    knowledge_.rules.push_back(rule);
    Pipeline::Settings settings;
    settings.knowledge = &knowledge_;
    pipeline_ = std::make_unique<Pipeline>(settings);
  }
  Pipeline& pipeline() { return *pipeline_; }

  std::vector<Told> take(Draft& draft) {
    return collect(
        [&](const Emit& emit) { pipeline_->take(broker_, kRing, draft.record(++sequence_), emit); });
  }
  std::vector<Told> take_log(std::string_view line, std::uint64_t at_ns) {
    const Place place{"edge-1/log", 0x99, ++log_sequence_};
    return collect([&](const Emit& emit) {
      pipeline_->take_broker_log(broker_, place, broker_log::read_line(line), {at_ns, at_ns + 50 * kMs},
                                 emit);
    });
  }
  std::vector<Told> take_syslog(std::string_view datagram, std::uint64_t at_ns = kTime) {
    const facts::Address from{.bytes = {10, 0, 0, 9}, .size = 4};
    const Place place{"edge-1/syslog", 0x55, ++syslog_sequence_};
    return collect(
        [&](const Emit& emit) { pipeline_->take_syslog(broker_, place, at_ns, from, datagram, emit); });
  }

  std::vector<Told> handshake(std::uint64_t session, std::uint64_t at_ns = kTime,
                              std::uint16_t port = 41022) {
    Draft draft(wire::RecordType::handshake, session, at_ns);
    draft.peer(port).local().role().outcome({});
    return take(draft);
  }
  std::vector<Told> end(std::uint64_t session, std::uint64_t at_ns) {
    Draft draft(wire::RecordType::session_end, session, at_ns);
    draft.peer().role().outcome({}).tcp(8).disconnect(-1);
    return take(draft);
  }

 private:
  template <typename Feed>
  static std::vector<Told> collect(Feed feed) {
    std::vector<Told> out;
    feed([&](const Event& event) { out.push_back({header(event).id, told(event)}); });
    return out;
  }
  static std::string told(const Event& event) {
    if (std::holds_alternative<TlsHandshake>(event)) return "handshake";
    if (const auto* e = std::get_if<MqttIdentified>(&event)) {
      return (e->who.how == How::broker_log ? "log names " : "plugin names ") +
             std::string(e->outside_device_id) + "/" + std::string(e->outside_user) +
             (e->who.proof == Proof::psk ? ", proved by its key" : "");
    }
    if (const auto* e = std::get_if<SessionEnd>(&event)) {
      return "end of " + std::string(e->outside_device_id) + ": " + std::string(e->reason);
    }
    if (const auto* e = std::get_if<DeviceLog>(&event)) {
      return std::string(tasmota_log::line_name(e->line.kind)) + (e->name ? " " + *e->name : "");
    }
    if (const auto* e = std::get_if<Diagnosis>(&event)) return "diagnosis " + std::string(e->cause);
    return "something else";
  }

  Broker broker_{0, "edge-1", false, true};
  diagnose::Knowledge knowledge_;
  std::unique_ptr<Pipeline> pipeline_;
  std::uint64_t sequence_ = 0, log_sequence_ = 0, syslog_sequence_ = 0;
};

std::string all(const std::vector<Told>& told) {
  std::string out;
  for (const Told& one : told) out += (out.empty() ? "" : "; ") + one.text;
  return out;
}

constexpr std::string_view kConnect =
    "New client connected from 10.0.0.7:41022 as boiler (p2, c1, k60, u'fred').";

TEST(PipelineLogs, the_broker_s_log_names_a_session_under_the_log_s_own_id) {
  LogBench bench;
  bench.handshake(1);
  const auto told = bench.take_log(kConnect, kTime + kMs);
  EXPECT_EQ(all(told), "log names boiler/fred");
  EXPECT_EQ(told.at(0).id, "edge-1/log:99:1");
}

TEST(PipelineLogs, a_line_that_comes_first_names_it_under_the_handshake_s_id) {
  LogBench bench;
  EXPECT_EQ(all(bench.take_log(kConnect, kTime + kMs)), "");
  const auto told = bench.handshake(1);
  EXPECT_EQ(all(told), "handshake; log names boiler/fred");
  EXPECT_EQ(told.at(1).id, "edge-1:77:1.2");
}

TEST(PipelineLogs, what_the_plugin_knows_already_is_not_said_again) {
  LogBench bench;
  bench.handshake(1);
  Draft draft(wire::RecordType::identified, 1);
  draft.identity(wire::Evidence::last_read).text(wire::Section::client_id, "boiler");
  draft.text(wire::Section::username, "fred");
  EXPECT_EQ(all(bench.take(draft)), "plugin names boiler/fred");
  EXPECT_EQ(all(bench.take_log(kConnect, kTime + kMs)), "");
}

TEST(PipelineLogs, what_the_log_knows_already_is_not_said_again_by_the_plugin) {
  LogBench bench;
  bench.handshake(1);
  bench.take_log(kConnect, kTime + kMs);
  Draft same(wire::RecordType::identified, 1);
  same.identity(wire::Evidence::last_read).text(wire::Section::client_id, "boiler");
  same.text(wire::Section::username, "fred");
  EXPECT_EQ(all(bench.take(same)), "");
}

TEST(PipelineLogs, the_log_corrects_weak_evidence_and_yields_to_none) {
  LogBench bench;
  bench.handshake(1);
  Draft wrong(wire::RecordType::identified, 1);
  wrong.identity(wire::Evidence::last_read).text(wire::Section::client_id, "neighbour");
  EXPECT_EQ(all(bench.take(wrong)), "plugin names neighbour/");
  EXPECT_EQ(all(bench.take_log(kConnect, kTime + kMs)), "log names boiler/fred");
  Draft again(wire::RecordType::identified, 1);
  again.identity(wire::Evidence::last_read).text(wire::Section::client_id, "neighbour");
  EXPECT_EQ(all(bench.take(again)), "");
  EXPECT_EQ(all(bench.end(1, kTime + 1000 * kMs)), "end of boiler: closed");
}

TEST(PipelineLogs, a_name_of_the_log_s_has_the_handshake_s_proof) {
  LogBench bench;
  Draft draft(wire::RecordType::handshake, 1);
  draft.peer().local().role().outcome({}).text(wire::Section::psk_identity, "boiler-psk");
  bench.take(draft);
  EXPECT_EQ(all(bench.take_log(kConnect, kTime + kMs)), "log names boiler/fred, proved by its key");
}

struct ReasonRow {
  const char* name;
  const char* line;
  const char* end;
};
const ReasonRow kReasons[] = {
    {"a_take_over", "Client boiler already connected, closing old connection.", "end of boiler: taken-over"},
    {"a_keepalive", "Client boiler has exceeded timeout, disconnecting.", "end of boiler: keepalive-timeout"},
    {"a_bad_packet", "Client boiler disconnected due to malformed packet.", "end of boiler: protocol-error"},
    {"an_operator", "Client boiler been disconnected by administrative action.", "end of boiler: kicked"},
    {"a_goodbye", "Client boiler disconnected.", "end of boiler: disconnect"},
    {"a_close", "Client boiler closed its connection.", "end of boiler: closed"},
    {"another_client_s_take_over", "Client other already connected, closing old connection.",
     "end of boiler: closed"},
};
class Reasons : public testing::TestWithParam<ReasonRow> {};
TEST_P(Reasons, of_an_end_are_told_by_the_log) {
  LogBench bench;
  bench.handshake(1);
  bench.take_log(kConnect, kTime + kMs);
  bench.take_log(GetParam().line, kTime + 1000 * kMs);
  EXPECT_EQ(all(bench.end(1, kTime + 1001 * kMs)), GetParam().end);
}
INSTANTIATE_TEST_SUITE_P(PipelineLogs, Reasons, testing::ValuesIn(kReasons),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PipelineLogs, a_refused_login_without_any_name_is_told_by_the_log) {
  LogBench bench;
  bench.handshake(1);
  bench.take_log("Client <unknown> disconnected, not authorised.", kTime + kMs);
  EXPECT_EQ(all(bench.end(1, kTime + 2 * kMs)), "end of : credentials-refused");
}

TEST(PipelineLogs, what_mosquitto_2_1_gives_itself_stands_above_its_log) {
  LogBench bench;
  bench.handshake(1);
  bench.take_log(kConnect, kTime + kMs);
  bench.take_log("Client boiler closed its connection.", kTime + 10 * kMs);
  Draft draft(wire::RecordType::session_end, 1, kTime + 11 * kMs);
  draft.peer().role().outcome({}).tcp(8).disconnect(142);
  EXPECT_EQ(all(bench.take(draft)), "end of boiler: taken-over");
}

TEST(PipelineLogs, a_line_of_tasmota_is_decoded_diagnosed_and_counted_where_it_is_none) {
  LogBench bench;
  const auto told = bench.take_syslog("<134>kitchen ESP-MQT: TLS connection error: 62");
  EXPECT_EQ(all(told), "tls-error BR_ERR_X509_NOT_TRUSTED; diagnosis server-cert-untrusted");
  EXPECT_EQ(told.at(0).id, "edge-1/syslog:55:1");
  EXPECT_EQ(told.at(1).id, "edge-1/syslog:55:1.1");
  EXPECT_EQ(all(bench.take_syslog("<134>kitchen ESP-WIF: password hunter2")), "");
  EXPECT_EQ(bench.pipeline().counters().log_lines_dropped, 1U);
  EXPECT_EQ(all(bench.take_syslog("what is this")), "");
  EXPECT_EQ(bench.pipeline().counters().unreadable_datagrams, 1U);
}

constexpr std::string_view kState2 =
    "<134>kitchen ESP-MQT: Connect failed to b.lan:8883, rc -2. Retry in 10 sec";
constexpr std::string_view kState5 =
    "<134>kitchen ESP-MQT: Connect failed to b.lan:8883, rc 5. Retry in 10 sec";

TEST(PipelineLogs, the_mqtt_state_of_a_try_that_tls_has_explained_is_not_diagnosed) {
  LogBench bench;
  bench.take_syslog("<134>kitchen ESP-MQT: TLS connection error: 62");
  EXPECT_EQ(bench.take_syslog(kState2, kTime + 3 * kMs).size(), 1U);
  EXPECT_EQ(bench.take_syslog(kState2, kTime + 10'000 * kMs).size(), 2U) << "a later try stands for itself";
}

TEST(PipelineLogs, a_tls_error_of_0_waits_for_the_mqtt_state) {
  LogBench bench;
  EXPECT_EQ(bench.take_syslog("<134>kitchen ESP-MQT: TLS connection error: 0").size(), 1U);
  const auto told = bench.take_syslog(kState5, kTime + kMs);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].text, "diagnosis credentials-refused");
}

TEST(PipelineLogs, a_published_line_names_its_client_and_keeps_no_secret) {
  LogBench bench;
  Draft secret(wire::RecordType::log_line, 1);
  secret.text(wire::Section::client_id, "tasmota-1").text(wire::Section::payload, "WIF: password hunter2");
  EXPECT_EQ(all(bench.take(secret)), "");
  EXPECT_EQ(bench.pipeline().counters().log_lines_dropped, 1U);
  Draft error(wire::RecordType::log_line, 1);
  error.text(wire::Section::client_id, "tasmota-1");
  error.text(wire::Section::payload, "00:00:12.345 MQT: TLS connection error: 62");
  EXPECT_EQ(all(bench.take(error)), "tls-error BR_ERR_X509_NOT_TRUSTED; diagnosis server-cert-untrusted");
  Draft good(wire::RecordType::log_line, 1);
  good.text(wire::Section::payload,
            "00:00:19.001-026 MQT: TLS connected in 712 ms, max ThunkStack used 3616");
  EXPECT_EQ(all(bench.take(good)), "tls-connected");
}

}  // namespace
}  // namespace tlswatch::test
