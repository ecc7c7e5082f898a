#include "daemon/tlswatch/log_line.h"

#include <cstddef>
#include <limits>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/json_fields.h"

namespace tlswatch::cli {
namespace {

using Json = rapidjson::Value;

constexpr std::size_t kMaxMessage = 400;
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kPlain = "\x1b[0m";

/// 2026-11-23T05:49:47.123Z as 2026-11-23 05:49:47.
std::string time_of(const Json& event) {
  std::string time = text_at(event, "@timestamp");
  constexpr std::size_t kSeconds = 19;
  constexpr std::size_t kSeparator = 10;
  if (time.size() < kSeconds || time[kSeparator] != 'T') return time.empty() ? "-" : time;
  time.resize(kSeconds);
  time[kSeparator] = ' ';
  return time;
}

std::string outcome_of(const Json& event, bool colour) {
  const std::string outcome = text_at(event, "event.outcome");
  const bool good = outcome == "success";
  const bool bad = outcome == "failure";
  const std::string word = good ? "ok  " : bad ? "FAIL" : "-   ";
  if (!colour || (!good && !bad)) return word;
  return std::string(good ? kGreen : kRed) + word + std::string(kPlain);
}

/// The device where it is known, with the address behind it; else the address; else the broker.
std::string who(const Json& event) {
  const std::string device = text_at(event, "device.id");
  std::string address = text_at(event, "source.ip");
  const std::string port = text_at(event, "source.port");
  if (!address.empty() && !port.empty()) {
    address = address.find(':') == std::string::npos ? address + ':' + port : '[' + address + "]:" + port;
  }
  if (!device.empty()) return address.empty() ? device : device + '@' + address;
  if (!address.empty()) return address;
  const std::string broker = text_at(event, "broker.name");
  return broker.empty() ? "-" : broker;
}

/// " mfln 512>512": asked and answered; "-" for a size that is null. Nothing where the event has none.
std::string mfln(const Json& event) {
  if (at(event, "tlswatch.mfln") == nullptr) return {};
  const std::string requested = text_at(event, "tlswatch.mfln.requested");
  const std::string negotiated = text_at(event, "tlswatch.mfln.negotiated");
  const Json* const honoured = at(event, "tlswatch.mfln.honoured");
  const bool broken = honoured != nullptr && honoured->IsFalse();
  return " mfln " + (requested.empty() ? "-" : requested) + '>' + (negotiated.empty() ? "-" : negotiated) +
         (broken ? "!" : "");
}

std::string negotiated(const Json& event) {
  std::string out;
  const std::string version = text_at(event, "tls.version");
  if (!version.empty()) out += " TLS " + version;
  const std::string cipher = text_at(event, "tls.cipher");
  if (!cipher.empty()) out += ' ' + cipher;
  const std::string curve = text_at(event, "tls.curve");
  if (!curve.empty()) out += ' ' + curve;
  const std::string key = text_at(event, "tls.server.x509.public_key_algorithm");
  if (!key.empty()) out += " key " + key + ' ' + text_at(event, "tls.server.x509.public_key_size");
  return out + mfln(event);
}

}  // namespace

std::optional<std::string> event_for_people(std::string_view json, bool colour) {
  rapidjson::Document event;
  if (!parse_event(event, json)) return std::nullopt;
  std::string out = time_of(event) + ' ' + outcome_of(event, colour) + ' ' + text_at(event, "event.action") +
                    ' ' + who(event) + negotiated(event);
  const std::string message = text_at(event, "message", kMaxMessage);
  if (!message.empty()) out += ": " + message;
  return out;
}

std::optional<std::string> event_for_machines(std::string_view json) {
  std::string clean = text::to_utf8(json, std::numeric_limits<std::size_t>::max());
  rapidjson::Document event;
  if (!parse_event(event, clean)) return std::nullopt;
  return clean;
}

}  // namespace tlswatch::cli
