#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tlswatch::test {

/// One handshake message or one record's length, as OpenSSL's msg_callback on the server saw it.
struct Seen {
  bool sent = false;
  std::vector<std::uint8_t> message;
};

struct PairOptions {
  int version = TLS1_2_VERSION;
  std::string suite;  ///< OpenSSL's name; empty: the default list
  bool encrypt_then_mac = true;
  std::uint8_t max_fragment_length = 0;
};

/// What a real handshake and one application write of `payload` bytes by the server looked like.
struct PairResult {
  std::uint16_t suite = 0;
  bool encrypt_then_mac = false;
  std::vector<Seen> messages;
  std::vector<std::uint16_t> data_records;  ///< TLSCiphertext.length of the server's application records
};

/// Plays client and server of the system's OpenSSL against each other in memory: RSA, ECDSA and PSK at once,
/// so that every suite finds what it needs. Nothing where the two do not come to terms.
std::optional<PairResult> play(const PairOptions& options, std::size_t payload);

}  // namespace tlswatch::test
