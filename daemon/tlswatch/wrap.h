#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tlswatch::cli {

/// Columns of a line at most, for people's output.
inline constexpr std::size_t kColumns = 96;

/// Appends "  label   text", the text wrapped at spaces to kColumns and continued under itself; ASCII.
void append_field(std::string& out, std::string_view label, std::string_view text);

}  // namespace tlswatch::cli
