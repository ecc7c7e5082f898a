#include "daemon/core/tls/ja4.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "tests/daemon/tls/message.h"

namespace tlswatch::tls {
namespace {

using namespace tlswatch::test;

std::array<std::uint8_t, 32> sha256(Bytes bytes) {
  std::array<std::uint8_t, 32> out{};
  SHA256(bytes.data(), bytes.size(), out.data());
  return out;
}

std::string ja4_of(const Buffer& message) {
  const auto hello = parse_client_hello(message);
  EXPECT_TRUE(hello.ok());
  return std::string(ja4(*hello, sha256)->view());
}

Buffer extension_of(int type, const Buffer& alpn, const Buffer& schemes) {
  switch (type) {
    case 0: return ext(0, vec(2, Buffer{0} + vec(2, text("a.example"))));
    case 13: return ext(13, vec(2, schemes));
    case 16: return ext(16, vec(2, vec(1, alpn)));
    case 43: return ext(43, vec(1, u16s({0x5A5A, 0x0304, 0x0303})));
    default: return ext(type, {});
  }
}

/// The Chrome hello of FoxIO's text, GREASE put back where Chrome has it.
struct Chrome {
  std::vector<int> types = {0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
                            0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015};
  Buffer alpn = text("h2");
  Buffer schemes = u16s({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601});
  Buffer message() const {
    HelloParts parts;
    parts.suites = u16s({0x0A0A, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
                         0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035});
    parts.extensions = ext(0xAAAA, {});
    for (const int type : types) parts.extensions = parts.extensions + extension_of(type, alpn, schemes);
    parts.extensions = parts.extensions + ext(0xFAFA, {0});
    return client_hello(parts);
  }
};

TEST(Ja4, FoxIoExample) {
  EXPECT_EQ(ja4_of(Chrome().message()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST(Ja4, FoxIoExampleRaw) {
  const Buffer message = Chrome().message();
  EXPECT_EQ(
      *ja4_raw(*parse_client_hello(message)),
      "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,"
      "000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601");
}

TEST(Ja4, FoxIoWithoutSignatureAlgorithmsEndsWithoutUnderscore) {
  // FoxIO's example keeps 000d in the list and leaves its content out: here the content is not well-formed.
  Chrome chrome;
  chrome.schemes = {};
  EXPECT_EQ(ja4_of(chrome.message()).substr(24), "6d807ffa2a79");
}

/// Chrome 143 as browserleaks.com showed it in 2025 (public, service0427/v2_cp_app tls.md).
TEST(Ja4, PublishedChrome143) {
  Chrome chrome;
  chrome.types = {45, 51, 16, 65037, 23, 17613, 0, 11, 10, 43, 65281, 35, 18, 5, 13, 27};
  EXPECT_EQ(ja4_of(chrome.message()), "t13d1516h2_8daaf6152771_d8a2da3f94cd");
}

TEST(Ja4, GreaseAmongSignatureAlgorithmsIsIgnored) {
  Chrome chrome;
  chrome.schemes = u16s({0x2A2A}) + chrome.schemes;
  EXPECT_EQ(ja4_of(chrome.message()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST(Ja4, ShuffledExtensionsGiveTheSame) {
  Chrome chrome;
  std::reverse(chrome.types.begin(), chrome.types.end());
  EXPECT_EQ(ja4_of(chrome.message()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

struct AlpnCase {
  const char* name;
  Buffer first;
  const char* part;
};
// FoxIO's own list of examples, and its "single character" rule.
const AlpnCase kAlpn[] = {
    {"h2", text("h2"), "h2"},
    {"http_1_1", text("http/1.1"), "h1"},
    {"one_character_is_both", text("x"), "xx"},
    {"ab", {0xAB}, "ab"},
    {"ab_cd", {0xAB, 0xCD}, "ad"},
    {"30_ab", {0x30, 0xAB}, "3b"},
    {"30_31_ab_cd", {0x30, 0x31, 0xAB, 0xCD}, "3d"},
    {"30_ab_cd_31", {0x30, 0xAB, 0xCD, 0x31}, "01"},
    {"grease_alone_is_nothing", {0x0A, 0x0A}, "00"},
};
class Alpn : public testing::TestWithParam<AlpnCase> {};
TEST_P(Alpn, Part) {
  Chrome chrome;
  chrome.alpn = GetParam().first;
  EXPECT_EQ(ja4_of(chrome.message()).substr(8, 2), GetParam().part);
}
INSTANTIATE_TEST_SUITE_P(Ja4, Alpn, testing::ValuesIn(kAlpn),
                         [](const auto& row) { return std::string(row.param.name); });

/// Expectations computed by another program (Python), not by ours.
struct CaptureCase {
  const char* name;
  const char* ja4;
};
const CaptureCase kCaptures[] = {
    {"tls13_client_hello", "t13d3112mt_e8f1e7e78f70_21e25a62dcf6"},
    {"tls12_client_hello", "t12d280800_d943125447b4_a0e0ad89ff24"},
    {"psk13_client_hello", "t13i041000_16476d049b0b_6775ac8fe30b"},
    {"bearssl_full_client_hello", "t12d450500_43b9d95bf51a_0f2d7afe6961"},
    {"bearssl_512_client_hello", "t12d010600_dc2b145ead28_74778b83c714"},
};
class Captured : public testing::TestWithParam<CaptureCase> {};
TEST_P(Captured, Fingerprint) {
  EXPECT_EQ(ja4_of(capture(GetParam().name)), GetParam().ja4);
}
INSTANTIATE_TEST_SUITE_P(Ja4, Captured, testing::ValuesIn(kCaptures),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Ja4, NoExtensionsAndNoSuitesAreZeros) {
  HelloParts parts;
  parts.suites = {};
  parts.has_extensions = false;
  EXPECT_EQ(ja4_of(client_hello(parts)), "t12i000000_000000000000_000000000000");
}

TEST(Ja4, CountsStopAt99AndTheLongestHelloFits) {
  HelloParts parts;
  parts.suites.clear();
  for (int i = 0; i < 2000; ++i) number(parts.suites, static_cast<std::uint64_t>(0x2000 + i), 2);
  EXPECT_EQ(ja4_of(client_hello(parts)).substr(0, 10), "t12i990000");
  Buffer many;
  for (int i = 0; i < 1000; ++i) many = many + ext(0x3000 + i, {});
  EXPECT_EQ(ja4_of(client_hello_with(many)).substr(0, 10), "t12i019900");
}

TEST(Ja4, ACutHelloHasNone) {
  const Buffer whole = capture("tls13_client_hello");
  const auto hello = parse_client_hello(wire::Bytes(whole).first(100), true);
  ASSERT_TRUE(hello.ok());
  EXPECT_FALSE(ja4(*hello, sha256).has_value());
  EXPECT_FALSE(ja4_raw(*hello).has_value());
}

}  // namespace
}  // namespace tlswatch::tls
