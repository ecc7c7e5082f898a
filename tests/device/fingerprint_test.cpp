// Fingerprints: parsed, computed, matched; and the key gate around them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "fixture_key.h"
#include "tlswatch_codes.h"
#include "tlswatch_fingerprint.h"
#include "tlswatch_fingerprint_x509.h"
#include "tlswatch_key_gate.h"

namespace tlswatch::device::testing {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

std::string hex(const Fingerprint& fingerprint) {
  std::string text;
  char digits[3];
  for (const unsigned char byte : fingerprint.bytes) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(byte));
    text += digits;
  }
  return text;
}

FingerprintSlot slot(const char* text) {
  FingerprintSlot parsed{};
  EXPECT_TRUE(parse_fingerprint(text, &parsed)) << text;
  return parsed;
}
FingerprintSlot unused() {
  return FingerprintSlot{SlotMode::unused, {}};
}

struct ParseCase {
  const char* name;
  const char* text;
  bool fits;
  SlotMode mode;
  const char* fingerprint;
};
constexpr const char* kHex = "000102030405060708090a0b0c0d0e0f10111213";
const ParseCase kParses[] = {
    {"plain_hex", kHex, true, SlotMode::key, kHex},
    {"spaces", "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13", true, SlotMode::key, kHex},
    {"colons_upper_case", "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13", true, SlotMode::key,
     kHex},
    {"all_zero_means_learn", "0000000000000000000000000000000000000000", true, SlotMode::learn, nullptr},
    {"all_ff_means_any", "FFFFFFFFFFFFFFFFFFFFffffffffffffffffffff", true, SlotMode::any, nullptr},
    {"the_word_learn", "learn", true, SlotMode::learn, nullptr},
    {"the_word_any", "any", true, SlotMode::any, nullptr},
    {"empty", "", false, {}, nullptr},
    {"a_digit_short", "000102030405060708090a0b0c0d0e0f1011121", false, {}, nullptr},
    {"a_digit_long", "000102030405060708090a0b0c0d0e0f101112131", false, {}, nullptr},
    {"a_letter_that_is_no_digit", "g00102030405060708090a0b0c0d0e0f10111213", false, {}, nullptr},
    {"a_byte_cut_in_two", "0 00102030405060708090a0b0c0d0e0f10111213", false, {}, nullptr},
    {"two_separators", "00  0102030405060708090a0b0c0d0e0f10111213", false, {}, nullptr},
    {"a_separator_before", " 000102030405060708090a0b0c0d0e0f10111213", false, {}, nullptr},
    {"a_separator_behind", "000102030405060708090a0b0c0d0e0f10111213:", false, {}, nullptr},
    {"a_word_with_more_behind", "anyone", false, {}, nullptr},
};
class ParseTest : public ::testing::TestWithParam<ParseCase> {};
TEST_P(ParseTest, gives) {
  FingerprintSlot parsed{SlotMode::unused, {}};
  ASSERT_EQ(parse_fingerprint(GetParam().text, &parsed), GetParam().fits);
  EXPECT_EQ(parsed.mode, GetParam().fits ? GetParam().mode : SlotMode::unused);
  if (GetParam().fingerprint == nullptr) return;
  EXPECT_EQ(hex(parsed.fingerprint), GetParam().fingerprint);
}
INSTANTIATE_TEST_SUITE_P(fingerprint, ParseTest, ::testing::ValuesIn(kParses),
                         [](const auto& row) { return row.param.name; });

br_x509_pkey rsa_key(std::vector<unsigned char>& n, std::vector<unsigned char>& e) {
  br_x509_pkey key{};
  key.key_type = BR_KEYTYPE_RSA;
  key.key.rsa.n = n.data();
  key.key.rsa.nlen = n.size();
  key.key.rsa.e = e.data();
  key.key.rsa.elen = e.size();
  return key;
}

TEST(fingerprint, of_an_rsa_key_is_what_openssl_computes) {
  std::vector<unsigned char> n(std::begin(kRsaModulus), std::end(kRsaModulus));
  std::vector<unsigned char> e = {1, 0, 1};
  Fingerprint out;
  ASSERT_TRUE(fingerprint_of(rsa_key(n, e), &out));
  EXPECT_EQ(hex(out), kRsaV2);
  ASSERT_TRUE(fingerprint_v1_of(rsa_key(n, e), &out));
  EXPECT_EQ(hex(out), kRsaV1);
}

