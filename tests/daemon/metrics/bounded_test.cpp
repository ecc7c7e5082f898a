// 100,000 devices that lie about everything they can: the page stays small, and nothing of theirs is in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "daemon/core/catalog/causes.h"
#include "daemon/core/policy/profile.h"
#include "daemon/metrics/metrics.h"
#include "support/draft.h"

namespace tlswatch::test {
namespace {

constexpr int kDevices = 100'000;
/// What stands in every text that a device can choose.
constexpr std::string_view kMark = "evil";

policy::Profile profile(std::string name) {
  policy::Profile out;
  out.name = std::move(name);
  return out;
}

/// Events as such devices cause them: every number and text that comes from them is another each time.
class Crowd {
 public:
  explicit Crowd(metrics::Metrics& metrics) : metrics_(metrics) {}

  void visit(int device) {
    text_ = std::string(kMark) + "\"} 1\n" + std::to_string(device);
    begin(handshake_.header);
    handshake_.session = text_;
    handshake_.source = event::Endpoint{{}, any16()};
    handshake_.destination = event::Endpoint{{}, static_cast<std::uint16_t>(8883 + device % 3)};
    handshake_.established = device % 2 == 0;
    handshake_.resumed = device % 4 == 0;
    handshake_.duration_ns = random_();
    handshake_.version = any16();
    handshake_.cipher_suite = any16();
    handshake_.outside_server_name = text_;
    handshake_.outside_next_protocol = text_;
    handshake_.stage = static_cast<wire::Stage>(device % 8);
    handshake_.mfln.requested = any16();
    handshake_.mfln.negotiated = any16();
    handshake_.alerts.count = 2;
    for (std::size_t i = 0; i < handshake_.alerts.count; ++i)
      handshake_.alerts.items[i] = {static_cast<wire::Direction>(random_() % 2), any8(), any8()};
    handshake_.openssl = {std::uint64_t{20} << 23 | any16() % 500, text_};
    handshake_.verify = {any8(), 0, text_};
    handshake_.closed_by = static_cast<diagnose::ClosedBy>(device % 4);
    auto certificate = std::make_shared<event::CertificateFacts>();
    certificate->key_algorithm = device % 3 == 0 ? "RSA" : text_;
    certificate->key_bits = any16();
    certificate->subject = text_;
    handshake_.server_certificate = std::move(certificate);
    judge(handshake_.policy, device);
    metrics_.count(handshake_);
    end(device);
    diagnose(device);
    report(device);
  }

 private:
  void begin(event::Header& header) const {
    header.broker = "edge-1";
    header.time_unix_ns = kTime;
    header.message = text_;
  }
  void judge(policy::Judgement& out, int device) {
    out.profile = &profiles_[static_cast<std::size_t>(device) % 2];
    out.verdict = static_cast<policy::Verdict>(device % 3);
    out.violations = {{rules_[static_cast<std::size_t>(device) % rules_.size()], text_, text_}};
  }
  void end(int device) {
    event::SessionEnd out;
    begin(out.header);
    out.session = text_;
    out.outside_device_id = text_;
    out.outside_user = text_;
    out.reason = diagnose::kEndReasons[static_cast<std::size_t>(device) % std::size(diagnose::kEndReasons)];
    out.mfln = handshake_.mfln;
    judge(out.policy, device);
    metrics_.count(out);
  }
  void diagnose(int device) {
    event::Diagnosis out;
    begin(out.header);
    out.outside_device_id = text_;
    out.who.how = static_cast<event::How>(device % 7);
    out.cause = catalog::kCauseIds[random_() % catalog::kCauseCount];
    out.incident = text_;
    out.failures = 1;
    out.stranger = device % 5 == 0;
    if (device % 9 != 0) out.stage = static_cast<wire::Stage>(random_() % 8);
    out.listener_port = static_cast<std::uint16_t>(8883 + device % 3);
    metrics_.count(out);
  }
  void report(int device) {
    event::DeviceReport out;
    begin(out.header);
    out.outside_device_id = text_;
    out.outside_firmware = text_;
    out.outside_topic_id = text_;
    out.stack = device % 2 == 0 ? "bearssl" : "mbedtls";
    out.phase = device % 2 == 0 ? "tls" : "mqtt";
    out.code = device;
    out.name = text_;
    metrics_.count(out);
  }
  std::uint16_t any16() { return static_cast<std::uint16_t>(random_()); }
  std::uint8_t any8() { return static_cast<std::uint8_t>(random_()); }

  metrics::Metrics& metrics_;
  std::mt19937 random_{20261125};
  std::string text_;
  event::TlsHandshake handshake_;
  const std::vector<std::string_view> rules_ = policy::rules();
  const std::array<policy::Profile, 2> profiles_{profile("tasmota-esp8266"), profile("other-devices")};
};

TEST(HundredThousandDevices, WhoLieMakeAPageOfAtMostTwoThousandSeries) {
  metrics::Metrics metrics({"1.0", {"edge-1"}, kTime});
  Crowd crowd(metrics);
  for (int device = 0; device < kDevices; ++device) crowd.visit(device);
  EXPECT_GT(metrics.series(), 300U) << "or the crowd does not try";
  EXPECT_LE(metrics.series(), metrics::kMaxSeries);
  const std::string page = metrics.render();
  EXPECT_EQ(page.find(kMark), std::string::npos) << page.substr(page.find(kMark), 200);
  const auto samples =
      static_cast<std::size_t>(std::ranges::count(page, '\n')) - 2 * metrics::families().size();
  EXPECT_EQ(samples, metrics.series());
  RecordProperty("series", static_cast<int>(samples));
  RecordProperty("bytes", static_cast<int>(page.size()));
  std::printf("%zu series, %zu bytes\n", samples, page.size());
}

}  // namespace
}  // namespace tlswatch::test
