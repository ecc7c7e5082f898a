#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/freer.h"

namespace tlswatch::x509 {
namespace {

using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;
using Access = std::unique_ptr<AUTHORITY_INFO_ACCESS, Freer<AUTHORITY_INFO_ACCESS_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free>>;

/// A name longer than this is cut: the log bounds it again.
constexpr std::size_t kMaxName = 1024;

std::string name_text(const X509_NAME* name) {
  const Memory out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, std::min(static_cast<std::size_t>(std::max(size, 0L)), kMaxName)};
}

std::string common_name(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(utf8), std::min(static_cast<std::size_t>(size), kMaxName));
  OPENSSL_free(utf8);
  return out;
}

/// A DNS name has at most 253 characters; what is longer is none.
constexpr int kMaxDnsName = 255;

void read_dns_names(const X509* certificate, event::CertificateFacts& out) {
  int place = -1;  // -1: no such extension
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &place, nullptr)));
  out.all_names_known = names != nullptr || place == -1;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const int size = ASN1_STRING_length(name->d.dNSName);
    if (out.dns_names.size() == event::kMaxDnsNames || size > kMaxDnsName) {
      out.all_names_known = false;
      continue;
    }
    out.dns_names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                               static_cast<std::size_t>(size));
  }
}

bool names_its_issuer(const X509* certificate) {
  const Access access(
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    if (OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access.get(), i)->method) == NID_ad_ca_issuers) return true;
  }
  return false;
}

std::int64_t unix_seconds(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

struct CurveName {
  int nid;
  std::string_view name;
};
/// IANA's names; OpenSSL calls the first prime256v1.
constexpr CurveName kCurves[] = {
    {NID_X9_62_prime256v1, "secp256r1"}, {NID_secp384r1, "secp384r1"}, {NID_secp521r1, "secp521r1"}};

std::string curve_name(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) return {};
  const int nid = OBJ_sn2nid(group.data());
  for (const CurveName& row : kCurves) {
    if (row.nid == nid) return std::string(row.name);
  }
  return {group.data(), size};
}

std::string key_algorithm(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_RSA_PSS: return "RSA-PSS";
    case EVP_PKEY_EC: return "EC";
    case EVP_PKEY_ED25519: return "Ed25519";
    case EVP_PKEY_ED448: return "Ed448";
    case EVP_PKEY_DSA: return "DSA";
  }
  const char* name = EVP_PKEY_get0_type_name(key);
  return name == nullptr ? "unknown" : name;
}

/// ECS wants the names of Go's crypto package: digest and key in the order that Go writes them.
std::string signature_name(const X509* certificate) {
  const int nid = X509_get_signature_nid(certificate);
  int digest = NID_undef;
  int key = NID_undef;
  X509_get_signature_info(const_cast<X509*>(certificate), &digest, &key, nullptr, nullptr);
  if (nid == NID_ED25519) return "Ed25519";
  if (nid == NID_ED448) return "Ed448";
  const char* digest_name = digest == NID_undef ? nullptr : OBJ_nid2sn(digest);
  if (digest_name == nullptr) return OBJ_nid2ln(nid) == nullptr ? "unknown" : OBJ_nid2ln(nid);
  if (nid == NID_rsassaPss) return std::string(digest_name) + "-RSAPSS";
  if (key == EVP_PKEY_RSA) return std::string(digest_name) + "-RSA";
  if (key == EVP_PKEY_EC) return "ECDSA-" + std::string(digest_name);
  return OBJ_nid2ln(nid);
}

}  // namespace

std::shared_ptr<const event::CertificateFacts> read_certificate(wire::Bytes der) {
  ERR_clear_error();
  const unsigned char* at = der.data();
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) return nullptr;
  auto out = std::make_shared<event::CertificateFacts>();
  X509_digest(certificate.get(), EVP_sha256(), out->sha256.data(), nullptr);
  out->subject = name_text(X509_get_subject_name(certificate.get()));
  out->issuer = name_text(X509_get_issuer_name(certificate.get()));
  out->common_name = common_name(X509_get_subject_name(certificate.get()));
  read_dns_names(certificate.get(), *out);
  out->issuer_published = names_its_issuer(certificate.get());
  out->der_bytes = static_cast<std::uint32_t>(der.size());
  out->not_before_unix_s = unix_seconds(X509_get0_notBefore(certificate.get()));
  out->not_after_unix_s = unix_seconds(X509_get0_notAfter(certificate.get()));
  out->signature_algorithm = signature_name(certificate.get());
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  if (key == nullptr) return out;  // a kind of key that this OpenSSL does not know
  out->key_algorithm = key_algorithm(key);
  out->key_bits = static_cast<std::uint32_t>(std::max(EVP_PKEY_get_bits(key), 0));
  if (out->key_algorithm == "EC") out->key_curve = curve_name(key);
  return out;
}

}  // namespace tlswatch::x509
