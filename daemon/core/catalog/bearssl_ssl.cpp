#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Cause;
constexpr Stack kBearssl = Stack::bearssl;
constexpr std::string_view kHeader = "bearssl_ssl.h";

/// Where bytes were not what the protocol allows there: a peer that is no TLS server, or bytes changed on the
/// way.
constexpr std::string_view kBadBytes =
    "Check that the port really is the broker's TLS port and that nothing in between (proxy, portal, "
    "hotspot) "
    "answers for it. If it comes rarely and from one device only, suspect its memory or radio.";
constexpr std::string_view kServerBroken =
    "The server breaks the protocol here. See which software answers on that port (`tlswatch check "
    "HOST:PORT`), "
    "update it, or leave out the proxy in front of it.";

constexpr Entry kEntries[] = {
    {0, kBearssl, "BR_ERR_OK", "no error in the SSL layer", CauseList(),
     "Nothing to mend in TLS; if MQTT did not connect, read the MQTT rc.", kHeader},
    {1,
     kBearssl,
     "BR_ERR_BAD_PARAM",
     "the firmware called BearSSL with a parameter it does not take; on Tasmota the same number means a "
     "fingerprint mismatch",
     {fingerprint_mismatch},
     "On Tasmota, treat it as a fingerprint mismatch. In other firmware it is a bug of the firmware: report "
     "it "
     "with its version.",
     kHeader},
    {2,
     kBearssl,
     "BR_ERR_BAD_STATE",
     "the firmware asked BearSSL for something that its state does not allow, such as reading while data "
     "waits "
     "to be sent; in fingerprint mode of some Tasmota versions the same number means a suspicious server key",
     {Cause::unknown, fingerprint_mismatch},
     "Restart the device; if it comes again, update the firmware. In fingerprint mode check the server's key "
     "and learn the fingerprint again.",
     kHeader},
    {3,
     kBearssl,
     "BR_ERR_UNSUPPORTED_VERSION",
     "what came in carries a protocol version that the device does not speak, or is no TLS at all",
     {protocol_version_unsupported, not_tls, tls_on_plain_port},
     "Check that the port is the broker's TLS port; then allow TLS 1.2 on that listener (or in the proxy in "
     "front): "
     "BearSSL speaks TLS 1.0 to 1.2.",
     kHeader},
    {4,
     kBearssl,
     "BR_ERR_BAD_VERSION",
     "a record carries another protocol version than the one in use",
     {data_corrupted, not_tls},
     kBadBytes,
     kHeader},
    {5,
     kBearssl,
     "BR_ERR_BAD_LENGTH",
     "a record's length cannot be: too short for its cipher, or beyond the limit",
     {data_corrupted, not_tls},
     kBadBytes,
     kHeader},
    {6,
     kBearssl,
     "BR_ERR_TOO_LARGE",
     "the server sent a record that is larger than the device's receive buffer (or, rarely, the device's own "
     "handshake message does not fit its send buffer)",
     {record_too_large, mfln_not_negotiated, mfln_not_honoured},
     "Have the TLS end point negotiate and honour MFLN (OpenSSL-based brokers do; HAProxy and many proxies "
     "do "
     "not), send smaller messages to this device, or build the firmware with a larger buffer. `tlswatch "
     "check` "
     "shows whether MFLN is honoured.",
     kHeader},
    {7,
     kBearssl,
     "BR_ERR_BAD_MAC",
     "a record's padding or integrity check failed: the bytes are not what the peer protected",
     {data_corrupted},
     "One device, now and then: its memory or power supply, or a firmware bug in its crypto hardware. All "
     "devices: "
     "something on the way changes bytes, or the server's TLS is broken.",
     kHeader},
    {8,
     kBearssl,
     "BR_ERR_NO_RANDOM",
     "the device has no source of randomness, or did not seed BearSSL from it",
     {device_no_random},
     "A fault of the firmware: it must seed the engine before the handshake. Update it.",
     kHeader},
    {9,
     kBearssl,
     "BR_ERR_UNKNOWN_TYPE",
     "a record of a type that TLS does not have",
     {not_tls, tls_on_plain_port, data_corrupted},
     kBadBytes,
     kHeader},
    {10,
     kBearssl,
     "BR_ERR_UNEXPECTED",
     "a record or message that is valid, but not at this point of the protocol",
     {not_tls, server_chain_malformed, data_corrupted},
     kServerBroken,
     kHeader},
    {12,
     kBearssl,
     "BR_ERR_BAD_CCS",
     "a ChangeCipherSpec message with content that is not allowed",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {13,
     kBearssl,
     "BR_ERR_BAD_ALERT",
     "an alert message with content that is not allowed",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {14,
     kBearssl,
     "BR_ERR_BAD_HANDSHAKE",
     "a handshake message that cannot be decoded",
     {data_corrupted, not_tls},
     kServerBroken,
     kHeader},
    {15,
     kBearssl,
     "BR_ERR_OVERSIZED_ID",
     "the server sent a session id of more than 32 bytes",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {16,
     kBearssl,
     "BR_ERR_BAD_CIPHER_SUITE",
     "the server chose a cipher suite that the device did not offer; also set when the firmware offers one "
     "that it "
     "was built without",
     {no_shared_cipher},
     kServerBroken,
     kHeader},
    {17,
     kBearssl,
     "BR_ERR_BAD_COMPRESSION",
     "the server chose a compression that the device did not offer",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {18,
     kBearssl,
     "BR_ERR_BAD_FRAGLEN",
     "the server answered the maximum fragment length extension with another size than was asked",
     {mfln_not_negotiated, mfln_not_honoured},
     "The server's MFLN is broken: update it (`tlswatch check HOST:PORT` tries all four sizes), or build the "
     "firmware without MFLN and with full-size buffers.",
     kHeader},
    {19,
     kBearssl,
     "BR_ERR_BAD_SECRENEG",
     "the server's secure renegotiation answer is wrong",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {20,
     kBearssl,
     "BR_ERR_EXTRA_EXTENSION",
     "the server answered with an extension that the device did not send, or with one twice",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {21,
     kBearssl,
     "BR_ERR_BAD_SNI",
     "the server's answer to the server name extension is not empty",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {22,
     kBearssl,
     "BR_ERR_BAD_HELLO_DONE",
     "the server's ServerHelloDone is not empty",
     {data_corrupted},
     kServerBroken,
     kHeader},
    {23,
     kBearssl,
     "BR_ERR_LIMIT_EXCEEDED",
     "an internal limit of the device was passed, nearly always by the server's public key: the largest RSA "
     "key "
     "is 2048 bits on an ESP8266 and 4096 bits on an ESP32 or in builds with USE_4K_RSA",
     {server_key_too_large},
     "Give the broker a 2048-bit RSA key (or EC P-256 where the firmware has ECDSA), or use a firmware built "
     "with "
     "USE_4K_RSA. Intermediates count too when the chain is checked.",
     "bearssl_ssl.h; Tasmota #9704, #12988"},
    {24,
     kBearssl,
     "BR_ERR_BAD_FINISHED",
     "the server's Finished message does not match: the two sides saw different handshakes",
     {data_corrupted},
     "Something changes bytes on the way (an inspecting proxy), or the device's crypto is faulty: if other "
     "devices "
     "connect over the same path, update this one's firmware.",
     kHeader},
    {25,
     kBearssl,
     "BR_ERR_RESUME_MISMATCH",
     "the server resumed a session with another version or cipher than it had before",
     {no_shared_cipher, protocol_version_unsupported},
     "Happens once when the broker's settings changed under a stored session. If it stays, clear the session "
     "on "
     "the device or switch resumption off.",
     kHeader},
    {26,
     kBearssl,
     "BR_ERR_INVALID_ALGORITHM",
     "the server uses a curve, signature algorithm or hash that the firmware was built without, or that is "
     "not "
     "valid",
     {signature_algorithm_unsupported, server_key_type_unsupported, no_shared_cipher},
     "Use what small firmware has: RSA with SHA-256, ECDHE and ECDSA on P-256. Otherwise a build with the "
     "missing "
     "algorithm.",
     kHeader},
    {27,
     kBearssl,
     "BR_ERR_BAD_SIGNATURE",
     "the signature over the server's key exchange is wrong: it does not belong to the certificate's key",
     {data_corrupted, signature_algorithm_unsupported},
     "Check that certificate and key on the broker belong together. If other devices connect, suspect this "
     "one: a "
     "firmware release had a bug in one chip's hash hardware; update it.",
     "bearssl_ssl.h; Tasmota #23853"},
    {28,
     kBearssl,
     "BR_ERR_WRONG_KEY_USAGE",
     "the server's key is of the wrong type for this key exchange, or its certificate does not allow it",
     {server_key_type_unsupported},
     "Reissue the certificate with digitalSignature, and keyEncipherment if RSA key exchange is used; or "
     "enable "
     "ECDHE suites.",
     kHeader},
    {29,
     kBearssl,
     "BR_ERR_NO_CLIENT_AUTH",
     "only a BearSSL server sets this: its client sent no certificate, or one that it could not validate",
     {client_cert_missing, client_cert_untrusted},
     "If a device that is a client shows it, its firmware runs a TLS server of its own (a web page, say): "
     "look "
     "there, not at MQTT.",
     kHeader},
    {31,
     kBearssl,
     "BR_ERR_IO",
     "the TCP connection failed or was closed under TLS; set only by firmware that uses BearSSL's simplified "
     "I/O",
     {connection_reset, network_loss, handshake_timeout},
     "See in the broker's record of that session who closed first, and look at radio and retransmits. A "
     "broker "
     "that refuses says why by an alert, which would be another code.",
     kHeader},
};

}  // namespace

std::span<const Entry> bearssl_ssl_entries() noexcept {
  return kEntries;
}

}  // namespace tlswatch::catalog
