#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tlswatch::cli {

/// All bytes of a file, `-` for standard input; nothing where it cannot be read or holds more than `limit`.
std::optional<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace tlswatch::cli
