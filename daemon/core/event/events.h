#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/core/diagnose/knowledge.h"
#include "daemon/core/event/certificate_facts.h"
#include "daemon/core/incident/incident.h"
#include "daemon/core/policy/verdict.h"
#include "daemon/core/tasmota_log/tasmota_line.h"
#include "daemon/core/tls/ja4.h"
#include "daemon/core/tls/lists.h"
#include "daemon/core/wire/address_text.h"

/// The lines of the event log as plain structs: one for each event.action of the contract. Whoever writes
/// them (daemon/log) decides about JSON only.
///
/// Views live as long as the record an event was made from, the configuration and the knowledge: an event is
/// written, or copied, before the next record is taken. Members named outside_* hold outside bytes as they
/// came; whoever shows them sanitises them (core/text).
namespace tlswatch::event {

enum class Outcome : std::uint8_t { success, failure, unknown };

/// Header: what every line has. `stream` is where the line comes from, which also begins its id: `edge-1` for
/// a broker's ring, `edge-1/log` for its log, `edge-1/syslog`. Within one stream and epoch (sequence, part)
/// grow.
struct Header {
  std::string id;
  std::uint64_t sequence = 0;
  std::uint64_t part = 0;  ///< of the lines that one record gives; 0 is the first
  std::uint64_t time_unix_ns = 0;
  std::string_view broker;
  std::string_view stream;
  std::uint64_t epoch = 0;
  Outcome outcome = Outcome::unknown;
  std::string message;  ///< one sentence for people; clean
};

struct Endpoint {
  facts::AddressText ip;
  std::uint16_t port = 0;  ///< 0: not known
};

/// MFLN, asked, answered and kept; bytes of plaintext.
struct Mfln {
  std::optional<std::uint16_t> requested, negotiated;
  std::optional<std::uint32_t> max_record_sent;
  std::optional<bool> honoured;
  std::optional<std::uint32_t> records_over_buffer;
};

/// identity.how and identity.proof, as the contract names them.
enum class How : std::uint8_t { session, client_certificate, psk, broker_log, report, inferred, unknown };
enum class Proof : std::uint8_t { certificate, psk, password, none };

struct Who {
  How how = How::unknown;
  Proof proof = Proof::none;
};

struct SessionStart {
  Header header;
  std::string session;
  std::optional<Endpoint> source, destination;
  bool bridge = false;
};

struct TlsHandshake {
  Header header;
  std::string session;
  std::optional<Endpoint> source, destination;
  bool bridge = false;
  bool check = false;
  std::optional<std::uint64_t> duration_ns;

  std::uint16_t version = 0;       ///< 0: not negotiated
  std::uint16_t cipher_suite = 0;  ///< 0: not negotiated
  std::uint16_t curve = 0;         ///< IANA group, 0: none
  bool established = false;
  bool resumed = false;
  std::string_view outside_next_protocol;

  std::string_view outside_server_name;
  std::optional<tls::Ja4> ja4;
  tls::NumberList supported_ciphers, supported_groups, signature_algorithms;
  std::shared_ptr<const CertificateFacts> client_certificate, server_certificate;

  Mfln mfln;
  std::optional<std::uint16_t> cipher_bits;
  facts::Alerts alerts;
  std::optional<facts::OpensslError> openssl;
  std::optional<facts::Verify> verify;
  std::optional<std::string_view> outside_psk_identity;
  wire::Stage stage = wire::Stage::connected;
  std::optional<facts::Tcp> tcp;
  policy::Judgement policy;
  diagnose::FirstBytes first_bytes = diagnose::FirstBytes::none;  ///< not logged: its diagnosis says it
  diagnose::ClosedBy closed_by = diagnose::ClosedBy::unknown;     ///< the same
};

struct MqttIdentified {
  Header header;
  std::string session;
  bool bridge = false;
  bool check = false;
  std::string_view outside_device_id;
  std::string_view outside_user;  ///< empty: none
  Who who;
  policy::Judgement policy;  ///< by another profile than before, where the name changed it; else none
};

struct SessionEnd {
  Header header;
  std::string session;
  bool bridge = false;
  bool check = false;
  std::optional<Endpoint> source;
  std::string_view outside_device_id;  ///< empty: not known
  std::string_view outside_user;       ///< empty: none
  std::optional<std::uint64_t> duration_ns;
  std::string_view reason;  ///< lives for ever
  std::optional<std::uint64_t> bytes_in, bytes_out;
  Mfln mfln;
  policy::Judgement policy;   ///< of the whole session: the one that counts
  bool came_through = false;  ///< not logged: the client got through, also where only the end names it
};

/// One entry of a device's report.
struct DeviceReport {
  Header header;
  std::string session;  ///< empty: not known
  std::optional<Endpoint> source;
  std::string_view outside_device_id;  ///< who sent it; empty: not known
  std::uint32_t era = 0, seq = 0, boot = 0;
  std::string_view outside_firmware;
  std::string_view outside_topic_id;
  bool relayed = false;

