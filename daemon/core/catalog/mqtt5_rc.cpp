#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// MQTT 5.0, section 2.4: the reasons of 0x80 and above that a CONNACK or DISCONNECT gives to a client.
// clang-format off
constexpr Row kRows[] = {
  {0x80, server_closed, "Unspecified error", "the broker ended the connection without a reason"},
  {0x81, mqtt_protocol, "Malformed Packet", "the broker could not read a packet"},
  {0x82, mqtt_protocol, "Protocol Error", "the client broke MQTT's rules"},
  {0x83, server_closed, "Implementation specific error", "the broker refused for a reason of its own"},
  {0x84, mqtt_version, "Unsupported Protocol Version", "the broker does not accept this MQTT version"},
  {0x85, mqtt_refused, "Client Identifier not valid", "the broker does not accept this client id"},
  {0x86, mqtt_refused, "Bad User Name or Password", "the broker refused user name or password"},
  {0x87, mqtt_refused, "Not authorized", "the broker refused this client"},
  {0x88, server_closed, "Server unavailable", "the broker is up but does not take this connection"},
  {0x89, server_closed, "Server busy", "the broker has too much to do"},
  {0x8A, mqtt_refused, "Banned", "the broker has banned this client"},
  {0x8B, server_closed, "Server shutting down", "the broker stops"},
  {0x8C, mqtt_refused, "Bad authentication method", "the broker does not know this way of authentication"},
  {0x8D, mqtt_silent, "Keep Alive timeout", "nothing came from the client for 1.5 times its keepalive"},
  {0x8E, mqtt_taken_over, "Session taken over", "another connection with the same client id came"},
  {0x8F, mqtt_protocol, "Topic Filter invalid", "a topic filter is malformed, or not allowed"},
  {0x90, mqtt_refused, "Topic Name invalid", "a topic is malformed, or not allowed; at the connection it is the will's"},
  {0x93, mqtt_protocol, "Receive Maximum exceeded", "the client sent more than was agreed before an answer"},
  {0x94, mqtt_protocol, "Topic Alias invalid", "a topic alias is beyond what was agreed"},
  {0x95, mqtt_size, "Packet too large", "a packet is larger than was agreed"},
  {0x96, mqtt_protocol, "Message rate too high", "the client sends too often"},
  {0x97, server_closed, "Quota exceeded", "a limit of the broker is reached"},
  {0x98, server_closed, "Administrative action", "an operator ended the connection"},
  {0x99, mqtt_protocol, "Payload format invalid", "a payload is not what its format says; at the connection it is the will's"},
  {0x9A, mqtt_protocol, "Retain not supported", "the broker keeps no retained messages"},
  {0x9B, mqtt_protocol, "QoS not supported", "the broker does not take this QoS"},
  {0x9C, server_closed, "Use another server", "the broker sends the client elsewhere for now"},
  {0x9D, server_closed, "Server moved", "the broker sends the client elsewhere for good"},
  {0x9E, mqtt_protocol, "Shared Subscriptions not supported", "the broker has no shared subscriptions"},
  {0x9F, server_closed, "Connection rate exceeded", "the client connects too often"},
  {0xA0, server_closed, "Maximum connect time", "the connection lasted as long as it may"},
  {0xA1, mqtt_protocol, "Subscription Identifiers not supported", "the broker has no subscription identifiers"},
  {0xA2, mqtt_protocol, "Wildcard Subscriptions not supported", "the broker takes no wildcards"},
};
// clang-format on

}  // namespace

std::span<const Row> mqtt5_rc() noexcept {
  return kRows;
}

}  // namespace tlswatch::catalog
