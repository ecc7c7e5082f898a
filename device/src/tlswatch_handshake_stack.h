// A second stack, used only while the handshake computes.
//
// RSA and elliptic curves need 2 to 5 KB of stack; an ESP8266 has 4 KB, shared with whoever called. So the
// steps of the handshake that compute run on a stack of the caller's, which he may use for something else
// before and after. Reading and writing stay on the usual stack: there a port may yield to its scheduler.
//
// The stack is painted before the handshake and looked at after it, so that a device can say how much it
// took.
#ifndef TLSWATCH_HANDSHAKE_STACK_H
#define TLSWATCH_HANDSHAKE_STACK_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Runs call(argument) with `memory`, n bytes, as its stack, and returns when it has returned.
using StackSwitch = void (*)(void* memory, size_t n, void (*call)(void* argument), void* argument);

/// switch_to null: the handshake runs on the stack it is called on. Else memory, aligned to 16, and its size
/// must be set: memory that could not be had is "out of memory" (-1000).
struct HandshakeStack {
  StackSwitch switch_to;
  uint8_t* memory;
  size_t size;
};

#if defined(__XTENSA__) && defined(__XTENSA_CALL0_ABI__)
/// The StackSwitch of the ESP8266 (call0 ABI: no register windows, so moving a1 is all there is to it). No
/// interrupt must measure the stack by its bounds meanwhile.
void switch_stack_lx106(void* memory, size_t n, void (*call)(void* argument), void* argument);
#endif

/// Fills the stack with a pattern.
void paint_stack(const HandshakeStack& stack);
/// Bytes of the stack that have been used since, from its top to the deepest byte that has lost its paint.
size_t painted_stack_used(const HandshakeStack& stack);

}  // namespace device
}  // namespace tlswatch

#endif
