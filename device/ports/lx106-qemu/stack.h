// How much of the main stack has been used: it is painted first, and looked at later.
#ifndef TLSWATCH_LX106_STACK_H
#define TLSWATCH_LX106_STACK_H

#include <stdint.h>

namespace tlswatch {
namespace lx106 {

/// Paints what lies below the caller's frame.
void paint_main_stack();
/// Bytes from where it was painted to the deepest one that has lost its paint: what has been called since
/// took so much.
uint32_t main_stack_used();
/// Bytes between the last variable and the main stack's deepest use: what a heap could have.
uint32_t free_memory();

}  // namespace lx106
}  // namespace tlswatch

#endif
