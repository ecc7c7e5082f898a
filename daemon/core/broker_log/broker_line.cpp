#include "daemon/core/broker_log/broker_line.h"

#include <algorithm>
#include <charconv>

#include "daemon/core/wire/address_text.h"

namespace tlswatch::broker_log {
namespace {

constexpr std::string_view kConnected = "New client connected from ";
constexpr std::string_view kClient = "Client ";
constexpr std::string_view kVersion = "mosquitto version ";
constexpr std::string_view kStarting = " starting";
constexpr std::string_view kUnknown = "<unknown>";

/// loop.c of 2.0.11 to 2.0.22, do_disconnect(); handle_connect.c for the take-over. No phrase is the end of
/// another, so that at most one fits.
///
/// "closed" is less than it says: no DISCONNECT came, and the broker ended nothing. "disconnected: Protocol
/// error." is strerror(EPROTO), 2.0's words for every error inside TLS and for a mere reset.
constexpr Phrase kPhrases[] = {
    {" disconnected.", "disconnect"},
    {" disconnected, not authorised.", "credentials-refused"},
    {" has exceeded timeout, disconnecting.", "keepalive-timeout"},
    {" already connected, closing old connection.", "taken-over"},
    {" disconnected due to protocol error.", "protocol-error"},
    {" disconnected due to malformed packet.", "protocol-error"},
    {" disconnected due to oversize packet.", "protocol-error"},
    {" disconnected due to oversize payload.", "protocol-error"},
    {" disconnected due to QoS too high or retain not supported.", "protocol-error"},
    {" disconnected due to using not allowed feature (QoS too high, retain not supported, or bad AUTH "
     "method).",
     "protocol-error"},
    {" been disconnected by administrative action.", "kicked"},
    {" disconnected due to out of memory.", ""},
    {" closed its connection.", "closed"},
    {" disconnected: Protocol error.", "closed"},
};

bool digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

template <typename T>
std::optional<T> whole_number(std::string_view text) noexcept {
  T out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// Takes the time off a line. A prefix counts as a time only where nothing but digits and a time's signs are
/// in it: a line without a time begins with a word, and a client id in it with ": " must not cut it in two.
std::string_view without_time(std::string_view line, std::optional<std::uint64_t>& unix_s) noexcept {
  constexpr std::size_t kLongest = 64;
  constexpr std::string_view kSigns = "-:T/.+Z, []";
  if (line.empty() || !(digit(line.front()) || line.front() == '[')) return line;
  std::size_t at = 0;
  while (at < line.size() && at < kLongest && (digit(line[at]) || kSigns.find(line[at]) != kSigns.npos)) ++at;
  // The last ": " of that run: a time may hold one itself.
  const std::size_t end = line.substr(0, at).rfind(": ");
  if (end == std::string_view::npos) return line;
  unix_s = whole_number<std::uint64_t>(line.substr(0, end));
  return line.substr(end + 2);
}

/// ADDRESS:PORT; IPv6 addresses stand without brackets.
std::optional<facts::Address> read_address(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = whole_number<std::uint16_t>(text.substr(colon + 1));
  auto address = facts::parse_address(text.substr(0, colon));
  if (!port || !address) return std::nullopt;
  address->port = *port;
  return address;
}

/// " (p2, c1, k60" at `text`; what follows it is `rest`.
bool take_parameters(std::string_view text, std::uint16_t& keepalive_s, std::string_view& rest) noexcept {
  constexpr std::string_view kNames[] = {" (p", ", c", ", k"};
  for (const std::string_view name : kNames) {
    if (!text.starts_with(name)) return false;
    text.remove_prefix(name.size());
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = whole_number<std::uint16_t>(text.substr(0, digits));
    if (!number) return false;
    keepalive_s = *number;
    text.remove_prefix(digits);
  }
  rest = text;
  return true;
}

/// "boiler (p2, c1, k60, u'fred').", read at every place where its parameters may begin.
std::variant<Other, Ambiguous, Connected, Left, Restarted> read_connected(std::string_view text) noexcept {
  constexpr std::string_view kAs = " as ";
  const std::size_t as = text.find(kAs);
  if (as == std::string_view::npos) return Other{};
  const auto peer = read_address(text.substr(0, as));
  if (!peer) return Other{};
  text.remove_prefix(as + kAs.size());
  Connected out{*peer, {}, {}, 0};
  int readings = 0;
  for (std::size_t at = text.find(" (p"); at != std::string_view::npos; at = text.find(" (p", at + 1)) {
    std::uint16_t keepalive_s = 0;
    std::string_view rest;
    if (at == 0 || !take_parameters(text.substr(at), keepalive_s, rest)) continue;
    constexpr std::string_view kUser = ", u'";
    constexpr std::string_view kUserEnd = "').";
    const bool user =
        rest.starts_with(kUser) && rest.ends_with(kUserEnd) && rest.size() >= kUser.size() + kUserEnd.size();
    if (!user && rest != ").") continue;
    ++readings;
    out.outside_id = text.substr(0, at);
    out.outside_user =
        user ? rest.substr(kUser.size(), rest.size() - kUser.size() - kUserEnd.size()) : std::string_view();
    out.keepalive_s = keepalive_s;
  }
  if (readings == 0) return Other{};
  if (readings > 1) return Ambiguous{};
  return out;
}

std::variant<Other, Ambiguous, Connected, Left, Restarted> read_left(std::string_view text) noexcept {
  const auto row = std::ranges::find_if(kPhrases, [&](const Phrase& p) { return text.ends_with(p.text); });
  if (row == std::end(kPhrases)) return Other{};
  text.remove_suffix(row->text.size());
  if (text.empty()) return Other{};
  return Left{text == kUnknown ? std::string_view() : text, row->reason};
}

}  // namespace

BrokerLine read_line(std::string_view line) noexcept {
  BrokerLine out;
  if (line.size() >= kMaxLine) return out;
  const std::string_view text = without_time(line, out.unix_s);
  if (text.starts_with(kConnected)) {
    out.what = read_connected(text.substr(kConnected.size()));
  } else if (text.starts_with(kClient)) {
    out.what = read_left(text.substr(kClient.size()));
  } else if (text.starts_with(kVersion) && text.ends_with(kStarting)) {
    out.what = Restarted{};
  }
  return out;
}

std::span<const Phrase> phrases() noexcept {
  return kPhrases;
}

}  // namespace tlswatch::broker_log
