#include "stack.h"

// Set by the linker script.
extern "C" uint32_t tlswatch_stack_limit[];
extern "C" uint32_t tlswatch_stack_top[];

namespace tlswatch {
namespace lx106 {
namespace {

constexpr uint32_t kPaint = 0xA5C3A5C3;

uint32_t* painted_from;

uint32_t* deepest_use() {
  uint32_t* at = tlswatch_stack_limit;
  while (at < tlswatch_stack_top && *at == kPaint) ++at;
  return at;
}

uint32_t bytes_between(const uint32_t* from, const uint32_t* to) {
  return static_cast<uint32_t>(to - from) * sizeof *from;
}

}  // namespace

void paint_main_stack() {
  uint32_t* const here = static_cast<uint32_t*>(__builtin_frame_address(0));
  // This function's own frame, which needs no memory to speak of, stays as it is.
  for (uint32_t* at = tlswatch_stack_limit; at < here - 16; ++at) *at = kPaint;
  painted_from = here;
}

uint32_t main_stack_used() {
  return bytes_between(deepest_use(), painted_from);
}

uint32_t free_memory() {
  return bytes_between(tlswatch_stack_limit, deepest_use());
}

}  // namespace lx106
}  // namespace tlswatch
