#include "emit.h"

#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>

#include "clock.h"
#include "plugin/wire/record_writer.h"
#include "state.h"

namespace tlswatch::plugin {
namespace {

using wire::RecordType;
using wire::RecordWriter;
using wire::Section;

constexpr std::size_t kMaxPayload = 2048;

RecordWriter open_record(RecordType type, std::uint64_t session) noexcept {
  return RecordWriter(g_state.record, type, clock_ns(CLOCK_REALTIME), session);
}

void publish(RecordWriter& record) noexcept {
  g_state.publisher.publish(record.finish(), monotonic_ns);
}

void put_address(RecordWriter& r, Section tag, const Address& address) noexcept {
  if (address.size == 0) return;
  r.begin(tag).u16(address.port).bytes({address.bytes, address.size});
}

template <std::size_t N>
void put_message(RecordWriter& r, Section tag, const Message<N>& message) noexcept {
  if (message.size == 0) return;
  r.begin(tag).bytes({message.bytes, message.size}, N, message.cut);
}

void put_role(RecordWriter& r, const Session& s) noexcept {
  r.begin(Section::role).u8(static_cast<std::uint8_t>(s.role)).u8(static_cast<std::uint8_t>(s.transport));
}

void put_outcome(RecordWriter& r, const Session& s) noexcept {
  r.begin(Section::outcome)
      .u8(static_cast<std::uint8_t>(s.stage))
      .u8(s.flags)
      .u16(s.version)
      .u16(s.cipher_suite);
  r.u16(s.secret_bits).u8(s.max_fragment_length).u8(0);
}

void put_timing(RecordWriter& r, const Session& s) noexcept {
  const std::uint64_t now = monotonic_ns();
  r.begin(Section::timing).u64(now - s.first_ns).u64(s.hello_ns == 0 ? 0 : now - s.hello_ns);
}

void put_tcp(RecordWriter& r, const TcpFacts& tcp) noexcept {
  if (!tcp.known) return;
  r.begin(Section::tcp).u32(tcp.rtt_us).u32(tcp.rttvar_us).u32(tcp.retransmits).u32(tcp.ms_since_last_in);
  r.u8(tcp.state).u8(0).u16(0);
}

void put_traffic(RecordWriter& r, const Session& s) noexcept {
  r.begin(Section::traffic).u64(s.bytes_in).u64(s.bytes_out).u16(s.largest_plain).u16(s.largest_protected);
  for (const std::uint32_t n : s.over) r.u32(n);
  r.u16(s.last_in).u16(0);
}

void put_alerts(RecordWriter& r, const Session& s) noexcept {
  if (s.alert_count == 0) return;
  r.begin(Section::alerts);
  for (std::uint8_t i = 0; i < s.alert_count; ++i) {
    const Alert& a = s.alerts[i];
    r.u8(static_cast<std::uint8_t>(a.direction)).u8(a.level).u8(a.description).u8(0);
  }
}

void put_client(RecordWriter& r, const ClientFacts& client) noexcept {
  if (client.has_id) r.begin(Section::client_id).text({client.id, client.id_size});
  if (client.has_username) r.begin(Section::username).text({client.username, client.username_size});
}

std::uint8_t identity_flags(const Session* session) noexcept {
  if (session == nullptr) return 0;
  std::uint8_t flags = 0;
  if (session->peer_certificate != nullptr) flags |= wire::kHasCertificate;
  if (session->psk) flags |= wire::kHasPsk;
  if (session->role == wire::Role::bridge) flags |= wire::kViaBridge;
  return flags;
}

void put_identity(RecordWriter& r, const Session* session, const ClientFacts& client) noexcept {
  const std::uint8_t evidence = session == nullptr ? 0 : static_cast<std::uint8_t>(session->evidence);
  r.begin(Section::identity)
      .u8(evidence)
      .u8(identity_flags(session))
      .u16(client.mqtt_version)
      .u16(client.keepalive_s);
}

/// FNV-1a over what an identified record says, but for its evidence.
std::uint64_t hash_of(const ClientFacts& client) noexcept {
  std::uint64_t h = 14695981039346656037U;
  const auto mix = [&h](const char* text, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) h = (h ^ static_cast<std::uint8_t>(text[i])) * 1099511628211U;
    h = (h ^ 0xFF) * 1099511628211U;
  };
  mix(client.id, client.id_size);
  mix(client.username, client.username_size);
  return h;
}

void put_counter(RecordWriter& r, wire::Counter counter, std::uint64_t total) noexcept {
  if (total == 0) return;
  r.begin(Section::counter).u16(static_cast<std::uint16_t>(counter)).u64(total);
}

}  // namespace

void emit_broker_start(std::string_view broker_version) noexcept {
  RecordWriter r = open_record(RecordType::broker_start, 0);
  r.begin(Section::plugin_version).text(TLSWATCH_VERSION);
  r.begin(Section::openssl_version).text(OpenSSL_version(OPENSSL_VERSION));
  r.begin(Section::broker_version).text(broker_version);
  publish(r);
}

void emit_broker_stop() noexcept {
  RecordWriter r = open_record(RecordType::broker_stop, 0);
  publish(r);
}

