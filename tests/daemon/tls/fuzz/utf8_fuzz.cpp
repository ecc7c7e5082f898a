#include <cstdint>
#include <cstdlib>

#include "daemon/core/text/utf8.h"
#include "plugin/wire/cursor.h"

/// Any bytes as text: the result is clean, bounded, and clean text is left alone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  if (size == 0) return 0;
  const std::size_t limit = data[0];
  const std::string_view in = wire::as_text({data + 1, size - 1});
  const std::string out = text::to_utf8(in, limit);
  if (out.size() > limit || !text::is_clean(out) || text::to_utf8(out, limit) != out) std::abort();
  if (text::is_clean(in) && in.size() <= limit && out != in) std::abort();
  return 0;
}
