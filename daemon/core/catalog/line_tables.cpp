#include "daemon/core/catalog/line_tables.h"

namespace tlswatch::catalog {
namespace {

// clang-format off
constexpr LinePattern kPatterns[] = {
  // Tasmota: "MQT: TLS connection error: 296", "MQT: Connect failed to HOST:8883, rc -2. Retry in 10 sec" (localised).
  {"", "TLS connection error: ", Form::code, Stack::tasmota},
  {"MQT:", " rc ", Form::mqtt_state, Stack::tasmota},
  // OpenSSL, in whatever program: "error:0A000418:SSL routines::...", "verify error:num=20:...".
  {"", "error:", Form::packed, Stack::openssl},
  {"", "verify error:num=", Form::code, Stack::openssl},
  {"", "verify return code: ", Form::code, Stack::openssl},
  {"", "verify result: ", Form::code, Stack::openssl},
  {"", "SSL alert number ", Form::alert, Stack::openssl},
  // ESP-IDF: esp-tls, its stacks, and esp-mqtt's example; Arduino's ssl_client.
  {"", "reported from esp-tls: ", Form::code, Stack::esp_tls},
  {"", "tls stack error number: ", Form::code, Stack::mbedtls},
  {"", "Connection refused error: ", Form::mqtt_state, Stack::esp_tls},
  {"wolfssl", "error code: ", Form::code, Stack::wolfssl},
  {"wolfssl", "error = ", Form::code, Stack::wolfssl},
  {"wolfssl", "err = ", Form::code, Stack::wolfssl},
  {"wolfssl", "error: ", Form::code, Stack::wolfssl},
  {"wolfssl", "returned ", Form::code, Stack::wolfssl},
  {"wolfssl", "error ", Form::code, Stack::wolfssl},
  {"", "PK verify failed with error ", Form::code, Stack::mbedtls},
  {"ssl_client", "]: (", Form::code, Stack::mbedtls},
  {"mbedtls", "returned ", Form::code, Stack::mbedtls},
  {"", "-0x", Form::negative, Stack::mbedtls},
  {"mbedtls", "error: ", Form::code, Stack::mbedtls},
  {"", "verify flags: ", Form::verify_flags, Stack::mbedtls},
  {"", "esp_tls_flags: ", Form::verify_flags, Stack::mbedtls},
  // MQTT: Mosquitto's debug log, paho, sketches with PubSubClient.
  {"Sending CONNACK to", "(0, ", Form::mqtt_state, {}},
  {"", "result code ", Form::mqtt_state, {}},
  {"", " rc=", Form::mqtt_state, {}},
};

constexpr std::string_view kMosquitto = "Mosquitto, its log";
constexpr std::string_view kTasmota = "Tasmota, its log";
constexpr std::string_view kIdf = "ESP-IDF, its log";
constexpr std::string_view kVerifyInfo = "mbedTLS, mbedtls_x509_crt_verify_info";

constexpr Remark kRemarks[] = {
  {"disconnected: protocol error", Side::broker, Topic::mqtt_protocol, "disconnected: Protocol error", "the connection broke TLS's or MQTT's rules, or TLS failed before MQTT began", kMosquitto},
  {"disconnected due to protocol error", Side::broker, Topic::mqtt_protocol, "disconnected due to protocol error", "the connection broke TLS's or MQTT's rules, or TLS failed before MQTT began", kMosquitto},
  {"disconnected due to malformed packet", Side::broker, Topic::mqtt_protocol, "disconnected due to malformed packet", "the client sent an MQTT packet that cannot be read", kMosquitto},
  {"closed its connection", Side::broker, Topic::mqtt_gone, "closed its connection", "the client closed the connection without a DISCONNECT", kMosquitto},
  {"disconnected: connection closed by client", Side::broker, Topic::mqtt_gone, "connection closed by client", "the client closed the connection without a DISCONNECT", kMosquitto},
  {"has exceeded timeout, disconnecting", Side::broker, Topic::mqtt_silent, "has exceeded timeout", "nothing came from the client for 1.5 times its keepalive", kMosquitto},
  {"disconnected: exceeded timeout", Side::broker, Topic::mqtt_silent, "exceeded timeout", "nothing came from the client for 1.5 times its keepalive", kMosquitto},
  {"already connected, closing old connection", Side::broker, Topic::mqtt_taken_over, "already connected", "another connection with the same client id came, and this one was ended for it", kMosquitto},
  {"disconnected: session taken over", Side::broker, Topic::mqtt_taken_over, "session taken over", "another connection with the same client id came, and this one was ended for it", kMosquitto},
  {"disconnected, not authorised", Side::broker, Topic::mqtt_refused, "not authorised", "the broker refused user name, password or client", kMosquitto},
  {"disconnected: not authorised", Side::broker, Topic::mqtt_refused, "not authorised", "the broker refused user name, password or client", kMosquitto},
  {"connection refused: not authorised", Side::device, Topic::mqtt_refused, "Connection Refused: not authorised", "the broker refused user name, password or client", kMosquitto},
  {"connection refused: bad user name or password", Side::device, Topic::mqtt_refused, "Connection Refused: bad user name or password", "the broker refused user name or password", kMosquitto},
  {"connection refused, not authorized", Side::device, Topic::mqtt_refused, "Connection refused, not authorized", "the broker refused user name, password or client", kIdf},
  {"connection refused, bad username or password", Side::device, Topic::mqtt_refused, "Connection refused, bad username or password", "the broker refused user name or password", kIdf},
  {"disconnected due to oversize packet", Side::broker, Topic::mqtt_size, "disconnected due to oversize packet", "the client sent an MQTT packet above max_packet_size", kMosquitto},
  {"socket error on client", Side::broker, Topic::mqtt_gone, "Socket error", "the client's connection broke without a DISCONNECT", kMosquitto},
  {"a tls error occurred", Side::device, Topic::rejected, "A TLS error occurred", "TLS failed in mosquitto_pub or mosquitto_sub; with --debug it shows OpenSSL's reason, which says why", kMosquitto},
  {"mfln not supported by tls server", Side::device, Topic::fragment_length, "MFLN not supported by TLS server", "the end point did not take the fragment length that the device asked for, so records larger than its buffer may come", kTasmota},
  {"the certificate is not correctly signed by the trusted ca", Side::device, Topic::ca_unknown, "MBEDTLS_X509_BADCERT_NOT_TRUSTED", "the chain does not lead to a CA that the device trusts", kVerifyInfo},
  {"the certificate validity has expired", Side::device, Topic::expired, "MBEDTLS_X509_BADCERT_EXPIRED", "the certificate has expired by the device's clock", kVerifyInfo},
  {"the certificate validity starts in the future", Side::device, Topic::not_yet_valid, "MBEDTLS_X509_BADCERT_FUTURE", "the certificate is not yet valid by the device's clock", kVerifyInfo},
  {"common name (cn) does not match", Side::device, Topic::server_name, "MBEDTLS_X509_BADCERT_CN_MISMATCH", "the certificate does not name the host that the device connects to", kVerifyInfo},
  {"failed to verify peer certificate", Side::device, Topic::rejected, "Failed to verify peer certificate", "the device rejects the server's certificate; the next line of its log says why", kIdf},
  {"failed to verify certificate", Side::device, Topic::rejected, "Failed to verify certificate", "the device rejects the server's certificate: no CA of its bundle signed the chain, or a signature is wrong", kIdf},
  {"couldn't get hostname for", Side::device, Topic::dns, "couldn't get hostname", "the broker's name could not be resolved to an address", kIdf},
  {"delayed connect error", Side::device, Topic::tcp, "delayed connect error", "the TCP connection was refused, reset or never answered", kIdf},
  {"no server verification option set", Side::device, Topic::ca_unknown, "No server verification option set", "the firmware gave TLS no CA and no bundle to check the server with", kIdf},
  {"failed to open new connection in specified timeout", Side::device, Topic::timeout, "Failed to open new connection in specified timeout", "TCP or TLS did not connect in time", kIdf},
  {"failed to open a new connection", Side::device, Topic::tcp, "Failed to open a new connection", "the connection did not come about; the line before it in the log says why", kIdf},
};

constexpr VerifyPhrase kVerifyPhrases[] = {
  {"unable to get local issuer certificate", 20},
  {"unable to verify the first certificate", 21},
  {"self-signed certificate in certificate chain", 19},
  {"self signed certificate in certificate chain", 19},
  {"self-signed certificate", 18},
  {"self signed certificate", 18},
  {"certificate has expired", 10},
  {"certificate is not yet valid", 9},
  {"certificate revoked", 23},
  {"hostname mismatch", 62},
  {"ip address mismatch", 64},
};
// clang-format on

}  // namespace

std::span<const LinePattern> line_patterns() noexcept {
  return kPatterns;
}

std::span<const Remark> remarks() noexcept {
  return kRemarks;
}

std::span<const VerifyPhrase> verify_phrases() noexcept {
  return kVerifyPhrases;
}

}  // namespace tlswatch::catalog
