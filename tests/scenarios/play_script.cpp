#include "play_script.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <map>
#include <memory>

#include "error.h"
#include "mqtt_packet.h"
#include "tls_client.h"

namespace tlswatch::scenarios {
namespace {

using harness::Error;
using harness::Event;
using harness::MqttVersion;

std::string from_hex(const std::string& text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != ' '; });
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string hello(const std::string& version) {
  harness::TlsOptions options;
  options.max_version = version == "1.2" ? TLS1_2_VERSION : 0;
  return harness::client_hello_record(options);
}

std::string mqtt_connect(const std::string& id) {
  return harness::connect_packet({.client_id = id});
}

std::string mqtt_publish(const std::string& topic) {
  return harness::publish_packet(MqttVersion::v311, topic, "hello", 0);
}

std::string mqtt_publish_qos1(const std::string& topic) {
  return harness::publish_packet(MqttVersion::v311, topic, "hello", 1);
}

std::string mqtt_disconnect(const std::string&) {
  return harness::disconnect_packet();
}

// RFC 6455 section 4.1; the key is the RFC's own example.
std::string websocket_upgrade(const std::string&) {
  return "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n"
         "Sec-WebSocket-Version: 13\r\n\r\n";
}

// One binary frame (RFC 6455 section 5.2). A client must mask; the mask 0 leaves the payload as it is.
std::string frame(const std::string& payload) {
  if (payload.size() > 125) throw Error("a websocket frame of the tests has at most 125 bytes");
  return std::string{static_cast<char>(0x82), static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0} + payload;
}

using MakeBytes = std::string (*)(const std::string&);
const std::map<std::string, MakeBytes> kSends = {
    {"send-hello", hello},
    {"send-hex", from_hex},
    {"send-text", [](const std::string& text) { return text; }},
    {"mqtt-connect", mqtt_connect},
    {"mqtt-publish", mqtt_publish},
    {"mqtt-publish-qos1", mqtt_publish_qos1},
    {"mqtt-disconnect", mqtt_disconnect},
    {"websocket-upgrade", websocket_upgrade},
    {"websocket-connect", [](const std::string& id) { return frame(mqtt_connect(id)); }},
    {"websocket-publish", [](const std::string& topic) { return frame(mqtt_publish(topic)); }},
    {"websocket-disconnect", [](const std::string& none) { return frame(mqtt_disconnect(none)); }},
};

bool await_log(const std::string& action, const Peer& peer, harness::EventLog* log) {
  if (log == nullptr) return true;
  return log->wait_for([&](const std::vector<Event>& events) {
    return std::any_of(events.begin(), events.end(), [&](const Event& event) {
      return event.action() == action && event.number("source.port") == peer.local_port;
    });
  });
}

bool play(const Action& action, const Peer& peer, harness::EventLog* log) {
  const auto& [verb, argument] = action;
  if (const auto found = kSends.find(verb); found != kSends.end()) {
    peer.send(found->second(argument));
    return true;
  }
  if (verb == "await-hex") return peer.await_bytes(from_hex(argument));
  if (verb == "await-text") return peer.await_bytes(argument);
  if (verb == "await-closed") return peer.await_closed();
  if (verb == "await-log") return await_log(argument, peer, log);
  if (verb == "close") {
    peer.close();
    return true;
  }
  if (verb == "reset") {
    peer.reset();
    return true;
  }
  throw Error("a script has no action '" + verb + "'");
}

}  // namespace

void play_script(const std::vector<Action>& script, const Peer& peer, harness::EventLog* log) {
  for (const Action& action : script) {
    if (play(action, peer, log)) continue;
    ADD_FAILURE() << "did not come about: " << action.first << " " << action.second;
    return;
  }
}

Peer peer_on(harness::Stream& stream) {
  const auto received = std::make_shared<std::string>();
  const auto read_until = [&stream, received](const std::function<bool()>& enough,
                                              std::chrono::seconds deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!enough()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      const std::string more = left.count() > 0 ? stream.receive(left) : "";
      if (more.empty()) return false;
      *received += more;
    }
    return true;
  };
  Peer peer;
  peer.send = [&stream](const std::string& bytes) { stream.send(bytes); };
  peer.await_bytes = [read_until, received](const std::string& wanted) {
    return read_until([&] { return received->find(wanted) != std::string::npos; }, std::chrono::seconds(20));
  };
  // Long enough for the broker's own limit on a silent handshake, 90 s on 2.0.
  peer.await_closed = [read_until] {
    const auto start = std::chrono::steady_clock::now();
    read_until([] { return false; }, std::chrono::seconds(120));
    return std::chrono::steady_clock::now() - start < std::chrono::seconds(120);
  };
  peer.close = [&stream] { stream.close(); };
  peer.reset = [&stream] {
    auto* tls = dynamic_cast<harness::TlsClient*>(&stream);
    auto* socket = tls != nullptr ? &tls->socket() : dynamic_cast<harness::Socket*>(&stream);
    if (socket == nullptr) throw Error("such a client cannot reset");
    socket->reset();
  };
  peer.local_port = stream.local_port();
  return peer;
}

}  // namespace tlswatch::scenarios
