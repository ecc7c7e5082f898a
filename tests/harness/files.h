// Whole files as strings, and a directory of one's own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tlswatch::harness {

/// read_file returns all bytes of `path`, or an empty string where it cannot be opened.
std::string read_file(const std::filesystem::path& path);

/// write_file replaces `path` by `content`; mode 0644 for a new one. Throws Error.
void write_file(const std::filesystem::path& path, std::string_view content);

/// TempDir is a new directory (mode 0755, so that a broker under its own user gets in), removed at the end of
/// the test, unless the test has failed or TLSWATCH_KEEP is set: then its path is printed and it stays.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  /// Makes the directory `name` inside; mode 0755, owned by `uid`:`gid` where this process may give it away.
  std::filesystem::path make(std::string_view name, unsigned uid, unsigned gid) const;

 private:
  std::filesystem::path path_;
};

}  // namespace tlswatch::harness
