// Servers that no broker is: silent ones, noisy ones, and one that agrees to MFLN and does not keep to it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "ports.h"

namespace tlswatch::live {

/// What is done with one connection; it is closed behind it. `over` turns true when the test ends.
using Serve = std::function<void(int fd, const std::atomic<bool>& over)>;

/// OddServer serves one connection after the other on a port of its own on 127.0.0.1, from its construction
/// on.
class OddServer {
 public:
  explicit OddServer(Serve serve);
  ~OddServer();
  OddServer(const OddServer&) = delete;
  OddServer& operator=(const OddServer&) = delete;

  std::uint16_t port() const { return lease_.port(); }

 private:
  void run();

  harness::PortLease lease_;
  Serve serve_;
  int listener_ = -1;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// Reads until the client leaves, and says nothing.
Serve silent();

/// Says these bytes at once, then reads until the client leaves.
Serve says(std::string bytes);

/// Reads what the client begins with, and closes.
Serve leaves();

/// The same with a reset.
Serve resets();

/// Begins a ServerHello of nearly 16 KB, and goes on a byte every few milliseconds: never silent, never done.
Serve drips();

/// A TLS 1.2 server (BearSSL) that answers MFLN as it should, and then sends application data in records of
/// up to 16 KB. In them it speaks enough MQTT to send a client its own message back.
///
/// certificate, key  PEM files, RSA
Serve breaks_mfln(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace tlswatch::live
