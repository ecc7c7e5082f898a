#pragma once

namespace tlswatch::plugin {

/// Asks OpenSSL to tell us of every SSL object in the process, by SSL_get_ex_new_index(3). Once in the
/// process; the callbacks stay registered for good and look at State::active.
///
/// returns  false when OpenSSL gave no index
bool install_tls_watch() noexcept;

/// Ends all sessions, as the broker does when it stops: what is established gets its session_end record.
void end_all_sessions() noexcept;

}  // namespace tlswatch::plugin
