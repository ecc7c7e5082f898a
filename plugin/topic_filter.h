#pragma once

#include <string_view>

namespace tlswatch::plugin {

/// Whether `filter` is a topic filter as MQTT 3.1.1 section 4.7 wants it: `#` alone in the last level, `+`
/// alone in its level.
bool valid_topic_filter(std::string_view filter) noexcept;

/// Whether `topic` matches the valid, non-empty `filter` (MQTT 3.1.1 section 4.7). Topics that begin with `$`
/// match no filter that begins with a wildcard.
///
/// The broker exports a function for this, but in 2.0 and 2.1 with different limits; this one runs once for
/// every publish in the broker, and gives up at the first byte that differs.
bool topic_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace tlswatch::plugin
