#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What stock Tasmota says of its MQTT connection. Its log also carries commands, their answers and with them
/// passwords: only the lines of this page are ever looked at, and of these only what stands in TasmotaLine.
namespace tlswatch::tasmota_log {

/// Bytes of one line that are read at most; Tasmota's own are below 200.
inline constexpr std::size_t kMaxLine = 512;

enum class LineKind : std::uint8_t {
  tls_error,            ///< "MQT: TLS connection error: 62"
  connect_failed,       ///< "MQT: Connect failed to broker.lan:8883, rc -2. Retry in 10 sec"
  tls_connected,        ///< "MQT: TLS connected in 712 ms, max ThunkStack used 3616"
  cipher_suite,         ///< "MQT: TLS cipher suite: ECDHE_RSA_AES_128_GCM_SHA256"
  mfln_unsupported,     ///< "MQT: MFLN not supported by TLS server"
  fingerprint_learned,  ///< "MQT: Fingerprint learned: 0A 1B ..."
  server_fingerprint,   ///< "MQT: Server fingerprint: 0A 1B ..."
};

/// TasmotaLine: one line, taken apart. Views into the line.
struct TasmotaLine {
  LineKind kind{};
  std::int32_t number = 0;          ///< tls_error: the code; connect_failed: the rc; tls_connected: ms
  std::string_view outside_detail;  ///< connect_failed: HOST:PORT; cipher_suite: its name; *fingerprint: the
                                    ///< hex digits; else empty. Bounded by the line
};

/// Reads a line of Tasmota's log.
///
/// line     with or without the time that MqttLog puts before it: "12:00:02.096-026/12 MQT: ..."
/// (support.ino,
///          AddLogData); outside text
/// returns  views into `line`; nothing for every other line, also for one that only quotes such a line: the
///          text must begin with it
/// limits   lines over kMaxLine are none. The words of connect_failed are translated in some builds
///          (D_CONNECT_FAILED_TO), so that it is known by its "HOST:PORT, rc N"; the others are English
///          everywhere (xdrv_02_9_mqtt.ino)
std::optional<TasmotaLine> read_line(std::string_view line) noexcept;

/// "tls-error", "connect-failed", ...: tlswatch.device_log.line of the event log.
std::string_view line_name(LineKind kind) noexcept;

}  // namespace tlswatch::tasmota_log