TEST(fingerprint, leading_zeros_do_not_count) {
  std::vector<unsigned char> n(std::begin(kRsaModulus), std::end(kRsaModulus));
  n.insert(n.begin(), 2, 0);
  std::vector<unsigned char> e = {0, 1, 0, 1};
  Fingerprint out;
  ASSERT_TRUE(fingerprint_of(rsa_key(n, e), &out));
  EXPECT_EQ(hex(out), kRsaV2);
}

TEST(fingerprint, of_an_ec_key) {
  std::vector<unsigned char> q(std::begin(kEcPoint), std::end(kEcPoint));
  br_x509_pkey key{};
  key.key_type = BR_KEYTYPE_EC;
  key.key.ec.curve = BR_EC_secp256r1;
  key.key.ec.q = q.data();
  key.key.ec.qlen = q.size();
  Fingerprint out;
  ASSERT_TRUE(fingerprint_of(key, &out));
  EXPECT_EQ(hex(out), kEcFingerprint);
  EXPECT_FALSE(fingerprint_v1_of(key, &out)) << "v1 knew no EC keys";
}

TEST(fingerprint, a_key_without_parts_has_none) {
  std::vector<unsigned char> zeros = {0, 0};
  std::vector<unsigned char> e = {1, 0, 1};
  Fingerprint out;
  EXPECT_FALSE(fingerprint_of(rsa_key(zeros, e), &out));
  br_x509_pkey unknown{};
  EXPECT_FALSE(fingerprint_of(unknown, &out));
}

// An engine by fingerprint with its reader, as a handshake has it.
struct Engine {
  Engine(const FingerprintSlot& first, const FingerprintSlot& second) {
    fingerprint_x509_init(x509, {first, second});
    const ServerCheck check = fingerprint_check(x509);
    EXPECT_LE(check.memory_bytes, sizeof reader);
    vtable = check.start(check.context, &reader);
  }
  FingerprintX509 x509;
  KeyReader reader;
  const br_x509_class** vtable;
};

// Feeds certificates to an engine as BearSSL does: the first in pieces of 7 bytes.
unsigned verdict_of(const br_x509_class** engine, const std::vector<std::vector<unsigned char>>& chain) {
  (*engine)->start_chain(engine, "localhost");
  for (const auto& certificate : chain) {
    (*engine)->start_cert(engine, static_cast<std::uint32_t>(certificate.size()));
    for (std::size_t at = 0; at < certificate.size(); at += 7) {
      (*engine)->append(engine, certificate.data() + at, std::min<std::size_t>(7, certificate.size() - at));
    }
    (*engine)->end_cert(engine);
  }
  return (*engine)->end_chain(engine);
}
std::vector<unsigned char> certificate() {
  return {std::begin(kCertificate), std::end(kCertificate)};
}

struct MatchCase {
  const char* name;
  FingerprintSlot first, second;
  unsigned verdict;
  FingerprintMatch match;
  int matched_slot;
};
const char* const kOther = kHex;
const MatchCase kMatches[] = {
    {"v2_in_slot_1", slot(kRsaV2), unused(), 0, FingerprintMatch::v2, 0},
    {"v2_in_slot_2", slot(kOther), slot(kRsaV2), 0, FingerprintMatch::v2, 1},
    {"v1_of_an_old_setting", slot(kRsaV1), unused(), 0, FingerprintMatch::v1, 0},
    {"another_key", slot(kOther), unused(), 1, FingerprintMatch::none, 0},
    {"two_other_keys", slot(kOther), slot(kEcFingerprint), 1, FingerprintMatch::none, 0},
    {"no_slot_used", unused(), unused(), 1, FingerprintMatch::none, 0},
    {"learn", slot("learn"), unused(), 0, FingerprintMatch::learned, 0},
    {"learn_in_slot_2", slot(kOther), slot("learn"), 0, FingerprintMatch::learned, 1},
    {"nothing_is_learnt_that_the_other_slot_holds", slot("learn"), slot(kRsaV2), 0, FingerprintMatch::v2, 1},
    {"any", slot("any"), unused(), 0, FingerprintMatch::any, 0},
    {"learning_goes_before_any", slot("any"), slot("learn"), 0, FingerprintMatch::learned, 1},
};
class MatchTest : public ::testing::TestWithParam<MatchCase> {};
TEST_P(MatchTest, verdict) {
  Engine engine(GetParam().first, GetParam().second);
  const FingerprintX509& x509 = engine.x509;
  EXPECT_EQ(verdict_of(engine.vtable, {certificate(), {0x30, 0x00}}), GetParam().verdict);
  EXPECT_EQ(x509.match, GetParam().match);
  EXPECT_EQ(x509.matched_slot, GetParam().matched_slot);
  ASSERT_TRUE(x509.has_seen);
  EXPECT_EQ(hex(x509.seen), kRsaV2);
}
INSTANTIATE_TEST_SUITE_P(fingerprint_x509, MatchTest, ::testing::ValuesIn(kMatches),
                         [](const auto& row) { return row.param.name; });

