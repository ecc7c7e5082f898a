#pragma once

#include <string>

namespace tlswatch::test {

/// All that a store answers, as text: devices with their sessions and lines, incidents with their victims,
/// hours, compliance. Fails the test where it cannot be read.
std::string dump_store(const std::string& file);

}  // namespace tlswatch::test
