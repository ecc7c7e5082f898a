#include "tlswatch_handshake_stack.h"

#include <string.h>

namespace tlswatch {
namespace device {
namespace {

constexpr uint8_t kPaint = 0xA5;

}  // namespace

void paint_stack(const HandshakeStack& stack) {
  memset(stack.memory, kPaint, stack.size);
}

size_t painted_stack_used(const HandshakeStack& stack) {
  size_t unused = 0;
  while (unused < stack.size && stack.memory[unused] == kPaint) ++unused;
  return stack.size - unused;
}

#if defined(__XTENSA__) && defined(__XTENSA_CALL0_ABI__)
// a0 return address, a1 stack pointer (kept a multiple of 16), a2.. arguments; a12..a15 belong to the caller
// of call0, so a12 carries the old stack pointer over the call and is kept on the new stack itself.
asm(R"(
    .section .text.tlswatch_switch_stack, "ax"
    .literal_position
    .align 4
    .global tlswatch_switch_stack
    .type tlswatch_switch_stack, @function
tlswatch_switch_stack:
    addi  a2, a2, -16
    s32i  a12, a2, 0
    s32i  a0, a2, 4
    mov   a12, a1
    mov   a1, a2
    mov   a2, a4
    callx0 a3
    l32i  a0, a1, 4
    mov   a2, a1
    mov   a1, a12
    l32i  a12, a2, 0
    ret
    .size tlswatch_switch_stack, . - tlswatch_switch_stack
)");

extern "C" void tlswatch_switch_stack(void* top, void (*call)(void*), void* argument);

void switch_stack_lx106(void* memory, size_t n, void (*call)(void* argument), void* argument) {
  const uintptr_t top = (reinterpret_cast<uintptr_t>(memory) + n) & ~static_cast<uintptr_t>(15);
  tlswatch_switch_stack(reinterpret_cast<void*>(top), call, argument);
}
#endif

}  // namespace device
}  // namespace tlswatch
