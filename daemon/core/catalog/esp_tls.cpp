#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// ESP-IDF: esp_tls_errors.h (4.4 to 5.x), and those of esp_err.h that esp_tls hands on.
// clang-format off
constexpr Row kRows[] = {
  {0x0101, memory, "NO_MEM", "no memory"},
  {0x0102, misuse, "INVALID_ARG", "a function was called with bad parameters"},
  {0x0103, misuse, "INVALID_STATE", "a function was called out of order, such as a client that is started twice"},
  {0x0105, misuse, "NOT_FOUND", "something asked for is not there"},
  {0x0106, not_built_in, "NOT_SUPPORTED", "the feature was not built in"},
  {0x0107, timeout, "TIMEOUT", "an operation did not end in time"},
  {0x8001, dns, "ESP_TLS_CANNOT_RESOLVE_HOSTNAME", "the broker's name could not be resolved to an address"},
  {0x8002, socket, "ESP_TLS_CANNOT_CREATE_SOCKET", "no socket could be opened"},
  {0x8003, dns, "ESP_TLS_UNSUPPORTED_PROTOCOL_FAMILY", "the broker's name resolved to a kind of address that the firmware has not, as a rule IPv6"},
  {0x8004, tcp, "ESP_TLS_FAILED_CONNECT_TO_HOST", "the TCP connection was refused or did not come about"},
  {0x8005, socket, "ESP_TLS_SOCKET_SETOPT_FAILED", "an option of the socket could not be set"},
  {0x8006, timeout, "ESP_TLS_CONNECTION_TIMEOUT", "TCP or TLS did not connect in time"},
  {0x8007, hardware, "ESP_TLS_SE_FAILED", "the secure element, which holds the device's key, failed"},
  {0x8008, closed, "ESP_TLS_TCP_CLOSED_FIN", "the broker's side closed the connection in good order"},
  {0x8009, server_only, "ESP_TLS_SERVER_HANDSHAKE_TIMEOUT", "a client's handshake with the device's own server took too long"},
  {0x8010, stored_file, "MBEDTLS_CERT_PARTLY_OK", "only some of the stored CA certificates could be read"},
  {0x8011, random, "MBEDTLS_CTR_DRBG_SEED_FAILED", "the random generator could not be seeded"},
  {0x8012, memory, "MBEDTLS_SSL_SET_HOSTNAME_FAILED", "the server's name could not be set: too long, or no memory"},
  {0x8013, memory, "MBEDTLS_SSL_CONFIG_DEFAULTS_FAILED", "TLS could not be configured, as a rule for want of memory"},
  {0x8014, alpn, "MBEDTLS_SSL_CONF_ALPN_PROTOCOLS_FAILED", "the list of application protocols was not taken"},
  {0x8015, stored_file, "MBEDTLS_X509_CRT_PARSE_FAILED", "a stored certificate, the CA or the device's own, could not be read"},
  {0x8016, own_key, "MBEDTLS_SSL_CONF_OWN_CERT_FAILED", "the device's certificate and key could not be set"},
  {0x8017, memory, "MBEDTLS_SSL_SETUP_FAILED", "TLS could not be set up, as a rule for want of memory"},
  {0x8018, reset, "MBEDTLS_SSL_WRITE_FAILED", "writing to the TLS connection failed"},
  {0x8019, own_key, "MBEDTLS_PK_PARSE_KEY_FAILED", "the device's private key could not be read"},
  {0x801A, rejected, "MBEDTLS_SSL_HANDSHAKE_FAILED", "the TLS handshake failed; the stack's own error beside it (esp_tls_stack_err, the line \"mbedtls_ssl_handshake returned\") says why"},
  {0x801B, psk_key, "MBEDTLS_SSL_CONF_PSK_FAILED", "the pre-shared key or its name was not taken"},
  {0x801C, server_only, "MBEDTLS_SSL_TICKET_SETUP_FAILED", "session tickets could not be set up for the device's own server"},
  {0x801D, reset, "MBEDTLS_SSL_READ_FAILED", "reading from the TLS connection failed"},
  {0x8031, memory, "WOLFSSL_SSL_SET_HOSTNAME_FAILED", "the server's name could not be set"},
  {0x8032, alpn, "WOLFSSL_SSL_CONF_ALPN_PROTOCOLS_FAILED", "the list of application protocols was not taken"},
  {0x8033, stored_file, "WOLFSSL_CERT_VERIFY_SETUP_FAILED", "a stored certificate, the CA or the device's own, could not be loaded"},
  {0x8034, own_key, "WOLFSSL_KEY_VERIFY_SETUP_FAILED", "the device's private key could not be loaded"},
  {0x8035, rejected, "WOLFSSL_SSL_HANDSHAKE_FAILED", "the TLS handshake failed; wolfSSL's own error beside it says why"},
  {0x8036, memory, "WOLFSSL_CTX_SETUP_FAILED", "the TLS context could not be made, as a rule for want of memory"},
  {0x8037, memory, "WOLFSSL_SSL_SETUP_FAILED", "the TLS session could not be made, as a rule for want of memory"},
  {0x8038, reset, "WOLFSSL_SSL_WRITE_FAILED", "writing to the TLS connection failed"},
};
// clang-format on

}  // namespace

std::span<const Row> esp_tls() noexcept {
  return kRows;
}

}  // namespace tlswatch::catalog
