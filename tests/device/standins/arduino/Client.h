// Stand-in: see ../README.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "IPAddress.h"

class Client {
 public:
  virtual ~Client() = default;
  virtual int connect(IPAddress ip, std::uint16_t port) = 0;
  virtual int connect(const char* host, std::uint16_t port) = 0;
  virtual std::size_t write(std::uint8_t) = 0;
  virtual std::size_t write(const std::uint8_t* buf, std::size_t size) = 0;
  virtual int available() = 0;
  virtual int read() = 0;
  virtual int read(std::uint8_t* buf, std::size_t size) = 0;
  virtual int peek() = 0;
  virtual void flush() = 0;
  virtual void stop() = 0;
  virtual std::uint8_t connected() = 0;
  virtual operator bool() = 0;
};
