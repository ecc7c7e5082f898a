#include "credentials.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace tlswatch::device::tool {
namespace {

using Bytes = std::vector<unsigned char>;

struct PemObject {
  std::string name;
  Bytes der;
};

void append_to(void* destination, const void* bytes, std::size_t n) {
  auto& to = *static_cast<Bytes*>(destination);
  const auto* from = static_cast<const unsigned char*>(bytes);
  to.insert(to.end(), from, from + n);
}

std::string read_file(const std::string& path, std::string& text) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::string("cannot be read: ") + std::strerror(errno);
  text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  if (text.size() > kPemFileMax)
    return "has more than " + std::to_string(kPemFileMax) + " bytes, not a PEM file";
  text += '\n';  // BearSSL's decoder wants the last line ended
  return {};
}

std::string read_pem(const std::string& path, std::vector<PemObject>& objects) {
  std::string text;
  std::string error = read_file(path, text);
  if (!error.empty()) return error;
  br_pem_decoder_context decoder;
  br_pem_decoder_init(&decoder);
  PemObject current;
  std::size_t at = 0;
  while (at < text.size()) {
    at += br_pem_decoder_push(&decoder, text.data() + at, text.size() - at);
    switch (br_pem_decoder_event(&decoder)) {
      case BR_PEM_BEGIN_OBJ:
        current.name = br_pem_decoder_name(&decoder);
        current.der.clear();
        br_pem_decoder_setdest(&decoder, append_to, &current.der);
        break;
      case BR_PEM_END_OBJ: objects.push_back(current); break;
      case BR_PEM_ERROR: return "is not PEM (-----BEGIN ...-----)";
      default: break;  // no event yet: BearSSL reports them as plain numbers
    }
  }
  return {};
}

bool is_certificate(const PemObject& object) {
  return object.name == "CERTIFICATE" || object.name == "X509 CERTIFICATE";
}

std::string read_certificates(const std::string& path, std::vector<Bytes>& certificates) {
  std::vector<PemObject> objects;
  std::string error = read_pem(path, objects);
  if (!error.empty()) return error;
  for (auto& object : objects) {
    if (is_certificate(object)) certificates.push_back(std::move(object.der));
  }
  return certificates.empty() ? "holds no certificate (-----BEGIN CERTIFICATE-----)" : "";
}

unsigned char* copy(std::list<Bytes>& owner, const unsigned char* bytes, std::size_t n) {
  return owner.emplace_back(bytes, bytes + n).data();
}

}  // namespace

std::string TrustAnchors::load(const std::string& path) {
  std::vector<Bytes> certificates;
  std::string error = read_certificates(path, certificates);
  if (!error.empty()) return error;
  for (const Bytes& certificate : certificates) {
    Bytes name;
    br_x509_decoder_context decoder;
    br_x509_decoder_init(&decoder, append_to, &name);
    br_x509_decoder_push(&decoder, certificate.data(), certificate.size());
    const br_x509_pkey* key = br_x509_decoder_get_pkey(&decoder);
    if (key == nullptr) {
      return "holds a certificate that cannot be decoded (BearSSL error " +
             std::to_string(br_x509_decoder_last_error(&decoder)) + ")";
    }
    br_x509_trust_anchor anchor = {};
    anchor.dn.data = copy(bytes_, name.data(), name.size());
    anchor.dn.len = name.size();
    anchor.flags = br_x509_decoder_isCA(&decoder) ? BR_X509_TA_CA : 0;
    anchor.pkey = *key;
    if (key->key_type == BR_KEYTYPE_RSA) {
      anchor.pkey.key.rsa.n = copy(bytes_, key->key.rsa.n, key->key.rsa.nlen);
      anchor.pkey.key.rsa.e = copy(bytes_, key->key.rsa.e, key->key.rsa.elen);
    } else {
      anchor.pkey.key.ec.q = copy(bytes_, key->key.ec.q, key->key.ec.qlen);
    }
    anchors_.push_back(anchor);
    der_.insert(der_.end(), certificate.begin(), certificate.end());
  }
  return {};
}

std::string DeviceCredentials::load_chain(const std::string& path) {
  std::vector<Bytes> certificates;
  std::string error = read_certificates(path, certificates);
  if (!error.empty()) return error;
  for (const Bytes& certificate : certificates) {
    br_x509_certificate entry = {};
    entry.data = copy(bytes_, certificate.data(), certificate.size());
    entry.data_len = certificate.size();
    chain_.push_back(entry);
  }
  return {};
}

std::string DeviceCredentials::load_key(const std::string& path) {
  std::vector<PemObject> objects;
  std::string error = read_pem(path, objects);
  if (!error.empty()) return error;
  for (const PemObject& object : objects) {
    const bool is_key =
        object.name == "PRIVATE KEY" || object.name == "EC PRIVATE KEY" || object.name == "RSA PRIVATE KEY";
    if (!is_key) continue;
    br_skey_decoder_init(&key_);
    br_skey_decoder_push(&key_, object.der.data(), object.der.size());
    if (br_skey_decoder_last_error(&key_) != 0) return "holds a private key that cannot be decoded";
    const br_ec_private_key* key = ec();
    if (key != nullptr && key->curve != BR_EC_secp256r1) return "holds an EC key on another curve than P-256";
    return {};
  }
  return "holds no unencrypted private key (-----BEGIN [EC |RSA ]PRIVATE KEY-----)";
}

}  // namespace tlswatch::device::tool
