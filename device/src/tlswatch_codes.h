// The error numbers that are the device's own.
//
// A number alone is ambiguous: 1 is BR_ERR_BAD_PARAM in BearSSL and a fingerprint mismatch in Tasmota. So
// each error travels with its stack (tlswatch_report.h); the numbers below belong to Stack::tasmota.
// BearSSL's own numbers stand in its headers (bearssl_ssl.h, bearssl_x509.h) and are not repeated here.
//
// Sources: Tasmota, WiFiClientSecureLightBearSSL.h and "TLS Secured MQTT"; PubSubClient.h (the MQTT states).
// This header compiles as C++11 without a standard library, and as C++20: the daemon includes it.
#ifndef TLSWATCH_CODES_H
#define TLSWATCH_CODES_H

#include <stdint.h>  // NOLINT(modernize-deprecated-headers)

namespace tlswatch {
namespace device {

/// No TLS error, yet MQTT failed: the detail is an MQTT state (kMqtt..., or a CONNACK code 1..5).
constexpr int32_t kNoTlsError = 0;
/// The server's public key is none of the pinned ones (BearSSL's BAD_PARAM has the same number).
constexpr int32_t kFingerprintMismatch = 1;
/// No memory for the TLS context or its buffers; also: the client context could not be reset.
constexpr int32_t kOutOfMemory = -1000;
constexpr int32_t kCannotResolve = -1001;     ///< DNS gave no address for the broker's name
constexpr int32_t kCannotConnect = -1002;     ///< the TCP port refused or did not answer
constexpr int32_t kMissingEcKey = -1003;      ///< a client certificate without its private key
constexpr int32_t kMissingCa = -1004;         ///< checked by CA, and no CA stored
constexpr int32_t kHandshakeTimeout = -1005;  ///< the TLS handshake did not end in time

/// MQTT states as PubSubClient counts them: the detail of a kNoTlsError. 1..5 are CONNACK return codes
/// (MQTT 3.1.1, table 3.1).
constexpr int32_t kMqttNoConnack = -4;       ///< no CONNACK came
constexpr int32_t kMqttConnectionLost = -3;  ///< an established session broke
constexpr int32_t kMqttConnectFailed = -2;   ///< the connection closed before MQTT could start

}  // namespace device
}  // namespace tlswatch

#endif
