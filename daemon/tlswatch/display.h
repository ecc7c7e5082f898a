#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What text looks like on a terminal: its columns, its colours. Everything here takes clean text (core/text)
/// and returns such.
namespace tlswatch::cli {

/// Columns that a text takes: wide characters two, combining ones none (the C library's C.UTF-8 table).
std::size_t columns_of(std::string_view text);

/// The text, cut between characters to at most `columns` of them; what was cut ends with U+2026.
std::string shortened(std::string_view text, std::size_t columns);

/// The text and as many spaces as it lacks to `columns`; unchanged where it lacks none.
std::string padded(std::string_view text, std::size_t columns);

/// Style: what a text means; how that looks is decided in one place.
enum class Style : std::uint8_t { plain, title, good, bad, faint };

/// Screen: where output goes.
struct Screen {
  std::size_t columns = 0;  ///< a table's limit; 0: none, since nobody's eyes are there to be spared
  bool colour = false;

  /// The text in its style's colour, where colours are wanted.
  std::string paint(Style style, std::string_view text) const;
  /// Columns for flowing text: the screen's, but no more than can be read with ease.
  std::size_t text_columns() const;
};

/// Standard output: a terminal's width, or COLUMNS where it is set; colours on a terminal only, and not where
/// NO_COLOR is set (https://no-color.org: any non-empty value means none).
Screen screen_of_stdout();

}  // namespace tlswatch::cli
