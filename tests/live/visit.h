// Healthy visits to a broker, one or thousands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker.h"
#include "event_log.h"
#include "pki.h"
#include "tls_client.h"

namespace tlswatch::live {

struct Visit {
  std::uint16_t port = 0;  ///< the client's own
  bool served = false;     ///< came through to its PUBACK
};

/// Connects, publishes once with QoS 1, disconnects and waits until the broker has closed.
Visit visit(harness::TlsClient& client, const std::string& id);
Visit visit(std::uint16_t port, const std::string& id);

/// The same without TLS; whether it was served.
bool visit_plain(std::uint16_t port, const std::string& id);

/// `count` visits by `threads` clients at a time, ids PREFIX-0, PREFIX-1, ....
std::vector<Visit> storm(std::uint16_t port, const std::string& prefix, std::size_t count,
                         std::size_t threads);

/// How often each client port stands in the visits, and in the log's successful handshakes.
std::map<std::uint16_t, std::size_t> ports_of(const std::vector<Visit>& visits);
std::map<std::uint16_t, std::size_t> ports_of_handshakes(const std::vector<harness::Event>& events);

/// A broker that is cheap to visit: an EC key, and no waiting for the client's acknowledgements (Nagle).
harness::BrokerConfig cheap_broker(const harness::Pki& pki);

}  // namespace tlswatch::live
