#include "address.h"

#include <arpa/inet.h>

#include <cstring>

namespace tlswatch::plugin {
namespace {

constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

struct Plain {
  const std::uint8_t* bytes;
  std::size_t size;
};

Plain plain(const Address& a) noexcept {
  if (a.size == 16 && std::memcmp(a.bytes, kMappedPrefix, sizeof kMappedPrefix) == 0)
    return {a.bytes + 12, 4};
  return {a.bytes, a.size};
}

}  // namespace

Address parse_address(const char* text) noexcept {
  Address out;
  if (text == nullptr) return out;
  if (inet_pton(AF_INET, text, out.bytes) == 1) {
    out.size = 4;
  } else if (inet_pton(AF_INET6, text, out.bytes) == 1) {
    out.size = 16;
  }
  return out;
}

bool same_address(const Address& a, const Address& b) noexcept {
  const Plain x = plain(a);
  const Plain y = plain(b);
  return x.size != 0 && x.size == y.size && std::memcmp(x.bytes, y.bytes, x.size) == 0;
}

}  // namespace tlswatch::plugin
