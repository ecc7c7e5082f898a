#pragma once

#include <cstdint>

#include "session_pool.h"

namespace tlswatch::plugin {

inline constexpr std::size_t kMaxClientText = 1024;

/// What the broker says of an MQTT client, copied: the client may be gone when it is used.
struct ClientFacts {
  mosquitto* client = nullptr;
  std::int32_t reason = -1;  ///< of its DISCONNECT event
  std::uint16_t mqtt_version = 0;
  std::uint16_t keepalive_s = 0;
  wire::Transport transport = wire::Transport::unknown;
  bool has_id = false;
  bool has_username = false;
  std::uint16_t id_size = 0;
  std::uint16_t username_size = 0;
  char id[kMaxClientText];
  char username[kMaxClientText];
};

/// A client that has just published, and how it must look on the wire.
struct PublishFacts {
  mosquitto* client = nullptr;
  Address address;
  const X509* certificate = nullptr;  ///< the object that the broker holds of it, to be compared; or nullptr
  wire::Transport transport = wire::Transport::mqtt;
  std::uint32_t least = 0;  ///< bytes of its packet, with websockets framing
  std::uint32_t most = 0;
};

/// Identity: which session is which MQTT client's. Mosquitto's plugin interface never says it, so it is found
/// by a ladder (wire::Evidence), strongest first: the client's pointer in the SSL's ex_data; the SSL freed
/// right after the client's DISCONNECT event; the certificate object that both show; the last SSL that read a
/// record.
///
/// A later, stronger finding corrects an earlier one. Sessions are chained by client in a table of fixed
/// size.
class Identity {
 public:
  /// `pool` holds the sessions that will be named; it must outlive this.
  void start(SessionPool& pool) noexcept { pool_ = &pool; }

  /// Application data came in on `session`: it is the likeliest owner of the client event that comes next.
  void on_read(Session* session) noexcept {
    last_read_ = session;
    fresh_ = true;
  }
  /// The loop turned: what was read before says nothing about events from now on.
  void on_turn() noexcept {
    fresh_ = false;
    has_pending_ = false;
  }

  /// Whether `client` is the one that was last read from, and a record has said who it is: the common case of
  /// a publish, told in a few instructions.
  bool is_settled(const mosquitto* client) const noexcept {
    return last_read_ != nullptr && last_read_->client == client && last_read_->identified;
  }

  /// Whether bind() could find the session of a client that is not known yet.
  bool has_candidate() const noexcept {
    return last_read_ != nullptr && fresh_ && last_read_->client == nullptr;
  }

  /// The session known to be `client`'s; nullptr when none is.
  Session* find(const mosquitto* client) const noexcept {
    if (last_read_ != nullptr && last_read_->client == client) return last_read_;
    return search(client);
  }

  /// Finds the session of a client that an event names, by the pointer that the broker keeps in the SSL.
  Session* bind(mosquitto* client) noexcept;

  /// The same for a client that has published, where the broker keeps no pointer: the session that was read
  /// last must fit in all that is known of both.
  Session* bind_publisher(const PublishFacts& publish) noexcept;

  /// `client` is disconnecting, from `address`: the next SSL freed before the loop turns is its. The caller
  /// fills in what is returned.
  ClientFacts& expect_free(mosquitto* client, const Address& address) noexcept;

  /// `session` is being freed: whose it was, when expect_free() said so and nothing speaks against it;
  /// nullptr otherwise. Valid until the next expect_free().
  const ClientFacts* on_free(Session* session) noexcept;

  /// Binds by the pointer the broker keeps in the SSL, once learn_index() has found where.
  void bind_by_ex_data(Session* session) noexcept;

  void forget(Session* session) noexcept;

 private:
  static constexpr std::uint32_t kBuckets = 1U << 16;

  Session* search(const mosquitto* client) const noexcept;
  void attach(Session* session, mosquitto* client, wire::Evidence evidence) noexcept;
  void detach(Session* session) noexcept;
  bool learn_index(const Session* session, const mosquitto* client) noexcept;

  SessionPool* pool_ = nullptr;
  Session* last_read_ = nullptr;
  bool fresh_ = false;
  bool has_pending_ = false;
  int client_index_ = -1;  ///< of the broker's struct mosquitto* among the SSL's ex_data
  Address pending_address_{};
  ClientFacts pending_{};
  std::uint32_t buckets_[kBuckets] = {};  ///< index of a session plus one; 0: empty
};

}  // namespace tlswatch::plugin
