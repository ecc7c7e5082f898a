// Who gets in is the same with and without the plugin, and is what mosquitto.conf(5) promises.
//
// Every row of the matrix is a broker's configuration with good and bad clients. It is run on a broker
// without the plugin and on one with it, each before and after a reload (SIGHUP); all four must give the
// literal results of the table. The literals matter: a matrix in which nobody gets in, or everybody, would
// prove nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "attempt.h"
#include "broker.h"
#include "daemon.h"
#include "files.h"

namespace tlswatch::live {
namespace {

using harness::Broker;
using harness::BrokerConfig;
using Strings = std::vector<std::string>;

struct Guest {
  const char* who;
  std::size_t listener;
  Client client;
  const char* outcome;
  const char* later = nullptr;  // the outcome of newer brokers, where it is another
};

struct Configuration {
  const char* name;
  bool per_listener;
  Strings global;
  std::vector<Strings> listeners;  // PASSWORDS, ACL, PSK, CA, SERVER stand for files
  std::vector<Guest> guests;
};

constexpr const char* kIn = "publishes";
constexpr const char* kDenied = "may not publish";
constexpr const char* kNotAuthorized = "CONNACK 135";
constexpr const char* kNoCertificate12 = "refused in TLS, alert 40";
constexpr const char* kNoCertificate13 = "refused in TLS, alert 116";
constexpr const char* kUnknownCa = "refused in TLS, alert 48";
constexpr const char* kExpired = "refused in TLS, alert 45";
constexpr const char* kHandshakeFailure = "refused in TLS, alert 40";
// Mosquitto 2.0.11 speaks TLS 1.3 at listeners with pre-shared keys, its successors do not.
constexpr const char* kNoTls13 = "refused in TLS, alert 70";
constexpr const char* kKey = "0123456789abcdef0123456789abcdef";
constexpr const char* kWrongKey = "ffffffffffffffffffffffffffffffff";

const Strings kTls = {"SERVER"};
const Strings kMutual = {"SERVER", "cafile CA", "require_certificate true"};

constexpr Transport kPlain = Transport::plain;
constexpr Transport k12 = Transport::tls12;
constexpr Transport k13 = Transport::tls13;

Client named(Transport transport, const char* user, const char* password, const char* topic = "greeting") {
  return {.transport = transport, .user = user, .password = password, .topic = topic};
}

Client certified(Transport transport, const char* certificate, const char* topic = "greeting") {
  return {.transport = transport, .certificate = certificate, .topic = topic};
}

Client keyed(Transport transport, const char* identity, const char* key, const char* topic = "greeting") {
  return {.transport = transport, .psk_identity = identity, .psk_key = key, .topic = topic};
}

const Configuration kMatrix[] = {
    {"anonymous_allowed",
     false,
     {"allow_anonymous true"},
     {kTls, {}},
     {{"nobody in particular", 0, {}, kIn},
      {"nobody, on TLS 1.3", 0, {.transport = k13}, kIn},
      {"nobody, on the plain port", 1, {.transport = kPlain}, kIn},
      {"a name, though nobody checks it", 0, named(k12, "alice", "whatever"), kIn},
      {"a name on the plain port", 1, named(kPlain, "alice", "whatever"), kIn}}},
    {"anonymous_forbidden",
     false,
     {"allow_anonymous false"},
     {kTls, {}},
     {{"nobody in particular", 0, {}, kNotAuthorized},
      {"nobody, on the plain port", 1, {.transport = kPlain}, kNotAuthorized},
      {"a name that nobody can vouch for", 0, named(k12, "alice", "secret"), kNotAuthorized}}},
    {"password_file",
     false,
     {"allow_anonymous false", "password_file PASSWORDS"},
     {kTls, {}},
     {{"alice", 0, named(k12, "alice", "secret"), kIn},
      {"alice on TLS 1.3", 0, named(k13, "alice", "secret"), kIn},
      {"alice on the plain port", 1, named(kPlain, "alice", "secret"), kIn},
      {"a wrong password", 0, named(k12, "alice", "guess"), kNotAuthorized},
      {"a wrong password on the plain port", 1, named(kPlain, "alice", "guess"), kNotAuthorized},
      {"an unknown user", 0, named(k12, "mallory", "secret"), kNotAuthorized},
      {"no user", 0, {}, kNotAuthorized}}},
    {"password_file_and_anonymous",
     false,
     {"allow_anonymous true", "password_file PASSWORDS"},
     {kTls},
     {{"alice", 0, named(k12, "alice", "secret"), kIn},
      {"a wrong password", 0, named(k12, "alice", "guess"), kNotAuthorized},
      {"no user", 0, {}, kIn}}},
    {"acl_file",
     false,
     {"allow_anonymous true", "password_file PASSWORDS", "acl_file ACL"},
     {kTls, {}},
     {{"alice where she may", 0, named(k12, "alice", "secret", "alice/lamp"), kIn},
      {"alice where she may, on the plain port", 1, named(kPlain, "alice", "secret", "alice/lamp"), kIn},
      {"alice where she may not", 0, named(k12, "alice", "secret", "bob/lamp"), kDenied},
      {"alice where only nobody may", 0, named(k12, "alice", "secret", "open/door"), kDenied},
      {"bob where he may", 0, named(k13, "bob", "hunter2", "bob/lamp"), kIn},
      {"no user where anybody may", 0, {.topic = "open/door"}, kIn},
      {"no user where he may not", 0, {.topic = "alice/lamp"}, kDenied},
      {"a device's report", 0, {.id = "d1", .topic = "tlswatch/report/d1"}, kIn},
      {"a report in another's name", 0, {.id = "d1", .topic = "tlswatch/report/d2"}, kDenied}}},
    {"require_certificate",
     false,
     {"allow_anonymous true"},
     {kMutual},
     {{"a good certificate", 0, certified(k12, "client-good"), kIn},
      {"a good certificate on TLS 1.3", 0, certified(k13, "client-good"), kIn},
      {"a good certificate with an EC key", 0, certified(k13, "client-ec"), kIn},
      {"an untrusted one", 0, certified(k12, "client-untrusted"), kUnknownCa},
      {"an untrusted one on TLS 1.3", 0, certified(k13, "client-untrusted"), kUnknownCa},
      {"an expired one", 0, certified(k12, "client-expired"), kExpired},
      {"none", 0, {}, kNoCertificate12},
      {"none on TLS 1.3", 0, {.transport = k13}, kNoCertificate13}}},
    {"require_certificate_and_password",
     false,
     {"allow_anonymous false", "password_file PASSWORDS"},
     {kMutual},
     {{"both good", 0, {.certificate = "client-good", .user = "alice", .password = "secret"}, kIn},
      {"a wrong password",
       0,
       {.certificate = "client-good", .user = "alice", .password = "no"},
       kNotAuthorized},
      {"a certificate alone", 0, certified(k12, "client-good"), kNotAuthorized},
      {"a password alone", 0, named(k12, "alice", "secret"), kNoCertificate12}}},
    {"use_identity_as_username",
     false,
     {"allow_anonymous false", "acl_file ACL"},
     {{"SERVER", "cafile CA", "require_certificate true", "use_identity_as_username true"}},
     {{"the certificate's name where it may", 0, certified(k12, "client-good", "certified/lamp"), kIn},
      {"the same on TLS 1.3", 0, certified(k13, "client-good", "certified/lamp"), kIn},
      {"where it may not", 0, certified(k12, "client-good", "alice/lamp"), kDenied},
      {"another name", 0, certified(k12, "client-ec", "certified/lamp"), kDenied},
      {"an expired certificate", 0, certified(k12, "client-expired", "certified/lamp"), kExpired}}},
    {"psk_file",
     false,
     {"allow_anonymous true", "psk_file PSK", "acl_file ACL"},
     {{"psk_hint tlswatch", "use_identity_as_username true"}},
     {{"the right key", 0, keyed(k12, "meter-7", kKey, "metered/lamp"), kIn},
      {"the right key on TLS 1.3", 0, keyed(k13, "meter-7", kKey, "metered/lamp"), kIn, kNoTls13},
      {"where it may not", 0, keyed(k12, "meter-7", kKey, "alice/lamp"), kDenied},
      {"the wrong key", 0, keyed(k12, "meter-7", kWrongKey), "refused in TLS, alert 20"},
      {"the wrong key on TLS 1.3", 0, keyed(k13, "meter-7", kWrongKey), "refused in TLS, alert 47", kNoTls13},
      {"an unknown identity", 0, keyed(k12, "meter-8", kKey), "refused in TLS, alert 115"},
      {"an unknown identity on TLS 1.3", 0, keyed(k13, "meter-8", kKey), kHandshakeFailure, kNoTls13}}},
    {"per_listener_settings",
     true,
     {},
     {{"SERVER", "allow_anonymous false", "password_file PASSWORDS"},
      {"SERVER", "cafile CA", "require_certificate true", "use_identity_as_username true",
       "allow_anonymous false", "acl_file ACL"},
      {"allow_anonymous true"}},
     {{"alice at the listener with passwords", 0, named(k12, "alice", "secret"), kIn},
      {"a wrong password there", 0, named(k12, "alice", "guess"), kNotAuthorized},
      {"no user there", 0, {}, kNotAuthorized},
      {"a certificate at the second listener", 1, certified(k12, "client-good", "certified/lamp"), kIn},
      {"where it may not", 1, certified(k12, "client-good", "alice/lamp"), kDenied},
      {"no certificate there", 1, named(k12, "alice", "secret"), kNoCertificate12},
      {"nobody at the open listener", 2, {.transport = kPlain}, kIn},
      {"a name at the open listener", 2, named(kPlain, "alice", "whatever"), kIn}}},
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name
void PrintTo(const Configuration& configuration, std::ostream* out) {
  *out << configuration.name;
}

std::string replaced(std::string text, const std::string& word, const std::string& by) {
  const std::size_t at = text.find(word);
  return at == std::string::npos ? text : text.replace(at, word.size(), by);
}

class Admission : public testing::TestWithParam<Configuration> {
 protected:
  Admission() : pki_(folder_ / "pki") {
    harness::make_state_folder(folder_);
    harness::write_file(folder_ / "psk", "meter-7:" + std::string(kKey) + "\n");
    harness::write_file(
        folder_ / "acl",
        "topic readwrite open/#\npattern write tlswatch/report/%c\n"
        "user alice\ntopic readwrite alice/#\nuser bob\ntopic readwrite bob/#\n"
        "user client-good\ntopic readwrite certified/#\nuser meter-7\ntopic readwrite metered/#\n");
    harness::write_file(folder_ / "passwords", "");
    for (const auto& [user, password] : {std::pair("alice", "secret"), std::pair("bob", "hunter2")}) {
      const auto done = harness::run({"mosquitto_passwd", "-b", folder_ / "passwords", user, password});
      EXPECT_EQ(done.status, 0) << done.err;
    }
    std::filesystem::permissions(folder_ / "passwords", std::filesystem::perms(0644));
  }

  Strings lines(const Strings& from) const {
    Strings out;
    for (std::string line : from) {
      line = replaced(line, "PASSWORDS", folder_ / "passwords");
      line = replaced(line, "file ACL", "file " + (folder_ / "acl").string());
      line = replaced(line, "file PSK", "file " + (folder_ / "psk").string());
      line = replaced(line, "file CA", "file " + pki_.certificate("ca"));
      if (line == "SERVER") {
        out.push_back("certfile " + pki_.certificate("server"));
        line = "keyfile " + pki_.key("server");
      }
      out.push_back(line);
    }
    return out;
  }

  std::unique_ptr<Broker> start(bool with_plugin) const {
    BrokerConfig config{.global = lines(GetParam().global)};
    for (const Strings& listener : GetParam().listeners) config.listeners.push_back({"", lines(listener)});
    config.per_listener_settings = GetParam().per_listener;
    config.plugin = with_plugin;
    config.plugin_options = {"plugin_opt_ring_size 1048576"};
    return std::make_unique<Broker>(folder_, config, with_plugin ? "with" : "without");
  }

  void expect_outcomes(Broker& broker, const std::string& when) const {
    const bool later = harness::broker_version() != "2.0.11";
    for (const Guest& guest : GetParam().guests) {
      const char* outcome = later && guest.later != nullptr ? guest.later : guest.outcome;
      EXPECT_EQ(attempt(broker.port(guest.listener), pki_, guest.client), outcome)
          << guest.who << ", " << when;
    }
  }

  void reload(Broker& broker) const {
    broker.signal(SIGHUP);
    EXPECT_TRUE(
        harness::wait_until([&] { return broker.log().find("Reloading config.") != std::string::npos; }));
  }

  harness::TempDir folder_;
  harness::Pki pki_;
};

TEST_P(Admission, SameWithAndWithoutPlugin) {
  const auto without = start(false);
  expect_outcomes(*without, "without the plugin");
  reload(*without);
  expect_outcomes(*without, "without the plugin, reloaded");

  const auto with = start(true);
  EXPECT_TRUE(std::filesystem::exists(with->ring())) << "the plugin watches nothing:\n" << with->log();
  expect_outcomes(*with, "with the plugin");
  reload(*with);
  expect_outcomes(*with, "with the plugin, reloaded");
  without->stop();
  with->stop();
}

INSTANTIATE_TEST_SUITE_P(Matrix, Admission, testing::ValuesIn(kMatrix),
                         [](const testing::TestParamInfo<Configuration>& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::live
