// What a client's hello asks for, against the broker's certificate.
#include "daemon/core/event/offer.h"

#include <gtest/gtest.h>

namespace tlswatch::event {
namespace {

using diagnose::KeyUse;
using diagnose::ServerChain;
using diagnose::ServerName;

struct ServerNameCase {
  const char* name;
  const char* asked;
  std::vector<std::string> names;
  const char* common_name;
  bool all_known;
  ServerName expected;
};
const ServerNameCase kNames[] = {
    {"one_of_several", "localhost", {"broker.example", "localhost"}, "", true, ServerName::matches},
    {"none_of_them", "localhost", {"broker.example"}, "", true, ServerName::differs},
    {"a_common_name_beside_other_names_does_not_count",
     "localhost",
     {"a.example"},
     "localhost",
     true,
     ServerName::differs},
    {"a_common_name_alone_is_taken_by_some", "localhost", {}, "localhost", true, ServerName::unknown},
    {"a_common_name_alone_that_differs_is_taken_by_none",
     "localhost",
     {},
     "other",
     true,
     ServerName::differs},
    {"no_name_asked_for", "", {"broker.example"}, "", true, ServerName::unknown},
    {"an_address_asked_for", "10.0.0.1", {"broker.example"}, "", true, ServerName::unknown},
    {"it_may_be_one_that_was_not_kept", "localhost", {"broker.example"}, "", false, ServerName::unknown},
};
class AskedName : public testing::TestWithParam<ServerNameCase> {};
TEST_P(AskedName, is_looked_for_in_the_certificate) {
  CertificateFacts certificate;
  certificate.dns_names = GetParam().names;
  certificate.common_name = GetParam().common_name;
  certificate.all_names_known = GetParam().all_known;
  EXPECT_EQ(server_name(GetParam().asked, certificate), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Offer, AskedName, testing::ValuesIn(kNames),
                         [](const auto& row) { return std::string(row.param.name); });

constexpr std::uint16_t kRsaKeyExchange = 0x009C, kEcdheRsa = 0xC02F, kEcdheEcdsa = 0xC02B,
                        kTls13Suite = 0x1301;
constexpr std::uint16_t kRsaPss = 0x0804, kRsaSha256 = 0x0401, kP256Sha256 = 0x0403, kEd25519 = 0x0807;
constexpr std::uint16_t kP256 = 23, kP384 = 24;

struct KeyCase {
  const char* name;
  const char* key;
  const char* curve;
  std::vector<std::uint16_t> suites, signatures, groups;
  KeyUse expected;
};
const KeyCase kKeys[] = {
    {"rsa_for_rsa", "RSA", "", {kEcdheRsa}, {kRsaSha256}, {}, KeyUse::usable},
    {"ec_and_rsa_ciphers_alone",
     "EC",
     "secp256r1",
     {kEcdheRsa, kRsaKeyExchange},
     {kP256Sha256},
     {},
     KeyUse::no_cipher},
    {"ec_and_rsa_signatures_alone", "EC", "secp256r1", {kEcdheEcdsa}, {kRsaSha256}, {}, KeyUse::unusable},
    {"ec_and_rsa_signatures_alone_on_tls_1_3",
     "EC",
     "secp256r1",
     {kTls13Suite},
     {kRsaPss},
     {},
     KeyUse::unusable},
    {"ed25519_and_ecdsa_signatures", "Ed25519", "", {kEcdheEcdsa}, {kP256Sha256}, {}, KeyUse::unusable},
    {"ed25519_for_ed25519", "Ed25519", "", {kEcdheEcdsa}, {kEd25519}, {}, KeyUse::usable},
    {"ed25519_and_a_client_that_says_nothing_of_signatures",
     "Ed25519",
     "",
     {kEcdheEcdsa},
     {},
     {},
     KeyUse::unusable},
    {"ec_and_a_client_that_says_nothing_of_signatures",
     "EC",
     "secp256r1",
     {kEcdheEcdsa},
     {},
     {},
     KeyUse::usable},
    {"rsa_that_need_not_sign", "RSA", "", {kRsaKeyExchange}, {kP256Sha256}, {}, KeyUse::usable},
    {"ec_of_a_curve_that_is_not_offered",
     "EC",
     "secp384r1",
     {kEcdheEcdsa},
     {kP256Sha256},
     {kP256},
     KeyUse::unusable},
    {"ec_of_a_curve_that_is",
     "EC",
     "secp384r1",
     {kEcdheEcdsa},
     {kP256Sha256},
     {kP256, kP384},
     KeyUse::usable},
    {"a_kind_of_key_without_a_row", "DSA", "", {kEcdheRsa}, {kRsaSha256}, {}, KeyUse::unknown},
};
std::vector<std::uint8_t> bytes_of(const std::vector<std::uint16_t>& numbers) {
  std::vector<std::uint8_t> out;
  for (const std::uint16_t number : numbers) {
    out.push_back(static_cast<std::uint8_t>(number >> 8));
    out.push_back(static_cast<std::uint8_t>(number));
  }
  return out;
}
class OfferedKey : public testing::TestWithParam<KeyCase> {};
TEST_P(OfferedKey, is_used_as_the_hello_says) {
  const auto suites = bytes_of(GetParam().suites);
  const auto signatures = bytes_of(GetParam().signatures);
  const auto groups = bytes_of(GetParam().groups);
  tls::ClientHello hello;
  hello.legacy_version = 0x0303;
  hello.cipher_suites = tls::NumberList(suites);
  hello.signature_algorithms = tls::NumberList(signatures);
  hello.supported_groups = tls::NumberList(groups);
  CertificateFacts certificate;
  certificate.key_algorithm = GetParam().key;
  certificate.key_curve = GetParam().curve;
  EXPECT_EQ(key_use(hello, certificate), GetParam().expected);
  hello.cut = true;
  EXPECT_EQ(key_use(hello, certificate), KeyUse::unknown) << "what was cut off may have had it";
}
INSTANTIATE_TEST_SUITE_P(Offer, OfferedKey, testing::ValuesIn(kKeys),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Chain, is_told_by_the_bytes_of_the_message) {
  CertificateFacts leaf;
  leaf.der_bytes = 800;
  leaf.subject = "CN=broker";
  leaf.issuer = "CN=ca";
  EXPECT_EQ(server_chain({}, leaf), ServerChain::unknown) << "a resumption sends none";
  EXPECT_EQ(server_chain(799, leaf), ServerChain::unknown) << "it is not in there";
  EXPECT_EQ(server_chain(810, leaf), ServerChain::leaf_only);
  EXPECT_EQ(server_chain(1700, leaf), ServerChain::longer);
  leaf.issuer_published = true;
  EXPECT_EQ(server_chain(810, leaf), ServerChain::incomplete);
  leaf.issuer = leaf.subject;
  EXPECT_EQ(server_chain(810, leaf), ServerChain::self_signed);
}

struct IssuerCase {
  const char* name;
  const char* issuer;
  ServerChain expected;
};
const IssuerCase kIssuers[] = {
    {"one_that_calls_itself_issuing", "CN=Acme Issuing CA 2,O=Acme", ServerChain::incomplete},
    {"one_that_calls_itself_intermediate", "CN=home-INTERMEDIATE-ca", ServerChain::incomplete},
    {"one_that_calls_itself_sub_ca", "CN=Acme Sub-CA", ServerChain::incomplete},
    {"a_word_that_has_it_inside", "CN=Reissuing Office", ServerChain::leaf_only},
    {"a_later_place_than_the_first_one", "O=Reissuing,CN=issuing", ServerChain::incomplete},
    {"a_root", "CN=Acme Root CA", ServerChain::leaf_only},
    {"no_name", "", ServerChain::leaf_only},
};
class Issuer : public testing::TestWithParam<IssuerCase> {};
TEST_P(Issuer, may_show_that_it_is_no_root) {
  CertificateFacts leaf;
  leaf.der_bytes = 800;
  leaf.subject = "CN=broker";
  leaf.issuer = GetParam().issuer;
  EXPECT_EQ(server_chain(810, leaf), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Offer, Issuer, testing::ValuesIn(kIssuers),
                         [](const auto& row) { return std::string(row.param.name); });

struct SignatureCase {
  const char* name;
  const char* algorithm;
  bool by_itself;
  diagnose::ServerSignature expected;
};
const SignatureCase kSignatures[] = {
    {"sha_1_with_rsa", "SHA1-RSA", false, diagnose::ServerSignature::deprecated},
    {"ecdsa_with_sha_1", "ECDSA-SHA1", false, diagnose::ServerSignature::deprecated},
    {"md5_with_rsa", "MD5-RSA", false, diagnose::ServerSignature::deprecated},
    {"sha_256_with_rsa", "SHA256-RSA", false, diagnose::ServerSignature::current},
    {"ed25519", "Ed25519", false, diagnose::ServerSignature::current},
    {"one_that_is_not_known", "", false, diagnose::ServerSignature::unknown},
    {"its_own_which_nobody_checks", "SHA1-RSA", true, diagnose::ServerSignature::unknown},
};
class Signature : public testing::TestWithParam<SignatureCase> {};
TEST_P(Signature, is_accepted_or_no_longer) {
  CertificateFacts certificate;
  certificate.subject = "CN=broker";
  certificate.issuer = GetParam().by_itself ? "CN=broker" : "CN=ca";
  certificate.signature_algorithm = GetParam().algorithm;
  EXPECT_EQ(server_signature(certificate), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Offer, Signature, testing::ValuesIn(kSignatures),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CertificateDates, are_those_of_the_moment) {
  CertificateFacts certificate;
  certificate.not_before_unix_s = 1000;
  certificate.not_after_unix_s = 2000;
  EXPECT_EQ(dates_at(certificate, 999'000'000'000), diagnose::Dates::not_yet_valid);
  EXPECT_EQ(dates_at(certificate, 1500'000'000'000), diagnose::Dates::good);
  EXPECT_EQ(dates_at(certificate, 2001'000'000'000), diagnose::Dates::expired);
}

}  // namespace
}  // namespace tlswatch::event
