#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/core/catalog/line.h"

/// Any bytes as a pasted line: an answer that is whole, or an error; nothing in between.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch::catalog;
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: bytes as text
  const auto answer = decode_line(text);
  if (!answer) return 0;
  if (answer->known() && (answer->meaning.empty() || answer->fix.empty() || answer->source.empty()))
    std::abort();
  if (!answer->known() && !answer->code) std::abort();
  for (const Answer& candidate : answer->candidates) {
    if (!candidate.known() || !candidate.candidates.empty()) std::abort();
  }
  return 0;
}
