#include "daemon/core/text/utf8.h"

#include <cstdint>

namespace tlswatch::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// One step through outside bytes: how many belong together, and whether they may stay as they are.
struct Step {
  std::size_t size;
  bool keep;
};

constexpr std::uint8_t byte(std::string_view s, std::size_t i) noexcept {
  return static_cast<std::uint8_t>(s[i]);
}

/// Characters that are obeyed rather than shown. C0, DEL and C1 steer terminals; the rest reorder, hide or
/// break a line in viewers, so that what is read is not what was sent.
constexpr bool steers(std::uint32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x00AD || c == 0x061C || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/// Unicode 15, table 3-7: the second byte's range depends on the first; all later ones are 80..BF. An invalid
/// sequence ends before the first byte that cannot belong to it (section 3.9, "maximal subparts").
Step next(std::string_view s) noexcept {
  const std::uint8_t first = byte(s, 0);
  if (first < 0x80) return {1, !steers(first)};
  std::size_t size = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  std::uint32_t code = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    size = 2;
    code = first & 0x1FU;
  } else if (first >= 0xE0 && first <= 0xEF) {
    size = 3;
    code = first & 0x0FU;
    if (first == 0xE0) low = 0xA0;   // overlong
    if (first == 0xED) high = 0x9F;  // surrogates
  } else if (first >= 0xF0 && first <= 0xF4) {
    size = 4;
    code = first & 0x07U;
    if (first == 0xF0) low = 0x90;   // overlong
    if (first == 0xF4) high = 0x8F;  // above U+10FFFF
  } else {
    return {1, false};
  }
  for (std::size_t i = 1; i < size; ++i) {
    if (i >= s.size() || byte(s, i) < low || byte(s, i) > high) return {i, false};
    code = code << 6 | (byte(s, i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {size, !steers(code)};
}

constexpr bool plain(char c) noexcept {
  return c >= 0x20 && c < 0x7F;
}

/// How many leading bytes are printable ASCII: nearly all text is nothing else.
std::size_t plain_prefix(std::string_view s) noexcept {
  std::size_t n = 0;
  while (n < s.size() && plain(s[n])) ++n;
  return n;
}

}  // namespace

void append_utf8(std::string& out, std::string_view outside, std::size_t limit) {
  const std::size_t before = out.size();
  const std::size_t prefix = plain_prefix(outside);
  if (prefix == outside.size() && prefix <= limit) {
    out.append(outside);
    return;
  }
  // Where the text must be cut if it turns out too long: behind the last character that leaves room for the
  // mark.
  std::size_t cut_at = before;
  while (!outside.empty()) {
    const Step step = next(outside);
    out.append(step.keep ? outside.substr(0, step.size) : kReplacement);
    outside.remove_prefix(step.size);
    const std::size_t used = out.size() - before;
    if (used > limit) {
      out.resize(cut_at);
      if (limit >= kCutMark.size()) out.append(kCutMark);
      return;
    }
    if (used + kCutMark.size() <= limit) cut_at = out.size();
  }
}

std::string to_utf8(std::string_view outside, std::size_t limit) {
  std::string out;
  append_utf8(out, outside, limit);
  return out;
}

bool is_clean(std::string_view text) noexcept {
  while (!text.empty()) {
    const Step step = next(text);
    if (!step.keep) return false;
    text.remove_prefix(step.size);
  }
  return true;
}

}  // namespace tlswatch::text
