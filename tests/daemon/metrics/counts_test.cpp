// What each number counts, through the whole pipeline: exact also where the log folds, corrects or stands
// apart.
#include <gtest/gtest.h>

#include "event/story.h"
#include "metrics/samples.h"

namespace tlswatch::test {
namespace {

using Way = Story::Way;

class Counts : public testing::Test {
 protected:
  Counts() {
    story.connects({1, 0, 1}, "lamp").leaves({1, 60, 1}, "lamp");
    story.connects({2, 0, 2}, "plug").leaves({2, 60, 2}, "plug");
  }

  /// A series of the page by the end of its name: `failures_total{...}`.
  double value(std::string_view series) const {
    return value_of(story.metrics().render(), "tlswatch_" + std::string(series));
  }
  /// The sum of all series of a metric.
  double sum(std::string_view metric) const {
    double out = 0;
    for (const std::string& line : lines_of(metric))
      out += std::strtod(line.c_str() + line.rfind(' '), nullptr);
    return out;
  }
  std::vector<std::string> lines_of(std::string_view metric) const {
    std::vector<std::string> out;
    std::string page = story.metrics().render();
    const std::string start = "tlswatch_" + std::string(metric) + "{";
    for (std::size_t at = 0; at < page.size(); at = page.find('\n', at) + 1) {
      if (page.compare(at, start.size(), start) == 0)
        out.push_back(page.substr(at, page.find('\n', at) - at));
    }
    return out;
  }

