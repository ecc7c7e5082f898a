#pragma once

#include <string_view>

namespace tlswatch::plugin {

/// Whether `filter` is a topic filter as MQTT 3.1.1 section 4.7 wants it: `#` alone in the last level, `+`
/// alone in its level.
bool valid_topic_filter(std::string_view filter) noexcept;

/// Whether `topic` matches the valid `filter` (MQTT 3.1.1 section 4.7); an empty filter matches nothing.
/// Topics that begin with `$` match no filter that begins with a wildcard.
///
/// The broker exports a function for this, but in 2.0 and 2.1 with different limits; this one runs once for
/// every publish in the broker, and gives up at the first byte that differs.
bool topic_matches(const char* filter, const char* topic) noexcept;

/// Whether `topic` could match `filter`, by their first two bytes: false is certain. In the header because
/// most publishes in a broker end here.
inline bool topic_may_match(const char* filter, const char* topic) noexcept {
  if (filter[0] == '\0') return false;
  if (filter[0] == '+' || filter[0] == '#') return true;
  if (filter[0] != topic[0]) return false;
  return filter[1] == topic[1] || filter[1] == '+' || filter[1] == '#' || filter[1] == '/';
}

}  // namespace tlswatch::plugin
