#include "daemon/core/wire/decode.h"

#include <algorithm>

namespace tlswatch::facts {
namespace {

using wire::Cursor;
using wire::Section;
using wire::SectionView;

/// What a section's layout reads; false: its content does not fit.
bool read(const SectionView& section, Blob& out) noexcept {
  out = {section.content, section.truncated};
  return true;
}

constexpr std::array<std::uint8_t, 12> kIpv4Mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool read(const SectionView& section, Address& out) noexcept {
  Cursor c(section.content);
  out.port = c.le16();
  Bytes bytes = c.rest();
  if (bytes.size() != 4 && bytes.size() != 16) return false;
  if (bytes.size() == 16 && std::ranges::equal(bytes.first(12), kIpv4Mapped)) bytes = bytes.subspan(12);
  std::ranges::copy(bytes, out.bytes.begin());
  out.size = static_cast<std::uint8_t>(bytes.size());
  return c.ok();
}

bool read(const SectionView& section, RoleFacts& out) noexcept {
  Cursor c(section.content);
  const std::uint8_t role = c.u8();
  const std::uint8_t transport = c.u8();
  out = {static_cast<wire::Role>(role), static_cast<wire::Transport>(transport)};
  return c.done() && (role == 1 || role == 2) && transport <= 2;
}

bool read(const SectionView& section, Outcome& out) noexcept {
  Cursor c(section.content);
  const std::uint8_t stage = c.u8();
  out.stage = static_cast<wire::Stage>(stage);
  out.flags = c.u8();
  out.version = c.le16();
  out.cipher_suite = c.le16();
  out.secret_bits = c.le16();
  out.max_fragment_length = c.u8();
  c.skip(1);
  return c.done() && stage <= static_cast<std::uint8_t>(wire::Stage::established);
}

bool read(const SectionView& section, Alerts& out) noexcept {
  Cursor c(section.content);
  while (c.left() >= 4 && out.count < Alerts::kMax) {
    const std::uint8_t direction = c.u8();
    out.items[out.count++] = {static_cast<wire::Direction>(direction), c.u8(), c.u8()};
    c.skip(1);
    if (direction != 1 && direction != 2) return false;
  }
  return section.content.size() % 4 == 0;
}

bool read(const SectionView& section, OpensslError& out) noexcept {
  Cursor c(section.content);
  out.code = c.le64();
  out.reason = wire::as_text(c.rest());
  return c.ok();
}

bool read(const SectionView& section, Verify& out) noexcept {
  Cursor c(section.content);
  out.error = c.le32();
  out.depth = static_cast<std::int32_t>(c.le32());
  out.reason = wire::as_text(c.rest());
  return c.ok();
}

bool read(const SectionView& section, Tcp& out) noexcept {
  Cursor c(section.content);
  out = {c.le32(), c.le32(), c.le32(), c.le32(), c.u8()};
  c.skip(3);
  return c.done();
}

bool read(const SectionView& section, Traffic& out) noexcept {
  Cursor c(section.content);
  out.in = c.le64();
  out.out = c.le64();
  out.largest_plain = c.le16();
  out.largest_protected = c.le16();
  for (std::uint32_t& n : out.over) n = c.le32();
  out.last_in = c.le16();
  c.skip(2);
  return c.done();
}

bool read(const SectionView& section, Timing& out) noexcept {
  Cursor c(section.content);
  out = {c.le64(), c.le64()};
  return c.done();
}

bool read(const SectionView& section, Identity& out) noexcept {
  Cursor c(section.content);
  const std::uint8_t evidence = c.u8();
  out = {static_cast<wire::Evidence>(evidence), c.u8(), c.le16(), c.le16()};
  return c.done() && evidence >= 1 && evidence <= 4;
}

bool read(const SectionView& section, std::uint32_t& out) noexcept {
  Cursor c(section.content);
  out = c.le32();
  return c.done();
}

bool read(const SectionView& section, std::int32_t& out) noexcept {
  Cursor c(section.content);
  out = static_cast<std::int32_t>(c.le32());
  return c.done();
}

/// Sorts one section into a record type's struct. A type has the sections that its struct has a member for.
template <typename T>
class Sorter {
 public:
  Sorter(T& out, Event& event) noexcept : out_(out), event_(event) {}

