#include "options.h"

#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <charconv>
#include <cstdio>

#include "topic_filter.h"

namespace tlswatch::plugin {
namespace {

bool parse_number(std::string_view text, std::uint64_t& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool set_path(FixedText<kMaxPath>& field, std::string_view value) noexcept {
  return !value.empty() && value.front() == '/' && field.assign(value);
}

bool set_filter(FixedText<kMaxTopic>& field, std::string_view value) noexcept {
  return (value.empty() || valid_topic_filter(value)) && field.assign(value);
}

struct OptionRow {
  std::string_view name;
  const char* wanted;
  bool (*set)(Options& options, std::string_view value) noexcept;
};

constexpr OptionRow kOptions[] = {
    {"ring", "an absolute path of at most 511 bytes",
     [](Options& o, std::string_view v) noexcept { return set_path(o.ring, v); }},
    {"cursor", "an absolute path of at most 511 bytes",
     [](Options& o, std::string_view v) noexcept { return set_path(o.cursor, v); }},
    {"ring_size", "a multiple of 4096 from 65536 to 1073741824",
     [](Options& o, std::string_view v) noexcept {
       std::uint64_t n = 0;
       if (!parse_number(v, n) || n % 4096 != 0 || n < wire::kMinRingSize || n > wire::kMaxRingSize)
         return false;
       o.ring_size = n;
       return true;
     }},
    {"report_topic", "an MQTT topic filter of at most 255 bytes",
     [](Options& o, std::string_view v) noexcept { return set_filter(o.report_topic, v); }},
    {"log_topic", "an MQTT topic filter of at most 255 bytes",
     [](Options& o, std::string_view v) noexcept { return set_filter(o.log_topic, v); }},
    {"max_sessions", "a number from 16 to 1048576",
     [](Options& o, std::string_view v) noexcept {
       std::uint64_t n = 0;
       if (!parse_number(v, n) || n < 16 || n > kMaxSessions) return false;
       o.max_sessions = static_cast<std::uint32_t>(n);
       return true;
     }},
};

void apply(Options& options, std::string_view name, std::string_view value, Warn warn) noexcept {
  char line[256];
  for (const OptionRow& row : kOptions) {
    if (row.name != name) continue;
    if (row.set(options, value)) return;
    std::snprintf(line, sizeof line, "plugin_opt_%s must be %s, ignoring it", row.name.data(), row.wanted);
    warn(line);
    return;
  }
  std::snprintf(line, sizeof line, "plugin_opt_%.*s is not known, ignoring it",
                static_cast<int>(name.substr(0, 64).size()), name.data());
  warn(line);
}

}  // namespace

Options read_options(const mosquitto_opt* options, int count, Warn warn) noexcept {
  Options out;
  out.ring.assign("/run/tlswatch/mosquitto.ring");
  out.report_topic.assign("tlswatch/report/+");
  for (int i = 0; i < count; ++i) {
    const char* value = options[i].value;
    apply(out, options[i].key, value == nullptr ? "" : value, warn);
  }
  if (out.cursor.empty()) {
    char path[kMaxPath + 8];
    std::snprintf(path, sizeof path, "%s.cursor", out.ring.c_str());
    if (!out.cursor.assign(path))
      warn("the ring's path is too long to derive plugin_opt_cursor from it, ignoring");
  }
  return out;
}

}  // namespace tlswatch::plugin
