#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/check/dial.h"
#include "daemon/check/mqtt_echo.h"
#include "daemon/check/observer.h"
#include "daemon/core/tls/names.h"

/// One TLS connection to a server: what is offered, and all that is seen of the answer.
namespace tlswatch::check {

/// What a ClientHello offers. An empty list is all that OpenSSL has, also what is long out of use: we look,
/// and trust nobody.
struct Offer {
  std::uint16_t lowest = tls::kTls10;
  std::uint16_t highest = tls::kTls13;
  std::vector<std::uint16_t> cipher_suites = {};  ///< IANA numbers
  std::vector<std::string> signatures = {};       ///< as profiles name them: SHA256-RSA, ECDSA-SHA256
  std::vector<std::string> groups = {};           ///< IANA's names: secp256r1
  std::uint16_t mfln = 0;                         ///< bytes: 512, 1024, 2048, 4096; 0: does not ask
};

/// Who we are in TLS.
struct Client {
  std::string server_name = {};  ///< SNI; empty: none
  std::string certificate = {};  ///< PEM files; both or none
  std::string key = {};
};

/// How a connection ended.
enum class End : std::uint8_t {
  not_tried,
  established,  ///< and, where MQTT was spoken, also kept until its end
  no_tcp,
  timeout,
  closed,
  reset,
  alert,    ///< the server refused: Heard::fatal_alert
  not_tls,  ///< what came is no TLS
  broken,   ///< TLS, but it broke a rule, and OpenSSL refused: `why`
};

struct Attempt {
  End end = End::not_tried;
  bool connected = false;  ///< by TCP
  std::string why = {};    ///< OpenSSL's or the system's words; of an established one: what cut MQTT off
  Heard heard = {};
  facts::Traffic in_handshake = {};
  facts::Traffic in_data = {};
  std::chrono::milliseconds took{};  ///< TCP and handshake
  Mqtt mqtt = Mqtt::not_tried;
  std::uint8_t mqtt_refusal = 0;

  bool established() const noexcept { return end == End::established; }
  /// A ServerHello of that version came, whatever came of it.
  bool took_version(std::uint16_t version) const noexcept { return heard.version == version; }
};

/// Plaintext bytes of the longest record of a phase; with CBC a lower bound. 0: none came.
std::uint32_t longest_record(const Attempt& attempt, const facts::Traffic& phase);

/// Connects, does the handshake, speaks MQTT where `login` is given, and says goodbye.
///
/// timeout  for each of: TCP, the handshake, MQTT
/// returns  always; every failure is an End
Attempt attempt(const Address& address, const Offer& offer, const Client& client,
                const std::optional<Login>& login, std::chrono::milliseconds timeout);

/// What is wrong with the client's certificate and key; empty: nothing.
std::string client_trouble(const Client& client);

/// Whether a server behind this address answers a plain MQTT CONNECT.
bool speaks_plain_mqtt(const Address& address, std::chrono::milliseconds timeout);

/// The MQTT client id of all checks from this machine: whoever keeps a list of devices has one more, not one
/// a check.
std::string own_client_id();

/// Random hexadecimal digits: 16.
std::string random_token();

}  // namespace tlswatch::check
