#pragma once

#include <cstdint>

namespace tlswatch::tlswatchd {

/// OwnUse: what this process takes of the machine.
struct OwnUse {
  double cpu_s = 0;                ///< user and system, since its start
  std::uint64_t memory_bytes = 0;  ///< in RAM; 0: not known
};

OwnUse own_use();

}  // namespace tlswatch::tlswatchd
