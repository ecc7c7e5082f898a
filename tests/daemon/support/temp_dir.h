#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tlswatch::test {

/// TempDir is a folder of its own for one test, gone with it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view content);
void append_file(const std::filesystem::path& file, std::string_view content);

}  // namespace tlswatch::test
