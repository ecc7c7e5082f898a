// The reader of a certificate's key: keys of every kind, certificates that are not what they say, and
// BearSSL's decoder beside it.
#include <bearssl/bearssl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "der.h"
#include "fixture_key.h"
#include "tlswatch_key_reader.h"

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

using namespace testing;

const Bytes kEcId = {6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1};
const Bytes kP256Id = {6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7};
const Bytes kP384Id = {6, 5, 0x2B, 0x81, 4, 0, 0x22};

Bytes rsa_info_of(std::size_t bytes, const Bytes& e = {1, 0, 1}) {
  Bytes n(bytes, 0xC5);
  n.insert(n.begin(), 0);
  return rsa_info(n, e);
}
Bytes ec_info(const Bytes& curve, std::size_t bytes) {
  Bytes q(bytes, 7);
  q[0] = 4;
  return sequence({sequence({kEcId, curve}), bit_string(q)});
}
int read(KeyReader& reader, const Bytes& certificate, std::size_t announced, std::size_t piece = 7) {
  reader.begin(static_cast<std::uint32_t>(announced));
  for (std::size_t at = 0; at < certificate.size(); at += piece) {
    reader.take(certificate.data() + at, std::min(piece, certificate.size() - at));
  }
  return reader.end();
}
int read(KeyReader& reader, const Bytes& certificate) {
  return read(reader, certificate, certificate.size());
}

