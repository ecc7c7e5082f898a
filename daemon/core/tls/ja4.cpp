#include "daemon/core/tls/ja4.h"

#include <algorithm>
#include <span>

#include "daemon/core/tls/extension_reader.h"
#include "daemon/core/tls/grease.h"

namespace tlswatch::tls {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kPartSize = 12;

/// Text of JA4_b and JA4_c before hashing: numbers as four hex digits, joined by commas. A hello has at most
/// half as many numbers as bytes.
class HexList {
 public:
  void add(std::uint16_t number) noexcept {
    if (size_ != 0 && text_[size_ - 1] != '_') text_[size_++] = ',';
    for (int shift = 12; shift >= 0; shift -= 4) text_[size_++] = kHex[number >> shift & 0xF];
  }
  void underscore() noexcept { text_[size_++] = '_'; }
  std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, kMaxClientHello / 2 * 5 + 1> text_;
  std::size_t size_ = 0;
};

using Numbers = std::array<std::uint16_t, kMaxClientHello / 2>;

std::span<std::uint16_t> sorted_suites(const ClientHello& hello, Numbers& store) noexcept {
  std::size_t n = 0;
  for (const std::uint16_t suite : hello.cipher_suites) {
    if (!is_grease(suite)) store[n++] = suite;
  }
  const auto out = std::span(store).first(n);
  std::ranges::sort(out);
  return out;
}

std::span<std::uint16_t> sorted_extensions(const ClientHello& hello, Numbers& store) noexcept {
  std::size_t n = 0;
  for (const Extension& extension : hello.extensions) {
    if (!is_grease(extension.type)) store[n++] = extension.type;
  }
  const auto out = std::span(store).first(n);
  std::ranges::sort(out);
  return out;
}

constexpr std::array<char, 2> version_part(std::uint16_t version) noexcept {
  switch (version) {
    case 0x0304: return {'1', '3'};
    case 0x0303: return {'1', '2'};
    case 0x0302: return {'1', '1'};
    case 0x0301: return {'1', '0'};
    case 0x0300: return {'s', '3'};
    case 0x0002: return {'s', '2'};
    default: return {'0', '0'};
  }
}

constexpr std::array<char, 2> two_digits(std::size_t n) noexcept {
  n = std::min<std::size_t>(n, 99);
  return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

constexpr bool alphanumeric(std::uint8_t c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// First and last character of the first ALPN value, or of its hex form where one of them is not
/// alphanumeric. FoxIO's text says so; its Python and Rust programs write 99 there instead. "Ignore GREASE
/// anywhere" takes the next value after a GREASE one (RFC 8701 section 2 reserves its two-byte values for
/// ALPN as well).
std::array<char, 2> alpn_part(const ClientHello& hello) noexcept {
  for (const std::string_view protocol : hello.alpn) {
    if (protocol.empty()) break;
    const auto first = static_cast<std::uint8_t>(protocol.front());
    const auto last = static_cast<std::uint8_t>(protocol.back());
    if (protocol.size() == 2 && is_grease(static_cast<std::uint16_t>(first << 8 | last))) continue;
    if (alphanumeric(first) && alphanumeric(last)) return {protocol.front(), protocol.back()};
    return {kHex[first >> 4], kHex[last & 0xF]};
  }
  return {'0', '0'};
}

struct Parts {
  std::array<char, 10> a;
  HexList b;
  HexList c;
};

void fill(const ClientHello& hello, Parts& parts) noexcept {
  Numbers store;
  const auto suites = sorted_suites(hello, store);
  const std::size_t suite_count = suites.size();
  for (const std::uint16_t suite : suites) parts.b.add(suite);

  const auto extensions = sorted_extensions(hello, store);
  for (const std::uint16_t type : extensions) {
    // Part a tells whether they are there, so that c does not change with the name or protocol of one
    // session.
    if (type != kServerName && type != kAlpn) parts.c.add(type);
  }
  bool first = !parts.c.view().empty();
  for (const std::uint16_t scheme : hello.signature_algorithms) {
    if (is_grease(scheme)) continue;
    if (first) parts.c.underscore();
    first = false;
    parts.c.add(scheme);
  }

  const auto version = version_part(hello.highest_version());
  const auto ciphers = two_digits(suite_count);
  const auto types = two_digits(extensions.size());
  const auto alpn = alpn_part(hello);
  parts.a = {'t',        version[0], version[1], hello.has_server_name ? 'd' : 'i',
             ciphers[0], ciphers[1], types[0],   types[1],
             alpn[0],    alpn[1]};
}

void hash_into(std::span<char> out, std::string_view text, Sha256 sha256) {
  if (text.empty()) {
    std::ranges::fill(out, '0');
    return;
  }
  const auto digest = sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  for (std::size_t i = 0; i < kPartSize; ++i) {
    out[i] = kHex[i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 0xF];
  }
}

}  // namespace

std::optional<Ja4> ja4(const ClientHello& hello, Sha256 sha256) {
  if (hello.cut) return std::nullopt;
  Parts parts;
  fill(hello, parts);
  Ja4 out;
  std::ranges::copy(parts.a, out.text.begin());
  out.text[10] = '_';
  hash_into(std::span(out.text).subspan(11, kPartSize), parts.b.view(), sha256);
  out.text[23] = '_';
  hash_into(std::span(out.text).subspan(24, kPartSize), parts.c.view(), sha256);
  return out;
}

std::optional<std::string> ja4_raw(const ClientHello& hello) {
  if (hello.cut) return std::nullopt;
  Parts parts;
  fill(hello, parts);
  std::string out(parts.a.data(), parts.a.size());
  out += '_';
  out += parts.b.view();
  out += '_';
  out += parts.c.view();
  return out;
}

}  // namespace tlswatch::tls
