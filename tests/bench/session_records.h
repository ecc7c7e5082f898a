#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/wire/record_reader.h"
#include "plugin/wire/record_writer.h"

namespace tlswatch::bench {

using ByteVector = std::vector<std::uint8_t>;

/// What a session is: of which device, from which address, and whether it fails without a shared cipher.
struct SessionPlan {
  std::uint64_t session = 0;
  std::uint32_t device = 0;   ///< its client id is made of it
  std::uint32_t address = 0;  ///< 10.0.0.0 plus it
  bool healthy = true;
  std::uint64_t time_unix_ns = 1795366544000000000;
};

/// SessionRecords makes the records that the plugin makes of a device's life, many sessions after each other:
/// ClientHello and ServerHello are captures (tests/daemon/tls/captures), the certificate is made here. Each
/// handshake has another client random, as real ones have.
class SessionRecords {
 public:
  SessionRecords();

  void clear() noexcept {
    bytes_.clear();
    starts_.clear();
  }
  /// Start and handshake, and of a healthy session its CONNECT and its end.
  void add(const SessionPlan& plan);

  template <typename Take>
  void each(Take take) const {
    for (const std::size_t start : starts_) take(*wire::read_record(wire::Bytes(bytes_).subspan(start)));
  }

 private:
  void begin(wire::RecordType type, const SessionPlan& plan);
  void end();
  void addresses(const SessionPlan& plan);
  void traffic();
  void handshake(const SessionPlan& plan);

  ByteVector hello_, server_hello_, certificate_;
  ByteVector buffer_ = ByteVector(wire::kMaxRecordSize);
  ByteVector bytes_;
  std::vector<std::size_t> starts_;
  std::optional<wire::RecordWriter> writer_;
  std::uint64_t sequence_ = 0;
};

}  // namespace tlswatch::bench
