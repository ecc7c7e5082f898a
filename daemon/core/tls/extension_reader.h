#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/core/tls/lists.h"
#include "daemon/core/tls/max_fragment_length.h"

/// What an extension's body means, for the three messages that carry extensions. Each returns nothing where
/// the body is not well-formed. Internal to this folder.
namespace tlswatch::tls {

/// IANA "TLS ExtensionType Values": the ones that are looked into.
enum ExtensionType : std::uint16_t {
  kServerName = 0,
  kMaxFragmentLength = 1,
  kSupportedGroups = 10,
  kSignatureAlgorithms = 13,
  kAlpn = 16,
  kEncryptThenMac = 22,
  kExtendedMasterSecret = 23,
  kRecordSizeLimit = 28,
  kSessionTicket = 35,
  kPreSharedKey = 41,
  kEarlyData = 42,
  kSupportedVersions = 43,
  kKeyShare = 51,
  kRenegotiationInfo = 0xFF01,
};

inline std::optional<std::uint16_t> read_number(Bytes body) noexcept {
  Cursor c(body);
  const std::uint16_t number = c.be16();
  if (!c.done()) return std::nullopt;
  return number;
}

inline std::optional<MaxFragmentLength> read_max_fragment_length(Bytes body) noexcept {
  if (body.size() != 1) return std::nullopt;
  return MaxFragmentLength{body[0]};
}

/// RFC 7301 section 3.1: names are not empty, and neither is their list.
inline std::optional<ProtocolList> read_protocols(Bytes body) noexcept {
  Cursor c(body);
  const ProtocolList list(c.vector16());
  if (!c.done() || list.bytes().empty() || !list.well_formed()) return std::nullopt;
  return list;
}

/// A server's answer is a list of exactly one.
inline std::optional<std::string_view> read_selected_protocol(Bytes body) noexcept {
  const auto list = read_protocols(body);
  if (!list || list->count() != 1) return std::nullopt;
  return *list->begin();
}

/// A vector of numbers with a length of `width` bytes (1 or 2): not empty, not odd.
inline std::optional<NumberList> read_numbers(Bytes body, int width) noexcept {
  Cursor c(body);
  const Bytes numbers = width == 1 ? c.vector8() : c.vector16();
  if (!c.done() || numbers.empty() || numbers.size() % 2 != 0) return std::nullopt;
  return NumberList(numbers);
}

}  // namespace tlswatch::tls
