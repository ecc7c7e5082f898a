#include "daemon/tlswatch/wrapped_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tlswatch::cli {
namespace {

/// Characters, not bytes: all but UTF-8's continuations.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    std::string& line = lines.back();
    if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
      lines.emplace_back(word);
    } else {
      line.append(line.empty() ? "" : " ").append(word);
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

}  // namespace

WrappedTable::WrappedTable(const std::vector<std::string>& heads, std::vector<std::size_t> widths)
    : widths_(std::move(widths)) {
  add(heads);
}

void WrappedTable::add(const std::vector<std::string>& cells) {
  std::vector<std::vector<std::string>> columns;
  std::size_t lines = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    columns.push_back(wrapped(cells[i], widths_[i]));
    lines = std::max(lines, columns.back().size());
  }
  for (std::size_t l = 0; l < lines; ++l) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string cell = l < columns[i].size() ? columns[i][l] : std::string();
      line += cell;
      if (i + 1 != columns.size()) line.append(2 + widths_[i] - std::min(widths_[i], width_of(cell)), ' ');
    }
    text_ += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
}

}  // namespace tlswatch::cli
