#include "daemon/core/diagnose/symptoms.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/names.h"
#include "daemon/core/wire/names.h"

namespace tlswatch::diagnose {
namespace {

/// Methods of RFC 9110 section 9 and HTTP/2's preface, as far as five bytes go.
constexpr std::string_view kHttpStarts[] = {"GET ",  "POST ", "PUT ",  "HEAD ", "DELET",
                                            "OPTIO", "CONNE", "TRACE", "PATCH", "PRI *"};

struct TcpRow {
  std::uint8_t state;
  ClosedBy who;
};
/// linux/tcp_states.h, read when the broker lets go of a session of which TLS tells nothing: a plain reset
/// leaves no OpenSSL error and no alert.
constexpr TcpRow kTcpStates[] = {
    {1, ClosedBy::broker},   // ESTABLISHED: nobody has closed yet, so the broker does
    {4, ClosedBy::broker},   // FIN_WAIT1
    {5, ClosedBy::broker},   // FIN_WAIT2
    {6, ClosedBy::broker},   // TIME_WAIT
    {7, ClosedBy::reset},    // CLOSE
    {8, ClosedBy::client},   // CLOSE_WAIT
    {9, ClosedBy::client},   // LAST_ACK
    {11, ClosedBy::unknown}  // CLOSING: both at once
};

constexpr std::uint8_t kFatal = 2;        // RFC 8446 section 6
constexpr std::uint8_t kCloseNotify = 0;  // section 6.1
constexpr std::uint8_t kDecodeError = 50;
constexpr std::uint64_t kSslLibrary = 20;  // ERR_LIB_SSL

/// Worth a line where segments were sent again: Linux repeats one after 200 ms at the soonest.
constexpr std::uint32_t kSlowRttMs = 50;

/// TlsSigns: what TLS itself tells about a connection's end.
struct TlsSigns {
  facts::Alerts alerts;
  std::uint64_t error = 0;  ///< packed; 0: none

  bool any(wire::Direction direction, auto holds) const noexcept {
    return std::ranges::any_of(
        alerts, [&](const facts::AlertSeen& alert) { return alert.direction == direction && holds(alert); });
  }
};

bool end_of_file(const TlsSigns& s) noexcept {
  return s.error == kUnexpectedEof;
}
/// OpenSSL answers the end of the file with decode_error; that alert says nothing about the broker.
bool broker_refused(const TlsSigns& s) noexcept {
  return s.any(wire::Direction::sent, [&](const facts::AlertSeen& alert) {
    return alert.level == kFatal && !(alert.description == kDecodeError && end_of_file(s));
  });
}
bool client_finished(const TlsSigns& s) noexcept {
  return s.any(wire::Direction::received,
               [](const facts::AlertSeen& alert) { return alert.description == kCloseNotify; });
}
bool client_refused(const TlsSigns& s) noexcept {
  return s.any(wire::Direction::received,
               [](const facts::AlertSeen& alert) { return alert.level == kFatal; });
}
/// An error without an alert: plain MQTT or HTTP, where OpenSSL sends none.
bool broker_failed(const TlsSigns& s) noexcept {
  return (s.error >> 23) == kSslLibrary;
}

struct TlsRow {
  bool (*holds)(const TlsSigns&) noexcept;
  ClosedBy who;
};
constexpr TlsRow kTlsSigns[] = {
    {broker_refused, ClosedBy::broker},  {end_of_file, ClosedBy::client},
    {client_finished, ClosedBy::client}, {client_refused, ClosedBy::client},
    {broker_failed, ClosedBy::broker},
};

std::string alert_sentence(const facts::AlertSeen& alert) {
  std::string out = alert.direction == wire::Direction::received ? "alert received: " : "alert sent: ";
  const std::string_view level = tls::alert_level_name(alert.level);
  const std::string_view name = tls::alert_name(alert.description);
  if (!level.empty()) out.append(level) += ' ';
  out.append(name.empty() ? std::string_view("unnamed") : name);
  return out + " (" + std::to_string(alert.description) + ")";
}

std::string first_bytes_sentence(FirstBytes kind) {
  if (kind == FirstBytes::mqtt) return "the first bytes are a plain MQTT CONNECT, not TLS";
  if (kind == FirstBytes::http) return "the first bytes are an HTTP request, not TLS";
  return "the first bytes are not TLS";
}

std::string violation_sentence(const policy::Violation& violation) {
  return "against its profile, " + std::string(violation.rule) + ": wanted " +
         text::to_utf8(violation.wanted) + ", seen " + text::to_utf8(violation.seen);
}

std::string closed_sentence(ClosedBy who) {
  if (who == ClosedBy::client) return "the client closed the connection";
  if (who == ClosedBy::reset) return "the connection was reset";
  return "the broker closed the connection";
}

class Sentences {
 public:
  void add(std::string what) {
    if (out_.size() < kMaxEvidence) out_.push_back({Side::broker, std::move(what)});
  }
  std::vector<Evidence> take() { return std::move(out_); }

