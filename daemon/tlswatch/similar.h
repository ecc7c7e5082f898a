#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tlswatch::cli {

/// Of the candidates, those that somebody may have meant: which hold the word or are held by it, whatever
/// their case, or differ in a few characters; the likeliest first, at most three.
///
/// limits  of each word the first 64 bytes count
std::vector<std::string> similar(std::string_view word, const std::vector<std::string>& candidates);

/// "a, b, c".
std::string joined(const std::vector<std::string>& words);

}  // namespace tlswatch::cli
