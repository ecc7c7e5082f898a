// Stand-in: see ../README.md.
#pragma once

#include "Arduino.h"
#include "Client.h"

namespace BearSSL {

class WiFiClientSecure : public Client {
 public:
  bool setFingerprint(const char*) { return true; }
  int getLastSSLError(char* = nullptr, std::size_t = 0) { return standins::world().last_tls_error; }
  // Tasmota's name for it.
  int getLastError() { return getLastSSLError(); }

  int connect(IPAddress, std::uint16_t) override { return standins::world().connect() ? 1 : 0; }
  int connect(const char*, std::uint16_t) override { return standins::world().connect() ? 1 : 0; }
  std::size_t write(std::uint8_t byte) override { return write(&byte, 1); }
  std::size_t write(const std::uint8_t* bytes, std::size_t n) override {
    if (!standins::world().connected) return 0;
    standins::world().take(bytes, n);
    return n;
  }
  int available() override { return static_cast<int>(standins::world().from_broker.size()); }
  int read() override {
    auto& bytes = standins::world().from_broker;
    if (bytes.empty()) return -1;
    const int byte = bytes.front();
    bytes.pop_front();
    return byte;
  }
  int read(std::uint8_t* bytes, std::size_t n) override {
    std::size_t got = 0;
    while (got < n && available() != 0) bytes[got++] = static_cast<std::uint8_t>(read());
    return static_cast<int>(got);
  }
  int peek() override { return available() == 0 ? -1 : standins::world().from_broker.front(); }
  void flush() override {}
  void stop() override { standins::world().connected = false; }
  std::uint8_t connected() override { return standins::world().connected || available() != 0; }
  operator bool() override { return connected() != 0; }
};

}  // namespace BearSSL
