// Whole attempts of the reference device, with a TLS server and broker at the other end of its transport.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "fake_device.h"
#include "loopback_broker.h"
#include "thread_stack.h"
#include "tlswatch_codes.h"
#include "tlswatch_learnt.h"
#include "tlswatch_reference.h"

namespace tlswatch::device {
namespace {

using testing::FakeDevice;
using testing::LoopbackBroker;

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

constexpr std::uint32_t kTimeoutMs = 10000;

// Memory for one thing, which survives the device's boots.
struct Place {
  std::vector<unsigned char> bytes = std::vector<unsigned char>(88, 0xFF);
  int saves = 0;
  Store store() {
    return {this,
            [](void* c, void* to, size_t n) {
              std::memcpy(to, static_cast<Place*>(c)->bytes.data(), n);
              return true;
            },
            [](void* c, const void* from, size_t n) {
              auto& self = *static_cast<Place*>(c);
              std::memcpy(self.bytes.data(), from, n);
              ++self.saves;
              return true;
            }};
  }
};

FingerprintSlot slot(SlotMode mode) {
  return {mode, {}};
}

// The device; attempt() is one boot of it.
class Device {
 public:
  Device() {
    config.tls.host = "broker";
    config.tls.port = 8883;
    config.tls.suite = use_suite_rsa;
    config.tls.rsa_bits_max = 2048;
    config.tls.in = in_.data();
    config.tls.in_size = in_.size();
    config.tls.out = out_.data();
    config.tls.out_size = out_.size();
    config.tls.connect_timeout_ms = kTimeoutMs;
    config.tls.handshake_timeout_ms = kTimeoutMs;
    config.tls.check_memory = &reader_;
    config.mqtt = {"dev", nullptr, nullptr, 20};
    config.report_topic = "tlswatch/report/dev";
    config.answer_timeout_ms = kTimeoutMs;
    config.scratch = scratch_.data();
    config.scratch_size = scratch_.size();
    config.fingerprint = &x509;
    config.keep_learnt = keep_learnt;
    config.learnt = learnt.store();
    fake.boot();
  }

  void keep_sessions() {
    config.sessions = &kSessionKeeping;
    config.session = session.store();
  }

  ReferenceOutcome attempt(LoopbackBroker& broker) {
    fake.boot();
    FingerprintSlot now[kFingerprintSlots] = {slots[0], slots[1]};
    apply_learnt(config.learnt, now);
    fingerprint_x509_init(x509, now);
    config.tls.check = fingerprint_check(x509);
    transport_ = broker.transport();
    device = std::make_unique<ReferenceDevice>(config, fake.recorder, transport_);
    return device->attempt();
  }

  FakeDevice fake;
  Place learnt;
  Place session;
  FingerprintSlot slots[kFingerprintSlots] = {slot(SlotMode::learn), slot(SlotMode::unused)};
  FingerprintX509 x509;
  ReferenceConfig config{};
  std::unique_ptr<ReferenceDevice> device;

