#include "firmware.h"

#include <array>
#include <span>

#include "support/draft.h"

namespace tlswatch::fleet_sim {
namespace {

// What every build offers, and what tells builds apart: bit i of the build's number is whether it offers
// suite i.
constexpr std::uint16_t kBase = 0xC02F;  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
constexpr std::array<std::uint16_t, 10> kMore = {0x009C, 0xC02B, 0x009D, 0xC030, 0xC02C,
                                                 0xC027, 0xC023, 0x003C, 0x002F, 0x0035};
constexpr std::uint16_t kPskBase = 0x00A8;  // TLS_PSK_WITH_AES_128_GCM_SHA256
constexpr std::array<std::uint16_t, 10> kPskMore = {0x00A9, 0x00AE, 0x00AF, 0x008C, 0x008D,
                                                    0x008B, 0xC0A4, 0xC0A5, 0xC0A8, 0xC0A9};
// An outsider's suites begin with one that no build has.
constexpr std::uint16_t kOutsiders = 0x009E;  // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256

constexpr const char* kNames[kListeners] = {"mqtt.example", "iot.example", "broker.example"};
constexpr std::uint16_t kFirstPort = 8883;
constexpr std::array<std::uint8_t, 4> kMflns = {2, 1, 3, 0};  // 1024, 512, 2048, none

std::vector<std::uint16_t> suites(std::uint16_t base, std::span<const std::uint16_t> more,
                                  std::uint64_t number) {
  std::vector<std::uint16_t> out{base};
  for (std::size_t i = 0; i < more.size(); ++i) {
    if ((number >> i & 1) != 0) out.push_back(more[i]);
  }
  return out;
}

}  // namespace

std::uint16_t listener_port(std::uint32_t listener) noexcept {
  return static_cast<std::uint16_t>(kFirstPort + listener);
}

std::vector<Build> make_builds(std::uint32_t count, std::uint32_t psk) {
  std::vector<Build> out(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Build& build = out[i];
    build.psk = i >= count - psk;
    build.version = "14." + std::to_string(i) + ".0";
    build.suite = build.psk ? kPskBase : kBase;
    build.mfln = build.psk ? std::uint8_t{0} : kMflns[i % kMflns.size()];
    test::HelloDraft hello;
    hello.suites = build.psk ? suites(kPskBase, kPskMore, i) : suites(kBase, kMore, i);
    hello.mfln = build.mfln;
    for (std::uint32_t listener = 0; listener < kListeners; ++listener) {
      hello.server_name = kNames[listener];
      build.hello[listener] = test::client_hello(hello);
    }
  }
  return out;
}

ByteVector outsiders_hello(std::uint64_t variant) {
  test::HelloDraft hello;
  hello.suites = suites(kOutsiders, kMore, variant);
  hello.encrypt_then_mac = (variant >> 10 & 1) != 0;
  if ((variant >> 11 & 1) != 0) hello.versions = {0x0304, 0x0303};
  return test::client_hello(hello);
}

}  // namespace tlswatch::fleet_sim
