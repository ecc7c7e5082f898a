// QEMU's semihosting for xtensa: the instruction simcall. File descriptors and flags are the host's (Linux).
//
// Source: QEMU 7.2, target/xtensa/xtensa-semi.c. Paths are relative to the folder that QEMU was started in.
#ifndef TLSWATCH_LX106_SIMCALL_H
#define TLSWATCH_LX106_SIMCALL_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace lx106 {

constexpr int kOpenRead = 0;                 // O_RDONLY
constexpr int kOpenReadWrite = 02 | 0100;    // O_RDWR | O_CREAT
constexpr int kOpenNew = 01 | 0100 | 01000;  // O_WRONLY | O_CREAT | O_TRUNC

/// Returns a file descriptor, or -1. What it creates is readable by its owner only.
int sim_open(const char* path, int flags);
void sim_close(int fd);
/// Reads what is there, at most n bytes; 0 at the end, -1 on an error. May stop at a page's end: QEMU's own
/// loop would wait for more where the first page has been filled.
int sim_read(int fd, void* bytes, size_t n);
int sim_write(int fd, const void* bytes, size_t n);
/// Sets the position from the file's start; false on an error.
bool sim_seek(int fd, uint32_t offset);
/// Waits until fd can be read (or written); false when the time is over. Errors count as ready.
bool sim_wait_readable(int fd, uint32_t timeout_ms);
bool sim_wait_writable(int fd, uint32_t timeout_ms);
/// Ends QEMU with this exit status.
[[noreturn]] void sim_exit(int status);

}  // namespace lx106
}  // namespace tlswatch

#endif
