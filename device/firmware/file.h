// Whole files of the folder that the device is started in.
#ifndef TLSWATCH_FIRMWARE_FILE_H
#define TLSWATCH_FIRMWARE_FILE_H

#include <stddef.h>

namespace tlswatch {
namespace firmware {

/// Reads a file of at most n bytes. Returns its size; 0 when it is missing, empty or larger.
size_t read_file(const char* path, void* bytes, size_t n);
/// Replaces a file with these bytes. False on an I/O error.
bool write_file(const char* path, const void* bytes, size_t n);

}  // namespace firmware
}  // namespace tlswatch

#endif