  std::string_view stack, phase;
  std::int64_t code = 0, detail = 0;
  std::optional<std::string> name, meaning;  ///< nothing: the catalog does not know the code
  std::uint32_t count = 0;
  std::optional<std::uint64_t> at_unix_s;
  std::optional<std::uint32_t> heap;
};

/// How a line of stock firmware's log came.
enum class Via : std::uint8_t { mqtt, syslog };

/// One line of stock firmware's log about its connection.
struct DeviceLog {
  Header header;
  std::string session;             ///< of the client that published it; empty: not known, or syslog
  std::optional<Endpoint> source;  ///< syslog: who sent the datagram, without a port, as UDP's means nothing
  std::string_view outside_device_id;  ///< who published it; empty: not known, or syslog
  Via via = Via::mqtt;
  tasmota_log::TasmotaLine line;
  std::string_view outside_host;  ///< syslog's HOSTNAME, a claim; empty: none
  bool relayed = false;

  bool error = false;  ///< whether it tells of one: the members below
  std::string_view stack, phase;
  std::int64_t code = 0, detail = 0;
  std::optional<std::string> name, meaning;  ///< nothing: the catalog does not know the code
  std::uint32_t count = 1;
  std::optional<std::uint64_t> at_unix_s;
  std::optional<std::uint32_t> heap;  ///< never known here
};

/// What a device's report says about who a failed session was thought to be.
enum class Inference : std::uint8_t { none, confirmed, refuted };

/// Candidates of one diagnosis at most.
inline constexpr std::size_t kMaxCandidates = 5;
/// Sessions that one diagnosis names at most: the first ones of a longer row.
inline constexpr std::size_t kMaxSessionsNamed = 64;

struct Diagnosis {
  Header header;
  /// The failed sessions that it is about; of a report that no session could be found for, the session that
  /// brought it.
  std::vector<std::string> sessions;
  std::string outside_device_id;  ///< empty: not known
  std::optional<Endpoint> source;
  Who who;
  double identity_confidence = 0;
  std::vector<std::string> outside_candidates;  ///< who else it may be, the likeliest first
  Inference inference = Inference::none;
  std::string_view cause;
  double confidence = 0;
  std::string_view rule;  ///< name of the row of knowledge that decided; empty: none did
  std::string_view fix;
  std::vector<diagnose::Evidence> evidence;
  std::vector<diagnose::Alternative> alternatives;  ///< what else it could be
  std::string incident;                             ///< empty: it belongs to none
  std::uint64_t count = 1;  ///< failures of this device in this incident so far, this one included; exact

  // Not logged: for who counts.
  /// Failures that were counted by it: 0 where nothing is wrong (Rule::benign), or where it explains failures
  /// that were counted before, or tells of what may be none. The sum over all diagnoses is exact.
  std::uint64_t failures = 0;
  bool stranger = false;  ///< they are of no device of the fleet, and of no incident
  bool folded = false;    ///< no line of the log, as like ones were (Pipeline::Settings::folded_too)
  std::optional<wire::Stage> stage;  ///< that the failed session had reached; nothing: the broker saw none
  std::uint16_t listener_port = 0;   ///< of the session; 0: not known
  /// `sessions` are failed ones; else the one that brought the news.
  bool sessions_failed = false;
  /// A failure that was counted before, and is counted as this diagnosis says from now on.
  struct Corrected {
    std::string was_cause;
    std::string outside_was_device;  ///< empty: nobody's in particular
    std::uint64_t at_unix_ns = 0;
  };
  std::vector<Corrected> corrected;
};

/// Incident: a group of failures of one signature opens, comes back, or is over.
struct Incident {
  Header header;
  incident::Step step = incident::Step::opened;  ///< not `none`
  std::string incident;
  std::string_view cause;
  std::uint64_t devices = 0;   ///< that were affected
  std::uint64_t failures = 0;  ///< exact
  std::uint64_t first_seen_unix_ns = 0;
  std::uint64_t last_seen_unix_ns = 0;
  std::vector<incident::HourCount> hours;  ///< the latest ones with a failure, oldest first
  std::string merged_into;  ///< resolved because reports named another cause: the incident of that cause
};

/// A certificate that was shown in a good handshake comes near its end.
struct CertificateExpiring {
  Header header;
  std::string session;
  std::optional<Endpoint> source, destination;
  bool of_client = false;  ///< else the broker's
  std::shared_ptr<const CertificateFacts> certificate;
  std::uint32_t days_left = 0;       ///< whole days
  std::uint32_t threshold_days = 0;  ///< that was passed
};

struct EventsLost {
  Header header;
  std::uint64_t lost = 0, from = 0, to = 0;
};

using Event = std::variant<SessionStart, TlsHandshake, MqttIdentified, SessionEnd, DeviceReport, DeviceLog,
                           Diagnosis, Incident, CertificateExpiring, EventsLost>;

inline const Header& header(const Event& event) noexcept {
  return std::visit([](const auto& e) -> const Header& { return e.header; }, event);
}

}  // namespace tlswatch::event
