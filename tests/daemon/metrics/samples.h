#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

namespace tlswatch::test {

/// The value of one series of a page, named as it stands there: `name{label="value"}`; -1 where it is not
/// there.
inline double value_of(std::string_view page, std::string_view series) {
  const std::string line = "\n" + std::string(series) + " ";
  const std::string text = "\n" + std::string(page);
  const std::size_t at = text.find(line);
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + line.size(), nullptr);
}

}  // namespace tlswatch::test
