#pragma once

#include <span>
#include <string_view>

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/catalog/topic.h"

/// The tables behind lookup(). Each is ordered by code. Internal to this folder and its tests.
namespace tlswatch::catalog {

/// Tasmota and BearSSL: every row has causes and a fix of its own.
std::span<const Entry> tasmota_entries() noexcept;       ///< tasmota.cpp
std::span<const Entry> bearssl_ssl_entries() noexcept;   ///< bearssl_ssl.cpp
std::span<const Entry> bearssl_x509_entries() noexcept;  ///< bearssl_x509.cpp

/// What a code 0 means beside an MQTT state: `code` is the rc. mqtt_rc.cpp
std::span<const Entry> mqtt_rc_entries() noexcept;

/// Row: one code of the other stacks. Its topic has causes and fix.
struct Row {
  std::int32_t code;
  Topic topic;
  const char* name;  ///< without its table's prefix
  const char* meaning;
};

/// RowTable: rows, and what they share.
struct RowTable {
  Stack stack;
  std::string_view prefix;  ///< of the names: "MBEDTLS_ERR_"
  std::string_view source;
  std::span<const Row> (*rows)() noexcept;
};

/// The reasons of MQTT 5 in the rc's place. mqtt5_rc.cpp
std::span<const Row> mqtt5_rc() noexcept;

/// Each in the file of its name.
std::span<const Row> mbedtls_high() noexcept;
std::span<const Row> mbedtls_low() noexcept;
std::span<const Row> mbedtls_3() noexcept;
std::span<const Row> mbedtls_psa() noexcept;
std::span<const Row> mbedtls_flags() noexcept;
std::span<const Row> wolfssl_tls() noexcept;
std::span<const Row> wolfssl_crypt() noexcept;
std::span<const Row> openssl_ssl() noexcept;
std::span<const Row> openssl_verify() noexcept;
std::span<const Row> openssl_broker() noexcept;  ///< reasons that mean something else in a broker's log
std::span<const Row> openssl_common() noexcept;  ///< ERR_R_..., shared by OpenSSL's libraries
std::span<const Row> system_errors() noexcept;   ///< errno of Linux
std::span<const Row> esp_tls() noexcept;

inline constexpr RowTable kMqtt5Rc{Stack::tasmota, "NO_TLS_ERROR, MQTT 5: ", "MQTT 5.0, section 2.4",
                                   mqtt5_rc};
inline constexpr RowTable kMbedtlsHigh{Stack::mbedtls, "MBEDTLS_ERR_", "mbedTLS 2.28, mbedtls/*.h",
                                       mbedtls_high};
inline constexpr RowTable kMbedtlsLow{Stack::mbedtls, "MBEDTLS_ERR_", "mbedTLS 2.28, mbedtls/*.h",
                                      mbedtls_low};
inline constexpr RowTable kMbedtls3{Stack::mbedtls, "MBEDTLS_ERR_", "mbedTLS 3.6, mbedtls/*.h", mbedtls_3};
inline constexpr RowTable kMbedtlsPsa{Stack::mbedtls, "PSA_ERROR_", "psa/crypto_values.h", mbedtls_psa};
inline constexpr RowTable kMbedtlsFlags{Stack::mbedtls, "MBEDTLS_X509_", "mbedTLS 2.28, mbedtls/x509.h",
                                        mbedtls_flags};
inline constexpr RowTable kWolfsslTls{Stack::wolfssl, "", "wolfSSL 5.5, wolfssl/error-ssl.h", wolfssl_tls};
inline constexpr RowTable kWolfsslCrypt{Stack::wolfssl, "", "wolfSSL 5.5, wolfssl/wolfcrypt/error-crypt.h",
                                        wolfssl_crypt};
inline constexpr RowTable kOpensslSsl{Stack::openssl, "SSL_R_", "OpenSSL 3.0, openssl/sslerr.h", openssl_ssl};
inline constexpr RowTable kOpensslVerify{Stack::openssl, "X509_V_ERR_", "OpenSSL 3.0, openssl/x509_vfy.h",
                                         openssl_verify};
inline constexpr RowTable kOpensslBroker{Stack::openssl, "SSL_R_", "OpenSSL 3.0, openssl/sslerr.h; run",
                                         openssl_broker};
inline constexpr RowTable kOpensslCommon{Stack::openssl, "ERR_R_", "OpenSSL 3.0, openssl/err.h",
                                         openssl_common};
inline constexpr RowTable kSystemErrors{Stack::openssl, "", "errno of Linux, errno(3)", system_errors};
inline constexpr RowTable kEspTls{Stack::esp_tls, "ESP_ERR_", "ESP-IDF 5, esp_tls_errors.h and esp_err.h",
                                  esp_tls};

/// Library: one of the libraries that make up OpenSSL, as its errors name it.
struct Library {
  std::uint8_t number;  ///< ERR_LIB_...
  Topic topic;          ///< what its errors are about as a rule
  const char* name;     ///< "PEM routines"
  const char* meaning;
};
/// LibraryReason: one reason of a library other than SSL that a TLS client or broker meets.
struct LibraryReason {
  std::uint8_t library;
  std::uint16_t reason;
  Topic topic;
  const char* name;
  const char* meaning;
};
std::span<const Library> openssl_libraries() noexcept;              ///< openssl_libraries.cpp
std::span<const LibraryReason> openssl_library_reasons() noexcept;  ///< openssl_libraries.cpp

/// What an alert tells a device that receives it (the broker's verdict), or one that sends it.
struct AlertAdvice {
  std::uint8_t code;
  std::string_view received;  ///< meaning
  CauseList received_causes;
  std::string_view received_fix;
  std::string_view sent;
  CauseList sent_causes;
  std::string_view sent_fix;
};
std::span<const AlertAdvice> alert_advice() noexcept;  ///< alerts.cpp

}  // namespace tlswatch::catalog
