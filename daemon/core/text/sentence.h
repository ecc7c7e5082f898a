#pragma once

#include <string_view>

namespace tlswatch::text {

/// A text's first sentence, and what follows it; views into the text.
struct FirstSentence {
  std::string_view first;
  std::string_view rest;  ///< empty: the sentence is all
};

/// Parts a text after its first sentence. A dot in a name (x509.pem) ends none.
inline FirstSentence first_sentence(std::string_view text) noexcept {
  const std::size_t end = text.find(". ");
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end + 1), text.substr(end + 2)};
}

}  // namespace tlswatch::text
