#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "daemon/core/text/fnv1a.h"
#include "daemon/core/tls/ja4.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::fleet {

/// HelloId: which hello a client sent, as a number: a hash of its JA4. Clients with the same firmware have
/// the same. 0: no hello came, or it could not be read whole.
using HelloId = std::uint64_t;

inline HelloId hello_id(const std::optional<tls::Ja4>& ja4) noexcept {
  return ja4 ? text::fnv1a(ja4->view()) | 1U : 0;
}

/// Place: an address at a broker, without port: where a client, or a whole house behind NAT, comes from.
struct Place {
  std::uint32_t broker = 0;  ///< its place in the configuration
  std::array<std::uint8_t, 16> address{};
  std::uint8_t size = 0;  ///< 4 or 16; 0: not known
  bool operator==(const Place&) const = default;
  bool known() const noexcept { return size != 0; }
};

inline Place place_of(std::uint32_t broker, const std::optional<facts::Address>& address) noexcept {
  if (!address) return {broker, {}, 0};
  return {broker, address->bytes, address->size};
}

struct PlaceHash {
  std::size_t operator()(const Place& place) const noexcept {
    return text::fnv1a(std::span(place.address).first(place.size), text::kFnv1aStart ^ place.broker);
  }
};

}  // namespace tlswatch::fleet
