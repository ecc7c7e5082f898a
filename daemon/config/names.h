#pragma once

#include <cstdint>
#include <vector>

#include "daemon/config/yaml_reader.h"

/// The names of RFCs and registries, read into their numbers. Private to daemon/config.
namespace tlswatch::config {

/// "1.0" to "1.3".
std::vector<std::uint16_t> versions(Reader& reader, const Node& node);
/// IANA's TLS_... names.
std::vector<std::uint16_t> cipher_suites(Reader& reader, const Node& node);
/// Alert names, unknown_ca, or numbers.
std::vector<std::uint8_t> alerts(Reader& reader, const Node& node);

}  // namespace tlswatch::config
