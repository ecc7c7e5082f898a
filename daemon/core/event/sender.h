#pragma once

#include <optional>
#include <string_view>

#include "daemon/core/event/events.h"
#include "daemon/core/event/handshake.h"
#include "daemon/core/fleet/session_table.h"

namespace tlswatch::event {

/// Sender: who published a message, and from where: by its session where that is known, else by what the
/// record says.
struct Sender {
  std::string_view id;
  std::optional<Endpoint> source;
  Who who;
  bool relayed = false;
};

/// Of a DeviceReport or LogLine; `session` is null where it is not known.
template <typename Message>
Sender sender_of(const Message& message, const fleet::Session* session, Who session_who) {
  Sender out;
  if (message.client_id) out.id = message.client_id->text();
  out.source = to_endpoint(message.peer_address);
  if (message.identity) out.relayed = (message.identity->flags & wire::kViaBridge) != 0;
  if (session != nullptr) {
    if (session->peer) out.source = to_endpoint(session->peer);
    if (out.id.empty()) out.id = session->device_id;
    out.who = session_who;
    out.relayed = out.relayed || session->bridge;
  }
  if (out.who.how == How::unknown && !out.id.empty()) out.who = {How::session, Proof::none};
  return out;
}

}  // namespace tlswatch::event
