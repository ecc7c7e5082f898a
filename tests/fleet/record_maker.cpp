#include "record_maker.h"

#include <stdexcept>

#include "certificate.h"
#include "support/draft.h"

namespace tlswatch::fleet_sim {
namespace {

using wire::RecordType;
using wire::RecordWriter;
using wire::Section;
using wire::Stage;

constexpr std::uint64_t kSslLibrary = std::uint64_t{20}
                                      << 23;  // ERR_LIB_SSL, packed as ERR_get_error(3) does
constexpr std::uint16_t kTls12 = 0x0303;
constexpr std::uint16_t kKeepaliveS = 30;  // Tasmota's MqttKeepAlive
constexpr std::uint8_t kServer = 1, kMqtt = 1, kFatal = 2, kWarning = 1, kReceived = 1, kSent = 2;
constexpr std::uint8_t kTcpEstablished = 1, kTcpClose = 7, kTcpCloseWait = 8;  // linux/tcp_states.h
constexpr std::uint16_t kDisconnectRecord = 2 + 8 + 16;                        // AES-GCM's nonce and tag
constexpr std::uint32_t kChainBytes = 1700;

void put_address(RecordWriter& w, Section tag, Ip ip, std::uint16_t port) {
  w.begin(tag).u16(port).bytes(ip_bytes(ip));
}

void put_addresses(RecordWriter& w, const Contact& c) {
  constexpr Ip kBroker = 0xC0000201;  // 192.0.2.1
  put_address(w, Section::peer_address, c.peer.ip, c.peer.port);
  put_address(w, Section::local_address, kBroker, listener_port(c.listener));
}

void put_role(RecordWriter& w) {
  w.begin(Section::role).u8(kServer).u8(kMqtt);
}

void put_outcome(RecordWriter& w, const Contact& c, Stage stage, std::uint8_t flags) {
  const bool answered = stage >= Stage::server_hello;
  w.begin(Section::outcome).u8(static_cast<std::uint8_t>(stage)).u8(flags);
  w.u16(answered ? kTls12 : std::uint16_t{0}).u16(answered ? c.suite : std::uint16_t{0});
  w.u16(answered ? 128 : 0).u8(answered ? c.mfln : std::uint8_t{0}).u8(0);
}

void put_timing(RecordWriter& w, const Contact& c, std::uint64_t time_ns) {
  const std::uint64_t lasted = time_ns - c.started_ns;
  w.begin(Section::timing).u64(lasted).u64(c.hello.empty() ? 0 : lasted);
}

void put_tcp(RecordWriter& w, std::uint8_t state, std::uint32_t silent_ms) {
  w.begin(Section::tcp).u32(48'000).u32(9000).u32(0).u32(silent_ms).u8(state).u8(0).u16(0);
}

void put_traffic(RecordWriter& w, std::uint16_t last_in) {
  w.begin(Section::traffic).u64(400).u64(1900).u16(480).u16(last_in == 0 ? 0 : 64);
  w.u32(0).u32(0).u32(0).u32(0).u16(last_in).u16(0);
}

void put_alert(RecordWriter& w, std::uint8_t direction, std::uint8_t level, std::uint8_t description) {
  w.begin(Section::alerts).u8(direction).u8(level).u8(description).u8(0);
}

std::string_view verify_text(std::uint32_t error) {
  return error == kHasExpired ? "certificate has expired" : "unable to get local issuer certificate";
}

void put_identity(RecordWriter& w, const Contact& c, wire::Evidence evidence) {
  std::uint8_t flags = 0;
  if (!c.client_message.empty()) flags |= wire::kHasCertificate;
  if (!c.psk.empty()) flags |= wire::kHasPsk;
  w.begin(Section::identity).u8(static_cast<std::uint8_t>(evidence)).u8(flags).u16(4).u16(kKeepaliveS);
  if (!c.client_id.empty()) w.begin(Section::client_id).text(c.client_id);
}

void put_user(RecordWriter& w, const Contact& c) {
  if (!c.user.empty()) w.begin(Section::username).text(c.user);
}

}  // namespace

/// What a handshake record tells besides the contact.
struct RecordMaker::Trouble {
  Stage stage = Stage::established;
  std::uint8_t flags = 0;
  std::uint8_t tcp = kTcpEstablished;
  std::uint32_t silent_ms = 5;
  std::uint8_t alert_sent = 0;
  std::uint16_t openssl = 0;
  std::string_view reason = {};
  std::uint32_t verify = 0;
  std::string_view first_bytes = {};
};

RecordMaker::RecordMaker(Sink sink)
    : sink_(std::move(sink)),
      server_certificate_(make_certificate("mqtt.example", "Example CA", kLongValid, 1)),
      server_hello_(test::server_hello({.suite = 0xC02F})) {}

RecordWriter RecordMaker::begin(RecordType type, std::uint64_t time_ns, std::uint64_t session) {
  return RecordWriter(buffer_, type, time_ns, session);
}

void RecordMaker::publish(RecordWriter& writer) {
  const auto bytes = writer.finish();
  ++sequence_;
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(sequence_ >> (8 * i));
  const auto record = wire::read_record(bytes);
  if (!record) throw std::logic_error("the simulation's record is none");
  sink_(*record);
}

void RecordMaker::broker_start(std::uint64_t time_ns) {
  RecordWriter w = begin(RecordType::broker_start, time_ns, 0);
  w.begin(Section::plugin_version).text("0.1.0");
  w.begin(Section::openssl_version).text("OpenSSL 3.0.15");
  w.begin(Section::broker_version).text("2.0.11");
  publish(w);
}

void RecordMaker::broker_stop(std::uint64_t time_ns) {
  RecordWriter w = begin(RecordType::broker_stop, time_ns, 0);
  publish(w);
}

void RecordMaker::session_start(std::uint64_t time_ns, const Contact& contact) {
  RecordWriter w = begin(RecordType::session_start, time_ns, contact.number);
  put_addresses(w, contact);
  put_role(w);
  publish(w);
}

void RecordMaker::handshake(std::uint64_t time_ns, const Contact& c, const Trouble& t) {
  RecordWriter w = begin(RecordType::handshake, time_ns, c.number);
  put_addresses(w, c);
  put_role(w);
  put_outcome(w, c, t.stage, t.flags);
  put_timing(w, c, time_ns);
  put_tcp(w, t.tcp, t.silent_ms);
  put_traffic(w, t.stage == Stage::established ? 64 : 0);
  if (t.alert_sent != 0) put_alert(w, kSent, kFatal, t.alert_sent);
  if (t.openssl != 0) w.begin(Section::openssl_error).u64(kSslLibrary | t.openssl).text(t.reason);
  if (t.verify != 0) w.begin(Section::verify).u32(t.verify).i32(0).text(verify_text(t.verify));
  const bool keyed = t.stage >= Stage::key_exchange;
  if (keyed && !c.psk.empty()) w.begin(Section::psk_identity).text(c.psk);
  if (!t.first_bytes.empty()) w.begin(Section::first_bytes).text(t.first_bytes);
  if (!c.hello.empty()) w.begin(Section::client_hello).bytes(c.hello);
  if (t.stage >= Stage::server_hello && c.psk.empty()) {
    w.begin(Section::server_hello).bytes(server_hello_);
    w.begin(Section::server_chain).u32(kChainBytes);
  }
  if (t.stage >= Stage::client_certificate && !c.client_message.empty()) {
    w.begin(Section::client_certificate_message).bytes(c.client_message);
  }
  if (c.psk.empty()) w.begin(Section::server_certificate).bytes(server_certificate_);
  publish(w);
}

void RecordMaker::established(std::uint64_t time_ns, const Contact& contact) {
  std::uint8_t flags = wire::kEstablished;
  if (!contact.client_message.empty()) flags |= wire::kClientCertAsked;
  handshake(time_ns, contact, {.stage = Stage::established, .flags = flags});
}

void RecordMaker::failed(std::uint64_t time_ns, const Contact& contact, const Failure& failure,
                         bool unnoticed) {
  Trouble out{.stage = failure.stage};
  if (failure.stage == Stage::client_certificate) out.flags = wire::kClientCertAsked;
  if (unnoticed) {
    out.silent_ms = static_cast<std::uint32_t>((time_ns - contact.started_ns) / 1'000'000);
    return handshake(time_ns, contact, out);
  }
  if (failure.close == Close::by_device) out.tcp = kTcpCloseWait;
  if (failure.close == Close::reset) out.tcp = kTcpClose;
  out.alert_sent = failure.alert_sent;
  out.openssl = failure.openssl;
  out.reason = failure.reason;
  out.verify = failure.verify;
  handshake(time_ns, contact, out);
}

void RecordMaker::scanned(std::uint64_t time_ns, const Contact& contact, Scan scan) {
  Trouble out{.stage = Stage::connected};
  switch (scan) {
    case Scan::http:
      out.openssl = 156;
      out.reason = "http request";
      out.first_bytes = "GET /";
      break;
    case Scan::noise:
      out.openssl = 267;
      out.reason = "wrong version number";
      out.first_bytes = "\x03\x01\x02\x7f\x11";
      break;
    case Scan::no_cipher:
      out = {.stage = Stage::client_hello, .alert_sent = 40, .openssl = 193, .reason = "no shared cipher"};
      break;
    case Scan::looks_at_certificate:
      out = {.stage = Stage::certificate_sent,
             .tcp = kTcpCloseWait,
             .alert_sent = 50,
             .openssl = 294,
             .reason = "unexpected eof while reading"};
      break;
    case Scan::silence: out = {.stage = Stage::certificate_sent, .silent_ms = 90'000}; break;
    case Scan::handshake_only: return established(time_ns, contact);
  }
  handshake(time_ns, contact, out);
}

void RecordMaker::identified(std::uint64_t time_ns, const Contact& contact) {
  RecordWriter w = begin(RecordType::identified, time_ns, contact.number);
  put_role(w);
  put_identity(w, contact, wire::Evidence::last_read);
  put_user(w, contact);
  publish(w);
}

void RecordMaker::report(std::uint64_t time_ns, const Contact& contact, std::string_view topic,
                         std::string_view payload) {
  RecordWriter w = begin(RecordType::device_report, time_ns, contact.number);
  put_identity(w, contact, wire::Evidence::last_read);
  put_address(w, Section::peer_address, contact.peer.ip, contact.peer.port);
  w.begin(Section::topic).text(topic);
  w.begin(Section::payload).text(payload, 2048);
  publish(w);
}

void RecordMaker::ended(std::uint64_t time_ns, const Contact& c, Ending ending) {
  struct Row {
    std::uint8_t tcp;
    std::uint32_t silent_ms;
    std::uint16_t last_in;
  };
  // By Ending. What a session that is refused, or an outsider's, said last is longer than a DISCONNECT.
  static constexpr Row kRows[] = {{kTcpCloseWait, 20, kDisconnectRecord},
                                  {kTcpCloseWait, 9000, kDisconnectRecord},
                                  {kTcpClose, 9000, kDisconnectRecord},
                                  {kTcpEstablished, 1500U * kKeepaliveS, kDisconnectRecord},
                                  {kTcpEstablished, 20'000, kDisconnectRecord},
                                  {kTcpEstablished, 20, 90},
                                  {kTcpCloseWait, 20, 0}};
  const Row& row = kRows[static_cast<std::size_t>(ending)];
  RecordWriter w = begin(RecordType::session_end, time_ns, c.number);
  put_address(w, Section::peer_address, c.peer.ip, c.peer.port);
  put_role(w);
  put_outcome(w, c, Stage::established, wire::kEstablished);
  put_timing(w, c, time_ns);
  put_tcp(w, row.tcp, row.silent_ms);
  put_traffic(w, row.last_in);
  if (ending == Ending::disconnect) put_alert(w, kReceived, kWarning, 0);
  w.begin(Section::disconnect).i32(-1);
  if (ending != Ending::left) {
    put_identity(w, c, wire::Evidence::disconnect_free);
    put_user(w, c);
  }
  publish(w);
}

}  // namespace tlswatch::fleet_sim
