#pragma once

#include <string_view>

#include "daemon/core/event/events.h"
#include "daemon/log/json_writer.h"

namespace tlswatch::log {

/// The ECS version whose names the log uses.
inline constexpr std::string_view kEcsVersion = "8.11.0";

/// Writes events as lines of the event log (deploy/event-log.schema.json), fields in a fixed order.
class EventJson {
 public:
  /// One line with its newline; valid until the next call.
  std::string_view line(const event::Event& event);

 private:
  JsonWriter json_;
};

/// event.action of an event; lives for ever.
std::string_view action_name(const event::Event& event) noexcept;

}  // namespace tlswatch::log
