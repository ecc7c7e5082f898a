#include "daemon/core/catalog/tables.h"
#include "device/src/tlswatch_codes.h"

namespace tlswatch::catalog {
namespace {

using enum Cause;
constexpr Stack kTasmota = Stack::tasmota;
constexpr std::string_view kHeader = "Tasmota, WiFiClientSecureLightBearSSL.h";
constexpr std::string_view kManual = "Tasmota, \"TLS Secured MQTT\"";

// The names are Tasmota's macros where the code has one we know of; 0, 1, 2 and -1005 are named after what
// they mean.
constexpr Entry kEntries[] = {
    {device::kHandshakeTimeout,
     kTasmota,
     "ERR_TLS_TIMEOUT",
     "the TLS handshake did not finish in time; Tasmota gave up and closed the connection",
     {handshake_timeout, network_loss},
     "Look at the radio first (RSSI, retransmits on the broker's side). On an ESP8266 run at 160 MHz, use an "
     "RSA "
     "2048 or EC P-256 server key and a short chain, and do not force MFLN 512, which makes the handshake "
     "slow.",
     "Tasmota since April 2025"},
    {device::kMissingCa,
     kTasmota,
     "ERR_MISSING_CA",
     "the firmware was to check the server against a CA, and no CA is stored",
     {server_cert_untrusted},
     "Store the CA that signs the broker's certificate. On Tasmota only old firmware says this: update it, "
     "newer has LetsEncrypt's and Amazon's roots built in.",
     kHeader},
    {device::kMissingEcKey,
     kTasmota,
     "ERR_MISSING_EC_KEY",
     "the firmware was to prove itself with a client certificate, and no private key for it is stored",
     {client_key_missing},
     "Store key and certificate again, together. On Tasmota (AWS IoT, old firmware): TLSKey1 and TLSKey2.",
     kHeader},
    {device::kCannotConnect,
     kTasmota,
     "ERR_TCP_CONNECT",
     "the TCP connection to the broker's port was refused or never answered; TLS had not begun",
     {tcp_connect_failure, network_loss},
     "Check host and port (8883 as a rule), that the broker listens on that address, and the firewall "
     "between. "
     "The broker's TLS settings do not matter here.",
     kHeader},
    {device::kCannotResolve,
     kTasmota,
     "ERR_CANT_RESOLVE_IP",
     "the broker's name could not be resolved to an address",
     {dns_failure},
     "Check the device's DNS server (IPAddress4) and the name in MqttHost. Firmware since December 2022 "
     "shows "
     "this as MQTT rc -5 without a TLS code.",
     kHeader},
    {device::kOutOfMemory,
     kTasmota,
     "ERR_OOM",
     "not enough memory for the TLS context and its buffers, or the client context could not be reset",
     {device_out_of_memory},
     "Free heap: fewer features and rules in the firmware, smaller TLS buffers (with MFLN on the broker), or "
     "a "
     "restart if it comes only after days. TLS wants about 7 KB connected and 5 to 8 KB more in the "
     "handshake.",
     kHeader},
    {device::kNoTlsError,
     kTasmota,
     "NO_TLS_ERROR",
     "TLS itself failed nowhere, yet MQTT did not connect: the MQTT rc beside this code tells why",
     {credentials_refused, tls_on_plain_port, connection_closed_by_device, network_loss},
     "Read the rc in \"Connect failed to HOST:PORT, rc N\" and ask again with --rc N: 4 or 5 is user or "
     "password, "
     "-2 a plain port or TCP lost in the handshake, -4 no answer to CONNECT, -5 DNS.",
     kManual},
    {device::kFingerprintMismatch,
     kTasmota,
     "FINGERPRINT_MISMATCH",
     "the public key of the server's certificate has neither of the two stored fingerprints",
     {fingerprint_mismatch},
     "If the server's key was changed on purpose, learn it again (MqttFingerprint1 and 2 to all 00, for one "
     "connection) or set the new one from `tlswatch fingerprint`. If nobody changed it, find out who answers "
     "on "
     "that address before you do. Renew certificates with the same key to avoid this.",
     kManual},
    {2,
     kTasmota,
     "SUSPICIOUS_KEY",
     "in fingerprint mode some firmware versions report a server key that they find suspicious; elsewhere "
     "the "
     "same number is BearSSL's BAD_STATE",
     {fingerprint_mismatch, server_key_type_unsupported},
     "Check which key the server shows (`tlswatch fingerprint --connect HOST:PORT`): RSA up to 2048 bits, or "
     "EC "
     "P-256 where the firmware has it. Then learn the fingerprint again, or update the firmware.",
     kManual},
};

}  // namespace

std::span<const Entry> tasmota_entries() noexcept {
  return kEntries;
}

}  // namespace tlswatch::catalog
