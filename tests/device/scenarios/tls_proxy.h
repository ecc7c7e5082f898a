// A TCP proxy between a device and the broker that knows where TLS records end (RFC 5246 section 6.2.1), so
// that a test can stop the world exactly between two of them.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "ports.h"
#include "wait.h"

namespace tlswatch::device_scenarios {

enum class From { device, broker };

/// ContentType (RFC 5246 section 6.2.1).
enum class RecordType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23
};

/// The nth record of a type that one side sends over a connection, from 1.
struct RecordPlace {
  From from;
  RecordType type;
  int number;
};

/// TlsProxy passes on what comes, one connection at a time, and a connection's end as well: but from the held
/// record on nothing more of its side. While a record is held, the device's end is kept from the broker: for
/// the broker the device has vanished, as one without power has.
class TlsProxy {
 public:
  /// Listens on a port of its own. Throws harness::Error.
  TlsProxy();
  ~TlsProxy();
  TlsProxy(const TlsProxy&) = delete;
  TlsProxy& operator=(const TlsProxy&) = delete;

  std::uint16_t port() const { return lease_.port(); }

  /// Where connections lead from now on.
  void lead_to(std::uint16_t port);
  /// Holds that record of the next connection.
  void hold(const RecordPlace& place);
  /// Waits until the whole record lies here; false at the deadline.
  bool wait_held(std::chrono::milliseconds deadline = harness::kPatience);
  /// Closes the vanished devices' connections to the broker, and waits until the broker has closed them too.
  void let_go();

 private:
  void serve();
  void relay(int device, int broker);

  harness::PortLease lease_;
  int listener_;
  int stop_[2];  // a pipe: a byte in it ends the thread
  std::mutex mutex_;
  std::uint16_t target_ = 0;
  std::optional<RecordPlace> place_;
  bool held_ = false;
  std::vector<int> vanished_;  // the broker's ends
  std::thread thread_;
};

}  // namespace tlswatch::device_scenarios