struct KeyCase {
  const char* name;
  Bytes certificate;
  int key_type;
  int curve;
  std::size_t bytes;  // of n with its leading zero, or of q
};
const KeyCase kKeys[] = {
    {"a_real_one", {std::begin(kCertificate), std::end(kCertificate)}, BR_KEYTYPE_RSA, 0, 129},
    {"rsa_512", certificate_of(rsa_info_of(64)), BR_KEYTYPE_RSA, 0, 65},
    {"rsa_2048", certificate_of(rsa_info_of(256)), BR_KEYTYPE_RSA, 0, 257},
    {"rsa_4096", certificate_of(rsa_info_of(512)), BR_KEYTYPE_RSA, 0, 513},
    {"rsa_4096_with_a_long_exponent", certificate_of(rsa_info_of(512, Bytes(8, 3))), BR_KEYTYPE_RSA, 0, 513},
    {"rsa_without_a_version", certificate_of(rsa_info_of(256), {}), BR_KEYTYPE_RSA, 0, 257},
    {"p256", certificate_of(ec_info(kP256Id, 65)), BR_KEYTYPE_EC, BR_EC_secp256r1, 65},
    {"p384_is_another_curve", certificate_of(ec_info(kP384Id, 97)), BR_KEYTYPE_EC, 0, 97},
    {"no_curve_is_another_curve", certificate_of(ec_info({}, 65)), BR_KEYTYPE_EC, 0, 65},
};
class KeyTest : public ::testing::TestWithParam<KeyCase> {};
TEST_P(KeyTest, is_found_in_pieces_of_any_size) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    KeyReader reader;
    ASSERT_EQ(read(reader, GetParam().certificate, GetParam().certificate.size(), piece), 0);
    const br_x509_pkey& key = reader.key();
    ASSERT_EQ(key.key_type, GetParam().key_type);
    if (key.key_type == BR_KEYTYPE_EC) {
      EXPECT_EQ(key.key.ec.curve, GetParam().curve);
      EXPECT_EQ(key.key.ec.qlen, GetParam().bytes);
    } else {
      EXPECT_EQ(key.key.rsa.nlen, GetParam().bytes);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(key_reader, KeyTest, ::testing::ValuesIn(kKeys),
                         [](const auto& row) { return row.param.name; });

struct WrongCase {
  const char* name;
  Bytes certificate;
  int error;
};
Bytes patched(Bytes certificate, std::size_t at, unsigned char value) {
  certificate[at] = value;
  return certificate;
}
const Bytes kGood = certificate_of(rsa_info_of(256));
Bytes with_a_byte_more() {
  Bytes certificate = kGood;
  certificate.push_back(0);
  return certificate;
}
const WrongCase kWrong[] = {
    {"nothing", {}, BR_ERR_X509_TRUNCATED},
    {"no_sequence", {0x31, 0}, BR_ERR_X509_UNEXPECTED},
    {"a_certificate_that_is_empty", {0x30, 0}, BR_ERR_X509_TRUNCATED},
    {"an_indefinite_length", patched(kGood, 1, 0x80), BR_ERR_X509_INDEFINITE_LENGTH},
    {"a_length_of_four_bytes", patched(kGood, 1, 0x84), BR_ERR_X509_INNER_TRUNC},
    {"a_length_beyond_the_certificate", patched(kGood, 2, 0x7F), BR_ERR_X509_INNER_TRUNC},
    {"a_byte_behind_the_certificate", with_a_byte_more(), BR_ERR_X509_EXTRA_ELEMENT},
    {"another_element_where_the_serial_stands", certificate_of(rsa_info_of(256), {4, 0}),
     BR_ERR_X509_UNEXPECTED},
    {"a_key_of_8192_bits", certificate_of(rsa_info_of(1024)), BR_ERR_X509_LIMIT_EXCEEDED},
    {"a_key_that_is_empty", certificate_of(sequence({})), BR_ERR_X509_UNEXPECTED},
    {"bits_that_are_not_whole_bytes", certificate_of(sequence({rsa_algorithm(), element(3, {1, 0x30, 0})})),
     BR_ERR_X509_UNEXPECTED},
    {"rsa_without_an_exponent",
     certificate_of(sequence({rsa_algorithm(), bit_string(sequence({element(2, Bytes(64, 5))}))})),
     BR_ERR_X509_UNEXPECTED},
    {"a_key_of_another_type",
     certificate_of(sequence({sequence({{6, 3, 0x2B, 0x65, 0x70}}), bit_string(Bytes(32, 1))})),
     BR_ERR_X509_WRONG_KEY_TYPE},
};
class WrongTest : public ::testing::TestWithParam<WrongCase> {};
TEST_P(WrongTest, is_refused) {
  KeyReader reader;
  EXPECT_EQ(read(reader, GetParam().certificate), GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(key_reader, WrongTest, ::testing::ValuesIn(kWrong),
                         [](const auto& row) { return row.param.name; });

TEST(key_reader, a_certificate_cut_anywhere_is_none) {
  for (std::size_t n = 0; n < kGood.size(); ++n) {
    const Bytes cut(kGood.begin(), kGood.begin() + static_cast<std::ptrdiff_t>(n));
    KeyReader reader;
    EXPECT_EQ(read(reader, cut, kGood.size()), BR_ERR_X509_TRUNCATED) << "after " << n;
    EXPECT_NE(read(reader, cut, n), 0) << "after " << n;
  }
}

TEST(key_reader, bytes_beyond_the_announced_length_are_refused) {
  KeyReader reader;
  EXPECT_NE(read(reader, kGood, kGood.size() - 1), 0);
  EXPECT_NE(read(reader, with_a_byte_more(), kGood.size()), 0);
}

TEST(key_reader, begins_afresh_after_an_error) {
  KeyReader reader;
  ASSERT_NE(read(reader, {0x31, 0}), 0);
  EXPECT_EQ(read(reader, kGood), 0);
}

TEST(key_reader, finds_the_key_that_bearssl_finds) {
  const Bytes certificate = kKeys[0].certificate;
  KeyReader reader;
  ASSERT_EQ(read(reader, certificate), 0);
  br_x509_decoder_context decoder;
  br_x509_decoder_init(&decoder, nullptr, nullptr);
  br_x509_decoder_push(&decoder, certificate.data(), certificate.size());
  const br_x509_pkey* theirs = br_x509_decoder_get_pkey(&decoder);
  ASSERT_NE(theirs, nullptr);
  const br_rsa_public_key& ours = reader.key().key.rsa;
  EXPECT_EQ(Bytes(ours.n + 1, ours.n + ours.nlen),
            Bytes(theirs->key.rsa.n, theirs->key.rsa.n + theirs->key.rsa.nlen));
  EXPECT_EQ(Bytes(ours.e, ours.e + ours.elen),
            Bytes(theirs->key.rsa.e, theirs->key.rsa.e + theirs->key.rsa.elen));
}

}  // namespace
}  // namespace tlswatch::device
