#include "names.h"

#include <bearssl/bearssl.h>

#include <span>

#include "tlswatch_codes.h"

namespace tlswatch::device::tool {
namespace {

struct Row {
  std::int32_t code;
  const char* name;
};

// The number and the name from one token of BearSSL's own headers: they cannot disagree.
#define ROW(name) \
  { name, #name }
const Row kBearSsl[] = {
    ROW(BR_ERR_OK),
    ROW(BR_ERR_BAD_PARAM),
    ROW(BR_ERR_BAD_STATE),
    ROW(BR_ERR_UNSUPPORTED_VERSION),
    ROW(BR_ERR_BAD_VERSION),
    ROW(BR_ERR_BAD_LENGTH),
    ROW(BR_ERR_TOO_LARGE),
    ROW(BR_ERR_BAD_MAC),
    ROW(BR_ERR_NO_RANDOM),
    ROW(BR_ERR_UNKNOWN_TYPE),
    ROW(BR_ERR_UNEXPECTED),
    ROW(BR_ERR_BAD_CCS),
    ROW(BR_ERR_BAD_ALERT),
    ROW(BR_ERR_BAD_HANDSHAKE),
    ROW(BR_ERR_OVERSIZED_ID),
    ROW(BR_ERR_BAD_CIPHER_SUITE),
    ROW(BR_ERR_BAD_COMPRESSION),
    ROW(BR_ERR_BAD_FRAGLEN),
    ROW(BR_ERR_BAD_SECRENEG),
    ROW(BR_ERR_EXTRA_EXTENSION),
    ROW(BR_ERR_BAD_SNI),
    ROW(BR_ERR_BAD_HELLO_DONE),
    ROW(BR_ERR_LIMIT_EXCEEDED),
    ROW(BR_ERR_BAD_FINISHED),
    ROW(BR_ERR_RESUME_MISMATCH),
    ROW(BR_ERR_INVALID_ALGORITHM),
    ROW(BR_ERR_BAD_SIGNATURE),
    ROW(BR_ERR_WRONG_KEY_USAGE),
    ROW(BR_ERR_NO_CLIENT_AUTH),
    ROW(BR_ERR_IO),
    ROW(BR_ERR_X509_OK),
    ROW(BR_ERR_X509_INVALID_VALUE),
    ROW(BR_ERR_X509_TRUNCATED),
    ROW(BR_ERR_X509_EMPTY_CHAIN),
    ROW(BR_ERR_X509_INNER_TRUNC),
    ROW(BR_ERR_X509_BAD_TAG_CLASS),
    ROW(BR_ERR_X509_BAD_TAG_VALUE),
    ROW(BR_ERR_X509_INDEFINITE_LENGTH),
    ROW(BR_ERR_X509_EXTRA_ELEMENT),
    ROW(BR_ERR_X509_UNEXPECTED),
    ROW(BR_ERR_X509_NOT_CONSTRUCTED),
    ROW(BR_ERR_X509_NOT_PRIMITIVE),
    ROW(BR_ERR_X509_PARTIAL_BYTE),
    ROW(BR_ERR_X509_BAD_BOOLEAN),
    ROW(BR_ERR_X509_OVERFLOW),
    ROW(BR_ERR_X509_BAD_DN),
    ROW(BR_ERR_X509_BAD_TIME),
    ROW(BR_ERR_X509_UNSUPPORTED),
    ROW(BR_ERR_X509_LIMIT_EXCEEDED),
    ROW(BR_ERR_X509_WRONG_KEY_TYPE),
    ROW(BR_ERR_X509_BAD_SIGNATURE),
    ROW(BR_ERR_X509_TIME_UNKNOWN),
    ROW(BR_ERR_X509_EXPIRED),
    ROW(BR_ERR_X509_DN_MISMATCH),
    ROW(BR_ERR_X509_BAD_SERVER_NAME),
    ROW(BR_ERR_X509_CRITICAL_EXTENSION),
    ROW(BR_ERR_X509_NOT_CA),
    ROW(BR_ERR_X509_FORBIDDEN_KEY_USAGE),
    ROW(BR_ERR_X509_WEAK_PUBLIC_KEY),
    ROW(BR_ERR_X509_NOT_TRUSTED),
};
#undef ROW

// RFC 5246 section 7.2, RFC 8446 section 6, RFC 6066, RFC 4279, RFC 7301, RFC 7507; the gaps are unassigned.
const Row kAlerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {112, "unrecognized_name"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

// WiFiClientSecureLightBearSSL.h; a mismatch has no name there.
const Row kTasmota[] = {
    {kFingerprintMismatch, "FINGERPRINT_MISMATCH"}, {kOutOfMemory, "ERR_OOM"},
    {kCannotResolve, "ERR_CANT_RESOLVE_IP"},        {kCannotConnect, "ERR_TCP_CONNECT"},
    {kMissingEcKey, "ERR_MISSING_EC_KEY"},          {kMissingCa, "ERR_MISSING_CA"},
    {kHandshakeTimeout, "ERR_TLS_TIMEOUT"},
};

// PubSubClient.h
const Row kMqttStates[] = {
    {kMqttNoConnack, "MQTT_CONNECTION_TIMEOUT"}, {kMqttConnectionLost, "MQTT_CONNECTION_LOST"},
    {kMqttConnectFailed, "MQTT_CONNECT_FAILED"}, {1, "MQTT_CONNECT_BAD_PROTOCOL"},
    {2, "MQTT_CONNECT_BAD_CLIENT_ID"},           {3, "MQTT_CONNECT_UNAVAILABLE"},
    {4, "MQTT_CONNECT_BAD_CREDENTIALS"},         {5, "MQTT_CONNECT_UNAUTHORIZED"},
};

const Row kSuites[] = {
    {BR_TLS_RSA_WITH_AES_128_GCM_SHA256, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
    {BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
};

const char* find(std::span<const Row> rows, std::int32_t code) {
  for (const Row& row : rows) {
    if (row.code == code) return row.name;
  }
  return nullptr;
}

const char* bearssl_name(std::int32_t code) {
  const bool alert = code >= BR_ERR_RECV_FATAL_ALERT && code < BR_ERR_SEND_FATAL_ALERT;
  if (!alert) return find(kBearSsl, code);
  const char* name = find(kAlerts, code - BR_ERR_RECV_FATAL_ALERT);
  return name != nullptr ? name : "BR_ERR_RECV_FATAL_ALERT";
}

}  // namespace

const char* failure_name(const Failure& failure) {
  if (failure.stack == Stack::bearssl) return bearssl_name(failure.code);
  if (failure.stack != Stack::tasmota) return nullptr;
  return failure.code == kNoTlsError ? find(kMqttStates, failure.detail) : find(kTasmota, failure.code);
}

const char* suite_name(std::uint16_t suite) {
  return find(kSuites, suite);
}

}  // namespace tlswatch::device::tool
