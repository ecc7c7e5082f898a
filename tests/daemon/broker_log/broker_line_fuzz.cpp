#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/core/broker_log/broker_line.h"

/// Any bytes as a line of Mosquitto's log: every view lies within the line, and an id is never empty.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto inside = [&](std::string_view part) {
    return part.empty() ||
           (part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size());
  };
  const broker_log::BrokerLine read = broker_log::read_line(line);
  if (const auto* c = std::get_if<broker_log::Connected>(&read.what)) {
    if (c->outside_id.empty() || !inside(c->outside_id) || !inside(c->outside_user)) std::abort();
    if (c->peer.size != 4 && c->peer.size != 16) std::abort();
  }
  if (const auto* left = std::get_if<broker_log::Left>(&read.what)) {
    if (!inside(left->outside_id)) std::abort();
  }
  return 0;
}
