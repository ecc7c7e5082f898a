// The metrics of real traffic: a real broker, good clients and bad ones, the daemon's loop, and Prometheus'
// own judge of what it would be given.
#include "daemon/metrics/metrics.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "broker.h"
#include "daemon.h"
#include "daemon/tlswatchd/daemon.h"
#include "error.h"
#include "files.h"
#include "metrics/samples.h"
#include "paths.h"
#include "process.h"
#include "socket.h"
#include "visit.h"

namespace tlswatch::live {
namespace {

using harness::TlsClient;
using test::value_of;

class MetricsOfRealTraffic : public testing::Test {
 protected:
  MetricsOfRealTraffic() : pki_(folder_ / "pki") {
    harness::make_state_folder(folder_);
    harness::BrokerConfig config = cheap_broker(pki_);
    config.listeners = {
        {"rsa",
         {"certfile " + pki_.certificate("server"), "keyfile " + pki_.key("server"), "tls_version tlsv1.2"}},
        {"ec", {"certfile " + pki_.certificate("server-ec"), "keyfile " + pki_.key("server-ec")}},
        {"mtls",
         {"certfile " + pki_.certificate("server"), "keyfile " + pki_.key("server"),
          "cafile " + pki_.certificate("ca"), "require_certificate true"}}};
    broker_ = std::make_unique<harness::Broker>(folder_, config);
  }

  std::unique_ptr<tlswatchd::Daemon> start_daemon() const {
    const auto source = harness::source_folder();
    harness::write_file(folder_ / "tlswatch.yaml",
                        "brokers: [{name: edge-1, ring: \"" + broker_->ring().string() + "\", cursor: \"" +
                            broker_->cursor().string() + "\"}]\nlog: {file: \"" +
                            (folder_ / "state/events.json").string() + "\", console: off}\n");
    auto settings = tlswatchd::load_settings((folder_ / "tlswatch.yaml").string(),
                                             {(source / "daemon/profiles/profiles.yaml").string(),
                                              (source / "daemon/knowledge/knowledge.yaml").string()});
    if (!settings) throw harness::Error(config::to_text(settings.error().front()));
    auto daemon = std::make_unique<tlswatchd::Daemon>(std::move(*settings), std::chrono::milliseconds(0));
    if (auto trouble = daemon->start()) throw harness::Error(*trouble);
    return daemon;
  }

  std::string listener(std::size_t number) const {
    return "broker=\"edge-1\",listener=\"" + std::to_string(broker_->port(number)) + "\"";
  }

  harness::TempDir folder_;
  harness::Pki pki_;
  std::unique_ptr<harness::Broker> broker_;
};

TEST_F(MetricsOfRealTraffic, AreExactAndPromtoolHasNothingToSay) {
  ASSERT_TRUE(visit(broker_->port(0), "lamp").served);
  ASSERT_TRUE(visit(broker_->port(1), "plug").served);
  ASSERT_TRUE(visit(broker_->port(1), "boiler").served);
  EXPECT_FALSE(TlsClient(broker_->port(0), {.ca = pki_.certificate("ca-other")}).handshake());
  EXPECT_FALSE(
      TlsClient(broker_->port(0), {.max_version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"})
          .handshake());
  TlsClient(broker_->port(2), {.max_version = TLS1_2_VERSION}).handshake();
  visit_plain(broker_->port(0), "plain");

  const auto daemon = start_daemon();
  const auto failed = [&](std::size_t number, std::string_view stage, std::string_view reason) {
    return value_of(daemon->metrics().render(), "tlswatch_handshake_failures_total{" + listener(number) +
                                                    ",stage=\"" + std::string(stage) + "\",reason=\"" +
                                                    std::string(reason) + "\"}");
  };
  EXPECT_TRUE(harness::wait_until([&] {
    while (daemon->turn()) {
    }
    const std::string page = daemon->metrics().render();
    return value_of(page, "tlswatch_sessions_ended_total{broker=\"edge-1\",reason=\"disconnect\"}") == 3 &&
           failed(0, "connected", "not_tls") == 1 && failed(2, "client-certificate", "verify_no_cert") == 1;
  })) << daemon->metrics().render();

  const std::string page = daemon->metrics().render();
  EXPECT_EQ(value_of(page, "tlswatch_handshakes_total{" + listener(1) + ",outcome=\"success\"}"), 2);
  EXPECT_EQ(value_of(page, "tlswatch_handshakes_total{" + listener(0) + ",outcome=\"failure\"}"), 3);
  EXPECT_EQ(failed(0, "certificate-sent", "peer_rejected_cert"), 1) << page;
  EXPECT_EQ(failed(0, "client-hello", "no_common_cipher"), 1) << page;
  EXPECT_EQ(
      value_of(page, "tlswatch_alerts_total{broker=\"edge-1\",direction=\"received\",alert=\"unknown_ca\"}"),
      1);
  // The tests' certificates end in 2049.
  EXPECT_GT(
      value_of(page, "tlswatch_server_certificate_expiry_timestamp_seconds{" + listener(1) + ",key=\"EC\"}"),
      2.4e9);

  harness::write_file(folder_ / "page", page);
  const auto judged =
      harness::run({"sh", "-c", "promtool check metrics < \"$1\"", "sh", (folder_ / "page").string()});
  EXPECT_EQ(judged.status, 0);
  EXPECT_EQ(judged.out + judged.err, "");
}

TEST_F(MetricsOfRealTraffic, PromtoolFindsAnUnknownUnitAndABrokenLine) {
  for (const char* const bad : {"# TYPE a_ms gauge\na_ms 1\n", "a{b=\"c} 1\n"}) {
    harness::write_file(folder_ / "page", bad);
    const auto judged =
        harness::run({"sh", "-c", "promtool check metrics < \"$1\"", "sh", (folder_ / "page").string()});
    EXPECT_NE(judged.status, 0) << bad;
  }
}

}  // namespace
}  // namespace tlswatch::live
