#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugin/wire/cursor.h"

/// The tests' small language for handshake messages, and the captured ones.
namespace tlswatch::test {

using Buffer = std::vector<std::uint8_t>;

inline void number(Buffer& out, std::uint64_t v, int width) {
  for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
}
inline Buffer u16s(std::initializer_list<int> numbers) {
  Buffer out;
  for (const int n : numbers) number(out, static_cast<std::uint64_t>(n), 2);
  return out;
}
inline Buffer operator+(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
/// A TLS vector: a length of `width` bytes, then the content.
inline Buffer vec(int width, const Buffer& content) {
  Buffer out;
  number(out, content.size(), width);
  return out + content;
}
inline Buffer text(std::string_view s) {
  return {s.begin(), s.end()};
}
inline Buffer message(int type, const Buffer& body) {
  return Buffer{static_cast<std::uint8_t>(type)} + vec(3, body);
}
inline Buffer ext(int type, const Buffer& body) {
  return u16s({type}) + vec(2, body);
}

struct HelloParts {
  int version = 0x0303;
  Buffer random = Buffer(32, 0x11);
  Buffer session_id;
  Buffer suites = u16s({0x009C});
  Buffer compression = {0};
  Buffer extensions;
  bool has_extensions = true;
};
inline Buffer client_hello(const HelloParts& p) {
  Buffer body =
      u16s({p.version}) + p.random + vec(1, p.session_id) + vec(2, p.suites) + vec(1, p.compression);
  if (p.has_extensions) body = body + vec(2, p.extensions);
  return message(1, body);
}
inline Buffer client_hello_with(const Buffer& extensions) {
  HelloParts parts;
  parts.extensions = extensions;
  return client_hello(parts);
}
inline Buffer server_hello(const Buffer& extensions, int suite = 0x009C,
                           const Buffer& random = Buffer(32, 0x22)) {
  return message(2, u16s({0x0303}) + random + vec(1, {}) + u16s({suite}) + Buffer{0} + vec(2, extensions));
}

/// captures/NAME.hex.
inline Buffer capture(const std::string& name) {
  std::ifstream in(TLSWATCH_CAPTURES "/" + name + ".hex");
  if (!in) throw std::runtime_error("no capture " + name);
  Buffer out;
  std::string line;
  while (in >> line) {
    for (std::size_t i = 0; i + 1 < line.size(); i += 2)
      out.push_back(static_cast<std::uint8_t>(std::stoi(line.substr(i, 2), nullptr, 16)));
  }
  return out;
}

inline std::string as_string(wire::Bytes bytes) {
  return std::string(wire::as_text(bytes));
}

}  // namespace tlswatch::test
