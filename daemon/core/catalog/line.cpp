#include "daemon/core/catalog/line.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "daemon/core/catalog/line_tables.h"

namespace tlswatch::catalog {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) noexcept {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}
constexpr bool is_name(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}
constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Where `what` begins in `text`, any case, from `from` on; npos where it does not.
std::size_t find_text(std::string_view text, std::string_view what, std::size_t from = 0) noexcept {
  if (from > text.size()) return std::string_view::npos;
  const auto at = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), what.begin(),
                              what.end(), [](char a, char b) { return lower(a) == lower(b); });
  return at == text.end() && !what.empty() ? std::string_view::npos
                                           : static_cast<std::size_t>(at - text.begin());
}

/// A number at the start of `text`, and what follows it.
struct Number {
  std::int64_t value;
  std::string_view rest;
};

std::optional<Number> digits(std::string_view text, int base) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  // More than 32 bits is no stack's number.
  if (error != std::errc() || value > 0xFFFFFFFF) return std::nullopt;
  return Number{static_cast<std::int64_t>(value), text.substr(static_cast<std::size_t>(end - text.data()))};
}

/// Decimal, or hexadecimal behind 0x; the sign before either.
std::optional<Number> number(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  auto out = digits(hex ? text.substr(2) : text, hex ? 16 : 10);
  if (out && negative) out->value = -out->value;
  return out;
}

/// OpenSSL's eight digits without 0x, whatever follows.
std::optional<Number> packed(std::string_view text) noexcept {
  constexpr std::size_t kDigits = 8;
  if (text.size() < kDigits || !std::ranges::all_of(text.substr(0, kDigits), is_hex)) return std::nullopt;
  if (text.size() > kDigits && is_hex(text[kDigits])) return std::nullopt;
  return digits(text.substr(0, kDigits), 16);
}

/// Mosquitto writes its time before each line, as seconds or in a form of the operator's, and a colon.
bool is_brokers(std::string_view line) noexcept {
  if (find_text(line, "mosquitto[") != std::string_view::npos) return true;
  if (find_text(line, "Client connection from ") != std::string_view::npos) return true;
  const std::size_t colon = line.find(": ");
  constexpr std::size_t kLeastTime = 8;  // "22:26:05"
  return colon != std::string_view::npos && colon >= kLeastTime && is_digit(line.front()) &&
         std::ranges::all_of(line.substr(0, colon), [](char c) {
           return is_digit(c) || c == '-' || c == ':' || c == 'T' || c == '+' || c == '.' || c == ' ' ||
                  c == 'Z';
         });
}

std::optional<std::int32_t> verify_detail(std::string_view line) noexcept {
  const auto said = std::ranges::find_if(verify_phrases(), [&](const VerifyPhrase& phrase) {
    return find_text(line, phrase.text) != std::string_view::npos;
  });
  return said == verify_phrases().end() ? std::nullopt : std::optional(said->result);
}

/// mbedTLS's flags where the line shows them: "flags: 0x8", "flags 0x00000008".
std::optional<std::int32_t> flags_detail(std::string_view line) noexcept {
  std::size_t at = find_text(line, "flags");
  if (at == std::string_view::npos) return std::nullopt;
  at += std::string_view("flags").size();
  while (at < line.size() && (is_space(line[at]) || line[at] == ':' || line[at] == '=')) ++at;
  const auto found = number(line.substr(at));
  if (!found || found->value <= 0 || found->value > 0xFFFFF) return std::nullopt;
  return static_cast<std::int32_t>(found->value);
}

/// What OpenSSL wrote is the same on both sides: where the line does not say whose it is, the other side's
/// reading is a candidate, if it differs.
Answer openssl_answer(std::int64_t code, std::string_view line, std::optional<std::int32_t> detail) {
  if (is_brokers(line)) return lookup(code, Stack::openssl, detail, Side::broker);
  Answer out = lookup(code, Stack::openssl, detail, Side::device);
  Answer other = lookup(code, Stack::openssl, detail, Side::broker);
  if (other.known() && other.meaning != out.meaning) out.candidates.push_back(std::move(other));
  return out;
}

Answer mqtt_answer(std::int64_t state, const LinePattern& pattern) {
  Answer out = lookup(0, Stack::tasmota, static_cast<std::int32_t>(state));
  out.stack = pattern.stack;
  return out;
}