  Story story;
};

TEST_F(Counts, goodHandshakesAndEnds) {
  EXPECT_EQ(value("handshakes_total{broker=\"edge-1\",listener=\"8883\",outcome=\"success\"}"), 2);
  EXPECT_EQ(value("handshakes_total{broker=\"edge-1\",listener=\"8883\",outcome=\"failure\"}"), -1);
  EXPECT_EQ(value("handshake_duration_seconds_count{broker=\"edge-1\",profile=\"generic\"}"), 2);
  EXPECT_EQ(value("handshake_duration_seconds_sum{broker=\"edge-1\",profile=\"generic\"}"), 0.008);
  EXPECT_EQ(value("cipher_handshakes_total{broker=\"edge-1\",profile=\"generic\",version=\"1.2\","
                  "cipher=\"TLS_RSA_WITH_AES_128_GCM_SHA256\"}"),
            2);
  EXPECT_EQ(value("mfln_handshakes_total{broker=\"edge-1\",profile=\"generic\",requested=\"none\","
                  "negotiated=\"none\"}"),
            2);
  EXPECT_EQ(value("sessions_ended_total{broker=\"edge-1\",reason=\"disconnect\"}"), 2);
  EXPECT_EQ(sum("failures_total"), 0);
}

TEST_F(Counts, everyFailureThoughMostOfTheirDiagnosesAreFolded) {
  for (int i = 0; i < 100; ++i)
    story.fails({static_cast<std::uint64_t>(10 + i), 70 + i, 1}, Way::no_shared_cipher);
  ASSERT_EQ(story.diagnoses().size(), 5U) << "the log tells the 1st, 2nd, 3rd, 10th and 100th";
  EXPECT_EQ(value("failures_total{broker=\"edge-1\",listener=\"8883\",stage=\"client-hello\","
                  "cause=\"no-shared-cipher\"}"),
            100);
  EXPECT_EQ(value("handshake_failures_total{broker=\"edge-1\",listener=\"8883\",stage=\"client-hello\","
                  "reason=\"no_common_cipher\"}"),
            100);
  EXPECT_EQ(value("failure_identities_total{broker=\"edge-1\",how=\"inferred\"}"), 100);
  EXPECT_EQ(value("alerts_total{broker=\"edge-1\",direction=\"sent\",alert=\"handshake_failure\"}"), 100);
}

TEST_F(Counts, aReportExplainsFailuresAndAddsNone) {
  story.fails({3, 70, 1}).connects({4, 100, 1}, "lamp").reports({4, 100, 1}, "lamp", {.ago_s = 30});
  EXPECT_EQ(sum("failures_total"), 1);
  EXPECT_EQ(value("failures_total{broker=\"edge-1\",listener=\"8883\",stage=\"certificate-sent\","
                  "cause=\"connection-closed-by-device\"}"),
            1)
      << "as it looked when it was seen: counters do not go back";
  EXPECT_EQ(value("reported_causes_total{broker=\"edge-1\",cause=\"server-cert-untrusted\"}"), 1);
  EXPECT_EQ(value("device_reports_total{broker=\"edge-1\",stack=\"bearssl\",phase=\"tls\"}"), 1);
  EXPECT_EQ(value("inferences_total{broker=\"edge-1\",result=\"confirmed\"}"), 1);
}

TEST_F(Counts, aReportOfWhatTheBrokerDidNotSeeIsAFailureOfItsOwn) {
  story.connects({4, 100, 1}, "lamp").reports({4, 100, 1}, "lamp", {.count = 3, .ago_s = 30});
  EXPECT_EQ(sum("failures_total"), 3);
  ASSERT_EQ(lines_of("failures_total").size(), 1U);
  EXPECT_NE(lines_of("failures_total")[0].find("stage=\"unseen\""), std::string::npos);
}

TEST_F(Counts, aReportThatComesTwiceCountsOnce) {
  for (const std::uint64_t session : {4U, 5U}) {
    story.connects({session, 100, 1}, "lamp").reports({session, 100, 1}, "lamp", {.ago_s = 30});
  }
  EXPECT_EQ(sum("failures_total"), 1);
  EXPECT_EQ(sum("device_reports_total"), 1);
}

TEST_F(Counts, strangersStandApart) {
  for (int i = 0; i < 200; ++i) story.fails({static_cast<std::uint64_t>(10 + i), 70, 9}, Way::http);
  EXPECT_EQ(sum("failures_total"), 0);
  EXPECT_EQ(sum("stranger_failures_total"), 200) << "also those that are no lines";
  EXPECT_EQ(value("handshake_failures_total{broker=\"edge-1\",listener=\"8883\",stage=\"connected\","
                  "reason=\"not_tls\"}"),
            200);
}

TEST_F(Counts, failuresOfHandshakesAreDevicesAndStrangers) {
  for (int i = 0; i < 30; ++i) {
    const auto session = static_cast<std::uint64_t>(10 + i);
    story.fails({session, 70 + i, 1 + i % 4}, static_cast<Way>(i % 5));
  }
  EXPECT_EQ(sum("handshake_failures_total"), 30);
  EXPECT_EQ(sum("failures_total") + sum("stranger_failures_total"), 30);
  EXPECT_GT(sum("stranger_failures_total"), 0);
}

TEST_F(Counts, whatTheLogOfStockFirmwareTells) {
  story.says(70, 7, "MQT: TLS connection error: 62");
  EXPECT_EQ(value("device_log_lines_total{broker=\"edge-1\",via=\"syslog\"}"), 1);
  EXPECT_EQ(value("reported_causes_total{broker=\"edge-1\",cause=\"server-cert-untrusted\"}"), 1);
  EXPECT_EQ(sum("failures_total"), 0) << "no session is known that it is about";
}

// Straight at the events: what the pipeline needs certificates and profiles for.
class OfEvents : public testing::Test {
 protected:
  OfEvents() {
    handshake.header.broker = "edge-1";
    handshake.header.time_unix_ns = kTime;
    handshake.destination = event::Endpoint{{}, 8883};
    handshake.established = true;
    handshake.version = 0x0303;
    handshake.cipher_suite = 0xC02F;
  }

  void show(std::string_view algorithm, std::uint32_t bits, std::int64_t not_after_s) {
    auto certificate = std::make_shared<event::CertificateFacts>();
    certificate->key_algorithm = algorithm;
    certificate->key_bits = bits;
    certificate->not_after_unix_s = not_after_s;
    handshake.server_certificate = certificate;
    metrics.count(handshake);
  }
  double value(std::string_view series) const {
    return value_of(metrics.render(), "tlswatch_" + std::string(series));
  }
  double expiry(std::string_view key) const {
    return value("server_certificate_expiry_timestamp_seconds{broker=\"edge-1\",listener=\"8883\",key=\"" +
                 std::string(key) + "\"}");
  }

