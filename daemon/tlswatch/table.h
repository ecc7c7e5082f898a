#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/tlswatch/display.h"

namespace tlswatch::cli {

/// Column: one of a table. The most important ones come first: where the screen is too narrow, what can be
/// shortened is, and then the last ones are left out.
struct Column {
  std::string_view head;
  std::size_t least = 0;    ///< columns that it may be shortened to; 0: it never is
  bool number = false;      ///< stands at the right
  bool with_value = false;  ///< left out where no row has anything in it
};

/// Cell: clean text; empty stands for "not known" and is shown as "-".
struct Cell {
  std::string text;
  Style style = Style::plain;
};

/// The table's lines, each with its newline; no line has spaces at its end or is wider than the screen.
///
/// rows  each as long as `columns`
std::string table_text(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows,
                       const Screen& screen);

}  // namespace tlswatch::cli
