#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// What is counted: one row a metric, with the labels that it may have and how many series it may make.
/// Nothing that outsiders can make many of (device, user, address, server name, JA4, session) is a label.
namespace tlswatch::metrics {

enum class Type : std::uint8_t { counter, gauge, histogram };

/// Labels of one metric at most.
inline constexpr std::size_t kMaxLabels = 4;

/// Upper bounds of the duration histogram, seconds: from a host's few milliseconds to an ESP8266 that thinks
/// for half a minute.
inline constexpr std::array<double, 13> kBuckets = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                    2.5,  5,     10,   15,  20,   30};

/// Series of the whole page at most, however many devices there are.
inline constexpr std::size_t kMaxSeries = 2000;

/// Id: the metrics, in the order of the page.
enum class Id : std::uint8_t {
  handshakes,
  session_reuses,
  handshake_failures,
  handshake_duration,
  alerts,
  failures,
  stranger_failures,
  failure_identities,
  inferences,
  reported_causes,
  incidents_open,
  mfln_handshakes,
  mfln_sessions,
  cipher_handshakes,
  server_key_handshakes,
  policy_verdicts,
  policy_violations,
  certificate_expiry,
  sessions_ended,
  sessions_open,
  devices_known,
  device_reports,
  device_log_lines,
  events_lost,
  ring_size,
  ring_used,
  ring_following,
  last_batch,
  log_writable,
  log_lines,
  records,
  unreadable,
  series_folded,
  build_info,
  process_cpu,
  process_memory,
  process_start,
};

struct Family {
  Id id;
  Type type;
  std::string_view name;
  std::string_view help;
  std::array<std::string_view, kMaxLabels> label_names;  ///< the first ones; empty: no more
  std::size_t limit;  ///< sets of label values at most, the one for what is over it included

  std::span<const std::string_view> labels() const noexcept;
  /// Series of one set of label values: a histogram has one a bucket, +Inf, its sum and its count.
  constexpr std::size_t series_each() const noexcept {
    return type == Type::histogram ? kBuckets.size() + 3 : 1;
  }
};

/// All rows, in the order of Id.
std::span<const Family> families() noexcept;

}  // namespace tlswatch::metrics
