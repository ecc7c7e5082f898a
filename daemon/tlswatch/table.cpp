#include "daemon/tlswatch/table.h"

#include <algorithm>
#include <numeric>

namespace tlswatch::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::string_view kNothing = "-";

using Rows = std::vector<std::vector<Cell>>;

/// Which column, and how wide.
struct Place {
  std::size_t column;
  std::size_t width;
};

std::string_view shown(const Cell& cell) {
  return cell.text.empty() ? kNothing : std::string_view(cell.text);
}

std::vector<Place> natural_places(const std::vector<Column>& columns, const Rows& rows) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool any =
        std::ranges::any_of(rows, [&](const std::vector<Cell>& row) { return !row[i].text.empty(); });
    if (columns[i].with_value && !any) continue;
    std::size_t width = columns_of(columns[i].head);
    for (const std::vector<Cell>& row : rows) width = std::max(width, columns_of(shown(row[i])));
    places.push_back({i, width});
  }
  return places;
}

std::size_t total(const std::vector<Place>& places) {
  return std::accumulate(places.begin(), places.end(), kGap * (places.size() - 1),
                         [](std::size_t sum, const Place& place) { return sum + place.width; });
}

std::size_t least_width(const Column& column, std::size_t width) {
  if (column.least == 0) return width;
  return std::min(width, std::max(column.least, columns_of(column.head)));
}

void fit(const std::vector<Column>& columns, std::size_t limit, std::vector<Place>& places) {
  const auto narrowest = [&] {
    std::vector<Place> least = places;
    for (Place& place : least) place.width = least_width(columns[place.column], place.width);
    return total(least);
  };
  while (places.size() > 1 && narrowest() > limit) places.pop_back();
  while (total(places) > limit) {
    Place* widest = nullptr;
    for (Place& place : places) {
      if (least_width(columns[place.column], place.width) == place.width) continue;
      if (widest == nullptr || place.width > widest->width) widest = &place;
    }
    if (widest == nullptr) return;
    --widest->width;
  }
}

void append_line(std::string& out, const std::vector<Column>& columns, const std::vector<Place>& places,
                 const std::vector<Cell>& row, const Screen& screen) {
  for (const Place& place : places) {
    const std::string text = shortened(shown(row[place.column]), place.width);
    const std::string spaces(place.width - columns_of(text), ' ');
    const std::string painted = screen.paint(row[place.column].style, text);
    out += columns[place.column].number ? spaces + painted : painted + spaces;
    out.append(kGap, ' ');
  }
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
}

}  // namespace

std::string table_text(const std::vector<Column>& columns, const Rows& rows, const Screen& screen) {
  std::vector<Place> places = natural_places(columns, rows);
  if (screen.columns != 0) fit(columns, screen.columns, places);
  std::vector<Cell> heads;
  for (const Column& column : columns) heads.push_back({std::string(column.head), Style::title});
  std::string out;
  append_line(out, columns, places, heads, screen);
  for (const std::vector<Cell>& row : rows) append_line(out, columns, places, row, screen);
  return out;
}

}  // namespace tlswatch::cli
