#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/wire/cursor.h"

namespace tlswatch::check {

/// How far a conversation in MQTT came.
enum class Mqtt : std::uint8_t {
  not_tried,
  no_answer,      ///< nothing that is a CONNACK came
  refused,        ///< CONNACK with another code than 0
  accepted,       ///< CONNACK 0
  not_delivered,  ///< subscribed and published, but the message did not come back: an ACL, or a limit
  delivered,      ///< the whole message came back
};

/// Who logs in.
struct Login {
  std::string client_id;
  std::optional<std::string> user = {};
  std::optional<std::string> password = {};
};

/// Bytes of the message that is sent to ourselves: more than any negotiated fragment, less than what small
/// brokers limit messages to.
inline constexpr std::size_t kEchoBytes = 8192;

/// A packet longer than this is not ours, and ends the conversation.
inline constexpr std::size_t kMaxPacket = 2 * kEchoBytes;

/// MqttEcho is one MQTT 3.1.1 conversation without its transport: log in, subscribe to a topic that nobody
/// else knows, publish one long message to it, wait for its return. What comes is hostile: it is read through
/// the cursor, in bounded memory, and whatever is not expected ends it.
class MqttEcho {
 public:
  /// topic  for this conversation alone; the message is not retained
  MqttEcho(const Login& login, std::string topic);

  /// What is to be sent next; empty: wait for the server.
  std::string take_outgoing();
  /// Takes what the server sent, in any pieces.
  void take(wire::Bytes bytes);

  Mqtt outcome() const noexcept { return outcome_; }
  /// The code of a CONNACK that refused.
  std::uint8_t refusal() const noexcept { return refusal_; }
  /// Nothing more is to be learned.
  bool done() const noexcept { return done_; }
  /// The server has answered what came behind the message: if it is to come back, it does so at once.
  bool overdue() const noexcept { return overdue_; }

 private:
  void packet(std::uint8_t first, wire::Bytes body);
  void connack(wire::Bytes body);
  void suback(wire::Bytes body);
  void publish(std::uint8_t first, wire::Bytes body);

  std::string topic_;
  std::string outgoing_;
  std::string incoming_;
  Mqtt outcome_ = Mqtt::no_answer;
  std::uint8_t refusal_ = 0;
  bool published_ = false;
  bool overdue_ = false;
  bool done_ = false;
};

/// What a CONNACK's code says (MQTT 3.1.1 section 3.2.2.3).
std::string_view connack_text(std::uint8_t code) noexcept;

/// DISCONNECT, the polite end.
std::string_view disconnect_packet() noexcept;

}  // namespace tlswatch::check
