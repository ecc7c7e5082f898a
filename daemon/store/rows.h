#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is read from the store, as plain values. Times are Unix nanoseconds, 0: not known or never. Texts
/// named outside_* are outside bytes as they came; whoever shows them sanitises them (core/text). Other texts
/// are our own or of closed lists; empty: not known.
namespace tlswatch::store {

/// Tls: what was negotiated in a session, in the names of the event log.
struct Tls {
  std::string version;  ///< "1.2"
  std::string cipher;   ///< IANA name
  std::uint16_t cipher_bits = 0;
  std::string curve;
  bool resumed = false;
  std::optional<std::uint16_t> mfln_requested, mfln_negotiated;
  std::optional<std::uint32_t> max_record_sent;
  std::optional<bool> mfln_honoured;
  std::string key_algorithm;  ///< of the broker's certificate
  std::uint32_t key_bits = 0;
};

/// Policy: a session against its profile.
struct Policy {
  std::string profile;                  ///< empty: none fits
  std::string verdict;                  ///< as the event log says it
  std::vector<std::string> violations;  ///< sentences: "mfln: wanted 1024, seen none"
};

enum class DeviceState : std::uint8_t { connected, failing, gone };

/// As people and the API read it.
constexpr std::string_view name(DeviceState state) noexcept {
  switch (state) {
    case DeviceState::connected: return "connected";
    case DeviceState::failing: return "failing";
    case DeviceState::gone: return "gone";
  }
  return "gone";
}

/// DeviceRow: one client id at one broker, and how it is now.
struct DeviceRow {
  std::string broker;
  std::string outside_id;
  DeviceState state = DeviceState::gone;
  std::uint64_t first_seen_ns = 0, last_seen_ns = 0;
  std::uint64_t last_success_ns = 0, last_failure_ns = 0;
  std::uint64_t sessions = 0;  ///< that were established; all, also those no longer kept
  std::uint64_t failures = 0;  ///< that were given to it; the same
  std::string ip;              ///< of its latest session
  std::string ja4;
  std::string outside_firmware;  ///< as its latest report says
  Tls tls;                       ///< of its latest good session
  Policy policy;
  std::string cause;     ///< of its latest failure
  std::string incident;  ///< that it is in, or was in last
};

/// SessionRow: one TLS session, good or failed.
struct SessionRow {
  std::string id;  ///< tlswatch.session
  std::string broker;
  std::string outside_device_id;  ///< empty: nobody knows whose it was
  std::string identity_how;       ///< as the contract names it
  std::uint64_t started_ns = 0;
  std::uint64_t ended_ns = 0;  ///< 0: still open, or its end was not seen
  std::uint64_t handshake_ns = 0;
  std::string ip;
  std::uint16_t port = 0, listener_port = 0;
  std::string outside_server_name;
  std::string ja4;
  bool established = false;
  std::string stage;
  Tls tls;
  Policy policy;
  std::vector<std::string> alerts;  ///< "received unknown_ca"
  std::string outside_openssl;      ///< the broker's OpenSSL's own words
  std::string end_reason;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::string cause;  ///< of its latest diagnosis; empty: none was made
};

/// LineRow: an event that is kept as the line of the log that it was.
struct LineRow {
  std::uint64_t at_ns = 0;
  std::string action;   ///< diagnosis, device-report, device-log, ...
  std::string session;  ///< the first one it is about; empty: none
  std::string json;     ///< one JSON object, as deploy/event-log.schema.json has it
};

/// IncidentRow: failures of one signature.
struct IncidentRow {
  std::string id, broker, cause;
  std::string profile, subject;  ///< of its signature
  std::uint16_t listener_port = 0;
  bool open = false;
  std::uint64_t first_seen_ns = 0, last_seen_ns = 0, resolved_ns = 0;
  std::uint64_t devices = 0;
  bool devices_at_least = false;  ///< there are more than were remembered
  std::uint64_t failures = 0;
  std::uint64_t reopened = 0;
  std::string merged_into;
  struct Hour {
    std::uint64_t from_ns = 0, failures = 0;
  };
  std::vector<Hour> hours;  ///< the latest ones with a failure, oldest first
};

/// VictimRow: who is in an incident.
struct VictimRow {
  std::string broker;
  std::string outside_device_id;  ///< empty: nobody knows the device
  std::string ip;                 ///< where it failed from
  std::uint64_t failures = 0;
  std::uint64_t last_failure_ns = 0;
  bool failing = false;
};

/// CertificateRow: a certificate that a listener showed, or a client's that comes near its end.
struct CertificateRow {
  std::string broker;
  std::uint16_t listener_port = 0;
  bool of_client = false;
  std::string outside_device_id;  ///< of a client's
  std::string sha256;
  std::string outside_subject, outside_issuer;
  std::string key_algorithm;
  std::uint32_t key_bits = 0;
  std::int64_t not_after_s = 0;
  std::uint64_t last_seen_ns = 0;
};

/// ComplianceRow: so many devices have this in their latest good session.
struct ComplianceRow {
  std::string broker, profile;
  std::string requirement;  ///< mfln, cipher, key, version, verdict
  std::string value;  ///< "1024", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "RSA 2048", "1.2", "compliant"
  std::uint64_t devices = 0;
};

/// HourRow: what happened at a broker within an hour.
struct HourRow {
  std::uint64_t from_ns = 0;
  std::string broker;
  std::string cause;        ///< empty: handshakes that were good
  std::uint64_t count = 0;  ///< exact
};

/// Totals: the fleet in one line.
struct Totals {
  std::uint64_t devices = 0, connected = 0, failing = 0, out_of_policy = 0;
  std::uint64_t open_incidents = 0;
  std::uint64_t oldest_ns = 0, newest_ns = 0;  ///< of what the store holds
  std::uint64_t bytes = 0;                     ///< of its file
};

}  // namespace tlswatch::store