TEST(fingerprint_x509, a_chain_that_cannot_be_decoded_is_refused_even_by_any) {
  Engine engine(slot("any"), unused());
  const FingerprintX509& x509 = engine.x509;
  EXPECT_EQ(verdict_of(engine.vtable, {}), static_cast<unsigned>(BR_ERR_X509_EMPTY_CHAIN));
  auto cut = certificate();
  cut.resize(100);
  EXPECT_EQ(verdict_of(engine.vtable, {cut}), static_cast<unsigned>(BR_ERR_X509_INNER_TRUNC));
  EXPECT_FALSE(x509.has_seen);
  EXPECT_EQ(verdict_of(engine.vtable, {certificate()}), 0u) << "a later chain starts afresh";
}

TEST(fingerprint_x509, what_an_earlier_handshake_saw_is_not_this_one_s) {
  Engine engine(slot("learn"), unused());
  ASSERT_EQ(verdict_of(engine.vtable, {certificate()}), 0u);
  ASSERT_EQ(engine.x509.match, FingerprintMatch::learned);
  // A resumed session shows no certificate.
  const ServerCheck check = fingerprint_check(engine.x509);
  check.start(check.context, &engine.reader);
  EXPECT_EQ(engine.x509.match, FingerprintMatch::none);
  EXPECT_FALSE(engine.x509.has_seen);
}

TEST(key_gate, an_engine_started_again_has_none) {
  Engine engine(slot("any"), unused());
  KeyGate gate;
  key_gate_install(gate, engine.vtable, 512);
  ASSERT_EQ(verdict_of(engine.vtable, {certificate()}), static_cast<unsigned>(BR_ERR_LIMIT_EXCEEDED));
  const ServerCheck check = fingerprint_check(engine.x509);
  engine.vtable = check.start(check.context, &engine.reader);
  EXPECT_EQ(verdict_of(engine.vtable, {certificate()}), 0u);
}

TEST(fingerprint_x509, its_digest_changes_with_each_slot) {
  const FingerprintSlot settings[][2] = {{slot(kRsaV2), unused()},   {unused(), slot(kRsaV2)},
                                         {slot(kOther), unused()},   {slot("learn"), unused()},
                                         {slot("any"), unused()},    {unused(), unused()},
                                         {slot(kRsaV2), slot("any")}};
  std::set<std::uint32_t> digests;
  for (const auto& setting : settings) {
    Engine engine(setting[0], setting[1]);
    const ServerCheck check = fingerprint_check(engine.x509);
    digests.insert(check.digest(check.context));
  }
  EXPECT_EQ(digests.size(), std::size(settings));
}

struct GateCase {
  const char* name;
  std::uint16_t rsa_bits_max;
  const char* fingerprint;
  unsigned verdict;
};
const GateCase kGates[] = {
    {"a_key_at_the_limit_passes", 1024, kRsaV2, 0},
    {"a_key_a_bit_above_is_refused", 1023, kRsaV2, BR_ERR_LIMIT_EXCEEDED},
    {"the_size_is_the_cause_even_of_a_wrong_key", 1023, kOther, BR_ERR_LIMIT_EXCEEDED},
    {"the_inner_verdict_passes_through", 1024, kOther, 1},
};
class GateTest : public ::testing::TestWithParam<GateCase> {};
TEST_P(GateTest, verdict) {
  Engine engine(slot(GetParam().fingerprint), unused());
  KeyGate gate;
  key_gate_install(gate, engine.vtable, GetParam().rsa_bits_max);
  EXPECT_EQ(verdict_of(engine.vtable, {certificate()}), GetParam().verdict);
  unsigned usages = 0;
  const br_x509_pkey* key = (*engine.vtable)->get_pkey(engine.vtable, &usages);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(usages, static_cast<unsigned>(BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN));
  EXPECT_EQ(gate.verdict, GetParam().verdict);
}
INSTANTIATE_TEST_SUITE_P(key_gate, GateTest, ::testing::ValuesIn(kGates),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device::testing
