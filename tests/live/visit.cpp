#include "visit.h"

#include <atomic>
#include <thread>

#include "mqtt_packet.h"

namespace tlswatch::live {

using harness::MqttVersion;

namespace {

// CONNECT to DISCONNECT; whether it was served.
bool talk(harness::Stream& stream, const std::string& id) {
  stream.send(harness::connect_packet({.client_id = id}));
  if (harness::connack_code(harness::read_packet(stream)) != 0) return false;
  stream.send(harness::publish_packet(MqttVersion::v311, "greeting", "hello", 1));
  const bool served = harness::puback_code(harness::read_packet(stream)) == 0;
  stream.send(harness::disconnect_packet());
  stream.receive();
  stream.close();
  return served;
}

}  // namespace

Visit visit(harness::TlsClient& client, const std::string& id) {
  Visit result{.port = client.local_port()};
  result.served = client.handshake() && talk(client, id);
  return result;
}

bool visit_plain(std::uint16_t port, const std::string& id) {
  harness::Socket socket(port);
  return talk(socket, id);
}

Visit visit(std::uint16_t port, const std::string& id) {
  harness::TlsClient client(port, {});
  return visit(client, id);
}

std::vector<Visit> storm(std::uint16_t port, const std::string& prefix, std::size_t count,
                         std::size_t threads) {
  std::vector<Visit> visits(count);
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < threads; ++i) {
    clients.emplace_back([&] {
      for (std::size_t n = next++; n < count; n = next++)
        visits[n] = visit(port, prefix + "-" + std::to_string(n));
    });
  }
  for (std::thread& client : clients) client.join();
  return visits;
}

std::map<std::uint16_t, std::size_t> ports_of(const std::vector<Visit>& visits) {
  std::map<std::uint16_t, std::size_t> ports;
  for (const Visit& one : visits) ++ports[one.port];
  return ports;
}

std::map<std::uint16_t, std::size_t> ports_of_handshakes(const std::vector<harness::Event>& events) {
  std::map<std::uint16_t, std::size_t> ports;
  for (const harness::Event& event : events) {
    if (event.action() != "tls-handshake" || event.text("event.outcome") != "success") continue;
    ++ports[static_cast<std::uint16_t>(event.number("source.port").value_or(0))];
  }
  return ports;
}

harness::BrokerConfig cheap_broker(const harness::Pki& pki) {
  harness::BrokerConfig config{.global = {"allow_anonymous true", "set_tcp_nodelay true"}};
  config.listeners = {
      {"tls", {"certfile " + pki.certificate("server-ec"), "keyfile " + pki.key("server-ec")}}};
  return config;
}

}  // namespace tlswatch::live
