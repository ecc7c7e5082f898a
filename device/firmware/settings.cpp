#include "settings.h"

#include <string.h>

#include "file.h"

namespace tlswatch {
namespace firmware {
namespace {

char text[2048];
char topic[128];

bool is(const char* a, const char* b) {
  return strcmp(a, b) == 0;
}

bool number(const char* digits, uint32_t limit, uint32_t* value) {
  uint32_t sum = 0;
  if (*digits == '\0') return false;
  for (; *digits != '\0'; ++digits) {
    if (*digits < '0' || *digits > '9') return false;
    const uint32_t digit = static_cast<uint32_t>(*digits - '0');
    if (sum > (limit - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *value = sum;
  return true;
}

bool take_text(const char** field, const char* value) {
  *field = value;
  return *value != '\0';
}

bool take(Settings& settings, const char* word, const char* value) {
  if (is(word, "host")) return take_text(&settings.host, value);
  if (is(word, "server_name")) return take_text(&settings.server_name, value);
  if (is(word, "id")) return take_text(&settings.id, value);
  if (is(word, "user")) return take_text(&settings.user, value);
  if (is(word, "password")) return take_text(&settings.password, value);
  if (is(word, "topic")) return take_text(&settings.topic, value);
  if (is(word, "clock")) return number(value, UINT32_MAX, &settings.clock_s);
  if (is(word, "timeout_ms")) return number(value, 600000, &settings.timeout_ms);
  if (is(word, "stay")) return number(value, 600, &settings.stay_s);
  if (is(word, "port")) {
    uint32_t port = 0;
    if (!number(value, 0xFFFF, &port)) return false;
    settings.port = static_cast<uint16_t>(port);
    return true;
  }
  if (is(word, "fingerprint")) {
    if (settings.fingerprints_used == device::kFingerprintSlots) return false;
    return take_text(&settings.fingerprints[settings.fingerprints_used++], value);
  }
  if (is(word, "flash")) {
    settings.has_flash = is(value, "yes");
    return settings.has_flash;
  }
  if (is(word, "session")) {
    settings.session = is(value, "rtc") ? SessionPlace::rtc : SessionPlace::flash;
    return is(value, "rtc") || is(value, "flash");
  }
  if (is(word, "network")) {
    settings.network =
        is(value, "no-name") ? device::ConnectResult::dns_failed : device::ConnectResult::tcp_failed;
    return is(value, "no-name") || is(value, "no-port");
  }
  return false;
}

void default_topic(Settings& settings) {
  const char kPrefix[] = "tlswatch/report/";
  const size_t prefix = sizeof kPrefix - 1;
  const size_t id = strlen(settings.id);
  if (settings.topic != nullptr || prefix + id >= sizeof topic) return;
  memcpy(topic, kPrefix, prefix);
  memcpy(topic + prefix, settings.id, id + 1);
  settings.topic = topic;
}

}  // namespace

const char* read_settings(Settings& settings) {
  memset(&settings, 0, sizeof settings);
  settings.timeout_ms = 10000;
  const size_t size = read_file("settings.txt", text, sizeof text - 1);
  if (size == 0) return "settings.txt is missing, empty or too long";
  text[size] = '\0';
  for (char* line = text; *line != '\0';) {
    char* end = line;
    while (*end != '\0' && *end != '\n') ++end;
    char* next = *end == '\0' ? end : end + 1;
    *end = '\0';
    char* value = line;
    while (*value != '\0' && *value != ' ') ++value;
    if (*value == ' ') {
      *value = '\0';
      const bool taken = take(settings, line, value + 1);
      if (!taken) {
        *value = ' ';
        return line;
      }
    } else if (value != line) {
      return line;
    }
    line = next;
  }
  if (settings.host == nullptr || settings.id == nullptr) return "settings.txt lacks host or id";
  default_topic(settings);
  return settings.topic != nullptr ? nullptr : "the id is too long for a topic";
}

}  // namespace firmware
}  // namespace tlswatch
