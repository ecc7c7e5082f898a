#include "daemon/tlswatch/file_text.h"

#include <array>
#include <fstream>
#include <iostream>

namespace tlswatch::cli {

std::optional<std::string> read_file(const std::string& path, std::size_t limit) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return std::nullopt;
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string out;
  std::array<char, 4096> block;
  while (in.read(block.data(), block.size()) || in.gcount() != 0) {
    out.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (out.size() > limit) return std::nullopt;
  }
  if (in.bad()) return std::nullopt;
  return out;
}

}  // namespace tlswatch::cli
