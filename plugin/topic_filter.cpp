#include "topic_filter.h"

namespace tlswatch::plugin {

bool valid_topic_filter(std::string_view filter) noexcept {
  if (filter.empty()) return false;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '+' && filter[i] != '#') continue;
    const bool starts_level = i == 0 || filter[i - 1] == '/';
    const bool last = i + 1 == filter.size();
    if (!starts_level) return false;
    if (filter[i] == '#' && !last) return false;
    if (filter[i] == '+' && !last && filter[i + 1] != '/') return false;
  }
  return true;
}

bool topic_matches(const char* filter, const char* topic) noexcept {
  if (*filter == '\0' || (*topic == '$' && (*filter == '+' || *filter == '#'))) return false;
  for (; *filter != '\0'; ++filter) {
    if (*filter == '#') return true;
    if (*filter == '+') {
      while (*topic != '\0' && *topic != '/') ++topic;
      continue;
    }
    if (*filter != *topic) {
      // `a/#` matches its parent `a` too
      return *topic == '\0' && filter[0] == '/' && filter[1] == '#';
    }
    ++topic;
  }
  return *topic == '\0';
}

}  // namespace tlswatch::plugin
