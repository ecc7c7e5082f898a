#pragma once

#include <cstdint>
#include <string_view>

#include "plugin/wire/ring.h"

struct mosquitto_opt;

namespace tlswatch::plugin {

inline constexpr std::size_t kMaxPath = 512;
inline constexpr std::size_t kMaxTopic = 256;
inline constexpr std::uint32_t kDefaultSessions = 65536;
inline constexpr std::uint32_t kMaxSessions = 1U << 20;

/// Text of a bounded length, so that an option never costs an allocation.
template <std::size_t N>
struct FixedText {
  char data[N] = {};

  bool assign(std::string_view text) noexcept {
    if (text.size() >= N) return false;
    text.copy(data, text.size());
    data[text.size()] = '\0';
    return true;
  }
  const char* c_str() const noexcept { return data; }
  std::string_view view() const noexcept { return data; }
  bool empty() const noexcept { return data[0] == '\0'; }
};

/// The plugin_opt_* lines of mosquitto.conf, with their defaults.
struct Options {
  FixedText<kMaxPath> ring;    ///< ring: absolute path; /run/tlswatch/mosquitto.ring
  FixedText<kMaxPath> cursor;  ///< cursor: absolute path; the ring's path with .cursor
  std::uint64_t ring_size =
      wire::kDefaultRingSize;                     ///< ring_size: bytes, a multiple of 4096, 64 KiB to 1 GiB
  FixedText<kMaxTopic> report_topic;              ///< report_topic: MQTT topic filter; tlswatch/report/+
  FixedText<kMaxTopic> log_topic;                 ///< log_topic: MQTT topic filter; empty, which is off
  std::uint32_t max_sessions = kDefaultSessions;  ///< max_sessions: 16 to 1048576
};

/// Takes one line of text for the broker's log.
using Warn = void (*)(const char* line);

/// Reads the options. An unknown name or a bad value is one warning, and the default stands.
Options read_options(const mosquitto_opt* options, int count, Warn warn) noexcept;

}  // namespace tlswatch::plugin
