// Reads the public key out of a certificate as it passes by, and nothing else.
//
// A server known by its key's fingerprint is asked for no name, date or signature: the rest of its
// certificate is skipped, not judged. BearSSL's decoder reads all of it, with a parser of 3 KB and 1.1 KB of
// memory; this one takes a third of each. What is taken for the key here is also what the fingerprint is
// computed of and what the handshake proves, so a certificate that could be read in two ways gains nobody
// anything.
//
//   Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version OPTIONAL, serialNumber INTEGER,
//     signature SEQUENCE, issuer SEQUENCE, validity SEQUENCE, subject SEQUENCE,
//     subjectPublicKeyInfo SEQUENCE { algorithm SEQUENCE, subjectPublicKey BIT STRING }, ... }, ... }
//                                                                                 (RFC 5280 section 4.1)
#ifndef TLSWATCH_KEY_READER_H
#define TLSWATCH_KEY_READER_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Takes one certificate (DER) in pieces. All bytes are hostile; 0.6 KB, the key lives in it.
///
/// errors   BR_ERR_X509_UNEXPECTED         another element than the grammar's
///          BR_ERR_X509_INDEFINITE_LENGTH  a length that DER does not know
///          BR_ERR_X509_INNER_TRUNC        a length that exceeds what is around it
///          BR_ERR_X509_LIMIT_EXCEEDED     a key of more than 4096 bits
///          BR_ERR_X509_WRONG_KEY_TYPE     neither RSA nor an elliptic curve
///          BR_ERR_X509_EXTRA_ELEMENT, BR_ERR_X509_TRUNCATED  bytes too many, or too few
class KeyReader {
 public:
  /// length: of the certificate, as the message announces it; at least 1.
  void begin(uint32_t length);
  void take(const unsigned char* bytes, size_t n);
  /// After the last byte: 0, or an error.
  int end();
  /// The key, valid after end() gave 0, as long as this lives. An EC key on another curve than P-256 has
  /// curve 0.
  const br_x509_pkey& key() const { return key_; }

 private:
  int byte(unsigned char value);
  int header(unsigned char value);
  int begin_content();
  void next_element();

  enum class Part : uint8_t { tag, length, long_length, content };
  // subjectPublicKeyInfo of an RSA-4096 key: algorithm, BIT STRING, SEQUENCE, modulus, and an exponent of 8
  // bytes.
  static constexpr size_t kHeldMax = 15 + 5 + 4 + (4 + 513) + (2 + 8);

  br_x509_pkey key_;
  uint32_t left_;     // of the certificate
  uint32_t content_;  // of the element: still to come
  int error_;
  uint8_t step_;          // in the grammar
  Part part_;             // of the element
  uint8_t length_bytes_;  // of a long length: still to come
  uint16_t held_;
  unsigned char bytes_[kHeldMax];
};

}  // namespace device
}  // namespace tlswatch

#endif
