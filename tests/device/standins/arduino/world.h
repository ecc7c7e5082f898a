// The world around a sketch: network, broker, clock and memories, in the test's hands.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace standins {

struct World {
  bool name_resolves = true;
  bool port_open = true;
  int tls_error = 0;  // of the next handshake; 0: it succeeds
  int connack = 0;
  bool broker_answers = true;  // PINGREQ and SUBSCRIBE
  unsigned long ms = 60'000;
  std::int64_t unix_s = 1'795'366'544;
  std::array<std::uint32_t, 128> rtc{};
  std::map<std::string, std::string> files;
  std::uint32_t next_random = 0xABCDEF01;

  bool connected = false;
  int last_tls_error = 0;
  std::vector<std::uint8_t> to_broker;  // the packet that is not complete yet
  std::deque<std::uint8_t> from_broker;
  std::vector<std::string> published;  // payloads
  int pings = 0;

  bool connect() {
    to_broker.clear();
    from_broker.clear();
    last_tls_error = port_open ? tls_error : 0;
    connected = port_open && tls_error == 0;
    return connected;
  }
  void answer(std::initializer_list<std::uint8_t> bytes) { from_broker.insert(from_broker.end(), bytes); }
  void take(const std::uint8_t* bytes, std::size_t n) {
    to_broker.insert(to_broker.end(), bytes, bytes + n);
    for (std::size_t whole = packet_size(); whole != 0; whole = packet_size()) {
      broker_reads(
          std::vector<std::uint8_t>(to_broker.begin(), to_broker.begin() + static_cast<long>(whole)));
      to_broker.erase(to_broker.begin(), to_broker.begin() + static_cast<long>(whole));
    }
  }

 private:
  // Of the packet at the front, 0 while it is not complete. Lengths of up to two bytes.
  std::size_t packet_size() const {
    if (to_broker.size() < 2) return 0;
    const bool two = (to_broker[1] & 0x80) != 0;
    if (two && to_broker.size() < 3) return 0;
    const std::size_t size = two ? 3u + (to_broker[1] & 0x7Fu) + to_broker[2] * 128u : 2u + to_broker[1];
    return to_broker.size() < size ? 0 : size;
  }
  void broker_reads(const std::vector<std::uint8_t>& packet) {
    const std::size_t body = (packet[1] & 0x80) != 0 ? 3 : 2;
    switch (packet[0] >> 4) {
      case 1: answer({0x20, 2, 0, static_cast<std::uint8_t>(connack)}); break;
      case 3: {
        const std::size_t topic = packet[body] * 256u + packet[body + 1];
        published.emplace_back(packet.begin() + static_cast<long>(body + 2 + topic), packet.end());
        break;
      }
      case 12:
        ++pings;
        if (broker_answers) answer({0xD0, 0});
        break;
      default: break;
    }
  }
};

inline World& world() {
  static World it;
  return it;
}

}  // namespace standins
