#pragma once

#include <optional>
#include <string>
#include <utility>

namespace tlswatch::sources {

/// Bytes of a position's text at most.
inline constexpr std::size_t kMaxPosition = 1024;

/// PositionFile keeps how far a log was read: one line of text with a checksum, written beside the file and
/// moved into its place, so that it is there whole or not at all.
class PositionFile {
 public:
  explicit PositionFile(std::string path) : path_(std::move(path)) {}

  /// The text that was written; nothing where there is none, or it is damaged.
  std::optional<std::string> read() const;

  /// `text` is without newlines, and at most kMaxPosition bytes. Returns what is wrong, or nothing.
  std::optional<std::string> write(const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace tlswatch::sources
