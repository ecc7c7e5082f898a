#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/core/event/events.h"

/// What the store needs of an event, copied: an event's views end with its record, and a commit that fails is
/// tried again. Private to daemon/store.
namespace tlswatch::store {

/// SessionName: tlswatch.session, taken apart; number 0: none.
struct SessionName {
  std::uint64_t epoch = 0, number = 0;
};

/// PolicyNote: a verdict; without profile none was given.
struct PolicyNote {
  std::string profile;
  std::uint8_t verdict = 0;  ///< 0: not judged; else policy::Verdict plus 1
  std::string violations;    ///< one a line
};

struct HandshakeNote {
  SessionName session;
  std::string ip;
  std::uint16_t port = 0, listener_port = 0;
  std::uint64_t duration_ns = 0;
  std::uint16_t version = 0, cipher = 0, cipher_bits = 0, curve = 0;
  bool established = false, resumed = false;
  std::string server_name, ja4;
  std::shared_ptr<const event::CertificateFacts> server_certificate;
  event::Mfln mfln;
  std::string alerts, openssl;
  std::uint8_t stage = 0;
  PolicyNote policy;
};

struct NameNote {
  SessionName session;
  std::string device;
  std::uint8_t how = 0;
  PolicyNote policy;
};

struct EndNote {
  SessionName session;
  std::string ip;
  std::uint16_t port = 0;
  std::string device;
  std::uint64_t duration_ns = 0;
  std::string reason;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  event::Mfln mfln;
  PolicyNote policy;
  bool came_through = false;
};

/// SaidNote: a device's report or log line.
struct SaidNote {
  SessionName session;
  std::string device;
  std::string_view action;  ///< lives for ever
  std::string firmware;
  std::uint32_t era = 0, seq = 0, count = 0;  ///< seq 0: not a report of its own
  std::uint64_t told_at_ns = 0;               ///< when it happened; 0: not known
  std::string json;
};

struct DiagnosisNote {
  std::vector<SessionName> sessions;
  bool sessions_failed = false;
  std::string device;
  std::string ip;
  std::uint8_t how = 0;
  std::uint16_t sure = 0;  ///< per mille: that it is this device
  std::string cause, incident;
  std::uint64_t failures = 0;
  std::vector<event::Diagnosis::Corrected> corrected;
  std::string json;  ///< empty: it is folded
};

struct CertificateNote {
  SessionName session;
  std::uint16_t listener_port = 0;
  bool of_client = false;
  std::shared_ptr<const event::CertificateFacts> certificate;
};

/// PlaceNote: an event of which only its place is kept.
struct PlaceNote {};

/// Note: one event, and where it stands in its stream.
struct Note {
  std::string stream;
  std::uint64_t epoch = 0, sequence = 0, part = 0;
  std::uint64_t time_unix_ns = 0;
  std::string broker;
  std::variant<PlaceNote, HandshakeNote, NameNote, EndNote, SaidNote, DiagnosisNote, CertificateNote> what;
};

/// Copies an event; `line` is its line of the log, empty where it has none.
Note to_note(const event::Event& event, std::string_view line);

/// Bytes of its line, which is the most of it.
std::size_t weight(const Note& note) noexcept;

}  // namespace tlswatch::store
