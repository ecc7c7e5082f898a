#include "daemon/core/tasmota_log/tasmota_line.h"

#include <algorithm>
#include <charconv>

namespace tlswatch::tasmota_log {
namespace {

constexpr std::string_view kTopic = "MQT: ";

bool digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// "12:00:02.096-026/12 ": AddLogData's time, heap and fragmentation.
std::string_view without_time(std::string_view line) noexcept {
  constexpr std::size_t kLongest = 24;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || space > kLongest || !digit(line.front())) return line;
  const bool time = std::ranges::all_of(
      line.substr(0, space), [](char c) { return digit(c) || c == ':' || c == '.' || c == '-' || c == '/'; });
  return time ? line.substr(space + 1) : line;
}

std::string_view without_end(std::string_view line) noexcept {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == '\0')) {
    line.remove_suffix(1);
  }
  return line;
}

/// The number at the beginning of `text`; `rest` is what follows it.
std::optional<std::int32_t> number_at(std::string_view text, std::string_view* rest = nullptr) noexcept {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  if (rest != nullptr) *rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// "Connect failed to broker.lan:8883, rc -2. Retry in 10 sec": HOST:PORT is the last word before ", rc ".
std::optional<TasmotaLine> connect_failed(std::string_view text) noexcept {
  constexpr std::string_view kRc = ", rc ";
  const std::size_t at = text.find(kRc);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest;
  const auto rc = number_at(text.substr(at + kRc.size()), &rest);
  if (!rc || !rest.starts_with('.')) return std::nullopt;
  const std::string_view before = text.substr(0, at);
  const std::size_t space = before.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view target = before.substr(space + 1);
  const std::size_t colon = target.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view behind;
  const auto port = number_at(target.substr(colon + 1), &behind);
  if (!port || !behind.empty() || *port < 0 || *port > 65535) return std::nullopt;
  return TasmotaLine{LineKind::connect_failed, *rc, target};
}

bool is_hex_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') || c == ' ';
  });
}
bool is_name(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

/// What stands behind a line's words.
enum class Behind : std::uint8_t { number, number_and_more, name, hex, nothing };

struct Row {
  std::string_view words;
  Behind behind;
  LineKind kind;
};
constexpr Row kRows[] = {
    {"TLS connection error: ", Behind::number, LineKind::tls_error},
    {"TLS connected in ", Behind::number_and_more, LineKind::tls_connected},
    {"TLS cipher suite: ", Behind::name, LineKind::cipher_suite},
    {"MFLN not supported by TLS server", Behind::nothing, LineKind::mfln_unsupported},
    {"Fingerprint learned: ", Behind::hex, LineKind::fingerprint_learned},
    {"Server fingerprint: ", Behind::hex, LineKind::server_fingerprint},
};

std::optional<TasmotaLine> take(const Row& row, std::string_view rest) noexcept {
  TasmotaLine out{row.kind, 0, {}};
  if (row.behind == Behind::number || row.behind == Behind::number_and_more) {
    std::string_view more;
    const auto number = number_at(rest, &more);
    const bool whole = more.empty();
    if (!number || (row.behind == Behind::number && !whole)) return std::nullopt;
    out.number = *number;
    return out;
  }
  if (row.behind == Behind::nothing) return rest.empty() ? std::optional(out) : std::nullopt;
  const bool good = row.behind == Behind::hex ? is_hex_digits(rest) : is_name(rest);
  if (!good) return std::nullopt;
  out.outside_detail = rest;
  return out;
}

}  // namespace

std::optional<TasmotaLine> read_line(std::string_view line) noexcept {
  if (line.empty() || line.size() > kMaxLine) return std::nullopt;
  std::string_view text = without_end(without_time(line));
  if (!text.starts_with(kTopic)) return std::nullopt;
  text.remove_prefix(kTopic.size());
  for (const Row& row : kRows) {
    if (text.starts_with(row.words)) return take(row, text.substr(row.words.size()));
  }
  return connect_failed(text);
}

std::string_view line_name(LineKind kind) noexcept {
  switch (kind) {
    case LineKind::tls_error: return "tls-error";
    case LineKind::connect_failed: return "connect-failed";
    case LineKind::tls_connected: return "tls-connected";
    case LineKind::cipher_suite: return "cipher-suite";
    case LineKind::mfln_unsupported: return "mfln-unsupported";
    case LineKind::fingerprint_learned: return "fingerprint-learned";
    case LineKind::server_fingerprint: return "server-fingerprint";
  }
  return "tls-error";
}

}  // namespace tlswatch::tasmota_log