 private:
  KeyReader reader_;
  std::vector<std::uint8_t> in_ = std::vector<std::uint8_t>(tls_in_size(1024));
  std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(tls_out_size(1024));
  std::vector<std::uint8_t> scratch_ = std::vector<std::uint8_t>(kReportPacketMax);
  Transport transport_{};
};

// One key each for all tests: making them takes longer than the tests.
LoopbackBroker& broker() {
  static LoopbackBroker* one = nullptr;
  if (one == nullptr) one = new LoopbackBroker("one");
  one->answers_connect = one->answers_publish = true;
  one->connack_code = 0;
  one->behind_connack.clear();
  one->reached = ConnectResult::ok;
  one->published.clear();
  return *one;
}
LoopbackBroker& another_broker() {
  static LoopbackBroker another("another");
  return another;
}

TEST(reference, connects_and_leaves) {
  Device device;
  const ReferenceOutcome outcome = device.attempt(broker());
  ASSERT_TRUE(outcome.connected) << outcome.failure.code;
  EXPECT_EQ(outcome.reported, 0u);
  EXPECT_EQ(device.device->tls().mfln(), 1024);
  EXPECT_EQ(device.device->tls().cipher_suite(), BR_TLS_RSA_WITH_AES_128_GCM_SHA256);
  EXPECT_FALSE(device.device->tls().resumed());
  device.device->leave();
  EXPECT_EQ(device.fake.recorder.pending(), 0u);
}

TEST(reference, reports_what_failed_before) {
  Device device;
  device.fake.fail(62);
  LoopbackBroker& server = broker();
  const ReferenceOutcome outcome = device.attempt(server);
  ASSERT_TRUE(outcome.connected);
  EXPECT_EQ(outcome.reported, 1u);
  ASSERT_EQ(server.published.size(), 1u);
  const std::string text(server.published[0].begin(), server.published[0].end());
  EXPECT_NE(text.find("tlswatch/report/dev"), std::string::npos);
  EXPECT_NE(text.find("\"c\":62"), std::string::npos) << text;
  EXPECT_EQ(device.fake.recorder.pending(), 0u);
}

TEST(reference, without_a_puback_the_report_comes_again) {
  Device device;
  device.fake.fail(62);
  LoopbackBroker& server = broker();
  server.answers_publish = false;
  EXPECT_EQ(device.attempt(server).reported, 0u);
  EXPECT_EQ(server.published.size(), 1u);
  server.answers_publish = true;
  EXPECT_EQ(device.attempt(server).reported, 1u);
  EXPECT_EQ(server.published.size(), 2u);
}

TEST(reference, learns_a_key_and_then_holds_to_it) {
  Device device;
  ReferenceOutcome outcome = device.attempt(broker());
  EXPECT_TRUE(outcome.learned);
  EXPECT_TRUE(outcome.kept);
  EXPECT_EQ(device.x509.slots[0].mode, SlotMode::key) << "at once, not only after the next boot";
  outcome = device.attempt(broker());
  EXPECT_TRUE(outcome.connected);
  EXPECT_FALSE(outcome.learned);

  outcome = device.attempt(another_broker());
  EXPECT_FALSE(outcome.connected);
  EXPECT_EQ(outcome.failure.stack, Stack::tasmota);
  EXPECT_EQ(outcome.failure.code, kFingerprintMismatch);
  EXPECT_EQ(device.fake.recorder.pending(), 1u);
}

TEST(reference, records_a_broker_that_refuses) {
  Device device;
  LoopbackBroker& server = broker();
  server.connack_code = 5;
  const ReferenceOutcome outcome = device.attempt(server);
  EXPECT_FALSE(outcome.connected);
  EXPECT_EQ(outcome.failure.phase, Phase::mqtt);
  EXPECT_EQ(outcome.failure.detail, 5);
  EXPECT_EQ(device.fake.entry(0).failure.detail, 5);
}

TEST(reference, reads_nothing_of_the_connection_before) {
  Device device;
  LoopbackBroker& server = broker();
  server.connack_code = 5;
  server.behind_connack = {0x30, 0x7F};  // begins a PUBLISH of 127 bytes
  EXPECT_FALSE(device.attempt(server).connected);
  server.connack_code = 0;
  server.behind_connack.clear();
  const ReferenceOutcome outcome = device.device->attempt();
  EXPECT_TRUE(outcome.connected);
  EXPECT_EQ(outcome.reported, 1u);
}

TEST(reference, records_a_broker_that_says_nothing) {
  Device device;
  LoopbackBroker& server = broker();
  server.answers_connect = false;
  const ReferenceOutcome outcome = device.attempt(server);
  EXPECT_FALSE(outcome.connected);
  EXPECT_EQ(outcome.failure.detail, kMqttNoConnack);
}

TEST(reference, stays_with_pings) {
  Device device;
  ASSERT_TRUE(device.attempt(broker()).connected);
  EXPECT_TRUE(device.device->stay(12));
  EXPECT_EQ(device.fake.recorder.pending(), 0u);
}

TEST(resumption, is_off_where_nobody_asks_for_it) {
  Device device;
  device.config.session = device.session.store();
  ASSERT_TRUE(device.attempt(broker()).connected);
  ASSERT_TRUE(device.attempt(broker()).connected);
  EXPECT_FALSE(device.device->tls().resumed());
  EXPECT_EQ(device.session.saves, 0);
}

TEST(resumption, skips_the_certificate_and_writes_nothing) {
  Device device;
  device.keep_sessions();
  ASSERT_TRUE(device.attempt(broker()).connected);
  EXPECT_FALSE(device.device->tls().resumed());
  EXPECT_EQ(device.session.saves, 1);
  ASSERT_TRUE(device.attempt(broker()).connected);
  EXPECT_TRUE(device.device->tls().resumed());
  EXPECT_FALSE(device.x509.has_seen) << "no certificate was shown";
  EXPECT_EQ(device.device->tls().mfln(), 1024) << "a resumed session keeps its MFLN";
  EXPECT_EQ(device.session.saves, 1) << "flash is not written for the same session";
}

TEST(resumption, with_a_server_that_has_forgotten_is_a_full_handshake_on_the_same_connection) {
  Device device;
  device.keep_sessions();
  LoopbackBroker& server = broker();
  ASSERT_TRUE(device.attempt(server).connected);
  const std::vector<unsigned char> old = device.session.bytes;
  server.forget_sessions();
  const int before = server.connections;
  ASSERT_TRUE(device.attempt(server).connected);
  EXPECT_EQ(server.connections, before + 1);
  EXPECT_FALSE(device.device->tls().resumed());
  EXPECT_TRUE(device.x509.has_seen) << "the server's key is checked again";
  EXPECT_NE(device.session.bytes, old) << "the old session is forgotten for the new one";
  ASSERT_TRUE(device.attempt(server).connected);
  EXPECT_TRUE(device.device->tls().resumed());
}

TEST(resumption, that_ends_in_a_failure_leaves_nothing_of_the_session) {
  Device device;
  device.keep_sessions();
  ASSERT_TRUE(device.attempt(broker()).connected);
  EXPECT_FALSE(device.attempt(another_broker()).connected);
  EXPECT_EQ(device.session.bytes, std::vector<unsigned char>(88, 0));
}

TEST(resumption, outlives_a_network_that_is_not_there) {
  Device device;
  device.keep_sessions();
  LoopbackBroker& server = broker();
  ASSERT_TRUE(device.attempt(server).connected);
  for (const ConnectResult result : {ConnectResult::dns_failed, ConnectResult::tcp_failed}) {
    server.reached = result;
    EXPECT_FALSE(device.attempt(server).connected);
  }
  server.reached = ConnectResult::ok;
  ASSERT_TRUE(device.attempt(server).connected);
  EXPECT_TRUE(device.device->tls().resumed());
  EXPECT_EQ(device.session.saves, 1) << "flash is not written for a network that comes and goes";
}

struct ChangeCase {
  const char* name;
  void (*change)(Device& device);
};
const ChangeCase kChanges[] = {
    {"another_host", [](Device& d) { d.config.tls.host = "broker2"; }},
    {"another_port", [](Device& d) { d.config.tls.port = 8884; }},
    {"another_server_name", [](Device& d) { d.config.tls.server_name = "broker"; }},
    {"another_buffer", [](Device& d) { d.config.tls.in_size = tls_in_size(512); }},
    {"another_key_limit", [](Device& d) { d.config.tls.rsa_bits_max = 1024; }},
    {"another_slot", [](Device& d) { d.slots[1].mode = SlotMode::any; }},
    {"a_key_to_be_learnt_anew", [](Device& d) { d.learnt = Place(); }},
    {"a_bit_that_flipped", [](Device& d) { d.session.bytes[40] ^= 1; }},
    {"another_suite", [](Device& d) { d.config.tls.suite = use_suite_ecdhe_rsa; }},
};
class ChangeTest : public ::testing::TestWithParam<ChangeCase> {};
TEST_P(ChangeTest, does_not_find_the_old_session) {
  Device device;
  device.keep_sessions();
  ASSERT_TRUE(device.attempt(broker()).connected);
  GetParam().change(device);
  const ReferenceOutcome outcome = device.attempt(broker());
  ASSERT_TRUE(outcome.connected) << outcome.failure.code;
  EXPECT_FALSE(device.device->tls().resumed());
  EXPECT_TRUE(device.x509.has_seen);
}
INSTANTIATE_TEST_SUITE_P(resumption, ChangeTest, ::testing::ValuesIn(kChanges),
                         [](const auto& row) { return row.param.name; });

TEST(handshake_stack, takes_the_computing_and_says_how_much_it_took) {
  Device device;
  std::vector<std::max_align_t> memory(host::kThreadStackBytes / sizeof(std::max_align_t));
  device.config.tls.stack = {host::switch_stack_thread, reinterpret_cast<std::uint8_t*>(memory.data()),
                             host::kThreadStackBytes};
  ASSERT_TRUE(device.attempt(broker()).connected);
  const std::size_t used = device.device->tls().handshake_stack_used();
  EXPECT_GT(used, 2048u) << "RSA alone takes as much";
  EXPECT_LT(used, host::kThreadStackBytes);
}

TEST(handshake_stack, is_none_where_there_is_none) {
  Device device;
  ASSERT_TRUE(device.attempt(broker()).connected);
  EXPECT_EQ(device.device->tls().handshake_stack_used(), 0u);
}

TEST(handshake_stack, counts_from_the_top_to_the_deepest_byte_that_changed) {
  std::vector<std::uint8_t> memory(100);
  const HandshakeStack stack = {nullptr, memory.data(), memory.size()};
  paint_stack(stack);
  EXPECT_EQ(painted_stack_used(stack), 0u);
  memory[60] = 0;
  memory[80] = 0;
  EXPECT_EQ(painted_stack_used(stack), 40u);
  memory[0] = 0;
  EXPECT_EQ(painted_stack_used(stack), 100u);
}

TEST(handshake_stack, a_thread_runs_on_the_memory_given) {
  std::vector<std::max_align_t> memory(host::kThreadStackBytes / sizeof(std::max_align_t));
  std::uintptr_t seen = 0;
  host::switch_stack_thread(
      memory.data(), host::kThreadStackBytes,
      [](void* argument) {
        // Not a variable's address: a sanitizer may keep those elsewhere.
        *static_cast<std::uintptr_t*>(argument) =
            reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
      },
      &seen);
  const auto low = reinterpret_cast<std::uintptr_t>(memory.data());
  EXPECT_GE(seen, low);
  EXPECT_LT(seen, low + host::kThreadStackBytes);
}

}  // namespace
}  // namespace tlswatch::device
