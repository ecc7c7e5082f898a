#include "daemon/tlswatch/display.h"

#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/wrap.h"

namespace tlswatch::cli {
namespace {

constexpr std::size_t kLeastColumns = 40;  // a narrower terminal gets lines that it breaks itself
constexpr std::size_t kMostColumns = 1000;

/// One character of clean UTF-8 from the beginning of `text`, which loses it.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = std::min<std::size_t>(text.size(), lead < 0x80   ? 1U
                                                              : lead < 0xE0 ? 2U
                                                              : lead < 0xF0 ? 3U
                                                                            : 4U);
  char32_t character = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    character = character << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(size);
  return character;
}

std::size_t columns_of(char32_t character) {
  if (character < 0x80) return 1;
  // The width of a character is a locale's business, and the process's own may know no more than ASCII.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return 1;
  const locale_t before = uselocale(utf8);
  const int width = wcwidth(static_cast<wchar_t>(character));
  uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

std::string_view colour_of(Style style) {
  switch (style) {
    case Style::plain: return {};
    case Style::title: return "\x1b[1m";
    case Style::good: return "\x1b[32m";
    case Style::bad: return "\x1b[31m";
    case Style::faint: return "\x1b[2m";
  }
  return {};
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) columns += columns_of(take_character(text));
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string_view rest = text;
  std::size_t used = 1;  // the mark's
  std::size_t kept = 0;
  while (!rest.empty()) {
    used += columns_of(take_character(rest));
    if (used > columns) break;
    kept = text.size() - rest.size();
  }
  return std::string(text.substr(0, kept)) + std::string(text::kCutMark);
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  const std::size_t used = columns_of(text);
  if (used < columns) out.append(columns - used, ' ');
  return out;
}

std::string Screen::paint(Style style, std::string_view text) const {
  const std::string_view begin = colour_of(style);
  if (!colour || begin.empty() || text.empty()) return std::string(text);
  return std::string(begin).append(text) + "\x1b[0m";
}

std::size_t Screen::text_columns() const {
  return columns == 0 ? kColumns : std::min(columns, kColumns);
}

Screen screen_of_stdout() {
  Screen screen;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const char* const no_color = std::getenv("NO_COLOR");
  screen.colour = terminal && (no_color == nullptr || *no_color == '\0');
  winsize size{};
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) screen.columns = size.ws_col;
  if (const char* const wanted = std::getenv("COLUMNS"); wanted != nullptr) {
    std::from_chars(wanted, wanted + std::strlen(wanted), screen.columns);
  }
  if (screen.columns != 0) screen.columns = std::clamp(screen.columns, kLeastColumns, kMostColumns);
  return screen;
}

}  // namespace tlswatch::cli
