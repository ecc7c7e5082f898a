#include "daemon/tlswatch/similar.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace tlswatch::cli {
namespace {

constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMostSimilar = 3;

std::string folded(std::string_view word) {
  std::string out(word.substr(0, kMaxWord));
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Insertions, deletions and replacements that make one of the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, kMaxWord + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> similar(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string wanted = folded(word);
  if (wanted.empty()) return {};
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const std::string& candidate : candidates) {
    const std::string other = folded(candidate);
    if (other.empty()) continue;
    const std::size_t apart = distance(wanted, other);
    const bool inside = other.find(wanted) != std::string::npos || wanted.find(other) != std::string::npos;
    if (inside || apart <= std::max<std::size_t>(2, wanted.size() / 3)) found.emplace_back(apart, candidate);
  }
  std::ranges::sort(found);
  std::vector<std::string> out;
  for (auto& [apart, candidate] : found) {
    if (out.size() < kMostSimilar) out.push_back(std::move(candidate));
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace tlswatch::cli
