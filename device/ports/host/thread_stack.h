// A second stack on a host: a thread that runs on the caller's memory, and is waited for.
//
// A thread and not a moved stack pointer, because sanitizers and valgrind know what a thread's stack is. The
// C library keeps some KB at its top for itself, so what has been used of it is no measure of a device's.
#pragma once

#include <cstddef>

namespace tlswatch::device::host {

/// Enough for BearSSL on a 64-bit host, a sanitizer's red zones included.
inline constexpr std::size_t kThreadStackBytes = 512 * 1024;

/// The StackSwitch of a host. Where no thread can be had the call runs on the caller's stack.
void switch_stack_thread(void* memory, std::size_t n, void (*call)(void* argument), void* argument);

}  // namespace tlswatch::device::host
