#include "tlswatch_text.h"

namespace tlswatch {
namespace device {

void Text::put(char c) {
  if (size >= room) overflow = true;
  if (overflow) return;
  data[size++] = c;
}

void Text::put(const char* text) {
  for (; *text != '\0'; ++text) put(*text);
}

void Text::put(uint32_t number) {
  char digits[10];  // 4294967295 has ten
  size_t n = 0;
  do {
    digits[n++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (n != 0) put(digits[--n]);
}

void Text::put(int32_t number) {
  const uint32_t bits = static_cast<uint32_t>(number);
  if (number < 0) put('-');
  put(number < 0 ? 0u - bits : bits);  // in unsigned, so that INT32_MIN has a magnitude
}

void Text::put_plain(const char* text, size_t limit) {
  for (size_t i = 0; i < limit && text[i] != '\0'; ++i) {
    const char c = text[i];
    const bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    put(plain ? c : '?');
  }
}

}  // namespace device
}  // namespace tlswatch
