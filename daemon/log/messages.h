#pragma once

#include <string_view>

namespace tlswatch::log {

/// The daemon's own messages, to standard error, where a service manager picks them up. Never the event log.
enum class Level { debug, info, warning, error };

/// From which level on messages are shown; info before the first call.
void set_level(Level level) noexcept;

/// Says one sentence. Never throws: what cannot be said is dropped.
void say(Level level, std::string_view text) noexcept;

}  // namespace tlswatch::log
