#include "daemon/core/catalog/topic.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tlswatch::catalog {
namespace {

using enum Cause;

struct Advice {
  Topic topic;
  CauseList causes;
  std::string_view fix;
};

// clang-format off
// In the enum's order. A fix names mosquitto.conf's options, and the device's side in words that fit every stack.
constexpr Advice kAdvice[] = {
  {Topic::none, {}, "Nothing to mend."},
  {Topic::again, {}, "Nothing to mend: the call is repeated when the socket is ready. Seen as an error, the firmware gives up too early: let it wait, or raise its timeout."},
  {Topic::ca_unknown, {server_cert_untrusted}, "Store the CA that signs the broker's certificate today on the device, the root and not an intermediate, and let the broker send its whole chain (certfile: leaf, then intermediates)."},
  {Topic::rejected, {server_cert_untrusted, server_cert_expired, server_name_mismatch, device_clock_wrong}, "The code alone does not say which check failed; the verify result beside it does. Look, in this order, at the CA on the device, its clock, the certificate's dates, and the name that it connects to."},
  {Topic::expired, {server_cert_expired, device_clock_wrong}, "Compare the certificate's dates with today's: if they are good, the device's clock is wrong, so let NTP come before MQTT. If not, renew the certificate and reload the broker."},
  {Topic::not_yet_valid, {device_clock_wrong, server_cert_not_yet_valid}, "Most often the device's clock stands at 1970: let it get its time (NTP) before it connects. If its clock is right, wait for the certificate's notBefore or issue it anew."},
  {Topic::dates_unreadable, {device_clock_wrong, server_chain_malformed}, "See that the device has its time before it connects; if it has, look at the certificate's dates with `openssl x509 -noout -dates` and issue it anew."},
  {Topic::server_name, {server_name_mismatch}, "Put the exact name or address that the device connects to into the certificate's subjectAltName, or let the device use a name that is there."},
  {Topic::chain_malformed, {server_chain_malformed}, "Look at what the broker sends (`openssl s_client -connect HOST:PORT -showcerts`): the leaf first, each followed by its issuer, nothing else. Issue anew whatever is damaged or odd."},
  {Topic::chain_signature, {server_chain_malformed, server_cert_untrusted, data_corrupted}, "Compare the CA on the device with the one that signs today: a CA made anew under its old name looks the same and is not. Then look at the order of the chain file."},
  {Topic::purpose, {server_chain_malformed, server_cert_untrusted}, "Issue the certificate anew: leaf with digitalSignature (keyEncipherment for RSA key exchange) and serverAuth, CA with CA:TRUE, keyCertSign and a sufficient path length."},
  {Topic::revoked, {server_cert_untrusted}, "The broker's certificate is revoked: issue a new one and install it. If that was a mistake, publish a corrected list."},
  {Topic::crl, {server_cert_untrusted}, "Give the device a revocation list that is current and signed by the CA, or switch the check off where nobody keeps such lists."},
  {Topic::ocsp, {server_cert_untrusted}, "Look at the OCSP responder and at the time on both sides, or switch OCSP off in the firmware."},
  {Topic::key_small, {server_chain_malformed, signature_algorithm_unsupported}, "Issue the chain anew with RSA 2048 or EC P-256 and SHA-256; DH parameters (dhparamfile) need 2048 bits."},
  {Topic::key_large, {server_key_too_large}, "Issue the broker's certificate with an RSA 2048 or EC P-256 key, or raise the largest key size in the firmware's build."},
  {Topic::key_type, {server_key_type_unsupported, server_chain_malformed}, "Give the broker a certificate with a kind of key that the device has: RSA 2048 or EC P-256 (certbot: --key-type rsa)."},
  {Topic::signature_algorithm, {signature_algorithm_unsupported, server_key_type_unsupported}, "Use certificates signed with SHA-256 by RSA 2048 or EC P-256 keys, or build the firmware with the algorithm that is missing."},
  {Topic::own_certificate, {client_cert_missing, client_cert_untrusted}, "Store the device's certificate again, whole: PEM with both marker lines, its line ends and its final zero, or DER with its true length."},
  {Topic::own_key, {client_key_missing}, "Store the device's private key again, whole and without a password, and see that it belongs to its certificate (`openssl pkey -pubout` and `openssl x509 -pubkey` print the same)."},
  {Topic::certificate_asked, {client_cert_missing}, "Install a client certificate and its key on the device, or set require_certificate false on that listener."},
  {Topic::stored_file, {server_cert_untrusted, client_cert_missing, client_key_missing}, "A certificate or key that was stored or loaded cannot be read: store it again, whole, in the format that is expected (PEM with marker lines and line ends, or DER), keys without a password."},
  {Topic::no_cipher, {no_shared_cipher, server_key_type_unsupported}, "Compare the suites of both sides: an ECDSA certificate serves no device that only does RSA (certbot: --key-type rsa). ECDHE with AES_128_GCM_SHA256 is what nearly all have; see `ciphers` in mosquitto.conf."},
  {Topic::no_group, {no_shared_cipher}, "Allow secp256r1 (P-256) on both sides; it is the one curve that nearly all devices have."},
  {Topic::version, {protocol_version_unsupported}, "Allow TLS 1.2 on that listener (tls_version tlsv1.2 or none at all) and in the firmware; TLS 1.0 and 1.1 need new firmware."},
  {Topic::fragment_length, {mfln_not_negotiated}, "The maximum fragment length must be 512, 1024, 2048 or 4096 and supported by the end point: OpenSSL-based brokers are, many proxies are not. `tlswatch check` shows it."},
  {Topic::record_size, {record_too_large, mfln_not_negotiated, mfln_not_honoured}, "Let the device ask for MFLN with an end point that honours it, send smaller messages and a shorter chain, or build the firmware with larger buffers."},
  {Topic::memory, {device_out_of_memory}, "Free heap before the handshake: smaller TLS buffers (with MFLN on the broker), fewer features, a short chain. If it comes only after days, look for a leak or fragmentation."},
  {Topic::random, {device_no_random}, "The device has no working source of randomness: a fault of its firmware, or TLS was started too early. Update it, and start TLS after its entropy source."},
  {Topic::damaged, {data_corrupted, psk_mismatch}, "With a pre-shared key, compare the key on both sides. One device now and then: its memory, power or radio. Many devices: something in between changes bytes, or a firmware release has broken crypto."},
  {Topic::handshake_broken, {data_corrupted, not_tls}, "See which TLS software really answers on that port (`openssl s_client -connect HOST:PORT`), leave out any proxy in between, and update both sides."},
  {Topic::alert_lost, {client_cert_missing, client_cert_untrusted, no_shared_cipher, protocol_version_unsupported}, "The broker refused and said why in an alert whose number is not in this code: tlswatch logs it for the broker's side of that session, and so does the broker's own log."},
  {Topic::closed, {connection_closed_by_device, session_taken_over, tls_on_plain_port}, "The broker's side ended the connection; its log and tlswatch's event of that session say why. In the middle of a handshake, check that the port speaks TLS at all."},
  {Topic::reset, {connection_reset, network_loss, tls_on_plain_port}, "Look at the broker's side of that session: restart, firewall, a proxy's limits, a plain listener. Then at the radio link (RSSI, retransmits)."},
  {Topic::timeout, {handshake_timeout, network_loss}, "Look at the radio link first, then at the time that the device allows: a handshake takes a slow chip several seconds, less with a P-256 key and a short chain."},
  {Topic::dns, {dns_failure}, "Check the broker's name in the device's configuration and the DNS server that it got by DHCP."},
  {Topic::tcp, {tcp_connect_failure, network_loss}, "Check host and port (8883 as a rule), that the broker listens on that address, and the firewall in between; TLS had not begun."},
  {Topic::socket, {tcp_connect_failure, device_out_of_memory}, "The device's own network stack refused: look for connections that are never closed (each costs a socket and memory), then restart it."},
  {Topic::psk_identity, {psk_identity_unknown}, "Add the identity to the broker's psk_file, or correct it on the device; use_identity_as_username and psk_hint belong to the same listener."},
  {Topic::psk_key, {psk_mismatch}, "Compare the pre-shared key on both sides: hexadecimal in psk_file, the same bytes on the device."},
  {Topic::resumption, {Cause::unknown}, "A kept session no longer fits, usually after a restart of the broker: let the device forget it and make a full handshake. If it comes again, switch resumption off in the firmware."},
  {Topic::alpn, {Cause::unknown}, "Correct the list of application protocols: AWS IoT on port 443 wants x-amzn-mqtt-ca; Mosquitto wants none, or mqtt."},
  {Topic::sni, {server_name_mismatch}, "Let the device send the name that the end point has a certificate for, or add that name there."},
  {Topic::not_tls, {tls_on_plain_port, not_tls}, "Check that the port is the broker's TLS listener (8883 as a rule, 1883 is plain) and that no portal or proxy answers in its place."},
  {Topic::plain_client, {plain_mqtt_on_tls_port, not_tls}, "The client speaks plain MQTT, or something else, to the TLS port: switch TLS on in it (Tasmota: SetOption103 1 in a TLS build), or point it at the plain listener."},
  {Topic::http_client, {not_tls, scanner}, "A browser, a health check or a scanner came to the TLS port; no device is affected. Give health checks a TLS probe."},
  {Topic::misuse, {Cause::unknown}, "A fault of the firmware, not of certificates or network: update it, and report it with its version and this code."},
  {Topic::not_built_in, {signature_algorithm_unsupported, no_shared_cipher, server_key_type_unsupported}, "The broker's certificate or suite needs something that this firmware was built without: use RSA 2048 or EC P-256 with SHA-256, or build the firmware with it."},
  {Topic::hardware, {data_corrupted, Cause::unknown}, "The chip's crypto engine or secure element failed: look for a newer firmware, try software crypto, and check its power and bus."},
  {Topic::internal, {Cause::unknown, device_out_of_memory}, "The library failed inside itself, often for want of memory: look at the free heap at that moment, then update the firmware."},
  {Topic::server_only, {Cause::unknown}, "Only a server gives this code. If a device reports it, its firmware runs its TLS library in the wrong role; if a broker does, look at the client it names."},
  {Topic::not_for_tls, {Cause::unknown}, "Nothing in an MQTT client's TLS gives this code: look at what else the firmware does with its crypto library, and update it."},
  {Topic::client_rejected, {client_cert_untrusted, client_cert_expired, client_cert_revoked}, "The broker rejects the device's certificate: it must be in its dates, not on the crlfile, and signed by a CA of the listener's cafile or capath, with its intermediates sent along."},
  {Topic::client_none, {client_cert_missing}, "The listener wants a client certificate (require_certificate true) and the device showed none: install certificate and key on it."},
  {Topic::mqtt_protocol, {Cause::unknown, connection_closed_by_device, not_tls}, "In Mosquitto's log: 2.0 writes this for every TLS failure too and keeps the reason to itself, so look at the OpenSSL line above it, or at tlswatch's event of that session, which has address, device and cause. From a device: update its MQTT client."},
  {Topic::mqtt_gone, {connection_closed_by_device, network_loss}, "The client left without a DISCONNECT: it restarted, lost its radio link, or rejected the broker's certificate in silence. Its own log or report says which."},
  {Topic::mqtt_silent, {keepalive_timeout, network_loss}, "The client was silent for 1.5 times its keepalive: look at its power, radio and restarts; TLS is not the cause."},
  {Topic::mqtt_taken_over, {session_taken_over}, "Two connections use one client id. Again and again, two devices share it: make them differ (Tasmota: MqttClient DVES_%06X)."},
  {Topic::mqtt_refused, {credentials_refused}, "TLS went well: correct user and password on the device (Tasmota: MqttUser, MqttPassword) or in the broker's password_file, and see allow_anonymous and use_identity_as_username."},
  {Topic::mqtt_size, {record_too_large}, "Send smaller messages, or raise the limit: max_packet_size or message_size_limit in mosquitto.conf, the MQTT buffer in the firmware."},
  {Topic::mqtt_version, {Cause::unknown}, "Allow this MQTT version on that listener (accept_protocol_versions, Mosquitto 2.1), or change the client's."},
  {Topic::server_closed, {Cause::unknown}, "TLS went well; see the broker's log at that time: its limits (max_connections), a restart, an operator."},
};
// clang-format on

constexpr bool in_order() {
  if (std::size(kAdvice) != static_cast<std::size_t>(Topic::count)) return false;
  for (std::size_t i = 0; i < std::size(kAdvice); ++i) {
    if (kAdvice[i].topic != static_cast<Topic>(i)) return false;
  }
  return true;
}
static_assert(in_order());

struct StackFix {
  Topic topic;
  Stack stack;
  std::string_view fix;
};

// clang-format off
// Where the fix has a name in that stack. Sources: ESP-IDF's esp_tls.h, mqtt_client.h and Kconfig; the Arduino core's
// WiFiClientSecure.h; mbedtls/mbedtls_config.h; wolfssl/ssl.h; mosquitto_pub(1); the OpenSSL manual.
constexpr StackFix kStackFixes[] = {
  {Topic::ca_unknown, Stack::mbedtls, "Give the device the CA that signs the broker's certificate today, the root and not an intermediate (ESP-IDF: broker.verification.certificate or crt_bundle_attach; Arduino: setCACert), and let the broker send its whole chain."},
  {Topic::ca_unknown, Stack::esp_tls, "Give the device the CA that signs the broker's certificate today (broker.verification.certificate, or crt_bundle_attach = esp_crt_bundle_attach), and let the broker send its whole chain."},
  {Topic::ca_unknown, Stack::wolfssl, "Load the CA that signs the broker's certificate today (wolfSSL_CTX_load_verify_buffer or _locations), the root and not an intermediate, and let the broker send its whole chain."},
  {Topic::ca_unknown, Stack::openssl, "Give the client the CA that signs the broker's certificate today (mosquitto_pub: --cafile; paho: tls_set(ca_certs=...); Node: ca), and let the broker send its whole chain (certfile)."},
  {Topic::rejected, Stack::mbedtls, "The verify flags say which check failed: ask again with --rc FLAGS, or paste the line that shows them. 0x08 is an unknown CA, 0x01 expired, 0x200 not yet valid (a clock at 1970), 0x04 the wrong name."},
  {Topic::rejected, Stack::openssl, "The verify result beside it says which check failed: 18 to 21 an unknown CA, 10 expired, 9 not yet valid, 62 the wrong name (tlswatch decode N --stack openssl). Try `openssl s_client -connect HOST:PORT -CAfile CA -verify_return_error`."},
  {Topic::server_name, Stack::mbedtls, "Put the exact name or address that the device connects to into the certificate's subjectAltName, or let the device check another name (ESP-IDF: broker.verification.common_name)."},
  {Topic::server_name, Stack::openssl, "Put the exact name or address that the client connects to into the certificate's subjectAltName, or connect by a name that is there (mosquitto_pub: -h)."},
  {Topic::own_certificate, Stack::esp_tls, "Store the device's certificate again, whole (credentials.authentication.certificate; for PEM the length counts the final zero)."},
  {Topic::own_key, Stack::esp_tls, "Store the device's private key again, whole (credentials.authentication.key, with key_password where it has one), and see that it belongs to its certificate."},
  {Topic::own_key, Stack::openssl, "Give the client the private key that belongs to its certificate (mosquitto_pub: --key beside --cert): `openssl pkey -pubout` and `openssl x509 -pubkey` print the same for the two."},
  {Topic::certificate_asked, Stack::openssl, "Give the client certificate and key (mosquitto_pub: --cert and --key; paho: tls_set(certfile=..., keyfile=...)), or set require_certificate false on that listener."},
  {Topic::record_size, Stack::mbedtls, "Enlarge the device's buffers (MBEDTLS_SSL_IN_CONTENT_LEN, ESP-IDF: CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN), or have it ask for a fragment length (mbedtls_ssl_conf_max_frag_len) from an end point that honours it."},
  {Topic::record_size, Stack::wolfssl, "Build wolfSSL with larger limits (MAX_RECORD_SIZE, MAX_CERTIFICATE_SZ), or have the device ask for a fragment length (wolfSSL_UseMaxFragment) from an end point that honours it."},
  {Topic::memory, Stack::mbedtls, "Free heap before the handshake, in one piece: CONFIG_MBEDTLS_DYNAMIC_BUFFER and smaller CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN on ESP-IDF, one connection at a time, a short chain."},
  {Topic::memory, Stack::esp_tls, "Free heap before the handshake, in one piece: CONFIG_MBEDTLS_DYNAMIC_BUFFER, smaller CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN, one connection at a time, a short chain."},
  {Topic::memory, Stack::wolfssl, "Free heap before the handshake: WOLFSSL_SMALL_STACK moves work from the stack to the heap, SP math and no RSA 4096 need less, and so does MFLN."},
  {Topic::memory, Stack::openssl, "The process or container has no memory left: raise its limit, and look for a leak."},
  {Topic::not_built_in, Stack::mbedtls, "The firmware's mbedTLS was built without what the broker's certificate or suite needs (mbedtls_config.h; ESP-IDF: menuconfig, mbedTLS): switch it on, or use RSA 2048 or EC P-256 with SHA-256."},
  {Topic::not_built_in, Stack::wolfssl, "The firmware's wolfSSL was built without what the broker's certificate or suite needs (user_settings.h): switch it on, or use RSA 2048 or EC P-256 with SHA-256."},
  {Topic::version, Stack::mbedtls, "Allow TLS 1.2 on that listener (tls_version tlsv1.2), and in the firmware (MBEDTLS_SSL_PROTO_TLS1_2, or TLS1_3 for a TLS 1.3-only broker)."},
  {Topic::psk_key, Stack::openssl, "Compare the pre-shared key on both sides: hexadecimal in the broker's psk_file and in mosquitto_pub's --psk."},
};
// clang-format on

}  // namespace

CauseList causes_of(Topic topic) noexcept {
  return kAdvice[static_cast<std::size_t>(topic)].causes;
}

std::string_view fix_of(Topic topic, Stack stack) noexcept {
  const auto own = std::ranges::find_if(
      kStackFixes, [&](const StackFix& f) { return f.topic == topic && f.stack == stack; });
  return own != std::end(kStackFixes) ? own->fix : kAdvice[static_cast<std::size_t>(topic)].fix;
}

}  // namespace tlswatch::catalog
