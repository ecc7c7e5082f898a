// The scripted clients of the scenarios: actions in a row over one connection.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "event_log.h"
#include "scenario.h"
#include "stream.h"

namespace tlswatch::scenarios {

/// What a script is played on: a connection, or a program's stdin and stdout.
struct Peer {
  std::function<void(const std::string&)> send;
  std::function<bool(const std::string&)>
      await_bytes;  ///< until all that came contains them; false at the deadline
  std::function<bool()> await_closed;
  std::function<void()> close;
  std::function<void()> reset;
  std::optional<std::uint16_t> local_port;
};

/// Plays `script` on `peer`. An action that does not come about fails the test, and ends the script.
///
/// log  for `await-log ACTION`, which waits for such a line of this very session; nullptr: not waited for
void play_script(const std::vector<Action>& script, const Peer& peer, harness::EventLog* log);

/// A peer on a connection, which must outlive it.
Peer peer_on(harness::Stream& stream);

}  // namespace tlswatch::scenarios
