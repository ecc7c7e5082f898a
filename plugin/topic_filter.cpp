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

bool topic_matches(std::string_view filter, std::string_view topic) noexcept {
  if (!topic.empty() && topic[0] == '$' && (filter[0] == '+' || filter[0] == '#')) return false;
  std::size_t t = 0;
  for (std::size_t f = 0; f < filter.size(); ++f) {
    if (filter[f] == '#') return true;
    if (filter[f] == '+') {
      while (t < topic.size() && topic[t] != '/') ++t;
      continue;
    }
    if (t == topic.size()) return filter.substr(f) == "/#";  // `a/#` matches its parent `a` too
    if (filter[f] != topic[t]) return false;
    ++t;
  }
  return t == topic.size();
}

}  // namespace tlswatch::plugin