void emit_session_start(const Session& s) noexcept {
  RecordWriter r = open_record(RecordType::session_start, s.number);
  put_address(r, Section::peer_address, s.peer);
  put_address(r, Section::local_address, s.local);
  put_role(r, s);
  publish(r);
}

void emit_handshake(const Session& s, const TcpFacts& tcp, std::string_view psk_identity,
                    wire::Bytes peer_certificate) noexcept {
  RecordWriter r = open_record(RecordType::handshake, s.number);
  put_address(r, Section::peer_address, s.peer);
  put_address(r, Section::local_address, s.local);
  put_role(r, s);
  put_outcome(r, s);
  put_timing(r, s);
  put_tcp(r, tcp);
  put_traffic(r, s);
  put_alerts(r, s);
  if (s.error_seen) {
    r.begin(Section::openssl_error).u64(s.error);
    if (s.buffer != nullptr) r.text(s.buffer->error_reason);
  }
  if (s.verify_error != 0) {
    r.begin(Section::verify).u32(s.verify_error).i32(s.verify_depth);
    r.text(X509_verify_cert_error_string(static_cast<long>(s.verify_error)));
  }
  if (!psk_identity.empty()) r.begin(Section::psk_identity).text(psk_identity);
  if (s.server_chain != 0) r.begin(Section::server_chain).u32(s.server_chain);
  if (!s.hello_seen && s.first_size != 0) r.begin(Section::first_bytes).bytes({s.first_bytes, s.first_size});
  if (s.buffer != nullptr) {
    put_message(r, Section::client_hello, s.buffer->client_hello);
    put_message(r, Section::server_hello, s.buffer->server_hello);
    put_message(r, Section::encrypted_extensions, s.buffer->encrypted_extensions);
    put_message(r, Section::server_key_exchange, s.buffer->server_key_exchange);
    put_message(r, Section::psk_client_key_exchange, s.buffer->psk_key_exchange);
    put_message(r, Section::client_certificate_message, s.buffer->client_certificate);
  }
  if (!peer_certificate.empty()) {
    const bool bridge = s.role == wire::Role::bridge;
    r.begin(bridge ? Section::server_certificate : Section::client_certificate)
        .bytes(peer_certificate, kMaxCertificate);
  }
  const wire::Bytes server = g_state.certificates.der(s.certificate, s.certificate_generation);
  if (!server.empty()) r.begin(Section::server_certificate).bytes(server);
  publish(r);
}

void emit_identified(Session& s, const ClientFacts& client) noexcept {
  if (!client.has_id) return;
  const std::uint64_t hash = hash_of(client);
  if (s.identified && s.identity_hash == hash) return;
  s.identified = true;
  s.identity_hash = hash;
  RecordWriter r = open_record(RecordType::identified, s.number);
  put_role(r, s);
  put_identity(r, &s, client);
  put_client(r, client);
  publish(r);
}

void emit_session_end(const Session& s, const TcpFacts& tcp, const ClientFacts* client) noexcept {
  RecordWriter r = open_record(RecordType::session_end, s.number);
  put_address(r, Section::peer_address, s.peer);
  put_role(r, s);
  put_outcome(r, s);
  put_timing(r, s);
  put_tcp(r, tcp);
  put_traffic(r, s);
  put_alerts(r, s);
  if (s.error_seen) r.begin(Section::openssl_error).u64(s.error);
  if (client != nullptr) {
    r.begin(Section::disconnect).i32(client->reason);
    put_identity(r, &s, *client);
    put_client(r, *client);
  }
  publish(r);
}

void emit_message(RecordType type, const Session* session, const ClientFacts& client, const Address& address,
                  std::string_view topic, wire::Bytes payload) noexcept {
  RecordWriter r = open_record(type, session == nullptr ? 0 : session->number);
  put_identity(r, session, client);
  put_client(r, client);
  if (session != nullptr) put_address(r, Section::peer_address, session->peer);
  if (session == nullptr) {
    ++g_state.counters.unknown_sender;
    put_address(r, Section::peer_address, address);
  }
  if (payload.size() > kMaxPayload) ++g_state.counters.oversized_reports;
  r.begin(Section::topic).text(topic);
  r.begin(Section::payload).bytes(payload, kMaxPayload);
  publish(r);
}

void emit_counters() noexcept {
  const Counters& c = g_state.counters;
  const std::uint64_t sum = c.sum();
  if (sum == g_state.counters_said) return;
  g_state.counters_said = sum;
  RecordWriter r = open_record(RecordType::counters, 0);
  put_counter(r, wire::Counter::unwatched_sessions, c.unwatched_sessions);
  put_counter(r, wire::Counter::unbuffered_handshakes, c.unbuffered_handshakes);
  put_counter(r, wire::Counter::foreign_ssl, c.foreign_ssl.load(std::memory_order_relaxed));
  put_counter(r, wire::Counter::oversized_reports, c.oversized_reports);
  put_counter(r, wire::Counter::unknown_sender, c.unknown_sender);
  publish(r);
}

}  // namespace tlswatch::plugin