std::optional<Answer> read_number(std::string_view line, std::string_view at, const LinePattern& pattern,
                                  const Context& context) {
  const std::optional<Stack> stack = context.stack ? context.stack : pattern.stack;
  auto found = pattern.form == Form::packed     ? packed(at)
               : pattern.form == Form::negative ? digits(at, 16)
                                                : number(at);
  if (!found) return std::nullopt;
  switch (pattern.form) {
    case Form::code:
    case Form::packed:
      if (stack == Stack::openssl) {
        return openssl_answer(found->value, line, context.detail ? context.detail : verify_detail(line));
      }
      return lookup(found->value, stack, context.detail ? context.detail : flags_detail(line));
    case Form::negative:
      return lookup(-found->value, stack, context.detail ? context.detail : flags_detail(line));
    case Form::alert:
      if (found->value > 255) return std::nullopt;
      return openssl_answer(1000 + found->value, line, context.detail);
    case Form::mqtt_state:
      if (found->value < -255 || found->value > 255) return std::nullopt;
      return mqtt_answer(found->value, pattern);
    case Form::verify_flags:
      if (found->value > 0xFFFFF) return std::nullopt;
      return lookup(-0x2700, Stack::mbedtls, static_cast<std::int32_t>(found->value));
  }
  return std::nullopt;
}

std::optional<Answer> read_patterns(std::string_view line, const Context& context) {
  for (const LinePattern& pattern : line_patterns()) {
    if (find_text(line, pattern.has) == std::string_view::npos) continue;
    for (std::size_t at = find_text(line, pattern.before); at != std::string_view::npos;
         at = find_text(line, pattern.before, at + 1)) {
      auto answer = read_number(line, line.substr(at + pattern.before.size()), pattern, context);
      if (answer && answer->known()) return answer;
    }
  }
  return std::nullopt;
}

/// Any word in capitals that is a code's name.
std::optional<Answer> read_names(std::string_view line, const Context& context) {
  constexpr std::size_t kLeastName = 6;  // shorter ones are words
  for (std::size_t begin = 0; begin < line.size();) {
    std::size_t end = begin;
    while (end < line.size() && is_name(line[end])) ++end;
    const std::string_view word = line.substr(begin, end - begin);
    begin = end + 1;
    if (word.size() < kLeastName || word.find('_') == std::string_view::npos) continue;
    const Side side = is_brokers(line) ? Side::broker : Side::device;
    auto detail = context.detail;
    if (!detail) detail = word.starts_with("MBEDTLS") ? flags_detail(line) : verify_detail(line);
    Answer answer = find_name(word, detail, side);
    if (answer.known()) return answer;
  }
  return std::nullopt;
}

/// A verify result spelled out, and nothing else.
std::optional<Answer> read_phrase(std::string_view line) {
  const auto result = verify_detail(line);
  if (!result) return std::nullopt;
  return lookup(*result, Stack::openssl);
}

std::optional<Answer> read_remarks(std::string_view line) {
  const auto said = std::ranges::find_if(remarks(), [&](const Remark& remark) {
    return find_text(line, remark.text) != std::string_view::npos;
  });
  if (said == remarks().end()) return std::nullopt;
  Answer out;
  out.side = said->side;
  out.name = said->name;
  out.meaning = said->meaning;
  out.causes = causes_of(said->topic);
  out.fix = fix_of(said->topic, Stack::esp_tls);
  out.source = said->source;
  return out;
}

/// A code by itself. Eight hexadecimal digits are OpenSSL's where that makes sense.
std::optional<Result<Answer, LineError>> read_alone(std::string_view word, const Context& context) {
  if (word.size() == 8) {
    if (const auto hex = packed(word)) {
      Answer answer = openssl_answer(hex->value, word, context.detail);
      if (answer.known() && (!context.stack || *context.stack == Stack::openssl))
        return {{std::move(answer)}};
    }
  }
  const bool is_number =
      std::ranges::all_of(word,
                          [](char c) { return is_hex(c) || c == '-' || c == '+' || lower(c) == 'x'; }) &&
      std::ranges::any_of(word.substr(0, 2), is_digit);
  const auto found = number(word);
  if (found && found->rest.empty()) return {{lookup(found->value, context.stack, context.detail)}};
  if (is_number) return {{LineError::bad_number}};
  return std::nullopt;
}

}  // namespace

Result<Answer, LineError> decode_line(std::string_view text, const Context& context) {
  if (text.size() > kMaxLineBytes) return LineError::too_long;
  const std::string_view line = trimmed(text);
  if (line.empty()) return LineError::empty;
  if (auto alone = read_alone(line, context)) return *std::move(alone);
  if (auto answer = read_patterns(line, context)) return *std::move(answer);
  if (auto answer = read_names(line, context)) return *std::move(answer);
  if (auto answer = read_remarks(line)) return *std::move(answer);
  if (auto answer = read_phrase(line)) return *std::move(answer);
  return LineError::no_code;
}

}  // namespace tlswatch::catalog
