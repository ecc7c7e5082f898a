#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/core/wire/facts.h"
#include "plugin/wire/cursor.h"

namespace tlswatch::check {

/// Certificates of one chain that are kept.
inline constexpr std::size_t kMaxChain = 16;

/// What a server said in one handshake, and how long its records were. All of it is what the server wants us
/// to believe: nothing is verified here.
struct Heard {
  std::uint16_t version = 0;  ///< of its ServerHello; 0: none came
  std::uint16_t cipher_suite = 0;
  std::uint16_t mfln_echoed = 0;  ///< bytes; 0: none
  bool bad_mfln = false;          ///< it echoed a code that RFC 6066 does not have
  bool encrypt_then_mac = false;
  std::uint16_t signature_scheme = 0;                ///< by which it signed the handshake; 0: it did not
  bool asks_certificate = false;                     ///< of the client
  std::optional<std::uint32_t> certificate_message;  ///< bytes, with its header
  std::vector<std::vector<std::uint8_t>> chain;      ///< DER, the server's own first; at most kMaxChain
  std::optional<std::uint8_t> fatal_alert;           ///< received
};

/// Observer takes what passes in one direction, from the server to us, and keeps what a check asks for. It is
/// fed by OpenSSL's message callback, and reads messages with the core's parsers.
class Observer {
 public:
  /// The 5 bytes before each record (RFC 8446 section 5.1).
  void record_header(wire::Bytes header);
  /// A whole handshake message from msg_type on.
  void handshake_message(wire::Bytes message);
  void alert(std::uint8_t level, std::uint8_t description);

  /// Ends the handshake's count of record lengths; what comes now is counted apart.
  void start_of_data();

  const Heard& heard() const noexcept { return heard_; }
  const facts::Traffic& in_handshake() const noexcept { return in_handshake_; }
  const facts::Traffic& in_data() const noexcept { return in_data_; }

 private:
  void server_hello(wire::Bytes message);
  void certificate(wire::Bytes message);
  void signature(wire::Bytes message, std::uint8_t type);

  Heard heard_;
  facts::Traffic in_handshake_;
  facts::Traffic in_data_;
  bool protected_ = false;
  bool data_ = false;
};

}  // namespace tlswatch::check
