#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "address.h"
#include "failures.h"
#include "firmware.h"
#include "plugin/wire/record_reader.h"
#include "plugin/wire/record_writer.h"

namespace tlswatch::fleet_sim {

/// How an established session ends.
enum class Ending : std::uint8_t { disconnect, closed, reset, keepalive, taken_over, refused, left };

/// Outsider: what a scanner does with its connection.
enum class Scan : std::uint8_t { http, noise, no_cipher, looks_at_certificate, silence, handshake_only };
inline constexpr std::size_t kScans = 6;

/// Contact: what the plugin knows of one session. Views must outlive the call.
struct Contact {
  std::uint64_t number = 0;
  std::uint64_t started_ns = 0;  ///< Unix time
  Peer peer;
  std::uint32_t listener = 0;
  std::span<const std::uint8_t> hello;  ///< with this session's client random; empty: no TLS
  std::uint16_t suite = 0;
  std::uint8_t mfln = 0;
  std::span<const std::uint8_t> client_message;  ///< its Certificate message; empty: none
  std::string_view psk;                          ///< identity; empty: none
  std::string_view client_id;                    ///< empty: the broker does not know it
  std::string_view user;
};

/// RecordMaker writes what the plugin would write and hands it on, numbered, in the order of the calls.
class RecordMaker {
 public:
  using Sink = std::function<void(const wire::Record&)>;
  explicit RecordMaker(Sink sink);

  void broker_start(std::uint64_t time_ns);
  void broker_stop(std::uint64_t time_ns);
  void session_start(std::uint64_t time_ns, const Contact& contact);
  void established(std::uint64_t time_ns, const Contact& contact);
  /// `unnoticed`: the broker has dropped it after its own timeout.
  void failed(std::uint64_t time_ns, const Contact& contact, const Failure& failure, bool unnoticed);
  void scanned(std::uint64_t time_ns, const Contact& contact, Scan scan);
  void identified(std::uint64_t time_ns, const Contact& contact);
  void report(std::uint64_t time_ns, const Contact& contact, std::string_view topic,
              std::string_view payload);
  void ended(std::uint64_t time_ns, const Contact& contact, Ending ending);

  std::uint64_t records() const noexcept { return sequence_; }

 private:
  struct Trouble;
  wire::RecordWriter begin(wire::RecordType type, std::uint64_t time_ns, std::uint64_t session);
  void publish(wire::RecordWriter& writer);
  void handshake(std::uint64_t time_ns, const Contact& contact, const Trouble& trouble);

  Sink sink_;
  std::array<std::uint8_t, wire::kMaxRecordSize> buffer_{};
  ByteVector server_certificate_;
  ByteVector server_hello_;
  std::uint64_t sequence_ = 0;
};

}  // namespace tlswatch::fleet_sim
