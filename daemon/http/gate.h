#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/message.h"

namespace tlswatch::http {

/// Gate: who is answered. Reading is all that anybody may do.
///
/// Without a token the listener is on loopback, and the Host header must name this host: a page from
/// elsewhere whose name was made to lead here (DNS rebinding) is refused. With one, all that tells of the
/// fleet needs it (RFC 6750, section 2.1); a page from elsewhere has none.
class Gate {
 public:
  /// token    empty: none is asked for
  /// any_host whoever comes may call this host what he likes: a Unix socket, which no page can reach
  explicit Gate(std::string token, bool any_host = false) : token_(std::move(token)), any_host_(any_host) {}

  /// The refusal, or nothing: it may be answered.
  std::optional<Response> check(const Request& request) const;

 private:
  bool has_token(std::string_view authorization) const;

  std::string token_;
  bool any_host_;
};

/// Whether a Host header ("localhost:9883", "[::1]") names this host.
bool names_loopback(std::string_view host);

}  // namespace tlswatch::http
