#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>

#include "address.h"
#include "plugin/wire/record.h"
#include "record_limits.h"

struct mosquitto;

namespace tlswatch::plugin {

inline constexpr std::uint32_t kNone = UINT32_MAX;
inline constexpr std::size_t kMaxAlerts = 8;

/// A handshake message as it was seen, cut at N bytes.
template <std::size_t N>
struct Message {
  std::uint16_t size = 0;
  bool cut = false;
  std::uint8_t bytes[N];
};

/// What is kept of a handshake while it lasts; the buffer goes back when it ends.
struct HandshakeBuffer {
  Message<4096> client_hello;
  Message<4096> client_certificate;
  Message<512> server_hello;
  Message<512> encrypted_extensions;
  Message<512> psk_key_exchange;
  Message<8> server_key_exchange;
  char error_reason[120];
  std::uint32_t next_free;

  void clear() noexcept;
};
static_assert(sizeof(HandshakeBuffer) <= 16 * 1024);

struct Alert {
  wire::Direction direction;
  std::uint8_t level;
  std::uint8_t description;
};

/// One SSL object of the broker's, from SSL_new to SSL_free.
struct Session {
  SSL* ssl;  ///< never used in the free callback: OpenSSL 3.2 has taken it apart by then
  std::uint64_t number;
  std::uint64_t first_ns;  ///< CLOCK_MONOTONIC
  std::uint64_t hello_ns;

  mosquitto* client;  ///< the MQTT client it belongs to, as far as known; never dereferenced
  std::uint32_t next_by_client;
  wire::Evidence evidence;
  bool identified;              ///< a record said so, with `evidence`
  std::uint64_t identity_hash;  ///< of what was said: the same is not said twice

  HandshakeBuffer* buffer;
  const X509* peer_certificate;         ///< compared, never dereferenced
  int (*verify)(int, X509_STORE_CTX*);  ///< the callback that was there before ours

  int fd;
  Address peer;
  Address local;
  wire::Role role;
  wire::Transport transport;
  wire::Stage stage;
  std::uint8_t flags;  ///< wire::OutcomeFlag
  bool watched;        ///< the first info callback came and found a session to watch
  bool hello_seen;
  bool ended;               ///< the handshake's record is out
  std::uint8_t first_size;  ///< how many first_bytes are there
  bool error_seen;
  bool psk;  ///< authenticated by a PSK
  std::uint8_t first_bytes[5];
  std::uint8_t alert_count;
  Alert alerts[kMaxAlerts];

  std::uint16_t version;
  std::uint16_t cipher_suite;
  std::uint16_t secret_bits;
  std::uint8_t max_fragment_length;  ///< RFC 6066 code
  std::uint8_t certificate;          ///< index in the certificate cache, kNoCertificate
  std::uint32_t certificate_generation;
  std::uint32_t server_chain;
  std::uint64_t error;
  std::int32_t verify_depth;
  std::uint32_t verify_error;

  std::uint8_t out_header[5];  ///< of the record that is going out in the handshake, as far as seen
  std::uint8_t out_header_size;
  std::uint16_t out_body_left;
  bool write_protected;  ///< a ChangeCipherSpec went out

  std::uint64_t bytes_in;
  std::uint64_t bytes_out;
  std::uint16_t largest_plain;
  std::uint16_t largest_protected;
  RecordOverhead overhead;
  std::uint32_t over[4];
  std::uint16_t last_in;
  std::uint16_t protected_in;  ///< length of the record received last, whatever is in it
  std::uint8_t records_in;     ///< of application data; stays at 255

  std::uint32_t next_free;
  std::uint32_t self;
};
static_assert(sizeof(Session) <= 512);

/// The two pools. Both are reserved as address space once and cost memory only for what was ever in use at
/// the same time; a session or buffer that is given back is the next one to be taken. Nothing is ever
/// unmapped: the broker may free SSL objects after the plugin has stopped.
class SessionPool {
 public:
  /// False when the address space cannot be had.
  bool reserve(std::uint32_t sessions, std::uint32_t buffers) noexcept;

  Session* take() noexcept;  ///< cleared; nullptr when all are in use
  void give_back(Session* session) noexcept;

  HandshakeBuffer* take_buffer() noexcept;  ///< nullptr when all are in use
  void give_back(HandshakeBuffer* buffer) noexcept;

  std::uint32_t size() const noexcept { return touched_; }
  Session& at(std::uint32_t index) noexcept { return sessions_[index]; }

 private:
  Session* sessions_ = nullptr;
  HandshakeBuffer* buffers_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t touched_ = 0;  ///< sessions below this were in use at some time
  std::uint32_t free_ = kNone;
  std::uint32_t buffer_capacity_ = 0;
  std::uint32_t buffers_touched_ = 0;
  std::uint32_t free_buffer_ = kNone;
};

}  // namespace tlswatch::plugin
