// A TLS server and MQTT broker inside the test: BearSSL's server at the other end of the client's transport,
// so that a whole attempt of the reference device runs without a socket, and a test sees both sides.
#pragma once

#include <bearssl/bearssl.h>

#include <cstdint>
#include <vector>

#include "tlswatch_mqtt.h"
#include "tlswatch_transport.h"

namespace tlswatch::device::testing {

class LoopbackBroker {
 public:
  /// Makes an RSA-1024 key of its own, from `seed`, and a certificate around it.
  explicit LoopbackBroker(const char* seed);
  LoopbackBroker(const LoopbackBroker&) = delete;
  LoopbackBroker& operator=(const LoopbackBroker&) = delete;

  /// The client's transport; every connect() is a new connection. Valid while this lives.
  Transport transport();
  const br_rsa_public_key& key() const { return key_; }

  /// From now on it knows no session of before.
  void forget_sessions();

  bool answers_connect = true;  ///< with a CONNACK
  bool answers_publish = true;  ///< with a PUBACK
  std::uint8_t connack_code = 0;
  std::vector<std::uint8_t> behind_connack;  ///< bytes that follow it in the same record
  int connections = 0;
  ConnectResult reached = ConnectResult::ok;  ///< what connect() answers; there is no connection otherwise
  std::vector<std::vector<std::uint8_t>> published;  ///< whole PUBLISH bodies

 private:
  static LoopbackBroker& self(void* context) { return *static_cast<LoopbackBroker*>(context); }
  void accept();
  int read(std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms);
  int write(const std::uint8_t* bytes, std::size_t n);
  void serve();
  void take_packet(std::uint8_t type, const std::vector<std::uint8_t>& body);
  void answer(const std::vector<std::uint8_t>& packet);

  std::vector<unsigned char> secret_bytes_;
  std::vector<unsigned char> key_bytes_;
  br_rsa_private_key secret_{};
  br_rsa_public_key key_{};
  std::vector<unsigned char> certificate_;
  br_x509_certificate chain_{};
  std::vector<unsigned char> cache_bytes_;
  br_ssl_session_cache_lru cache_{};
  br_ssl_server_context server_{};
  std::vector<unsigned char> buffer_;
  std::vector<std::uint8_t> mqtt_in_;
  std::uint32_t now_ms_ = 1;
};

}  // namespace tlswatch::device::testing
