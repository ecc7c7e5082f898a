#pragma once

namespace tlswatch::plugin {

/// What the plugin needs to find in the process it was loaded into, checked once at load: one libssl, OpenSSL
/// and not LibreSSL, of the major version we were built with, and the very one whose functions we call.
///
/// returns  nullptr when all is well, otherwise the reason, a literal
const char* check_environment() noexcept;

}  // namespace tlswatch::plugin
