#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tlswatch::cli {

/// WrappedTable lays out rows for people: columns of fixed width, a cell that is longer goes on in the lines
/// below it, a word that is longer than its column sticks out. Texts are clean.
class WrappedTable {
 public:
  /// widths  in characters, one a column; two blanks part them
  WrappedTable(const std::vector<std::string>& heads, std::vector<std::size_t> widths);

  /// As many cells as there are columns.
  void add(const std::vector<std::string>& cells);
  const std::string& text() const noexcept { return text_; }

 private:
  std::vector<std::size_t> widths_;
  std::string text_;
};

}  // namespace tlswatch::cli
