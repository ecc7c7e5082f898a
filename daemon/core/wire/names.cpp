#include "daemon/core/wire/names.h"

namespace tlswatch::facts {

std::string_view stage_name(wire::Stage stage) noexcept {
  switch (stage) {
    case wire::Stage::connected: return "connected";
    case wire::Stage::client_hello: return "client-hello";
    case wire::Stage::server_hello: return "server-hello";
    case wire::Stage::certificate_sent: return "certificate-sent";
    case wire::Stage::client_certificate: return "client-certificate";
    case wire::Stage::key_exchange: return "key-exchange";
    case wire::Stage::finished: return "finished";
    case wire::Stage::established: return "established";
  }
  return "connected";
}

std::string_view direction_name(wire::Direction direction) noexcept {
  return direction == wire::Direction::sent ? "sent" : "received";
}

}  // namespace tlswatch::facts
