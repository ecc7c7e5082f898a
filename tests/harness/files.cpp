#include "files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "error.h"

namespace tlswatch::harness {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return in ? all.str() : std::string();
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) throw Error("cannot write " + path.string());
}

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tlswatch-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw Error("cannot make a directory like " + pattern);
  path_ = pattern;
  chmod(path_.c_str(), 0755);
}

TempDir::~TempDir() {
  if (::testing::Test::HasFailure() || std::getenv("TLSWATCH_KEEP") != nullptr) {
    std::cerr << "kept: " << path_.string() << "\n";
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::make(std::string_view name, unsigned uid, unsigned gid) const {
  const std::filesystem::path made = path_ / name;
  std::filesystem::create_directory(made);
  chmod(made.c_str(), 0755);
  if (geteuid() == 0 && chown(made.c_str(), uid, gid) != 0) throw Error("cannot chown " + made.string());
  return made;
}

}  // namespace tlswatch::harness