  void take(const SectionView& s) noexcept {
#define TLSWATCH_SECTION(name)                                          \
  case Section::name:                                                   \
    if constexpr (requires(T t) { t.name; }) return keep(s, out_.name); \
    break
    switch (s.tag) {
      TLSWATCH_SECTION(peer_address);
      TLSWATCH_SECTION(local_address);
      TLSWATCH_SECTION(role);
      TLSWATCH_SECTION(client_hello);
      TLSWATCH_SECTION(server_hello);
      TLSWATCH_SECTION(encrypted_extensions);
      TLSWATCH_SECTION(server_key_exchange);
      TLSWATCH_SECTION(psk_client_key_exchange);
      TLSWATCH_SECTION(client_certificate_message);
      TLSWATCH_SECTION(client_certificate);
      TLSWATCH_SECTION(server_certificate);
      TLSWATCH_SECTION(server_chain);
      TLSWATCH_SECTION(first_bytes);
      TLSWATCH_SECTION(alerts);
      TLSWATCH_SECTION(openssl_error);
      TLSWATCH_SECTION(verify);
      TLSWATCH_SECTION(outcome);
      TLSWATCH_SECTION(psk_identity);
      TLSWATCH_SECTION(tcp);
      TLSWATCH_SECTION(traffic);
      TLSWATCH_SECTION(timing);
      TLSWATCH_SECTION(client_id);
      TLSWATCH_SECTION(username);
      TLSWATCH_SECTION(identity);
      TLSWATCH_SECTION(topic);
      TLSWATCH_SECTION(payload);
      TLSWATCH_SECTION(disconnect);
      TLSWATCH_SECTION(plugin_version);
      TLSWATCH_SECTION(openssl_version);
      TLSWATCH_SECTION(broker_version);
      case Section::counter: return count(s);
    }
#undef TLSWATCH_SECTION
    ++event_.unknown_sections;
  }

 private:
  template <typename Value>
  void keep(const SectionView& s, std::optional<Value>& out) noexcept {
    if (out.has_value()) {
      ++event_.repeated_sections;
      return;
    }
    Value value{};
    if (!read(s, value)) {
      ++event_.bad_sections;
      return;
    }
    out = value;
  }

  void count(const SectionView& s) noexcept {
    if constexpr (requires(T t) { t.total; }) {
      Cursor c(s.content);
      const std::uint16_t number = c.le16();
      const std::uint64_t total = c.le64();
      if (!c.done()) {
        ++event_.bad_sections;
        return;
      }
      if (number == 0 || number > T::kKnown) {
        ++out_.unknown;
        return;
      }
      out_.total[number] = total;
    } else {
      ++event_.unknown_sections;
    }
  }

  T& out_;
  Event& event_;
};

template <typename T>
void fill(Event& event, Bytes sections) noexcept {
  T& out = event.facts.emplace<T>();
  Sorter<T> sorter(out, event);
  wire::Sections walk(sections);
  while (const auto section = walk.next()) sorter.take(*section);
}

}  // namespace

Event decode(const wire::Record& record) noexcept {
  Event event{.sequence = record.sequence,
              .time_unix_ns = record.time_unix_ns,
              .session = record.session,
              .facts = Unknown{static_cast<std::uint16_t>(record.type)}};
  switch (record.type) {
    case wire::RecordType::broker_start: fill<BrokerStart>(event, record.sections); break;
    case wire::RecordType::session_start: fill<SessionStart>(event, record.sections); break;
    case wire::RecordType::handshake: fill<Handshake>(event, record.sections); break;
    case wire::RecordType::identified: fill<Identified>(event, record.sections); break;
    case wire::RecordType::session_end: fill<SessionEnd>(event, record.sections); break;
    case wire::RecordType::device_report: fill<DeviceReport>(event, record.sections); break;
    case wire::RecordType::log_line: fill<LogLine>(event, record.sections); break;
    case wire::RecordType::counters: fill<Counters>(event, record.sections); break;
    case wire::RecordType::broker_stop: event.facts = BrokerStop{}; break;
    case wire::RecordType::padding: break;
  }
  return event;
}

}  // namespace tlswatch::facts
