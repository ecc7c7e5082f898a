#include "daemon/core/event/handshake.h"

#include "daemon/core/event/offer.h"
#include "daemon/core/event/psk.h"
#include "daemon/core/text/utf8.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/certificate.h"
#include "daemon/core/tls/check_mark.h"
#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/key_exchange.h"
#include "daemon/core/tls/names.h"
#include "daemon/core/wire/names.h"

namespace tlswatch::event {
namespace {

/// X509_V_OK: not checked, or nothing found.
constexpr std::uint32_t kVerifyOk = 0;

template <typename Message, typename Parse>
void parse_into(const std::optional<facts::Blob>& blob, std::optional<Message>& out, Parse parse,
                std::uint16_t& unreadable) noexcept {
  if (!blob.has_value()) return;
  auto result = parse(blob->bytes, blob->cut);
  if (result.ok()) {
    out = *result;
  } else {
    ++unreadable;
  }
}

std::uint16_t curve(const facts::Handshake& handshake, const HandshakeMessages& messages,
                    std::uint16_t suite) noexcept {
  if (messages.server_hello && messages.server_hello->selected_group)
    return *messages.server_hello->selected_group;
  const tls::CipherSuite* row = tls::find_cipher_suite(suite);
  if (row == nullptr || !row->uses_ecdhe() || !handshake.server_key_exchange) return 0;
  const auto group = tls::parse_server_key_exchange_head(handshake.server_key_exchange->bytes);
  return group.ok() ? *group : std::uint16_t{0};
}

std::optional<tls::Bytes> psk_identity(const facts::Handshake& handshake,
                                       const HandshakeMessages& messages) noexcept {
  const bool established = handshake.outcome && handshake.outcome->established();
  const tls::ServerHello* answer = messages.server_hello ? &*messages.server_hello : nullptr;
  const bool declined = established && answer != nullptr && !answer->selected_psk;  // it went on without one
  if (messages.client_hello && !declined) {
    if (const auto external = external_psk(*messages.client_hello, answer)) return external;
  }
  if (handshake.psk_identity) return handshake.psk_identity->bytes;
  if (!handshake.psk_client_key_exchange) return std::nullopt;
  const auto identity = tls::parse_psk_client_key_exchange(handshake.psk_client_key_exchange->bytes,
                                                           handshake.psk_client_key_exchange->cut);
  return identity.ok() ? std::optional(*identity) : std::nullopt;
}

/// The client's leaf: as a message where one came, else as the resumed session holds it.
std::optional<tls::Bytes> client_leaf(const facts::Handshake& handshake, std::uint16_t version) noexcept {
  if (handshake.client_certificate_message) {
    const auto leaf = tls::first_certificate(handshake.client_certificate_message->bytes, version,
                                             handshake.client_certificate_message->cut);
    if (leaf.ok() && !leaf->der.empty()) return leaf->der;
  }
  if (handshake.client_certificate) return handshake.client_certificate->bytes;
  return std::nullopt;
}

std::shared_ptr<const CertificateFacts> read_certificate(const HandshakeTools& tools,
                                                         const std::optional<tls::Bytes>& der) {
  if (tools.certificates == nullptr || !der.has_value()) return nullptr;
  return tools.certificates->read(*der);
}

void take_client_hello(const tls::ClientHello& hello, const HandshakeTools& tools, HandshakeView& view) {
  view.event.outside_server_name = hello.server_name;
  view.event.supported_ciphers = hello.cipher_suites;
  view.event.supported_groups = hello.supported_groups;
  view.event.signature_algorithms = hello.signature_algorithms;
  if (tools.sha256 != nullptr) view.event.ja4 = tls::ja4(hello, tools.sha256);
  if (hello.max_fragment_length) view.mfln_requested = hello.max_fragment_length->bytes();
  view.event.check = tls::is_check(hello);
  view.symptoms.offered_version = hello.highest_version();
}

void take_answer(const HandshakeMessages& messages, HandshakeView& view) {
  if (messages.server_hello) {
    view.encrypt_then_mac = messages.server_hello->encrypt_then_mac;
    view.event.outside_next_protocol = messages.server_hello->alpn;
  }
  if (messages.encrypted_extensions && !messages.encrypted_extensions->alpn.empty()) {
    view.event.outside_next_protocol = messages.encrypted_extensions->alpn;
  }
}

void take_outcome(const facts::Outcome& outcome, HandshakeView& view) {
  TlsHandshake& event = view.event;
  event.version = outcome.version;
  event.cipher_suite = outcome.cipher_suite;
  event.established = outcome.established();
  event.resumed = (outcome.flags & wire::kResumed) != 0;
  event.stage = outcome.stage;
  if (outcome.cipher_suite != 0) event.cipher_bits = outcome.secret_bits;
  view.mfln_negotiated = tls::MaxFragmentLength{outcome.max_fragment_length}.bytes();
  view.symptoms.established = event.established;
  view.symptoms.stage = outcome.stage;
  view.symptoms.client_certificate_asked = (outcome.flags & wire::kClientCertAsked) != 0;
}

void take_trouble(const facts::Handshake& handshake, HandshakeView& view) {
  TlsHandshake& event = view.event;
  if (handshake.alerts) event.alerts = *handshake.alerts;
  event.openssl = handshake.openssl_error;
  if (handshake.verify && handshake.verify->error != kVerifyOk) event.verify = handshake.verify;
  event.tcp = handshake.tcp;
  diagnose::BrokerSymptoms& symptoms = view.symptoms;
  symptoms.alerts = event.alerts;
  if (event.openssl) symptoms.openssl_reason = event.openssl->reason;
  symptoms.verify = event.verify;
  if (handshake.first_bytes) symptoms.first_bytes = diagnose::classify(handshake.first_bytes->bytes);
  symptoms.closed_by = diagnose::closed_by(handshake.tcp, handshake.alerts, handshake.openssl_error);
  event.first_bytes = symptoms.first_bytes;
  event.closed_by = symptoms.closed_by;
  if (handshake.tcp) symptoms.retransmits = handshake.tcp->retransmits;
  if (handshake.tcp) symptoms.rtt_ms = handshake.tcp->rtt_us / 1000;
  if (handshake.timing) symptoms.lasted_ms = handshake.timing->since_seen_ns / 1'000'000;
}

void take_server(const facts::Handshake& handshake, const HandshakeMessages& messages,
                 const CertificateFacts& leaf, diagnose::BrokerSymptoms& symptoms) {
  symptoms.server_key = leaf.key_algorithm;
  symptoms.server_chain = server_chain(handshake.server_chain, leaf);
  symptoms.server_signature = server_signature(leaf);
  if (!messages.client_hello) return;
  symptoms.server_name = server_name(messages.client_hello->server_name, leaf);
  symptoms.server_key_use = key_use(*messages.client_hello, leaf);
}

std::string reason_text(const TlsHandshake& event, const diagnose::BrokerSymptoms& symptoms) {
  for (const facts::AlertSeen& alert : event.alerts) {
    if (alert.direction != wire::Direction::received) continue;
    const std::string_view name = tls::alert_name(alert.description);
    return "the client sent alert " + (name.empty() ? std::to_string(alert.description) : std::string(name));
  }
  if (symptoms.first_bytes == diagnose::FirstBytes::mqtt) return "plain MQTT on a TLS port";
  if (symptoms.first_bytes == diagnose::FirstBytes::http) return "HTTP on a TLS port";
  if (event.verify) return "client certificate: " + text::to_utf8(event.verify->reason);
  if (event.openssl && !event.openssl->reason.empty()) return text::to_utf8(event.openssl->reason);
  if (symptoms.closed_by == diagnose::ClosedBy::client) return "the client closed the connection";
  if (symptoms.closed_by == diagnose::ClosedBy::reset) return "the connection was reset";
  if (symptoms.closed_by == diagnose::ClosedBy::broker) return "the broker closed the connection";
  return "no reason was seen";
}

}  // namespace

HandshakeMessages parse_messages(const facts::Handshake& handshake) noexcept {
  HandshakeMessages out;
  parse_into(handshake.client_hello, out.client_hello, tls::parse_client_hello, out.unreadable);
  parse_into(handshake.server_hello, out.server_hello, tls::parse_server_hello, out.unreadable);
  parse_into(handshake.encrypted_extensions, out.encrypted_extensions, tls::parse_encrypted_extensions,
             out.unreadable);
  return out;
}

HandshakeView read_handshake(const facts::Handshake& handshake, const HandshakeTools& tools) {
  const HandshakeMessages messages = parse_messages(handshake);
  HandshakeView view;
  view.unreadable_messages = messages.unreadable;
  TlsHandshake& event = view.event;
  event.source = to_endpoint(handshake.peer_address);
  event.destination = to_endpoint(handshake.local_address);
  event.bridge = handshake.role && handshake.role->role == wire::Role::bridge;
  if (handshake.outcome) take_outcome(*handshake.outcome, view);
  if (messages.client_hello) take_client_hello(*messages.client_hello, tools, view);
  take_answer(messages, view);
  take_trouble(handshake, view);
  if (handshake.timing && handshake.timing->since_client_hello_ns != 0) {
    event.duration_ns = handshake.timing->since_client_hello_ns;
  }
  event.curve = curve(handshake, messages, event.cipher_suite);

  view.external_psk = psk_identity(handshake, messages);
  if (view.external_psk) {
    event.outside_psk_identity = wire::as_text(*view.external_psk);
    // On TLS 1.3 SSL_session_reused is also true for an external PSK, where nothing was resumed.
    if (event.version == tls::kTls13) event.resumed = false;
  }
  view.symptoms.psk_offered = view.external_psk.has_value();

  event.client_certificate = read_certificate(tools, client_leaf(handshake, event.version));
  if (handshake.server_certificate) {
    event.server_certificate = read_certificate(tools, handshake.server_certificate->bytes);
  }
  if (event.server_certificate) take_server(handshake, messages, *event.server_certificate, view.symptoms);
  return view;
}

std::string handshake_message(const TlsHandshake& event, const diagnose::BrokerSymptoms& symptoms) {
  std::string out = event.bridge  ? "TLS handshake of a bridge to "
                    : event.check ? "TLS handshake of a check from "
                                  : "TLS handshake from ";
  out += endpoint_text(event.source);
  if (!event.established) {
    return out + " failed after " + std::string(facts::stage_name(event.stage)) + ": " +
           reason_text(event, symptoms);
  }
  const std::string_view version = tls::version_name(event.version);
  out.append(": TLS ").append(version.empty() ? std::string_view("of an unknown version") : version);
  const std::string_view suite = tls::cipher_suite_name(event.cipher_suite);
  if (!suite.empty()) out.append(", ").append(suite);
  out += event.mfln.negotiated ? ", MFLN " + std::to_string(*event.mfln.negotiated) : ", no MFLN";
  if (event.resumed) out += ", resumed";
  return out;
}

std::string endpoint_text(const std::optional<Endpoint>& endpoint) {
  if (!endpoint) return "an unknown address";
  const std::string_view ip = endpoint->ip.view();
  if (endpoint->port == 0) return std::string(ip);
  const bool v6 = ip.find(':') != std::string_view::npos;
  std::string out;
  out.reserve(ip.size() + 8);
  if (v6) out += '[';
  out += ip;
  if (v6) out += ']';
  out += ':';
  return out + std::to_string(endpoint->port);
}

std::optional<Endpoint> to_endpoint(const std::optional<facts::Address>& address) noexcept {
  if (!address) return std::nullopt;
  return Endpoint{facts::to_text(*address), address->port};
}

}  // namespace tlswatch::event
