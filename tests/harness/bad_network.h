// A network of its own for the clients of a test, with losses and a slow line. Needs root.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ports.h"
#include "process.h"

namespace tlswatch::harness {

struct NetworkFault {
  std::string drop = {};  ///< a condition in nftables' words: such packets to the client are lost
  std::string rate =
      {};  ///< in tc's words, such as 16kbit: how fast the line is, each way; empty: as fast as can be
};

/// BadNetwork is a network namespace with one line (veth) to this host. It lives as long as a process that
/// sits in it, so that nothing of it is left whatever ends the test: the kernel takes the line and all rules
/// with it.
class BadNetwork {
 public:
  /// Throws Error where ip, nft or tc refuses.
  explicit BadNetwork(const NetworkFault& fault);

  /// This host's address on the line: where the broker listens.
  const std::string& address() const { return host_; }
  /// What comes before a command's own words to run it inside.
  std::vector<std::string> inside() const;
  /// From now on the line is a good one.
  void mend();

 private:
  PortLease number_;  // names the line, so that tests do not meet each other
  std::string name_;
  std::string host_;
  Process holder_;
};

}  // namespace tlswatch::harness