 private:
  std::vector<Evidence> out_;
};

/// OpenSSL writes decode_error to a peer that has closed already: it says nothing of what the two disagreed
/// about.
bool is_answer_to_eof(const facts::AlertSeen& alert, const BrokerSymptoms& s) noexcept {
  return alert.direction == wire::Direction::sent && alert.description == kDecodeError &&
         s.openssl_reason == "unexpected eof while reading";
}

}  // namespace

std::vector<Evidence> describe(const BrokerSymptoms& s) {
  Sentences out;
  if (!s.end_reason.empty()) out.add("the session ended: " + std::string(s.end_reason));
  if (s.end_reason.empty() && !s.established) {
    out.add("the handshake ended after " + std::string(facts::stage_name(s.stage)));
  }
  // The reason of an established session's end says it already; TCP's state may be behind.
  if (s.end_reason.empty() && s.closed_by != ClosedBy::unknown) out.add(closed_sentence(s.closed_by));
  if (s.first_bytes != FirstBytes::none) out.add(first_bytes_sentence(s.first_bytes));
  for (const facts::AlertSeen& alert : s.alerts) {
    if (!is_answer_to_eof(alert, s)) out.add(alert_sentence(alert));
  }
  if (!s.openssl_reason.empty()) out.add("OpenSSL: " + text::to_utf8(s.openssl_reason));
  if (s.verify.has_value()) {
    out.add("client certificate: " + text::to_utf8(s.verify->reason) + " (" +
            std::to_string(s.verify->error) + ", depth " + std::to_string(s.verify->depth) + ")");
  }
  if (s.offered_version != 0 && s.offered_version < tls::kTls12) {
    out.add("the client offers at most TLS " + std::string(tls::version_name(s.offered_version)));
  }
  if (!s.server_key.empty() && !s.established) out.add("the broker's key is " + text::to_utf8(s.server_key));
  if (s.server_key_use == KeyUse::unusable && !s.established) {
    out.add("no signature algorithm or curve that the client offers is for such a key");
  }
  if (s.server_name == ServerName::differs)
    out.add("the name that the client asked for is not in the broker's certificate");
  if (s.server_chain == ServerChain::incomplete)
    out.add("the broker sends its certificate alone, and its CA shows itself an intermediate");
  if (s.server_signature == ServerSignature::deprecated && !s.established)
    out.add("the broker's certificate is signed with a hash that is no longer accepted");
  if (s.said_nothing) out.add("the client left after the handshake and had sent nothing");
  if (s.server_dates == Dates::expired) out.add("the broker's certificate has expired");
  if (s.server_dates == Dates::not_yet_valid) out.add("the broker's certificate is not valid yet");
  for (const policy::Violation& violation : s.violations) out.add(violation_sentence(violation));
  if (!s.outside_user.empty()) out.add("user name '" + text::to_utf8(s.outside_user) + "'");
  if (s.retransmits != 0) out.add(std::to_string(s.retransmits) + " TCP segments were sent again");
  if (s.retransmits != 0 && s.rtt_ms >= kSlowRttMs) {
    out.add("a round trip takes " + std::to_string(s.rtt_ms) + " ms");
  }
  return out.take();
}

std::string_view first_bytes_name(FirstBytes kind) noexcept {
  switch (kind) {
    case FirstBytes::none: return "none";
    case FirstBytes::mqtt: return "mqtt";
    case FirstBytes::http: return "http";
    case FirstBytes::other: return "other";
  }
  return "none";
}

std::string_view closed_by_name(ClosedBy who) noexcept {
  switch (who) {
    case ClosedBy::unknown: return "unknown";
    case ClosedBy::client: return "client";
    case ClosedBy::broker: return "broker";
    case ClosedBy::reset: return "reset";
  }
  return "unknown";
}

std::string_view dates_name(Dates dates) noexcept {
  switch (dates) {
    case Dates::unknown: return "unknown";
    case Dates::good: return "good";
    case Dates::expired: return "expired";
    case Dates::not_yet_valid: return "not-yet-valid";
  }
  return "unknown";
}

std::string_view server_name_name(ServerName name) noexcept {
  switch (name) {
    case ServerName::unknown: return "unknown";
    case ServerName::matches: return "matches";
    case ServerName::differs: return "differs";
  }
  return "unknown";
}

std::string_view key_use_name(KeyUse use) noexcept {
  switch (use) {
    case KeyUse::unknown: return "unknown";
    case KeyUse::usable: return "usable";
    case KeyUse::unusable: return "unusable";
    case KeyUse::no_cipher: return "no-cipher";
  }
  return "unknown";
}

std::string_view server_chain_name(ServerChain chain) noexcept {
  switch (chain) {
    case ServerChain::unknown: return "unknown";
    case ServerChain::self_signed: return "self-signed";
    case ServerChain::leaf_only: return "leaf-only";
    case ServerChain::incomplete: return "incomplete";
    case ServerChain::longer: return "longer";
  }
  return "unknown";
}

std::string_view server_signature_name(ServerSignature signature) noexcept {
  switch (signature) {
    case ServerSignature::unknown: return "unknown";
    case ServerSignature::current: return "current";
    case ServerSignature::deprecated: return "deprecated";
  }
  return "unknown";
}

// A CONNECT's fixed header is 0x10 and a length of one or two bytes here; then comes the length of "MQTT" or
// "MQIsdp", whose high byte is 0 (MQTT 3.1.1 sections 2.2 and 3.1).
FirstBytes classify(wire::Bytes bytes) noexcept {
  if (bytes.empty()) return FirstBytes::none;
  const std::string_view seen = wire::as_text(bytes);
  for (const std::string_view start : kHttpStarts) {
    if (seen.starts_with(start)) return FirstBytes::http;
  }
  if (bytes.size() < 5 || bytes[0] != 0x10) return FirstBytes::other;
  const std::size_t name = (bytes[1] & 0x80) == 0 ? 2 : 3;
  return bytes[name] == 0 && (bytes[name + 1] == 4 || bytes[name + 1] == 6) ? FirstBytes::mqtt
                                                                            : FirstBytes::other;
}

ClosedBy closed_by(const std::optional<facts::Tcp>& tcp, const std::optional<facts::Alerts>& alerts,
                   const std::optional<facts::OpensslError>& error) noexcept {
  const TlsSigns signs{alerts.value_or(facts::Alerts{}), error ? error->code : 0};
  for (const TlsRow& row : kTlsSigns) {
    if (row.holds(signs)) return row.who;
  }
  if (!tcp.has_value()) return ClosedBy::unknown;
  for (const TcpRow& row : kTcpStates) {
    if (row.state == tcp->state) return row.who;
  }
  return ClosedBy::unknown;
}

}  // namespace tlswatch::diagnose