  event::TlsHandshake handshake;
  metrics::Metrics metrics{{"1.0", {"edge-1"}, kTime}};
};

TEST_F(OfEvents, certificatesOfBothKindsOfAListenerAndTheLatestOfEach) {
  show("RSA", 2048, 1800000000);
  show("EC", 256, 1810000000);
  show("RSA", 2048, 1820000000);
  EXPECT_EQ(expiry("RSA"), 1820000000);
  EXPECT_EQ(expiry("EC"), 1810000000);
  EXPECT_EQ(
      value("server_key_handshakes_total{broker=\"edge-1\",profile=\"none\",key=\"RSA\",size=\"2048\"}"), 2);
}

TEST_F(OfEvents, aKindOfCertificateThatAListenerShowsNoMoreIsForgotten) {
  show("RSA", 2048, 1800000000);
  handshake.header.time_unix_ns += std::uint64_t{86400} * 1'000'000'000;
  show("EC", 256, 1810000000);
  EXPECT_EQ(expiry("RSA"), 1800000000) << "a day is not enough";
  handshake.header.time_unix_ns += 1;
  show("EC", 256, 1810000000);
  EXPECT_EQ(expiry("RSA"), -1);
  EXPECT_EQ(expiry("EC"), 1810000000);
}

TEST_F(OfEvents, certificatesAreKnownAgainAfterAStartThoughNothingIsCounted) {
  show("RSA", 2048, 1800000000);
  metrics::Metrics next({"1.0", {"edge-1"}, kTime});
  next.recall(handshake);
  const std::string page = next.render();
  EXPECT_EQ(
      value_of(page,
               "tlswatch_server_certificate_expiry_timestamp_seconds{broker=\"edge-1\",listener=\"8883\","
               "key=\"RSA\"}"),
      1800000000);
  EXPECT_EQ(
      value_of(page, "tlswatch_handshakes_total{broker=\"edge-1\",listener=\"8883\",outcome=\"success\"}"),
      -1);
}

TEST_F(OfEvents, bridgesHaveNoListener) {
  handshake.bridge = true;
  handshake.destination->port = 49152;
  show("RSA", 2048, 1800000000);
  EXPECT_EQ(value("handshakes_total{broker=\"edge-1\",listener=\"bridge\",outcome=\"success\"}"), 1);
  EXPECT_EQ(expiry("RSA"), -1) << "it is another broker's";
}

TEST_F(OfEvents, verdictsAndViolationsByProfileAndTheEventThatHasThem) {
  policy::Profile profile;
  profile.name = "tasmota-esp8266";
  handshake.policy = {&profile, policy::Verdict::violation, {{"mfln", "512", "none"}}};
  metrics.count(handshake);
  event::SessionEnd end;
  end.header.broker = "edge-1";
  end.reason = "disconnect";
  end.policy = {&profile, policy::Verdict::pass, {}};
  end.mfln.negotiated = 512;
  end.mfln.honoured = false;
  metrics.count(end);
  EXPECT_EQ(value("policy_violations_total{broker=\"edge-1\",profile=\"tasmota-esp8266\",rule=\"mfln\","
                  "action=\"tls-handshake\"}"),
            1);
  EXPECT_EQ(value("policy_verdicts_total{broker=\"edge-1\",profile=\"tasmota-esp8266\",verdict=\"pass\","
                  "action=\"session-end\"}"),
            1);
  EXPECT_EQ(value("mfln_sessions_total{broker=\"edge-1\",profile=\"tasmota-esp8266\",negotiated=\"512\","
                  "honoured=\"false\"}"),
            1);
}

TEST_F(OfEvents, lossesAreToldFromTheStart) {
  EXPECT_EQ(value("events_lost_total{broker=\"edge-1\"}"), 0);
  event::EventsLost lost;
  lost.header.broker = "edge-1";
  lost.lost = 7;
  metrics.count(lost);
  EXPECT_EQ(value("events_lost_total{broker=\"edge-1\"}"), 7);
}

TEST_F(OfEvents, gaugesAreWhatIsNow) {
  metrics::Gauges now;
  now.brokers.push_back({.broker = "edge-1", .following = true, .ring_size = 1000, .ring_used = 10});
  now.incidents_open[{"edge-1", "no-shared-cipher"}] = 2;
  now.log_writable = true;
  metrics.take(now);
  EXPECT_EQ(value("incidents_open{broker=\"edge-1\",cause=\"no-shared-cipher\"}"), 2);
  EXPECT_EQ(value("ring_used_bytes{broker=\"edge-1\"}"), 10);
  now.incidents_open.clear();
  now.log_writable = false;
  metrics.take(now);
  EXPECT_EQ(value("incidents_open{broker=\"edge-1\",cause=\"no-shared-cipher\"}"), 0);
  EXPECT_EQ(value("log_writable"), 0);
}

}  // namespace
}  // namespace tlswatch::test
