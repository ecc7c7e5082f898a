#pragma once

#include <string_view>

#include "daemon/core/event/events.h"

/// The names that the contract gives an identity. Views live for ever.
namespace tlswatch::event {

std::string_view how_name(How how) noexcept;
std::string_view proof_name(Proof proof) noexcept;

}  // namespace tlswatch::event
