#include "daemon/core/fleet/ids.h"

#include <array>
#include <charconv>

namespace tlswatch::fleet {
namespace {

void append_number(std::string& out, std::uint64_t v, int base = 10) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), v, base).ptr;
  out.append(digits.data(), end);
}

std::string prefix(const RingId& ring) {
  std::string out;
  out.reserve(ring.broker.size() + 48);
  out += ring.broker;
  out += ':';
  append_number(out, ring.epoch, 16);
  out += ':';
  return out;
}

bool number(std::string_view text, int base, std::uint64_t& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string session_text(const RingId& ring, std::uint64_t session) {
  if (session == 0) return {};
  std::string out = prefix(ring);
  append_number(out, session);
  return out;
}

std::string event_id(const RingId& ring, std::uint64_t sequence, std::uint64_t part) {
  std::string out = prefix(ring);
  append_number(out, sequence);
  if (part == 0) return out;
  out += '.';
  append_number(out, part);
  return out;
}

bool parse_event_id(std::string_view id, EventPosition& out) noexcept {
  const std::size_t second = id.rfind(':');
  if (second == std::string_view::npos || second == 0) return false;
  const std::size_t first = id.rfind(':', second - 1);
  if (first == std::string_view::npos) return false;
  std::string_view sequence = id.substr(second + 1);
  out = {id.substr(0, first), 0, 0, 0};
  if (!number(id.substr(first + 1, second - first - 1), 16, out.epoch)) return false;
  const std::size_t dot = sequence.find('.');
  if (dot != std::string_view::npos) {
    if (!number(sequence.substr(dot + 1), 10, out.part)) return false;
    sequence = sequence.substr(0, dot);
  }
  return number(sequence, 10, out.sequence);
}

}  // namespace tlswatch::fleet
