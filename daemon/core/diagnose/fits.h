#pragma once

#include <string_view>

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/diagnose/symptoms.h"

/// Which failure that a broker saw may be the error that a device reports? Only what is impossible is ruled
/// out; likeliness (time, count, address) is the business of whoever asks.
namespace tlswatch::diagnose {

/// The constraint that forbids that the two are one event, as half a sentence; empty: they may be one. Lives
/// for ever. Never allocates.
///
/// broker  a failed handshake, or the end of an established session (`end_reason`)
/// device  one reported error
/// code    what the catalog says of that error's code: whether it is an alert, and who sent it
///
/// limits  a true pair is never ruled out, so there is no constraint where the two sides may rightly differ:
///   - who closed and when: a device that gave up is noticed late, a FIN that meets unread bytes becomes a
///   RST,
///     and retransmits stretch the broker's time;
///   - an alert that the device sent: it may be lost with the connection;
///   - phase tls against a session that the broker had established: of TLS 1.2 the broker's Finished is the
///     last message, and may be lost. Only an end that needs a CONNECT excludes it;
///   - phase mqtt against a failed handshake from ServerHello on: of TLS 1.3, and of every resumption, the
///     client's Finished is the last message, and what the broker thinks of it comes later.
std::string_view misfit(const BrokerSymptoms& broker, const DeviceSymptoms& device,
                        const catalog::Answer& code) noexcept;

/// Whether they may be the same event.
inline bool fits(const BrokerSymptoms& broker, const DeviceSymptoms& device,
                 const catalog::Answer& code) noexcept {
  return misfit(broker, device, code).empty();
}

}  // namespace tlswatch::diagnose
