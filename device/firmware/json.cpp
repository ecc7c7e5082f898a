#include "json.h"

#include <string.h>

#include "file.h"

namespace tlswatch {
namespace firmware {

void Json::key(const char* name) {
  add(n_ == 0 ? "{" : ",");
  text(name);
  add(":");
}

void Json::text(const char* value) {
  add("\"");
  add(value);
  add("\"");
}

void Json::boolean(bool value) {
  add(value ? "true" : "false");
}

void Json::null() {
  add("null");
}

void Json::integer(int32_t value) {
  if (value < 0) add("-");
  natural(value < 0 ? 0u - static_cast<uint32_t>(value) : static_cast<uint32_t>(value));
}

void Json::natural(uint32_t value) {
  char digits[11];
  size_t at = sizeof digits - 1;
  digits[at] = '\0';
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  add(digits + at);
}

bool Json::save(const char* path) {
  add("}\n");
  return !too_long_ && write_file(path, line_, n_);
}

void Json::add(const char* part) {
  const size_t size = strlen(part);
  too_long_ = too_long_ || size > sizeof line_ - n_;
  if (too_long_) return;
  memcpy(line_ + n_, part, size);
  n_ += size;
}

}  // namespace firmware
}  // namespace tlswatch
