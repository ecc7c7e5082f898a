#include "daemon/core/tls/server_hello.h"

#include <algorithm>
#include <array>

#include "daemon/core/tls/extension_reader.h"
#include "daemon/core/tls/message_reader.h"

namespace tlswatch::tls {
namespace {

constexpr std::uint8_t kServerHelloType = 2;
constexpr std::uint8_t kEncryptedExtensionsType = 8;
constexpr std::size_t kMaxSessionId = 32;

/// SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3).
constexpr std::array<std::uint8_t, 32> kHelloRetryRequest{
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

template <typename To, typename From>
bool set(To& to, const std::optional<From>& from) noexcept {
  if (!from) return false;
  to = *from;
  return true;
}

/// RFC 8446 section 4.2.8: a group and a share, or in a HelloRetryRequest the group alone.
std::optional<std::uint16_t> read_selected_group(Bytes body, bool hello_retry_request) noexcept {
  if (hello_retry_request) return read_number(body);
  Cursor c(body);
  const KeyShare share = KeyShareSchema::read(c);
  if (!c.done()) return std::nullopt;
  return share.group;
}

bool read_extension(ServerHello& hello, const Extension& extension) noexcept {
  const Bytes body = extension.body;
  switch (extension.type) {
    case kMaxFragmentLength: return set(hello.max_fragment_length, read_max_fragment_length(body));
    case kAlpn: return set(hello.alpn, read_selected_protocol(body));
    case kEncryptThenMac: hello.encrypt_then_mac = true; return body.empty();
    case kExtendedMasterSecret: hello.extended_master_secret = true; return body.empty();
    case kRecordSizeLimit: return set(hello.record_size_limit, read_number(body));
    case kSessionTicket: hello.session_ticket = true; return body.empty();
    case kPreSharedKey: return set(hello.selected_psk, read_number(body));
    case kSupportedVersions: return set(hello.version, read_number(body));
    case kKeyShare: return set(hello.selected_group, read_selected_group(body, hello.hello_retry_request));
    case kRenegotiationInfo: hello.secure_renegotiation = true; return !body.empty();
    default: return true;
  }
}

bool read_extension(EncryptedExtensions& out, const Extension& extension) noexcept {
  const Bytes body = extension.body;
  switch (extension.type) {
    case kMaxFragmentLength: return set(out.max_fragment_length, read_max_fragment_length(body));
    case kAlpn: return set(out.alpn, read_selected_protocol(body));
    case kRecordSizeLimit: return set(out.record_size_limit, read_number(body));
    case kEarlyData: out.early_data = true; return body.empty();
    default: return true;
  }
}

}  // namespace

Result<ServerHello, ParseError> parse_server_hello(Bytes message, bool cut) noexcept {
  MessageReader r(message, kServerHelloType, kMaxServerHello, cut);
  ServerHello hello;
  hello.legacy_version = r.be16();
  hello.random = r.take(32);
  hello.session_id = r.vector8();
  if (hello.session_id.size() > kMaxSessionId) r.fail(ParseError::bad_length);
  hello.cipher_suite = r.be16();
  r.u8();  // compression_method: nothing but null has been safe since CRIME, and no server here offers it
  if (!r.at_end()) hello.extensions = ExtensionList(r.vector16());
  if (!r.at_end()) r.fail(ParseError::bad_length);
  hello.cut = r.cut();
  if (!hello.cut && !hello.extensions.well_formed()) r.fail(ParseError::bad_length);
  if (const auto error = r.error()) return *error;

  hello.version = hello.legacy_version;
  hello.hello_retry_request = std::ranges::equal(hello.random, kHelloRetryRequest);
  for (const Extension& extension : hello.extensions) {
    if (!read_extension(hello, extension)) ++hello.malformed_extensions;
  }
  return hello;
}

Result<EncryptedExtensions, ParseError> parse_encrypted_extensions(Bytes message, bool cut) noexcept {
  MessageReader r(message, kEncryptedExtensionsType, kMaxServerHello, cut);
  EncryptedExtensions out;
  out.extensions = ExtensionList(r.vector16());
  if (!r.at_end()) r.fail(ParseError::bad_length);
  out.cut = r.cut();
  if (!out.cut && !out.extensions.well_formed()) r.fail(ParseError::bad_length);
  if (const auto error = r.error()) return *error;
  for (const Extension& extension : out.extensions) {
    if (!read_extension(out, extension)) ++out.malformed_extensions;
  }
  return out;
}

}  // namespace tlswatch::tls
