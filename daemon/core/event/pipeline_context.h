#pragma once

#include "daemon/core/event/pipeline.h"

namespace tlswatch::event {

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
