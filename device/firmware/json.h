// One JSON object, built up and written to a file.
#ifndef TLSWATCH_FIRMWARE_JSON_H
#define TLSWATCH_FIRMWARE_JSON_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace firmware {

/// A key, then its value, and so on; save() ends it. Texts are not escaped. What goes beyond kJsonMax is
/// remembered, and save() then fails.
class Json {
 public:
  void key(const char* name);
  void text(const char* value);
  void boolean(bool value);
  void null();
  void integer(int32_t value);
  void natural(uint32_t value);
  /// Writes the object and a newline. False on an I/O error, or when it was too long.
  bool save(const char* path);

 private:
  static constexpr size_t kJsonMax = 640;
  void add(const char* part);

  char line_[kJsonMax];
  size_t n_ = 0;
  bool too_long_ = false;
};

}  // namespace firmware
}  // namespace tlswatch

#endif
