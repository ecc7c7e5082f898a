// `tlswatch check` against a real Mosquitto: each listener with one thing that a device may stumble over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "broker.h"
#include "check_result.h"
#include "daemon.h"
#include "event_log.h"
#include "paths.h"
#include "pki.h"
#include "process.h"

namespace tlswatch::live {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Strings = std::vector<std::string>;

/// One check of one listener. In `lines` and `arguments` ${crt.NAME}, ${key.NAME}, ${crl.NAME} are files of
/// the tests' Pki, and ${passwords} and ${password} the broker's and a user's.
struct Case {
  const char* name;
  Strings lines;      // of the listener
  Strings arguments;  // of the command
  Strings bad;        // "requirement: cause"
  Strings unknown;
  const char* mend;  // in the first bad row's; empty: there is none
};

Strings tls(const std::string& certificate, Strings more = {}) {
  Strings out = {"certfile ${crt." + certificate + "}", "keyfile ${key." + certificate + "}"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}
const Strings kCa = {"--cafile", "${crt.ca}"};

const Case kCases[] = {
    {"a_good_broker_leaves_only_trust_open", tls("server"), {}, {}, {"trust"}, ""},
    {"a_good_broker_with_its_ca", tls("server"), kCa, {}, {}, ""},
    {"an_ec_key_on_p256", tls("server-ec"), {"--cafile", "${crt.ca-ec}"}, {}, {}, ""},
    {"a_long_chain_comes_in_small_records",
     tls("server-chain"),
     {},
     {"chain-order: server-chain-malformed"},
     {"trust"},
     "fullchain.pem"},
    {"an_intermediate_that_is_sent", tls("server-intermediate"), kCa, {}, {}, ""},
    {"an_intermediate_that_is_missing",
     tls("server-incomplete"),
     kCa,
     {"chain-order: server-chain-malformed", "trust: server-chain-malformed"},
     {},
     "fullchain.pem"},
    {"a_chain_out_of_order",
     tls("server-disordered"),
     {},
     {"chain-order: server-chain-malformed"},
     {"trust"},
     "fullchain.pem"},
    {"a_key_of_4096_bits",
     tls("server-rsa4096"),
     {},
     {"server-key-size: server-key-too-large"},
     {"trust"},
     "--key-type rsa --rsa-key-size 2048"},
    {"a_key_of_4096_bits_on_an_esp32",
     tls("server-rsa4096"),
     {"--profile", "tasmota-esp32"},
     {},
     {"trust"},
     ""},
    {"an_ec_key_on_p384",
     tls("server-p384"),
     {},
     {"handshake: server-key-type-unsupported", "server-key-type: server-key-type-unsupported"},
     {"handshake-signature", "trust", "client-certificate", "record-size", "mqtt"},
     "--key-type rsa"},
    {"an_expired_certificate",
     tls("server-expired"),
     {},
     {"dates: server-cert-expired"},
     {"trust"},
     "certbot renew"},
    {"a_certificate_of_the_future",
     tls("server-future"),
     {},
     {"dates: server-cert-not-yet-valid"},
     {"trust"},
     "clock"},
    {"a_certificate_signed_with_sha384",
     tls("server-sha384"),
     {},
     {"signature-algorithm: signature-algorithm-unsupported"},
     {"trust"},
     "SHA256-RSA"},
    {"a_certificate_signed_with_pss",
     tls("server-pss"),
     {},
     {"signature-algorithm: signature-algorithm-unsupported"},
     {"trust"},
     "SHA256-RSA"},
    {"another_name_counts_for_who_has_a_ca",
     tls("server-wrong-name"),
     kCa,
     {"server-name: server-name-mismatch"},
     {},
     "certbot certonly -d localhost"},
    {"another_name_is_open_for_fingerprints", tls("server-wrong-name"), {}, {}, {"server-name", "trust"}, ""},
    {"the_right_name_is_asked_for",
     tls("server-wrong-name"),
     {"--server-name", "broker.example"},
     {},
     {"trust"},
     ""},
    {"another_ca", tls("server-other-ca"), kCa, {"trust: server-cert-untrusted"}, {}, "certfile"},
    {"tls13_only",
     tls("server", {"tls_version tlsv1.3"}),
     {},
     {"handshake: protocol-version-unsupported", "tls-version: protocol-version-unsupported"},
     {"cipher", "handshake-signature", "trust", "client-certificate", "mfln-1024-tls1.2", "record-size",
      "mqtt"},
     "tls_version tlsv1.2"},
    {"other_ciphers_only",
     tls("server", {"ciphers ECDHE-RSA-CHACHA20-POLY1305"}),
     {},
     {"handshake: no-shared-cipher", "cipher: no-shared-cipher"},
     {"handshake-signature", "trust", "client-certificate", "record-size", "mqtt"},
     "ciphers AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"a_certificate_is_required",
     tls("server", {"cafile ${crt.ca}", "require_certificate true"}),
     {},
     {"handshake: client-cert-missing", "client-certificate: client-cert-missing"},
     {"trust", "record-size", "mqtt"},
     "require_certificate false"},
    {"our_certificate_is_taken",
     tls("server", {"cafile ${crt.ca}", "require_certificate true"}),
     {"--cert", "${crt.client-good}", "--key", "${key.client-good}"},
     {},
     {"trust"},
     ""},
    {"our_certificate_is_not_trusted",
     tls("server", {"cafile ${crt.ca}", "require_certificate true"}),
     {"--cert", "${crt.client-untrusted}", "--key", "${key.client-untrusted}"},
     {"handshake: client-cert-untrusted", "client-certificate: client-cert-untrusted"},
     {"trust", "record-size", "mqtt"},
     "cafile FILE"},
    {"our_certificate_has_expired",
     tls("server", {"cafile ${crt.ca}", "require_certificate true"}),
     {"--cert", "${crt.client-expired}", "--key", "${key.client-expired}"},
     {"handshake: client-cert-expired", "client-certificate: client-cert-expired"},
     {"trust", "record-size", "mqtt"},
     "new certificate"},
    {"a_login_is_required",
     tls("server", {"allow_anonymous false", "password_file ${passwords}"}),
     {},
     {},
     {"trust", "record-size", "mqtt"},
     ""},
    {"our_login_is_taken",
     tls("server", {"allow_anonymous false", "password_file ${passwords}"}),
     {"--user", "device", "--password-file", "${password}"},
     {},
     {"trust"},
     ""},
    {"our_login_is_refused",
     tls("server", {"allow_anonymous false", "password_file ${passwords}"}),
     {"--user", "stranger", "--password-file", "${password}"},
     {"mqtt: credentials-refused"},
     {"trust", "record-size"},
     "mosquitto_passwd"},
    {"an_acl_keeps_our_message", tls("server", {"acl_file ${acl}"}), {}, {}, {"trust", "record-size"}, ""},
};

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

/// One broker for all rows: a listener each.
class CheckMosquitto : public testing::Test {
 protected:
  CheckMosquitto() {
    harness::BrokerConfig config;
    config.global = {"set_tcp_nodelay true"};
    config.per_listener_settings = true;
    config.plugin = false;
    for (const Case& row : kCases) {
      Strings lines = stage_.filled(row.lines);
      if (!lines.back().starts_with("password_file")) lines.push_back("allow_anonymous true");
      config.listeners.push_back({row.name, lines});
    }
    broker_.emplace(stage_.folder, config);
  }

  struct Stage {
    Stage() : pki(folder / "pki") {
      harness::write_file(folder / "password", "secret\n");
      harness::write_file(folder / "passwords", "device:secret\n");
      harness::write_file(folder / "acl", "topic readwrite elsewhere/#\n");
      const auto done = harness::run({"mosquitto_passwd", "-U", (folder / "passwords").string()});
      EXPECT_EQ(done.status, 0) << done.err;
      harness::run({"chmod", "644", (folder / "passwords").string()});
    }
    Strings filled(Strings words) const {
      for (std::string& word : words) {
        const std::size_t at = word.find("${");
        if (at == std::string::npos) continue;
        const std::size_t end = word.find('}', at);
        const std::string what = word.substr(at + 2, end - at - 2);
        const std::string file = what.starts_with("crt.")   ? pki.certificate(what.substr(4))
                                 : what.starts_with("key.") ? pki.key(what.substr(4))
                                                            : (folder / what).string();
        word.replace(at, end + 1 - at, file);
      }
      return words;
    }
    harness::TempDir folder;
    harness::Pki pki;
  };
  std::string target(const std::string& name) {
    const auto& listeners = broker_->listeners();
    const auto at = std::ranges::find(listeners, name, &harness::Listener::name);
    return "localhost:" + std::to_string(broker_->port(static_cast<std::size_t>(at - listeners.begin())));
  }

  Stage stage_;
  std::optional<harness::Broker> broker_;
};

// One test for all rows: to start the broker for each would take longer than the checks.
TEST_F(CheckMosquitto, finds_what_stands_in_the_way) {
  for (const Case& row : kCases) {
    const Checked got = check(target(row.name), stage_.filled(row.arguments));
    SCOPED_TRACE(std::string(row.name) + ": " + got.sentence());
    EXPECT_EQ(got.bad(), row.bad);
    EXPECT_EQ(got.unknown(), row.unknown);
    EXPECT_EQ(got.status, row.bad.empty() ? 0 : 1);
    if (row.bad.empty()) continue;
    const std::string first = row.bad.front().substr(0, row.bad.front().find(':'));
    EXPECT_THAT(got.mend(first), HasSubstr(row.mend));
  }
}

TEST_F(CheckMosquitto, measures_each_size_on_both_versions) {
  const Checked got = check(target("a_good_broker_with_its_ca"));
  EXPECT_THAT(got.mfln(), ElementsAre("1.2 512: agreed 512, record 512, message 512",
                                      "1.2 1024: agreed 1024, record 844, message 1024",
                                      "1.2 2048: agreed 2048, record 844, message 2048",
                                      "1.2 4096: agreed 4096, record 844, message 4096",
                                      "1.3 512: agreed 512, record 512, message 512",
                                      "1.3 1024: agreed 1024, record 847, message 1024",
                                      "1.3 2048: agreed 2048, record 847, message 2048",
                                      "1.3 4096: agreed 4096, record 847, message 4096"));
}

TEST_F(CheckMosquitto, has_a_row_for_every_requirement_of_the_demos_device) {
  const Checked got = check(target("a_good_broker_with_its_ca"), {"--profile", "tasmota-esp8266"});
  EXPECT_THAT(
      got.requirements(),
      ElementsAre("connection", "handshake", "tls-version", "cipher", "server-key-type", "server-key-size",
                  "signature-algorithm", "handshake-signature", "server-chain", "chain-order", "dates",
                  "server-name", "trust", "client-certificate", "mfln-512-tls1.2", "mfln-1024-tls1.2",
                  "mfln-2048-tls1.2", "mfln-4096-tls1.2", "mfln-512-tls1.3", "mfln-1024-tls1.3",
                  "mfln-2048-tls1.3", "mfln-4096-tls1.3", "record-size", "mqtt"));
}

TEST_F(CheckMosquitto, shows_what_it_saw) {
  const Checked got = check(target("a_good_broker_with_its_ca"), stage_.filled(kCa));
  EXPECT_EQ(got.seen("tls-version"), "TLS 1.2, TLS 1.3");
  EXPECT_EQ(got.seen("cipher"),
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (chosen), TLS_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(got.seen("handshake-signature"), "rsa_pkcs1_sha256");
  EXPECT_EQ(got.seen("server-chain"), "844 bytes, 1 certificate");
  EXPECT_EQ(got.seen("record-size"), "longest record 844; of a long message 1024");
  EXPECT_THAT(got.seen("dates"), HasSubstr("2020-01-01 to 2049-12-31, "));
  EXPECT_THAT(got.sentence(), HasSubstr("A device of profile tasmota-esp8266 can connect to localhost:"));
}

TEST_F(CheckMosquitto, says_goodbye_as_a_client_should) {
  check(target("a_good_broker_with_its_ca"));
  constexpr std::size_t kLogins = 9;  // as the device, and for each size on each version
  EXPECT_EQ(count(broker_->log(), "New client connected from"), kLogins);
  EXPECT_TRUE(harness::wait_until([&] {
    return count(broker_->log(), "Received DISCONNECT from tlswatch-check-") == kLogins;
  })) << broker_->log();
}

TEST(CheckAndDaemon, a_check_opens_no_incident_and_is_no_device) {
  const harness::TempDir folder;
  const harness::Pki pki(folder / "pki");
  harness::make_state_folder(folder);
  harness::BrokerConfig config{.global = {"allow_anonymous true", "set_tcp_nodelay true"}};
  config.listeners = {{"tls", {"certfile " + pki.certificate("server"), "keyfile " + pki.key("server")}}};
  harness::Broker broker(folder, config);
  harness::Daemon daemon(folder, {.brokers = {{"test", broker.ring(), broker.cursor()}}});
  ASSERT_EQ(check("localhost:" + std::to_string(broker.port())).status, 0);
  broker.stop();
  daemon.stop();

  harness::EventLog log(daemon.events());
  std::size_t failed = 0;
  for (const harness::Event& event : log.read()) {
    const std::string action = event.action();
    EXPECT_THAT(action, AnyOf("session-start", "tls-handshake", "mqtt-identified", "session-end"))
        << event.line();
    if (action == "session-start") continue;
    EXPECT_EQ(event.text("tlswatch.role"), "check") << event.line();
    if (action == "tls-handshake" && event.text("event.outcome") == "failure") ++failed;
  }
  EXPECT_EQ(log.count("mqtt-identified"), 9U);
  EXPECT_EQ(failed, 3U) << "TLS 1.0, 1.1, and a cipher for EC keys";
}

TEST_F(CheckMosquitto, is_a_table_for_people_with_what_to_do_behind_it) {
  const std::string target_ = target("a_key_of_4096_bits");
  const harness::Finished done = harness::run({harness::command_program(), "check", target_});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.out,
              StartsWith(target_ + " (127.0.0.1), as a device of profile tasmota-esp8266 meets it\n\n"
                                   "STATE    REQUIREMENT          WANTED"));
  EXPECT_THAT(
      done.out,
      HasSubstr("\nbad      server-key-size      at most 2048 bits                        4096 bits\n"));
  EXPECT_THAT(
      done.out,
      HasSubstr("\nserver-key-too-large\n  mend     certbot certonly --force-renewal --key-type rsa"));
  EXPECT_THAT(done.err, HasSubstr("no --profile, so the likeliest: tasmota-esp8266"));
  EXPECT_EQ(done.err.find("looking"), std::string::npos) << "progress is for terminals";
}

TEST_F(CheckMosquitto, shows_its_progress_at_a_terminal) {
  const harness::Finished done = harness::run(
      {"script", "-qec", harness::command_program().string() + " check " + target("an_ec_key_on_p256"),
       "/dev/null"});
  EXPECT_EQ(done.status, 0) << done.out;
  for (const char* const step :
       {"as the device", "TLS 1.3", "MFLN 4096 on TLS 1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256"})
    EXPECT_THAT(done.out, HasSubstr("looking: " + std::string(step)));
}

}  // namespace
}  // namespace tlswatch::live
