// What the TLS client says of a server that misbehaves, with a network played from a script; ServerHello and
// session. Good connections are tests/live's: they take a real broker.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tlswatch_ca_x509.h"
#include "tlswatch_codes.h"
#include "tlswatch_fingerprint_x509.h"
#include "tlswatch_server_hello.h"
#include "tlswatch_session.h"
#include "tlswatch_tls_client.h"

namespace tlswatch::device {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

using Bytes = std::vector<std::uint8_t>;

struct Script {
  ConnectResult connected = ConnectResult::ok;
  bool has_entropy = true;
  bool reading_broken = false;  // writes fail: the server has stopped reading
  Bytes answer{};               // then:
  bool closes = true;           // or falls silent
  std::uint32_t ms_per_byte = 0;
};

struct ScriptedNetwork {
  Script script;
  std::size_t sent = 0;
  std::size_t at = 0;
  std::uint32_t now_ms = UINT32_MAX - 50;  // so that every deadline wraps around
  int closed = 0;

  static ScriptedNetwork& self(void* context) { return *static_cast<ScriptedNetwork*>(context); }
  int read(std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) {
    if (at == script.answer.size()) {
      if (script.closes) return kTransportClosed;
      now_ms += timeout_ms;
      return kTransportTimeout;
    }
    n = std::min(n, script.answer.size() - at);
    if (script.ms_per_byte != 0) n = 1;
    if (script.ms_per_byte > timeout_ms) {
      now_ms += timeout_ms;
      return kTransportTimeout;
    }
    now_ms += script.ms_per_byte;
    std::memcpy(bytes, script.answer.data() + at, n);
    at += n;
    return static_cast<int>(n);
  }
  Transport port() {
    Transport p{};
    p.context = this;
    p.connect = [](void* c, const char*, uint16_t, uint32_t) { return self(c).script.connected; };
    p.read = [](void* c, uint8_t* b, size_t n, uint32_t t) { return self(c).read(b, n, t); };
    p.write = [](void* c, const uint8_t*, size_t n, uint32_t) {
      if (self(c).script.reading_broken) return kTransportClosed;
      self(c).sent += n;
      return static_cast<int>(n);
    };
    p.close = [](void* c) { ++self(c).closed; };
    p.now_ms = [](void* c) { return self(c).now_ms; };
    p.entropy = [](void* c, uint8_t* b, size_t n) {
      std::memset(b, 0x5A, n);
      return self(c).script.has_entropy;
    };
    return p;
  }
};

struct FailCase {
  const char* name;
  Script script;
  Stack stack;
  Phase phase;
  std::int32_t code, detail;
};
const Bytes kAlert40 = {21, 3, 3, 0, 2, 2, 40};
Bytes text(const char* t) {
  return {t, t + std::strlen(t)};
}
const FailCase kFails[] = {
    {"no_dns", {ConnectResult::dns_failed}, Stack::tasmota, Phase::dns, -1001, 0},
    {"no_tcp", {ConnectResult::tcp_failed}, Stack::tasmota, Phase::tcp, -1002, 0},
    {"no_entropy", {ConnectResult::ok, false}, Stack::bearssl, Phase::tls, BR_ERR_NO_RANDOM, 0},
    {"closed_at_once", {}, Stack::tasmota, Phase::tls, 0, -2},
    {"closed_in_mid_record",
     {ConnectResult::ok, true, false, {22, 3, 3, 0}},
     Stack::tasmota,
     Phase::tls,
     0,
     -2},
    {"silence", {ConnectResult::ok, true, false, {}, false}, Stack::tasmota, Phase::tls, -1005, 0},
    {"bytes_that_drip",
     {ConnectResult::ok, true, false, Bytes(5000, 22), false, 100},
     Stack::bearssl,
     Phase::tls,
     BR_ERR_UNSUPPORTED_VERSION,
     0},
    {"an_endless_drip",
     {ConnectResult::ok, true, false, {22, 3, 3, 1, 0, 2, 0, 0, 250, 3, 3, 0, 0}, false, 900},
     Stack::tasmota,
     Phase::tls,
     -1005,
     0},
    {"handshake_failure_alert",
     {ConnectResult::ok, true, false, kAlert40},
     Stack::bearssl,
     Phase::tls,
     296,
     0},
    {"an_alert_that_is_there_though_writing_fails",
     {ConnectResult::ok, true, true, kAlert40},
     Stack::bearssl,
     Phase::tls,
     296,
     0},
    {"writing_fails_and_nothing_comes",
     {ConnectResult::ok, true, true, {}, false},
     Stack::tasmota,
     Phase::tls,
     0,
     -2},
    {"a_web_server",
     {ConnectResult::ok, true, false, text("HTTP/1.1 400 Bad Request\r\n\r\n")},
     Stack::bearssl,
     Phase::tls,
     BR_ERR_UNSUPPORTED_VERSION,
     0},
    {"a_record_longer_than_tls_allows",
     {ConnectResult::ok, true, false, {22, 3, 3, 0x60, 0}},
     Stack::bearssl,
     Phase::tls,
     BR_ERR_BAD_LENGTH,
     0},
};
// A client that trusts anybody, with all it needs.
struct Rig {
  Rig() {
    fingerprint_x509_init(x509, {FingerprintSlot{SlotMode::any, {}}, FingerprintSlot{SlotMode::unused, {}}});
    config.host = "broker";
    config.suite = use_suite_ecdhe_rsa;
    config.check = fingerprint_check(x509);
    config.check_memory = &reader;
    config.rsa_bits_max = 2048;
    config.in = in.data();
    config.in_size = in.size();
    config.out = out.data();
    config.out_size = out.size();
    config.connect_timeout_ms = 1000;
    config.handshake_timeout_ms = 10000;
  }
  FingerprintX509 x509;
  KeyReader reader;
  Bytes in = Bytes(tls_in_size(1024));
  Bytes out = Bytes(tls_out_size(1024));
  TlsConfig config{};
  std::unique_ptr<TlsClient> client = std::make_unique<TlsClient>();
};

class FailTest : public ::testing::TestWithParam<FailCase> {};
TEST_P(FailTest, failure) {
  ScriptedNetwork network;
  network.script = GetParam().script;
  const Transport transport = network.port();
  Rig rig;
  const std::uint32_t start = network.now_ms;
  ASSERT_FALSE(rig.client->connect(rig.config, transport, nullptr));
  const TlsClient* client = rig.client.get();
  EXPECT_EQ(client->failure().stack, GetParam().stack);
  EXPECT_EQ(client->failure().phase, GetParam().phase);
  EXPECT_EQ(client->failure().code, GetParam().code);
  EXPECT_EQ(client->failure().detail, GetParam().detail);
  EXPECT_EQ(client->mfln(), 0);
  EXPECT_EQ(client->cipher_suite(), 0);
  EXPECT_FALSE(client->resumed());
  EXPECT_EQ(network.closed, GetParam().script.connected == ConnectResult::ok ? 1 : 0);
  EXPECT_LE(network.now_ms - start, 10000u) << "no server may hold the device longer than its deadline";
}
INSTANTIATE_TEST_SUITE_P(tls_client, FailTest, ::testing::ValuesIn(kFails),
                         [](const auto& row) { return row.param.name; });

struct MissingCase {
  const char* name;
  void (*take_away)(Rig& rig);
  std::int32_t code;
};
CaTrust no_ca = {nullptr, 0, 0};
const MissingCase kMissing[] = {
    {"no_input_buffer", [](Rig& rig) { rig.config.in = nullptr; }, kOutOfMemory},
    {"no_output_buffer", [](Rig& rig) { rig.config.out = nullptr; }, kOutOfMemory},
    {"no_memory_for_the_check", [](Rig& rig) { rig.config.check_memory = nullptr; }, kOutOfMemory},
    {"no_memory_for_the_stack",
     [](Rig& rig) {
       rig.config.stack = {[](void*, size_t, void (*)(void*), void*) { FAIL() << "it has no memory"; },
                           nullptr, 4096};
     },
     kOutOfMemory},
    {"a_client_certificate_without_its_key",
     [](Rig& rig) { rig.config.client_auth_setup = use_client_key_ec; }, kMissingEcKey},
    {"no_ca", [](Rig& rig) { rig.config.check = ca_check_rsa(no_ca); }, kMissingCa},
};
class MissingTest : public ::testing::TestWithParam<MissingCase> {};
TEST_P(MissingTest, is_said_before_anybody_is_troubled) {
  ScriptedNetwork network;
  network.script.connected = ConnectResult::dns_failed;
  const Transport transport = network.port();
  Rig rig;
  GetParam().take_away(rig);
  ASSERT_FALSE(rig.client->connect(rig.config, transport, nullptr));
  EXPECT_EQ(rig.client->failure().stack, Stack::tasmota);
  EXPECT_EQ(rig.client->failure().phase, Phase::tls);
  EXPECT_EQ(rig.client->failure().code, GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(tls_client, MissingTest, ::testing::ValuesIn(kMissing),
                         [](const auto& row) { return row.param.name; });

// A ServerHello (RFC 5246 section 7.4.1.3) with the given extensions, as one handshake message.
Bytes server_hello(const Bytes& extensions, std::size_t session_id = 32, bool with_extensions = true) {
  Bytes body = {3, 3};
  body.insert(body.end(), 32, 0xAA);
  body.push_back(static_cast<std::uint8_t>(session_id));
  body.insert(body.end(), session_id, 0xBB);
  body.insert(body.end(), {0xC0, 0x2F, 0});
  if (with_extensions) {
    body.push_back(static_cast<std::uint8_t>(extensions.size() >> 8));
    body.push_back(static_cast<std::uint8_t>(extensions.size() & 0xFF));
    body.insert(body.end(), extensions.begin(), extensions.end());
  }
  Bytes message = {2, 0, static_cast<std::uint8_t>(body.size() >> 8),
                   static_cast<std::uint8_t>(body.size() & 0xFF)};
  message.insert(message.end(), body.begin(), body.end());
  return message;
}
Bytes record(const Bytes& message) {
  Bytes out = {22, 3, 3, static_cast<std::uint8_t>(message.size() >> 8),
               static_cast<std::uint8_t>(message.size() & 0xFF)};
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

struct HelloCase {
  const char* name;
  Bytes bytes;
  std::uint16_t mfln;
};
const Bytes kRenegotiation = {0xFF, 0x01, 0, 1, 0};
Bytes with_mfln(std::uint8_t code) {
  Bytes extensions = kRenegotiation;
  extensions.insert(extensions.end(), {0, 1, 0, 1, code});
  return extensions;
}
const HelloCase kHellos[] = {
    {"mfln_512", server_hello(with_mfln(1)), 512},
    {"mfln_1024", server_hello(with_mfln(2)), 1024},
    {"mfln_2048", server_hello(with_mfln(3)), 2048},
    {"mfln_4096", server_hello(with_mfln(4)), 4096},
    {"mfln_of_no_known_code", server_hello(with_mfln(5)), 0},
    {"mfln_code_zero", server_hello(with_mfln(0)), 0},
    {"without_a_session_id", server_hello(with_mfln(2), 0), 1024},
    {"no_mfln", server_hello(kRenegotiation), 0},
    {"an_empty_extension_before_it", server_hello({0, 23, 0, 0, 0, 1, 0, 1, 2}), 1024},
    {"no_extensions_at_all", server_hello({}, 32, false), 0},
    {"another_message_first", Bytes(80, 11), 0},
    {"a_message_that_ends_in_mid_extension", {2, 0, 0, 3, 3, 3, 0}, 0},
};
class HelloTest : public ::testing::TestWithParam<HelloCase> {};
TEST_P(HelloTest, mfln) {
  const Bytes bytes = record(GetParam().bytes);
  EXPECT_EQ(server_hello_mfln(bytes.data(), bytes.size()), GetParam().mfln);
}
TEST_P(HelloTest, mfln_with_another_message_behind_it) {
  Bytes bytes = GetParam().bytes;
  bytes.insert(bytes.end(), {0, 1, 0, 1, 3, 0, 1, 0, 1, 3});
  bytes = record(bytes);
  EXPECT_EQ(server_hello_mfln(bytes.data(), bytes.size()), GetParam().mfln);
}
INSTANTIATE_TEST_SUITE_P(server_hello, HelloTest, ::testing::ValuesIn(kHellos),
                         [](const auto& row) { return row.param.name; });

TEST(server_hello, cut_anywhere_has_none) {
  const Bytes bytes = record(server_hello(with_mfln(2)));
  ASSERT_EQ(server_hello_mfln(bytes.data(), bytes.size()), 1024);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    EXPECT_EQ(server_hello_mfln(cut.data(), n), 0) << "after " << n;
  }
}

TEST(server_hello, in_a_record_of_another_type_is_none) {
  Bytes bytes = record(server_hello(with_mfln(2)));
  bytes[0] = 21;
  EXPECT_EQ(server_hello_mfln(bytes.data(), bytes.size()), 0);
}

// However the network cuts it up: a server that says hello, and then nothing.
TEST(tls_client, knows_the_mfln_of_a_server_that_then_fails) {
  for (const std::uint32_t ms_per_byte : {0u, 1u}) {
    ScriptedNetwork network;
    network.script.answer = record(server_hello(with_mfln(2)));
    network.script.ms_per_byte = ms_per_byte;
    Rig rig;
    const Transport transport = network.port();
    ASSERT_FALSE(rig.client->connect(rig.config, transport, nullptr));
    EXPECT_EQ(rig.client->mfln(), 1024);
  }
}

br_ssl_session_parameters a_session() {
  br_ssl_session_parameters session{};
  session.session_id_len = 32;
  std::memset(session.session_id, 7, 32);
  std::memset(session.master_secret, 9, 48);
  session.version = BR_TLS12;
  session.cipher_suite = 0xC02F;
  return session;
}

TEST(session, comes_back_as_it_was) {
  SavedSession saved;
  ASSERT_TRUE(session_pack(a_session(), 42, &saved));
  br_ssl_session_parameters out{};
  ASSERT_TRUE(session_unpack(saved, 42, &out));
  EXPECT_EQ(out.session_id_len, 32);
  EXPECT_EQ(out.version, BR_TLS12);
  EXPECT_EQ(out.cipher_suite, 0xC02F);
  EXPECT_EQ(std::memcmp(out.session_id, a_session().session_id, 32), 0);
  EXPECT_EQ(std::memcmp(out.master_secret, a_session().master_secret, 48), 0);
}

TEST(session, of_nothing_but_zeros_or_ones_is_none) {
  br_ssl_session_parameters out{};
  for (const int byte : {0x00, 0xFF}) {
    SavedSession saved;
    std::memset(&saved, byte, sizeof saved);
    EXPECT_FALSE(session_unpack(saved, 0, &out));
  }
}

// A store of one session, counting what is written.
struct OneSession {
  SavedSession saved{};
  int saves = 0;
  Store store() {
    return {this,
            [](void* c, void* bytes, size_t n) {
              std::memcpy(bytes, &static_cast<OneSession*>(c)->saved, n);
              return true;
            },
            [](void* c, const void* bytes, size_t n) {
              auto& self = *static_cast<OneSession*>(c);
              std::memcpy(&self.saved, bytes, n);
              ++self.saves;
              return true;
            }};
  }
};

TEST(session_keeping, keeps_one_and_forgets_it_to_the_last_byte) {
  OneSession place;
  const br_ssl_session_parameters session = a_session();
  br_ssl_session_parameters out{};
  EXPECT_FALSE(kSessionKeeping.load(place.store(), 1, &out)) << "nothing is there yet";
  kSessionKeeping.keep(place.store(), 1, &session);
  ASSERT_TRUE(kSessionKeeping.load(place.store(), 1, &out));
  EXPECT_EQ(std::memcmp(out.master_secret, session.master_secret, sizeof out.master_secret), 0);
  EXPECT_FALSE(kSessionKeeping.load(place.store(), 2, &out)) << "bound to something else";
  kSessionKeeping.keep(place.store(), 1, nullptr);
  EXPECT_EQ(place.saves, 2);
  const SavedSession zeros{};
  EXPECT_EQ(std::memcmp(&place.saved, &zeros, sizeof zeros), 0);
}

TEST(session, every_bit_flip_and_another_binding_are_refused) {
  SavedSession saved;
  ASSERT_TRUE(session_pack(a_session(), 42, &saved));
  br_ssl_session_parameters out{};
  EXPECT_FALSE(session_unpack(saved, 43, &out));
  for (std::size_t bit = 0; bit < 8 * sizeof saved; ++bit) {
    SavedSession flipped = saved;
    reinterpret_cast<unsigned char*>(&flipped)[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_FALSE(session_unpack(flipped, 42, &out)) << "bit " << bit;
  }
}

TEST(session, without_an_id_there_is_nothing_to_keep) {
  br_ssl_session_parameters session = a_session();
  session.session_id_len = 0;
  SavedSession saved;
  EXPECT_FALSE(session_pack(session, 42, &saved));
  session.session_id_len = 33;
  EXPECT_FALSE(session_pack(session, 42, &saved));
}

}  // namespace
}  // namespace tlswatch::device
