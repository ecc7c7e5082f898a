#pragma once

#include "daemon/core/event/pipeline.h"

namespace tlswatch::event {

/// Parts of one record's lines: the same number for the same thing, whatever else a record gives, so that a
/// record that is read once more gives the same ids. They grow in the order in which lines are emitted.
namespace part {
inline constexpr std::uint64_t kDiagnosis = 1;
inline constexpr std::uint64_t kNamed =
    2;  ///< of a handshake whose client the broker's log had named already
inline constexpr std::uint64_t kServerExpiry = 3;
inline constexpr std::uint64_t kClientExpiry = 4;
inline constexpr std::uint64_t kIncident =
    5;  ///< and the next ones: an incident that opens, one that is over
inline constexpr std::uint64_t kRecovered = 16;  ///< and the next ones: incidents that a success has resolved
/// Entry i of a report begins at i times this: the entry, its diagnosis, its incidents.
inline constexpr std::uint64_t kReportStride = 64;
}  // namespace part

/// One record on its way: what all of its lines share. Private to the pipeline's files.
struct Pipeline::Context {
  const Broker& broker;
  fleet::RingId ring;
  const facts::Event& record;
  const Emit& emit;

  fleet::SessionKey key() const noexcept { return {broker.index, ring.epoch, record.session}; }
  std::string session() const { return fleet::session_text(ring, record.session); }
  Header header(Outcome outcome, std::string message, std::uint64_t part = 0) const {
    return {fleet::event_id(ring, record.sequence, part),
            record.sequence,
            part,
            record.time_unix_ns,
            broker.name,
            ring.broker,
            ring.epoch,
            outcome,
            std::move(message)};
  }
};

}  // namespace tlswatch::event
