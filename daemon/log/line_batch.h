#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tlswatch::log {

/// Position: where a line stands in its stream. (sequence, part) grow along the log within a stream's epoch.
struct Position {
  std::string_view stream;  ///< outlives the batch; such as "edge-1"
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t part = 0;
};

/// LineBatch: lines that go into the log together, each with its place. Lines are kept until the file has
/// taken all of them, since making them twice is not possible: the state they were made from has moved on.
class LineBatch {
 public:
  struct Line {
    std::string_view text;  ///< with its newline
    Position at;
  };

  void add(std::string_view line, const Position& at) {
    text_ += line;
    ends_.push_back({text_.size(), at});
  }
  void clear() noexcept {
    text_.clear();
    ends_.clear();
    if (text_.capacity() > kKeep) text_.shrink_to_fit();
  }
  bool empty() const noexcept { return ends_.empty(); }
  std::size_t size() const noexcept { return ends_.size(); }
  Line operator[](std::size_t i) const noexcept {
    const std::size_t start = i == 0 ? 0 : ends_[i - 1].end;
    return {std::string_view(text_).substr(start, ends_[i].end - start), ends_[i].at};
  }

 private:
  static constexpr std::size_t kKeep = 8 * 1024 * 1024;
  struct End {
    std::size_t end;
    Position at;
  };
  std::string text_;
  std::vector<End> ends_;
};

}  // namespace tlswatch::log
