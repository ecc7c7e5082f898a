// An Arduino Client that passes everything on to another one, and lets a Receipt listen: for PubSubClient and
// whatever else takes a Client. Only what comes through it is seen: give the library this one.
#ifndef TLSWATCH_WATCHED_CLIENT_H
#define TLSWATCH_WATCHED_CLIENT_H

#include <Client.h>

#include "../../src/tlswatch_receipt.h"

namespace tlswatch {
namespace device {

class WatchedClient : public Client {
 public:
  /// Both must outlive it.
  WatchedClient(Client& inner, Receipt& receipt) : inner_(inner), receipt_(receipt) {}

  int connect(IPAddress ip, uint16_t port) override {
    receipt_.reset();
    return inner_.connect(ip, port);
  }
  int connect(const char* host, uint16_t port) override {
    receipt_.reset();
    return inner_.connect(host, port);
  }
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t* bytes, size_t n) override {
    const size_t written = inner_.write(bytes, n);
    receipt_.sent(bytes, written);
    return written;
  }
  int available() override { return inner_.available(); }
  int read() override {
    const int byte = inner_.read();
    const uint8_t value = static_cast<uint8_t>(byte);
    if (byte >= 0) receipt_.received(&value, 1);
    return byte;
  }
  int read(uint8_t* bytes, size_t n) override {
    const int got = inner_.read(bytes, n);
    if (got > 0) receipt_.received(bytes, static_cast<size_t>(got));
    return got;
  }
  int peek() override { return inner_.peek(); }
  void flush() override { inner_.flush(); }
  void stop() override {
    receipt_.reset();
    inner_.stop();
  }
  uint8_t connected() override { return inner_.connected(); }
  operator bool() override { return static_cast<bool>(inner_); }

 private:
  Client& inner_;
  Receipt& receipt_;
};

}  // namespace device
}  // namespace tlswatch

#endif
