#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tlswatch::syslog {

/// Bytes of one datagram that are read at most: what every receiver should take (RFC 5424 section 6.1), and
/// more than Tasmota sends (1460).
inline constexpr std::size_t kMaxDatagram = 2048;

/// SyslogMessage: one datagram, as far as it matters here. Views into it; all of it is what the sender says.
struct SyslogMessage {
  std::optional<std::uint8_t> priority;  ///< facility * 8 + severity; nothing: it had none
  std::string_view outside_host;         ///< empty: not said
  std::string_view app;                  ///< APP-NAME, or the tag without its colon; empty: none
  std::string_view text;                 ///< of the message
};

/// Reads a syslog datagram in any of the forms that Tasmota has sent (support.ino, Syslog()), or that a relay
/// makes of them:
///   wemos5 ESP-MQT: text                                               before 13.4, without a priority
///   <134>wemos5 ESP-MQT: text                                          until Aug 2025
///   <134>Jan  1 00:00:02 wemos5 ESP-MQT: text                          RFC 3164 section 4.1
///   <134>1 1970-01-01T00:00:02.096000+01:00 wemos5 tasmota - - MQT: text    since Aug 2025: one field of
///                                                                      RFC 5424 is missing
///   <134>1 1970-01-01T00:00:02.096000+01:00 wemos5 tasmota - - - MQT: text  RFC 5424 section 6
///
/// returns  nothing where a datagram is in none of these forms, or longer than kMaxDatagram
/// limits   no time is read: until NTP it is 1970's, and it is the sender's claim anyway
std::optional<SyslogMessage> read_message(std::string_view datagram) noexcept;

/// The line of Tasmota's own log that a message carries ("MQT: ..."), with its topic, which the older forms
/// put into the tag. `storage` holds the joined text where it has to be joined; at most kMaxDatagram bytes.
///
/// returns  a view into the datagram or `storage`; nothing for other programs' messages
class TasmotaText {
 public:
  explicit TasmotaText(const SyslogMessage& message) noexcept;
  std::string_view view() const noexcept { return {text_, size_}; }

 private:
  char text_[kMaxDatagram];
  std::size_t size_ = 0;
};

}  // namespace tlswatch::syslog
