#include "daemon/core/event/end_reason.h"

#include <algorithm>

namespace tlswatch::event {
namespace {

using diagnose::ClosedBy;

/// MOSQ_ERR_* of mosquitto.h below 128, MQTT 5 reason codes (section 2.4) from there on: 2.1's DISCONNECT
/// event carries both.
constexpr GivenReason kGiven[] = {
    {0, "disconnect", "MOSQ_ERR_SUCCESS, MQTT_RC_NORMAL_DISCONNECTION"},
    {2, "protocol-error", "MOSQ_ERR_PROTOCOL"},
    {4, "disconnect", "MQTT_RC_DISCONNECT_WITH_WILL_MSG"},
    {5, "credentials-refused", "MOSQ_ERR_CONN_REFUSED"},
    {7, "", "MOSQ_ERR_CONN_LOST"},
    {8, "", "MOSQ_ERR_TLS"},
    {11, "credentials-refused", "MOSQ_ERR_AUTH"},
    {12, "credentials-refused", "MOSQ_ERR_ACL_DENIED"},
    {14, "", "MOSQ_ERR_ERRNO"},
    {18, "protocol-error", "MOSQ_ERR_MALFORMED_UTF8"},
    {19, "keepalive-timeout", "MOSQ_ERR_KEEPALIVE"},
    {21, "protocol-error", "MOSQ_ERR_MALFORMED_PACKET"},
    {25, "protocol-error", "MOSQ_ERR_OVERSIZE_PACKET"},
    {129, "protocol-error", "MQTT_RC_MALFORMED_PACKET"},
    {130, "protocol-error", "MQTT_RC_PROTOCOL_ERROR"},
    {134, "credentials-refused", "MQTT_RC_BAD_USERNAME_OR_PASSWORD"},
    {135, "credentials-refused", "MQTT_RC_NOT_AUTHORIZED"},
    {138, "kicked", "MQTT_RC_BANNED"},
    {139, "broker-stopped", "MQTT_RC_SERVER_SHUTTING_DOWN"},
    {140, "credentials-refused", "MQTT_RC_BAD_AUTHENTICATION_METHOD"},
    {141, "keepalive-timeout", "MQTT_RC_KEEP_ALIVE_TIMEOUT"},
    {142, "taken-over", "MQTT_RC_SESSION_TAKEN_OVER"},
    {147, "protocol-error", "MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED"},
    {148, "protocol-error", "MQTT_RC_TOPIC_ALIAS_INVALID"},
    {149, "protocol-error", "MQTT_RC_PACKET_TOO_LARGE"},
    {151, "kicked", "MQTT_RC_QUOTA_EXCEEDED"},
    {152, "kicked", "MQTT_RC_ADMINISTRATIVE_ACTION"},
    {155, "protocol-error", "MQTT_RC_QOS_NOT_SUPPORTED"},
};

bool refused_login(const EndFacts& f) noexcept {
  return f.has_username && !f.has_client_id;
}

/// A DISCONNECT without properties has 2 bytes (MQTT 3.1.1 section 3.14); a client's websocket frame puts 2
/// of header and 4 of mask before them (RFC 6455 section 5.2).
constexpr std::uint16_t disconnect_bytes(wire::Transport transport) noexcept {
  switch (transport) {
    case wire::Transport::unknown:
    case wire::Transport::mqtt: return 2;
    case wire::Transport::websockets: return 2 + 4 + 2;
  }
  return 2;
}

/// Silence after which a broker ends a session (MQTT 3.1.1 section 3.1.2.10); only where there is a
/// keepalive.
std::uint64_t patience_ns(const EndFacts& f) noexcept {
  return std::uint64_t{f.keepalive_s} * 1'500'000'000;
}

bool last_came_just_now(const EndFacts& f) noexcept {
  if (f.ns_since_last_in.has_value()) return *f.ns_since_last_in < kJustNowNs;
  const bool short_life = f.keepalive_s == 0 || (f.lasted_ns.has_value() && *f.lasted_ns < patience_ns(f));
  return f.closed_by == ClosedBy::unknown && short_life;
}

bool said_goodbye(const EndFacts& f) noexcept {
  const std::uint16_t bytes = disconnect_bytes(f.transport);
  return f.last_packet_most != 0 && f.last_packet_least <= bytes && f.last_packet_most >= bytes &&
         last_came_just_now(f);
}

bool silent_past_keepalive(const EndFacts& f) noexcept {
  return f.closed_by == ClosedBy::broker && f.keepalive_s != 0 && f.ns_since_last_in.has_value() &&
         *f.ns_since_last_in >= patience_ns(f);
}

bool reset(const EndFacts& f) noexcept {
  return f.closed_by == ClosedBy::reset;
}
bool closed(const EndFacts& f) noexcept {
  return f.closed_by == ClosedBy::client;
}

struct SeenReason {
  bool (*holds)(const EndFacts&) noexcept;
  std::string_view reason;
};
constexpr SeenReason kSeen[] = {
    {refused_login, "credentials-refused"},
    {said_goodbye, "disconnect"},
    {silent_past_keepalive, "keepalive-timeout"},
    {reset, "reset"},
    {closed, "closed"},
};

}  // namespace

std::span<const GivenReason> given_reasons() noexcept {
  return kGiven;
}

std::string_view end_reason(const EndFacts& facts) noexcept {
  if (facts.given >= 0) {
    const auto row = std::ranges::find(kGiven, facts.given, &GivenReason::code);
    if (row == std::end(kGiven)) return "unknown";
    if (!row->reason.empty()) return row->reason;
    return reset(facts) ? "reset" : "closed";
  }
  if (facts.told_by_log == "closed") return reset(facts) ? "reset" : "closed";
  if (!facts.told_by_log.empty()) return facts.told_by_log;
  for (const SeenReason& row : kSeen) {
    if (row.holds(facts)) return row.reason;
  }
  return "unknown";
}

}  // namespace tlswatch::event
