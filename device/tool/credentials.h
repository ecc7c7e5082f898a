// PEM files into BearSSL's structures: trust anchors, a certificate chain, a private key.
#pragma once

#include <bearssl/bearssl.h>

#include <list>
#include <string>
#include <vector>

namespace tlswatch::device::tool {

/// A file of more bytes is not what somebody meant to give.
inline constexpr std::size_t kPemFileMax = 1 << 20;

/// The certificates of a CA file as trust anchors. Self-signed or not, each is trusted as a CA if it says
/// that it is one, else as this very certificate.
class TrustAnchors {
 public:
  /// Returns an empty text, or what is wrong with the file.
  std::string load(const std::string& path);
  const std::vector<br_x509_trust_anchor>& anchors() const { return anchors_; }
  /// All certificates one after the other, to tell one CA file from another.
  const std::vector<unsigned char>& der() const { return der_; }

 private:
  std::list<std::vector<unsigned char>>
      bytes_;  // what the anchors point into; a list, so that it stays in place
  std::vector<br_x509_trust_anchor> anchors_;
  std::vector<unsigned char> der_;
};

/// The device's own certificate chain and private key (P-256 or RSA, unencrypted).
class DeviceCredentials {
 public:
  /// Each returns an empty text, or what is wrong with the file.
  std::string load_chain(const std::string& path);
  std::string load_key(const std::string& path);
  const std::vector<br_x509_certificate>& chain() const { return chain_; }
  /// One of them is set after load_key().
  const br_ec_private_key* ec() const { return br_skey_decoder_get_ec(&key_); }
  const br_rsa_private_key* rsa() const { return br_skey_decoder_get_rsa(&key_); }

 private:
  std::list<std::vector<unsigned char>> bytes_;
  std::vector<br_x509_certificate> chain_;
  br_skey_decoder_context key_{};
};

}  // namespace tlswatch::device::tool
