#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plugin/wire/record_reader.h"
#include "plugin/wire/record_writer.h"

/// A small language for records: what the plugin would write, in one line each.
namespace tlswatch::test {

inline constexpr std::uint64_t kTime = 1795366544000000000;  // 2026-11-22T16:55:44Z

struct OutcomeDraft {
  wire::Stage stage = wire::Stage::established;
  std::uint8_t flags = wire::kEstablished;
  std::uint16_t version = 0x0303;
  std::uint16_t suite = 0x009C;  // TLS_RSA_WITH_AES_128_GCM_SHA256
  std::uint16_t bits = 128;
  std::uint8_t mfln = 0;
};

struct TrafficDraft {
  std::uint64_t in = 500, out = 1500;
  std::uint16_t largest_plain = 0, largest_protected = 0;
  std::array<std::uint32_t, 4> over{};
  std::uint16_t last_in = 0;
};

/// Draft builds one record.
class Draft {
 public:
  explicit Draft(wire::RecordType type, std::uint64_t session = 0, std::uint64_t time = kTime)
      : writer_(buffer_, type, time, session) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  Draft& address(wire::Section tag, std::initializer_list<int> ip, std::uint16_t port);
  Draft& peer(std::uint16_t port = 41022) {
    return address(wire::Section::peer_address, {10, 0, 0, 7}, port);
  }
  Draft& local(std::uint16_t port = 8883) {
    return address(wire::Section::local_address, {10, 0, 0, 1}, port);
  }
  Draft& role(wire::Role role = wire::Role::server, wire::Transport transport = wire::Transport::mqtt) {
    writer_.begin(wire::Section::role).u8(static_cast<std::uint8_t>(role));
    writer_.u8(static_cast<std::uint8_t>(transport));
    return *this;
  }
  Draft& outcome(const OutcomeDraft& o);
  Draft& failed(wire::Stage stage) {
    return outcome({.stage = stage, .flags = 0, .version = 0, .suite = 0, .bits = 0});
  }
  Draft& traffic(const TrafficDraft& t);
  Draft& tcp(std::uint8_t state, std::uint32_t retransmits = 0,
             std::uint32_t ms_since_last_data_received = 5);
  Draft& timing(std::uint64_t since_seen_ns, std::uint64_t since_hello_ns = 0);
  Draft& identity(wire::Evidence evidence, std::uint8_t flags = 0, std::uint16_t keepalive_s = 60);
  Draft& text(wire::Section tag, std::string_view text) {
    writer_.begin(tag).text(text, 4096);
    return *this;
  }
  Draft& bytes(wire::Section tag, wire::Bytes bytes, bool cut = false) {
    writer_.begin(tag).bytes(bytes, wire::kMaxRecordSize, cut);
    return *this;
  }
  Draft& alert(wire::Direction direction, std::uint8_t level, std::uint8_t description);
  Draft& openssl(std::uint64_t code, std::string_view reason);
  Draft& verify(std::uint32_t error, std::int32_t depth, std::string_view reason);
  Draft& disconnect(std::int32_t reason);
  Draft& counter(std::uint16_t counter, std::uint64_t total);

  /// The record as RingWriter::publish wants it.
  std::span<std::uint8_t> finish() { return writer_.finish(); }
  /// The record with its sequence, checked; lives as long as this.
  wire::Record record(std::uint64_t sequence);

 private:
  std::array<std::uint8_t, wire::kMaxRecordSize> buffer_{};
  wire::RecordWriter writer_;
};

/// What a ClientHello offers.
struct HelloDraft {
  std::uint16_t legacy_version = 0x0303;
  std::vector<std::uint16_t> suites{0x009C};
  std::uint8_t mfln = 0;
  std::string_view server_name = {};
  std::vector<std::uint16_t> versions = {};
  bool encrypt_then_mac = false;
  std::string_view psk_identity = {};
  std::uint32_t psk_age = 0;
  std::string_view check_mark = {};  ///< of tls::kCheckExtension; empty: it is not there
};
std::vector<std::uint8_t> client_hello(const HelloDraft& draft);

struct AnswerDraft {
  std::uint16_t version = 0x0303;
  std::uint16_t suite = 0x009C;
  bool tls13 = false;
  bool encrypt_then_mac = false;
  std::optional<std::uint16_t> selected_psk = {};
};
std::vector<std::uint8_t> server_hello(const AnswerDraft& draft);

}  // namespace tlswatch::test
