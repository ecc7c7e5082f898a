#pragma once

#include <string_view>

#include "plugin/wire/record.h"

/// The names that the contract gives the numbers of a record. Views live for ever.
namespace tlswatch::facts {

/// connected, client-hello, ... established.
std::string_view stage_name(wire::Stage stage) noexcept;

/// received, sent: as the broker sees it.
std::string_view direction_name(wire::Direction direction) noexcept;

}  // namespace tlswatch::facts
