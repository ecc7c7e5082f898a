#include "daemon/tlswatch/words.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"

namespace tlswatch::cli {

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  std::string out = grouped(number) + ' ';
  if (number == 1) return out.append(one);
  return many.empty() ? out.append(one) + "s" : out.append(many);
}

std::string mfln_words(const store::Tls& tls) {
  if (tls.version.empty()) return {};
  if (!tls.mfln_negotiated) return "none";
  std::string out = std::to_string(*tls.mfln_negotiated);
  if (tls.mfln_honoured) out += *tls.mfln_honoured ? ", kept" : ", NOT KEPT";
  return out;
}

std::string key_words(const store::Tls& tls) {
  if (tls.key_algorithm.empty()) return {};
  return tls.key_bits == 0 ? tls.key_algorithm : tls.key_algorithm + ' ' + std::to_string(tls.key_bits);
}

std::string tls_words(const store::Tls& tls) {
  if (tls.version.empty()) return {};
  std::string out = "TLS " + tls.version;
  if (!tls.cipher.empty()) out += ", " + tls.cipher;
  if (tls.mfln_requested || tls.mfln_negotiated) out += ", MFLN " + mfln_words(tls);
  if (tls.resumed) out += ", resumed";
  return out;
}

std::string took_words(std::uint64_t duration_ns) {
  constexpr std::uint64_t kMillisecond = 1'000'000;
  constexpr std::uint64_t kTenth = 100 * kMillisecond;
  if (duration_ns == 0) return {};
  if (duration_ns < 10 * kTenth) {
    return std::to_string(std::max<std::uint64_t>(1, (duration_ns + kMillisecond / 2) / kMillisecond)) +
           " ms";
  }
  const std::uint64_t tenths = (duration_ns + kTenth / 2) / kTenth;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

std::string address_words(std::string_view ip, std::uint16_t port) {
  if (port == 0) return std::string(ip);
  const std::string end = ':' + std::to_string(port);
  return ip.find(':') == std::string_view::npos ? std::string(ip) + end : '[' + std::string(ip) + ']' + end;
}

std::string_view short_incident(std::string_view id) {
  const std::size_t colon = id.rfind(':');
  return colon == std::string_view::npos ? id : id.substr(colon + 1);
}

std::string shell_word(std::string_view outside) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,=";
  const std::string clean = text::to_utf8(outside);
  if (!clean.empty() && clean.find_first_not_of(kPlain) == std::string::npos) return clean;
  std::string out = "'";
  for (const char c : clean) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

}  // namespace tlswatch::cli
