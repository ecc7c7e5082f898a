#pragma once

#include <string_view>

namespace tlswatch::tls {

/// Whether a client that wants `asked` takes a certificate for `presented` (RFC 6125 section 6.4): without
/// regard to case and to a last dot; `*` stands for one whole label, the leftmost, of a name of three labels
/// or more.
bool host_name_matches(std::string_view presented, std::string_view asked) noexcept;

/// Whether this is an IP address, which server_name must not carry (RFC 6066 section 3) though some clients
/// put it there: it is looked for among the certificate's addresses, and not its names.
bool is_ip_literal(std::string_view name) noexcept;

}  // namespace tlswatch::tls
