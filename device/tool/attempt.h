// One connection attempt: connect, report what earlier attempts left behind, stay, leave.
#pragma once

#include "options.h"

namespace tlswatch::device::tool {

/// Runs the attempt, prints the JSON line on stdout as soon as its outcome is known (before staying), notes
/// for people on stderr. Returns the exit code: 0 connected, 1 not, 2 a file named by an option is of no use.
int run_attempt(const Options& options);

}  // namespace tlswatch::device::tool
