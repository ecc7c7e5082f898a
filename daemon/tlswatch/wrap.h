#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/tlswatch/display.h"

namespace tlswatch::cli {

/// Columns of a line of flowing text at most, for people's output.
inline constexpr std::size_t kColumns = 96;

/// Appends `head` and the text, wrapped at spaces to the screen's text columns and continued under itself,
/// each line of the text in its style's colour.
void append_wrapped(std::string& out, std::string_view head, std::string_view text, const Screen& screen,
                    Style style = Style::plain);

/// Appends "  label   text", the text wrapped at spaces to kColumns and continued under itself.
void append_field(std::string& out, std::string_view label, std::string_view text);

}  // namespace tlswatch::cli
