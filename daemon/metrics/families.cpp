#include "daemon/metrics/families.h"

#include <algorithm>

namespace tlswatch::metrics {
namespace {

using enum Type;

// clang-format off
constexpr auto kFamilies = std::to_array<Family>({
  {Id::handshakes, counter, "tlswatch_handshakes_total",
   "TLS handshakes that ended, well or not.",
   {"broker", "listener", "outcome"}, 64},
  {Id::session_reuses, counter, "tlswatch_session_reuses_total",
   "Good handshakes that resumed a session.",
   {"broker", "listener"}, 32},
  {Id::handshake_failures, counter, "tlswatch_handshake_failures_total",
   "Failed handshakes by the stage they reached and what the broker's TLS library saw.",
   {"broker", "listener", "stage", "reason"}, 224},
  {Id::handshake_duration, histogram, "tlswatch_handshake_duration_seconds",
   "Time of good handshakes from ClientHello to Finished.",
   {"broker", "profile"}, 12},
  {Id::alerts, counter, "tlswatch_alerts_total",
   "TLS alerts seen until the end of a handshake; direction as the broker sees it.",
   {"broker", "direction", "alert"}, 96},
  {Id::failures, counter, "tlswatch_failures_total",
   "Failures of devices, in the handshake or after it, by the cause of their diagnosis; also those whose diagnosis "
   "was folded. Stage unseen: reported by the device, not seen by the broker.",
   {"broker", "listener", "stage", "cause"}, 288},
  {Id::stranger_failures, counter, "tlswatch_stranger_failures_total",
   "Failures of strangers such as scanners, which are no devices of the fleet.",
   {"broker", "cause"}, 64},
  {Id::failure_identities, counter, "tlswatch_failure_identities_total",
   "Failures of devices by how the device was named at that moment.",
   {"broker", "how"}, 40},
  {Id::inferences, counter, "tlswatch_inferences_total",
   "Devices that were inferred and whose report then said whether that was right.",
   {"broker", "result"}, 16},
  {Id::reported_causes, counter, "tlswatch_reported_causes_total",
   "Errors that devices told, by the cause that both sides together give.",
   {"broker", "cause"}, 64},
  {Id::incidents_open, gauge, "tlswatch_incidents_open",
   "Incidents that are open.",
   {"broker", "cause"}, 80},
  {Id::mfln_handshakes, counter, "tlswatch_mfln_handshakes_total",
   "Good handshakes by the maximum fragment length that was asked for and that was agreed.",
   {"broker", "profile", "requested", "negotiated"}, 120},
  {Id::mfln_sessions, counter, "tlswatch_mfln_sessions_total",
   "Ended sessions that had agreed on a maximum fragment length, by whether the broker kept to it.",
   {"broker", "profile", "negotiated", "honoured"}, 60},
  {Id::cipher_handshakes, counter, "tlswatch_cipher_handshakes_total",
   "Good handshakes by TLS version and cipher suite.",
   {"broker", "profile", "version", "cipher"}, 104},
  {Id::server_key_handshakes, counter, "tlswatch_server_key_handshakes_total",
   "Good handshakes by the kind and size of the key in the broker's certificate.",
   {"broker", "profile", "key", "size"}, 60},
  {Id::policy_verdicts, counter, "tlswatch_policy_verdicts_total",
   "Verdicts of profiles on sessions, by the event that has them.",
   {"broker", "profile", "verdict", "action"}, 80},
  {Id::policy_violations, counter, "tlswatch_policy_violations_total",
   "What profiles did not allow, by the event that has it.",
   {"broker", "profile", "rule", "action"}, 120},
  {Id::certificate_expiry, gauge, "tlswatch_server_certificate_expiry_timestamp_seconds",
   "When the broker's certificate ends that a listener showed last, by its kind of key.",
   {"broker", "listener", "key"}, 32},
  {Id::sessions_ended, counter, "tlswatch_sessions_ended_total",
   "Sessions that ended after a good handshake.",
   {"broker", "reason"}, 48},
  {Id::sessions_open, gauge, "tlswatch_sessions_open",
   "Sessions that are followed.",
   {}, 1},
  {Id::devices_known, gauge, "tlswatch_devices_known",
   "Devices that are remembered since they came through.",
   {"broker"}, 16},
  {Id::device_reports, counter, "tlswatch_device_reports_total",
   "Entries of device reports, each counted once.",
   {"broker", "stack", "phase"}, 40},
  {Id::device_log_lines, counter, "tlswatch_device_log_lines_total",
   "Lines of stock firmware's log about its connection.",
   {"broker", "via"}, 20},
  {Id::events_lost, counter, "tlswatch_events_lost_total",
   "Events that the plugin dropped as the ring was full, or that could not be read.",
   {"broker"}, 16},
  {Id::ring_size, gauge, "tlswatch_ring_size_bytes",
   "Room of the ring.",
   {"broker"}, 16},
  {Id::ring_used, gauge, "tlswatch_ring_used_bytes",
   "Bytes of the ring that are not in the event log yet.",
   {"broker"}, 16},
  {Id::ring_following, gauge, "tlswatch_ring_following",
   "Whether the broker's ring is there and can be read.",
   {"broker"}, 16},
  {Id::last_batch, gauge, "tlswatch_last_batch_timestamp_seconds",
   "When events of the broker were last written to the event log.",
   {"broker"}, 16},
  {Id::log_writable, gauge, "tlswatch_log_writable",
   "Whether the event log and the cursors can be written.",
   {}, 1},
  {Id::log_lines, counter, "tlswatch_log_lines_total",
   "Lines written to the event log.",
   {}, 1},
  {Id::records, counter, "tlswatch_records_total",
   "Records of rings that were read, those that a start reads again included.",
   {}, 1},
  {Id::unreadable, counter, "tlswatch_unreadable_total",
   "What came from outside and could not be read, by its kind.",
   {"kind"}, 8},
  {Id::series_folded, counter, "tlswatch_series_folded_total",
   "Counts that went to a series of others because their metric had no room for one more.",
   {}, 1},
  {Id::build_info, gauge, "tlswatch_build_info",
   "The daemon's version; always 1.",
   {"version"}, 1},
  {Id::process_cpu, counter, "process_cpu_seconds_total",
   "CPU time of the daemon, user and system.",
   {}, 1},
  {Id::process_memory, gauge, "process_resident_memory_bytes",
   "Memory of the daemon that is in RAM.",
   {}, 1},
  {Id::process_start, gauge, "process_start_time_seconds",
   "When the daemon started; all counters count since then.",
   {}, 1},
});
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (static_cast<std::size_t>(kFamilies[i].id) != i) return false;
  }
  return kFamilies.back().id == Id::process_start;
}
static_assert(in_order());

constexpr std::size_t most_series() {
  std::size_t sum = 0;
  for (const Family& family : kFamilies) sum += family.limit * family.series_each();
  return sum;
}
static_assert(most_series() <= kMaxSeries);

}  // namespace

std::span<const std::string_view> Family::labels() const noexcept {
  const auto* const end = std::ranges::find(label_names, std::string_view{});
  return {label_names.begin(), end};
}

std::span<const Family> families() noexcept {
  return kFamilies;
}

}  // namespace tlswatch::metrics
