#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/event/events.h"

/// The values that labels may have. Each comes from a list: IANA's names that the core knows, the contract's
/// words, what the configuration names. Views live for ever unless said otherwise.
namespace tlswatch::metrics {

/// "8883"; "bridge" for a connection that the broker made itself, whose local port is another each time;
/// "unknown".
std::string listener_label(std::uint16_t port, bool bridge = false);
/// The same; "check" for `tlswatch check`, whose handshakes fail on purpose.
std::string listener_label(const event::TlsHandshake& handshake);

/// The profile's name, clean and bounded; "none" where no profile matched.
std::string profile_label(const policy::Judgement& judgement);
/// A name of the configuration, clean and bounded.
std::string name_label(std::string_view configured);

/// IANA's name, or "other".
std::string_view cipher_label(std::uint16_t suite) noexcept;
std::string_view alert_label(std::uint8_t description) noexcept;
/// "1.2"; "other" for what has no name.
std::string_view version_label(std::uint16_t version) noexcept;
/// "512", "1024", "2048", "4096"; "none" where there is none; "other".
std::string_view mfln_label(const std::optional<std::uint16_t>& bytes) noexcept;
/// RSA, EC, Ed25519, Ed448, or "other".
std::string_view key_label(std::string_view algorithm) noexcept;
/// A size that keys have, such as "2048", or "other".
std::string_view key_size_label(std::uint32_t bits) noexcept;
/// A cause of the contract, or "unknown".
std::string_view cause_label(std::string_view cause) noexcept;

/// What the broker's TLS library saw of a failed handshake: facts of that handshake alone, by the first row
/// that holds. NGINX's classes are among them under NGINX's names, but for verify_failures, whose kinds begin
/// with `verify_` here.
std::string_view failure_reason(const event::TlsHandshake& handshake) noexcept;

/// All that failure_reason can say, in the order of its rows.
std::span<const std::string_view> failure_reasons() noexcept;

}  // namespace tlswatch::metrics
