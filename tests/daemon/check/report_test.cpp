// From what was seen of a server to rows, causes and a verdict: each row of the table changes one thing in
// what a good server shows.
#include "daemon/check/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/core/policy/verdict.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::check {
namespace {

using testing::Contains;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

constexpr std::uint16_t kRsaGcm = 0x009C;
constexpr std::uint16_t kEcdheRsaGcm = 0xC02F;
constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kDay = 86'400;

policy::Profile esp8266() {
  policy::Profile out;
  out.name = "esp8266";
  out.versions = {tls::kTls12};
  out.cipher_suites = {kRsaGcm, kEcdheRsaGcm};
  out.server_keys = {{"RSA", 2048, {}}, {"EC", 0, {"secp256r1"}}};
  out.signatures = {"SHA256-RSA"};
  out.mfln = {512, 1024};
  out.mfln_required = true;
  out.buffer_bytes = 1024;
  return out;
}

event::CertificateFacts good_certificate() {
  event::CertificateFacts out;
  out.subject = "CN=broker";
  out.issuer = "CN=ca";
  out.dns_names = {"broker"};
  out.der_bytes = 800;
  out.not_before_unix_s = kNow - kDay;
  out.not_after_unix_s = kNow + 100 * kDay;
  out.key_algorithm = "RSA";
  out.key_bits = 2048;
  out.signature_algorithm = "SHA256-RSA";
  return out;
}

/// An attempt that came through: TLS 1.2 with AES-GCM, 24 bytes a record.
Attempt through(std::uint16_t version, std::uint16_t mfln) {
  Attempt out;
  out.end = End::established;
  out.connected = true;
  out.heard.version = version;
  out.heard.cipher_suite = version == tls::kTls13 ? 0x1301 : kEcdheRsaGcm;
  out.heard.mfln_echoed = mfln;
  out.heard.signature_scheme = 0x0401;
  out.heard.certificate_message = 810;
  out.heard.chain = {{0x30, 0x00}};
  const std::uint16_t longest = mfln != 0 ? mfln : std::uint16_t{8300};
  out.in_handshake.largest_plain = std::min<std::uint16_t>(longest, 810);
  out.in_data.largest_protected = static_cast<std::uint16_t>(longest + (version == tls::kTls13 ? 17 : 24));
  out.mqtt = Mqtt::delivered;
  return out;
}

/// A world to change: the plan, what was seen, and the certificate in it.
struct World {
  policy::Profile profile = esp8266();
  Plan plan;
  Survey seen;
  event::CertificateFacts certificate = good_certificate();

