#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/event/certificate_facts.h"
#include "plugin/wire/cursor.h"

/// What the certificates of a server are worth, by OpenSSL.
namespace tlswatch::check {

using Der = std::vector<std::uint8_t>;

/// Whether each certificate is signed by the next.
enum class Order : std::uint8_t { unknown, good, bad };
Order chain_order(const std::vector<Der>& chain);

/// Whether the name, or the address, is the certificate's (RFC 6125; the common name does not count, as it
/// does for no current client).
enum class NameMatch : std::uint8_t { unknown, matches, differs };
NameMatch name_match(const Der& leaf, std::string_view name);

/// Whether a chain leads to one of the CAs in a PEM file, or to one that it names.
struct Trust {
  enum class State : std::uint8_t { not_asked, trusted, untrusted, no_file } state = State::not_asked;
  std::string why = {};         ///< OpenSSL's words
  bool issuer_missing = false;  ///< the next certificate was neither sent nor is it in the file
};

/// Dates are not looked at: they are another requirement. An intermediate in the file is trusted too, as
/// BearSSL and mbedTLS do.
///
/// ca_file  PEM, one CA or more; no_file where it cannot be read
Trust trust(const std::vector<Der>& chain, const std::string& ca_file);

/// Whether a file has at least one certificate in PEM.
bool is_ca_file(const std::string& file);

/// All certificates as facts, the server's own first; what cannot be read is null.
std::vector<std::shared_ptr<const event::CertificateFacts>> facts_of(const std::vector<Der>& chain);

}  // namespace tlswatch::check
