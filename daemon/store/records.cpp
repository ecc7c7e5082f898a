#include "daemon/store/records.h"

#include <charconv>
#include <cstring>

#include "daemon/core/policy/verdict.h"
#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::store {
namespace {

/// "0x1301", for a number that has no name; empty for 0.
std::string name_or_hex(std::string_view name, std::uint16_t number) {
  if (number == 0) return {};
  if (!name.empty()) return std::string(name);
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[number >> shift & 15];
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

int bind_facts(Statement& s, int index, const Facts& f) {
  s.bind(index++, f.version);
  s.bind(index++, f.cipher);
  s.bind(index++, f.cipher_bits);
  s.bind(index++, f.curve);
  s.bind(index++, f.resumed);
  s.bind(index++, f.mfln_requested);
  s.bind(index++, f.mfln_negotiated);
  s.bind(index++, f.max_record);
  s.bind(index++, f.honoured);
  s.bind(index++, f.key_algorithm);
  s.bind(index++, f.key_bits);
  s.bind(index++, f.profile);
  s.bind(index++, f.verdict);
  s.bind(index++, f.violations);
  return index;
}

Facts read_facts(const Statement& s, int column) {
  Facts out;
  out.version = s.get<std::uint16_t>(column++);
  out.cipher = s.get<std::uint16_t>(column++);
  out.cipher_bits = s.get<std::uint16_t>(column++);
  out.curve = s.get<std::uint16_t>(column++);
  out.resumed = s.get<bool>(column++);
  out.mfln_requested = s.maybe<std::uint16_t>(column++);
  out.mfln_negotiated = s.maybe<std::uint16_t>(column++);
  out.max_record = s.maybe<std::uint32_t>(column++);
  out.honoured = s.maybe<bool>(column++);
  out.key_algorithm = s.get<WordId>(column++);
  out.key_bits = s.get<std::uint32_t>(column++);
  out.profile = s.get<WordId>(column++);
  out.verdict = s.get<std::uint8_t>(column++);
  out.violations = s.text(column++);
  return out;
}

Tls to_tls(const Facts& f, const Words& words) {
  Tls out;
  out.version = name_or_hex(tls::version_name(f.version), f.version);
  out.cipher = name_or_hex(tls::cipher_suite_name(f.cipher), f.cipher);
  out.cipher_bits = f.cipher_bits;
  out.curve = name_or_hex(tls::group_name(f.curve), f.curve);
  out.resumed = f.resumed;
  out.mfln_requested = f.mfln_requested;
  out.mfln_negotiated = f.mfln_negotiated;
  out.max_record_sent = f.max_record;
  out.mfln_honoured = f.honoured;
  out.key_algorithm = words.text(f.key_algorithm);
  out.key_bits = f.key_bits;
  return out;
}

Policy to_policy(const Facts& f, const Words& words) {
  Policy out;
  out.profile = words.text(f.profile);
  if (f.verdict != 0) out.verdict = policy::verdict_name(static_cast<policy::Verdict>(f.verdict - 1));
  out.violations = lines_of(f.violations);
  return out;
}

SessionRecord read_session(const Statement& s) {
  SessionRecord out;
  int c = 0;
  out.id = s.integer(c++);
  out.broker = s.get<WordId>(c++);
  out.device = s.integer(c++);
  out.how = s.get<std::uint8_t>(c++);
  out.started_ns = s.get<std::uint64_t>(c++);
  out.ended_ns = s.get<std::uint64_t>(c++);
  out.handshake_ns = s.get<std::uint64_t>(c++);
  out.ip = s.text(c++);
  out.port = s.get<std::uint16_t>(c++);
  out.listener_port = s.get<std::uint16_t>(c++);
  out.server_name = s.text(c++);
  out.ja4 = s.text(c++);
  out.established = s.get<bool>(c++);
  out.stage = s.get<std::uint8_t>(c++);
  out.facts = read_facts(s, c);
  c += kFactsColumns;
  out.alerts = s.text(c++);
  out.openssl = s.text(c++);
  out.reason = s.get<WordId>(c++);
  out.bytes_in = s.get<std::uint64_t>(c++);
  out.bytes_out = s.get<std::uint64_t>(c++);
  out.cause = s.get<WordId>(c++);
  out.incident = s.integer(c++);
  return out;
}

void save(Database& database, const SessionRecord& r) {
  Statement& s = database.sql("INSERT OR REPLACE INTO session(" TLSWATCH_STORE_SESSION
                              ",open,loose) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?," TLSWATCH_STORE_FACTS_VALUES
                              ",?,?,?,?,?,?,?,?,?)");
  s.with(r.id, r.broker, r.device, r.how, r.started_ns, r.ended_ns, r.handshake_ns, r.ip, r.port,
         r.listener_port, Bytes{r.server_name}, r.ja4, r.established, r.stage);
  int index = bind_facts(s, 15, r.facts);
  s.bind(index++, Bytes{r.alerts});
  s.bind(index++, Bytes{r.openssl});
  s.bind(index++, r.reason);
  s.bind(index++, r.bytes_in);
  s.bind(index++, r.bytes_out);
  s.bind(index++, r.cause);
  s.bind(index++, r.incident);
  s.bind(index++, r.open());
  s.bind(index++, r.loose());
  s.run();
}

DeviceRecord read_device(const Statement& s) {
  DeviceRecord out;
  int c = 0;
  out.id = s.integer(c++);
  out.broker = s.get<WordId>(c++);
  out.name = s.text(c++);
  out.first_seen_ns = s.get<std::uint64_t>(c++);
  out.last_seen_ns = s.get<std::uint64_t>(c++);
  out.last_success_ns = s.get<std::uint64_t>(c++);
  out.last_failure_ns = s.get<std::uint64_t>(c++);
  out.sessions = s.get<std::uint64_t>(c++);
  out.failures = s.get<std::uint64_t>(c++);
  out.open = s.get<std::uint64_t>(c++);
  out.failing = s.get<bool>(c++);
  out.ip = s.text(c++);
  out.ja4 = s.text(c++);
  out.firmware = s.text(c++);
  out.cause = s.get<WordId>(c++);
  out.incident = s.integer(c++);
  out.good_session = s.integer(c++);
  out.facts = read_facts(s, c);
  c += kFactsColumns;
  out.good_ip = s.text(c++);
  out.good_ja4 = s.text(c++);
  out.ja4_before = s.text(c++);
  out.connected_before_ns = s.get<std::uint64_t>(c++);
  out.gone_ns = s.get<std::uint64_t>(c++);
  out.gone_before_ns = s.get<std::uint64_t>(c++);
  out.stayed = s.get<bool>(c++);
  const std::string_view told = s.bytes(c++);
  if (told.size() == sizeof out.told) std::memcpy(out.told.data(), told.data(), told.size());
  out.sure = s.get<std::uint16_t>(c++);
  out.remember();
  return out;
}

void save(Database& database, const DeviceRecord& r) {
  Statement& s = database.sql(
      "UPDATE device SET first_seen=?2,last_seen=?3,last_success=?4,last_failure=?5,sessions=?6,failures=?7,"
      "open=?8,failing=?9,ja4=?10,firmware=?11,incident=?12,good_session=?13,good_ip=?14,good_ja4=?15,ja4_"
      "before=?16,"
      "connected_before=?17,gone=?18,gone_before=?19,stayed=?20,told=?21,version=?22,cipher=?23,cipher_bits=?"
      "24,"
      "curve=?25,resumed=?26,mfln_requested=?27,mfln_negotiated=?28,max_record=?29,honoured=?30,key_"
      "algorithm=?31,"
      "key_bits=?32,verdict=?33,violations=?34,sure=?35 WHERE id=?1");
  const std::string_view told(reinterpret_cast<const char*>(r.told.data()), sizeof r.told);
  s.with(r.id, r.first_seen_ns, r.last_seen_ns, r.last_success_ns, r.last_failure_ns, r.sessions, r.failures,
         r.open, r.failing, r.ja4, Bytes{r.firmware}, r.incident, r.good_session, r.good_ip, r.good_ja4,
         r.ja4_before, r.connected_before_ns, r.gone_ns, r.gone_before_ns, r.stayed, Bytes{told},
         r.facts.version, r.facts.cipher, r.facts.cipher_bits, r.facts.curve, r.facts.resumed,
         r.facts.mfln_requested, r.facts.mfln_negotiated, r.facts.max_record, r.facts.honoured,
         r.facts.key_algorithm, r.facts.key_bits, r.facts.verdict, r.facts.violations, r.sure);
  s.run();
  // Each of these has an index, which an UPDATE writes anew also where nothing has changed.
  if (r.ip == r.was.ip && r.cause == r.was.cause && r.facts.profile == r.was.facts.profile) return;
  database.sql("UPDATE device SET ip=?2,cause=?3,profile=?4 WHERE id=?1")
      .with(r.id, r.ip, r.cause, r.facts.profile)
      .run();
}

void DeviceRecord::remember() {
  given = sessions + failures;
  was = {connected(), failing, !fresh, last_success_ns != 0, ip, cause, facts};
}

}  // namespace tlswatch::store