  World() {
    plan.target = {"broker", 8883};
    plan.client.server_name = "broker";
    plan.ca_file = "ca.pem";
    seen.address = "10.0.0.1";
    seen.asked_mfln = 1024;
    seen.device = through(tls::kTls12, 1024);
    for (std::size_t v = 0; v < kMflnVersions.size(); ++v) {
      seen.versions[v + 2] = through(kMflnVersions[v], 0);
      for (std::size_t s = 0; s < kMflnSizes.size(); ++s)
        seen.mfln[v][s] = through(kMflnVersions[v], kMflnSizes[s]);
    }
    seen.order = Order::good;
    seen.name = NameMatch::matches;
    seen.trust.state = Trust::State::trusted;
  }
  Report judged() {
    plan.profile = &profile;
    for (const std::uint16_t id : profile.cipher_suites) {
      Attempt taken = through(tls::kTls12, 0);
      taken.heard.cipher_suite = id;
      if (seen.device.connected && seen.suites.size() < profile.cipher_suites.size())
        seen.suites.push_back({id, taken});
    }
    if (seen.shown == nullptr && seen.device.connected) seen.shown = &seen.device;
    if (seen.shown != nullptr) seen.certificates = {std::make_shared<event::CertificateFacts>(certificate)};
    return report(plan, seen, kNow);
  }
};

void refuse(Attempt& attempt, std::uint8_t alert) {
  attempt.end = End::alert;
  attempt.heard.fatal_alert = alert;
  attempt.mqtt = Mqtt::not_tried;
}

void take_nothing(World& w, End end) {
  w.seen = {};
  w.seen.address = "10.0.0.1";
  w.seen.device.connected = true;
  w.seen.device.end = end;
  static const Attempt kNone;
  w.seen.shown = &kNone;
}

struct RowCase {
  const char* name;
  std::function<void(World&)> change;
  Strings bad;      // "requirement: cause"
  Strings unknown;  // these too are unknown; others may be
};
const RowCase kRows[] = {
    {"a good server", [](World&) {}, {}, {}},
    {"a name without address",
     [](World& w) {
       w.seen = {};
       w.seen.unresolved = DialError{"Name or service not known"};
     },
     {"connection: dns-failure"},
     {"handshake", "tls-version", "cipher", "dates", "mfln-1024-tls1.2", "record-size", "mqtt"}},
    {"nobody listens",
     [](World& w) {
       w.seen = {};
       w.seen.unreached = DialError{"Connection refused"};
     },
     {"connection: tcp-connect-failure"},
     {"handshake"}},
    {"silence",
     [](World& w) { take_nothing(w, End::timeout); },
     {"handshake: handshake-timeout"},
     {"tls-version"}},
    {"a reset", [](World& w) { take_nothing(w, End::reset); }, {"handshake: connection-reset"}, {}},
    {"noise", [](World& w) { take_nothing(w, End::not_tls); }, {"handshake: not-tls"}, {}},
    {"plain MQTT",
     [](World& w) {
       take_nothing(w, End::closed);
       w.seen.plain_mqtt = true;
     },
     {"handshake: tls-on-plain-port"},
     {}},
    {"alert 112 to the name asked for",
     [](World& w) { refuse(w.seen.device, 112); },
     {"handshake: server-name-mismatch"},
     {"mqtt"}},
    {"alert 80 says nothing", [](World& w) { refuse(w.seen.device, 80); }, {"handshake: unknown"}, {"mqtt"}},
    {"alert 40 behind a request for a certificate",
     [](World& w) {
       refuse(w.seen.device, 40);
       w.seen.device.heard.asks_certificate = true;
     },
     {"handshake: client-cert-missing", "client-certificate: client-cert-missing"},
     {}},
    {"alert 44 to our certificate",
     [](World& w) {
       w.plan.client.certificate = "device.pem";
       refuse(w.seen.device, 44);
       w.seen.device.heard.asks_certificate = true;
     },
     {"handshake: client-cert-revoked", "client-certificate: client-cert-revoked"},
     {}},
    {"a request for a certificate that none need follow",
     [](World& w) { w.seen.device.heard.asks_certificate = true; },
     {},
     {}},
    {"a key of 3072 bits",
     [](World& w) { w.certificate.key_bits = 3072; },
     {"server-key-size: server-key-too-large"},
     {}},
    {"an Ed25519 key",
     [](World& w) { w.certificate.key_algorithm = "Ed25519"; },
     {"server-key-type: server-key-type-unsupported"},
     {}},
    {"a SHA-384 signature",
     [](World& w) { w.certificate.signature_algorithm = "SHA384-RSA"; },
     {"signature-algorithm: signature-algorithm-unsupported"},
     {}},
    {"a chain above the profile's limit",
     [](World& w) { w.profile.chain_bytes = 800; },
     {"server-chain: record-too-large"},
     {}},
    {"a chain out of order",
     [](World& w) { w.seen.order = Order::bad; },
     {"chain-order: server-chain-malformed"},
     {}},
    {"a leaf whose CA publishes its certificate",
     [](World& w) {
       w.certificate.issuer_published = true;
       w.plan.ca_file.clear();
       w.seen.trust = {};
     },
     {"chain-order: server-chain-malformed"},
     {"trust"}},
    {"the same where the CA is trusted", [](World& w) { w.certificate.issuer_published = true; }, {}, {}},
    {"the end was yesterday",
     [](World& w) { w.certificate.not_after_unix_s = kNow - kDay; },
     {"dates: server-cert-expired"},
     {}},
    {"the beginning is tomorrow",
     [](World& w) { w.certificate.not_before_unix_s = kNow + kDay; },
     {"dates: server-cert-not-yet-valid"},
     {}},
    {"another name, and a CA",
     [](World& w) { w.seen.name = NameMatch::differs; },
     {"server-name: server-name-mismatch"},
     {}},
    {"another name, and nobody who looks",
     [](World& w) {
       w.seen.name = NameMatch::differs;
       w.plan.ca_file.clear();
       w.seen.trust = {};
     },
     {},
     {"server-name", "trust"}},
    {"a CA that is not the devices'",
     [](World& w) {
       w.seen.trust = {Trust::State::untrusted, "unable to get local issuer certificate", true};
     },
     {"trust: server-cert-untrusted"},
     {}},
    {"MFLN is not agreed",
     [](World& w) {
       w.seen.device = through(tls::kTls12, 0);
       for (auto& row : w.seen.mfln) {
         for (Attempt& a : row) a = through(a.heard.version, 0);
       }
     },
     {"mfln-1024-tls1.2: mfln-not-negotiated", "record-size: record-too-large"},
     {}},
    {"a size is answered with another",
     [](World& w) { w.seen.mfln[0][1].heard.mfln_echoed = 512; },
     {"mfln-1024-tls1.2: mfln-not-negotiated"},
     {}},
    {"a size is answered with none of RFC 6066's",
     [](World& w) {
       w.seen.mfln[0][1].heard.mfln_echoed = 0;
       w.seen.mfln[0][1].heard.bad_mfln = true;
     },
     {"mfln-1024-tls1.2: mfln-not-negotiated"},
     {}},
    {"a record of one byte too many",
     [](World& w) { w.seen.mfln[0][1].in_data.largest_protected = 1024 + 24 + 1; },
     {"mfln-1024-tls1.2: mfln-not-honoured"},
     {}},
    {"a large record already in the handshake",
     [](World& w) { w.seen.mfln[0][0].in_handshake.largest_plain = 513; },
     {"mfln-512-tls1.2: mfln-not-honoured"},
     {}},
    {"a size that the profile does not use is not kept",
     [](World& w) { w.seen.mfln[0][3].in_data.largest_protected = 9000; },
     {},
     {}},
    {"the device's own connection has a large record",
     [](World& w) { w.seen.device.in_data.largest_protected = 9000; },
     {"record-size: mfln-not-honoured"},
     {}},
    {"no long message came",
     [](World& w) {
       w.seen.device.mqtt = Mqtt::accepted;
       w.seen.device.in_data = {};
     },
     {},
     {"record-size"}},
    {"the login is refused without a user",
     [](World& w) {
       w.seen.device.mqtt = Mqtt::refused;
       w.seen.device.mqtt_refusal = 5;
     },
     {},
     {"mqtt", "record-size"}},
    {"the login is refused with one",
     [](World& w) {
       w.plan.user = "device";
       w.seen.device.mqtt = Mqtt::refused;
       w.seen.device.mqtt_refusal = 4;
     },
     {"mqtt: credentials-refused"},
     {"record-size"}},
    {"TLS 1.3 alone",
     [](World& w) {
       w.seen.device = {};
       w.seen.device.connected = true;
       refuse(w.seen.device, 70);
       w.seen.versions[2] = {};
       w.seen.mfln[0] = {};
       w.seen.suites.resize(2);
       for (SuiteTried& tried : w.seen.suites) refuse(tried.attempt, 70);
       w.seen.shown = &w.seen.versions[3];
     },
     {"handshake: protocol-version-unsupported", "tls-version: protocol-version-unsupported"},
     {"cipher", "mfln-1024-tls1.2"}},
    {"no cipher of the profile's",
     [](World& w) {
       w.seen.device = {};
       w.seen.device.connected = true;
       refuse(w.seen.device, 40);
       w.seen.suites.resize(2);
       for (SuiteTried& tried : w.seen.suites) refuse(tried.attempt, 40);
       w.seen.shown = &w.seen.versions[2];
     },
     {"handshake: no-shared-cipher", "cipher: no-shared-cipher"},
     {}},
};

Strings rows_in(const Report& report, State state) {
  Strings out;
  for (const Row& row : report.rows) {
    if (row.state != state) continue;
    out.push_back(row.requirement +
                  (row.cause ? ": " + std::string(catalog::cause_id(*row.cause)) : std::string()));
  }
  return out;
}

TEST(CheckReport, names_what_stands_in_the_way) {
  for (const RowCase& row : kRows) {
    SCOPED_TRACE(row.name);
    World world;
    row.change(world);
    const Report got = world.judged();
    EXPECT_EQ(rows_in(got, State::bad), row.bad) << got.sentence;
    for (const std::string& name : row.unknown) EXPECT_THAT(rows_in(got, State::unknown), Contains(name));
    EXPECT_EQ(got.verdict, row.bad.empty() ? State::ok : State::bad);
  }
}

TEST(CheckReport, has_every_row_once_whatever_was_seen) {
  for (const RowCase& row : kRows) {
    World world;
    row.change(world);
    Strings names;
    for (const Row& r : world.judged().rows) names.push_back(r.requirement);
    EXPECT_EQ(names, requirements()) << row.name;
  }
}

TEST(CheckReport, has_a_row_for_every_rule_of_a_profile) {
  const Strings names = requirements();
  for (const std::string_view rule : policy::rules()) {
    const bool in_mflns = rule == "mfln" || rule == "mfln-honoured";  // a row for each version and size
    EXPECT_THAT(names, Contains(in_mflns ? "mfln-1024-tls1.2" : std::string(rule)));
  }
}

TEST(CheckReport, knows_how_to_mend_what_it_names) {
  for (const RowCase& row : kRows) {
    World world;
    row.change(world);
    for (const Row& r : world.judged().rows) {
      EXPECT_EQ(r.state == State::bad, r.cause.has_value()) << row.name << ": " << r.requirement;
      EXPECT_EQ(r.state == State::bad, !r.mend.empty()) << row.name << ": " << r.requirement;
      EXPECT_EQ(r.mend.find('{'), std::string::npos) << r.mend;
      EXPECT_FALSE(r.wanted.empty() || r.seen.empty()) << row.name << ": " << r.requirement;
    }
  }
}

struct SentenceCase {
  const char* name;
  std::function<void(World&)> change;
  const char* sentence;
};
const SentenceCase kSentences[] = {
    {"all is well", [](World&) {}, "A device of profile esp8266 can connect to broker:8883."},
    {"some is open",
     [](World& w) {
       w.plan.ca_file.clear();
       w.seen.trust = {};
     },
     "A device of profile esp8266 can connect to broker:8883. Not known: trust."},
    {"records alone are wrong", [](World& w) { w.seen.mfln[0][1].in_data.largest_protected = 2000; },
     "A device of profile esp8266 connects to broker:8883, but long messages break it: mfln-not-honoured."},
    {"more is wrong",
     [](World& w) {
       w.certificate.key_bits = 4096;
       w.certificate.not_after_unix_s = kNow - 1;
     },
     "A device of profile esp8266 cannot rely on broker:8883: server-key-too-large, server-cert-expired."},
};
TEST(CheckReport, says_it_in_a_sentence) {
  for (const SentenceCase& row : kSentences) {
    World world;
    row.change(world);
    EXPECT_EQ(world.judged().sentence, row.sentence) << row.name;
  }
}

TEST(CheckReport, shows_the_servers_text_but_never_obeys_it) {
  World world;
  world.certificate.dns_names = {"evil\x1B[2J\r\n.example", "\xFF\xFE"};
  world.certificate.key_algorithm = "RSA\x1B]0;x\x07";
  world.certificate.key_curve = "\xE2\x80\xAE";
  world.certificate.signature_algorithm = "SHA\n1";
  world.seen.name = NameMatch::differs;
  world.seen.trust = {Trust::State::untrusted, "no", false};
  const Report got = world.judged();
  for (const Row& row : got.rows) {
    EXPECT_TRUE(text::is_clean(row.seen) && text::is_clean(row.wanted) && text::is_clean(row.mend))
        << row.requirement;
  }
  EXPECT_TRUE(text::is_clean(got.sentence));
}

TEST(CheckReport, asks_for_the_largest_size_that_the_buffer_holds) {
  policy::Profile profile = esp8266();
  EXPECT_EQ(asked_mfln(profile), 1024);
  profile.buffer_bytes = 600;
  EXPECT_EQ(asked_mfln(profile), 512);
  profile.mfln.clear();
  EXPECT_EQ(asked_mfln(profile), 0);
}

}  // namespace
}  // namespace tlswatch::check
