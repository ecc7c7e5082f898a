// Certificates put together by hand (X.690, RFC 5280 section 4.1): what a reader of keys needs, unsigned.
#pragma once

#include <vector>

namespace tlswatch::device::testing {

using Bytes = std::vector<unsigned char>;

inline Bytes element(unsigned char tag, const Bytes& content) {
  Bytes out = {tag};
  if (content.size() < 0x80) {
    out.push_back(static_cast<unsigned char>(content.size()));
  } else {
    out.insert(out.end(), {0x82, static_cast<unsigned char>(content.size() >> 8),
                           static_cast<unsigned char>(content.size() & 0xFF)});
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

inline Bytes sequence(const std::vector<Bytes>& parts) {
  Bytes content;
  for (const Bytes& part : parts) content.insert(content.end(), part.begin(), part.end());
  return element(0x30, content);
}

inline Bytes bit_string(Bytes content) {
  content.insert(content.begin(), 0);
  return element(3, content);
}

inline Bytes rsa_algorithm() {
  return sequence({{6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1}, {5, 0}});
}

/// subjectPublicKeyInfo of an RSA key; n with its leading zero.
inline Bytes rsa_info(const Bytes& n, const Bytes& e) {
  return sequence({rsa_algorithm(), bit_string(sequence({element(2, n), element(2, e)}))});
}

/// Around a key what RFC 5280 wants around it.
inline Bytes certificate_of(const Bytes& info, const Bytes& version = {0xA0, 3, 2, 1, 2}) {
  const Bytes name = sequence({element(0x31, sequence({{6, 3, 0x55, 4, 3}, {12, 1, 'x'}}))});
  const Bytes algorithm = sequence({{6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11}, {5, 0}});
  const Bytes time = element(0x17, {'2', '6', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z'});
  return sequence({sequence({version, {2, 1, 1}, algorithm, name, sequence({time, time}), name, info}),
                   algorithm, bit_string(Bytes(200, 9))});
}

}  // namespace tlswatch::device::testing
